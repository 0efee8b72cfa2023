/** Python's literals, as timm reads the values of `--model-kwargs key=value`: data only, nothing is run. */

/** A value of Python that is data; tuples and sets are lists. */
export type PythonValue =
  | null
  | boolean
  | number
  | string
  | readonly PythonValue[]
  | { readonly [key: string]: PythonValue };

/** Text and nesting beyond these are no literal. */
const [MOST_CHARACTERS, MOST_LEVELS] = [100_000, 50];

const WORDS: ReadonlyMap<string, PythonValue> = new Map<string, PythonValue>([
  ["None", null],
  ["True", true],
  ["False", false],
]);

/**
 * The value of a Python literal: a number, text in quotes, True, False, None, a tuple, list, set or dict of them.
 *
 * @returns undefined for any other text, and for numbers that JavaScript has not.
 * @example
 * parsePythonLiteral("(0.9, 0.95)"); // => [0.9, 0.95]
 * parsePythonLiteral("{'depth': 2, 'flag': None}"); // => { depth: 2, flag: null }
 * parsePythonLiteral("silu"); // => undefined
 */
export function parsePythonLiteral(text: string): PythonValue | undefined {
  if (text.length > MOST_CHARACTERS) return undefined;
  try {
    return new LiteralReader(text).whole();
  } catch (error) {
    if (error instanceof NoLiteral) return undefined;
    throw error;
  }
}

class NoLiteral extends Error {}

const SPACE = /[ \t\r\n\f]*/y;
const NUMBER =
  /0[xX](?:_?[\da-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|(?:\d(?:_?\d)*)?\.\d(?:_?\d)*(?:[eE][-+]?\d(?:_?\d)*)?|\d(?:_?\d)*\.?(?:[eE][-+]?\d(?:_?\d)*)?/y;
const WORD = /[A-Za-z]\w*/y;
const STRING =
  /[rRuU]?(?:"""((?:[^\\]|\\[\s\S])*?)"""|'''((?:[^\\]|\\[\s\S])*?)'''|"((?:[^"\\\n]|\\[\s\S])*)"|'((?:[^'\\\n]|\\[\s\S])*)')/y;

class LiteralReader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** The value of the whole text; values with commas between them are a tuple. */
  whole(): PythonValue {
    const first = this.value(0);
    if (this.next() !== ",") {
      this.end();
      return first;
    }
    const items = [first];
    while (this.take(",") && this.next() !== "") items.push(this.value(0));
    this.end();
    return items;
  }

  private end(): void {
    if (this.next() !== "") throw new NoLiteral();
  }

  private value(level: number): PythonValue {
    if (level > MOST_LEVELS) throw new NoLiteral();
    switch (this.next()) {
      case "(":
        return this.tuple(level + 1);
      case "[":
        this.at++;
        return this.items("]", level + 1);
      case "{":
        this.at++;
        return this.dictOrSet(level + 1);
      case "-":
      case "+":
        return this.signed();
      default:
        return this.atom();
    }
  }

  /** Parentheses around one value without a comma are no tuple. */
  private tuple(level: number): PythonValue {
    this.at++;
    if (this.take(")")) return [];
    const first = this.value(level);
    if (this.take(")")) return first;
    if (!this.take(",")) throw new NoLiteral();
    return [first, ...this.items(")", level)];
  }

  private items(close: string, level: number): PythonValue[] {
    const items: PythonValue[] = [];
    while (!this.take(close)) {
      items.push(this.value(level));
      if (!this.take(",") && this.next() !== close) throw new NoLiteral();
    }
    return items;
  }

  private dictOrSet(level: number): PythonValue {
    if (this.take("}")) return {};
    const first = this.value(level);
    if (this.next() !== ":") {
      if (this.take("}")) return [first];
      if (!this.take(",")) throw new NoLiteral();
      return [first, ...this.items("}", level)];
    }
    const entries: [string, PythonValue][] = [];
    let key: PythonValue = first;
    for (;;) {
      if (typeof key !== "string" || !this.take(":")) throw new NoLiteral();
      entries.push([key, this.value(level)]);
      const more = this.take(",");
      if (this.take("}")) return Object.fromEntries(entries);
      if (!more) throw new NoLiteral();
      key = this.value(level);
    }
  }

  private signed(): PythonValue {
    const sign = this.take("-") || !this.take("+") ? -1 : 1;
    const number = this.atom();
    if (typeof number !== "number") throw new NoLiteral();
    return sign * number;
  }

  private atom(): PythonValue {
    const next = this.next();
    if (/[\d.]/.test(next)) return this.number();
    if (/^[rRuU]?["']/.test(this.text.slice(this.at, this.at + 2))) return this.string();
    const value = WORDS.get(this.match(WORD)[0]);
    if (value === undefined) throw new NoLiteral();
    return value;
  }

  private number(): number {
    const [digits] = this.match(NUMBER);
    const plain = digits.replaceAll("_", "");
    // Python has no decimal integers with zeros in front, and no letters behind.
    if (/^0\d*[1-9]\d*$/.test(plain) || /[\w.]/.test(this.text[this.at] ?? "")) throw new NoLiteral();
    const value = Number(plain);
    if (!Number.isFinite(value)) throw new NoLiteral();
    return value;
  }

  /** Texts that follow each other are one. */
  private string(): string {
    let whole = "";
    do {
      const [source, ...bodies] = this.match(STRING);
      const body = bodies.find((one) => one !== undefined) ?? "";
      whole += /^[rR]/.test(source) ? body : unescaped(body);
    } while (/["']/.test(this.next()));
    return whole;
  }

  private match(pattern: RegExp): RegExpExecArray {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) throw new NoLiteral();
    this.at += found[0].length;
    return found;
  }

  /** The next character that is no space, "" at the end. */
  private next(): string {
    this.match(SPACE);
    return this.text[this.at] ?? "";
  }

  private take(character: string): boolean {
    if (this.next() !== character) return false;
    this.at++;
    return true;
  }
}

const ESCAPED: Readonly<Record<string, string>> = {
  ...{ "\n": "", "\\": "\\", "'": "'", '"': '"', a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" },
  v: "\v",
};

function unescaped(body: string): string {
  return body.replace(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g,
    (all, x?: string, u?: string, long?: string, octal?: string, other?: string) => {
      const hex = x ?? u ?? long;
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
      if (hex === undefined) {
        // An escape that is cut short is none.
        if (other === undefined || /[xuUN]/.test(other)) throw new NoLiteral();
        return ESCAPED[other] ?? all;
      }
      const code = Number.parseInt(hex, 16);
      if (code > 0x10ffff) throw new NoLiteral();
      return String.fromCodePoint(code);
    },
  );
}
