/** Natural order of names, the order in which timm numbers classes and samples. */

/**
 * Sorts names so that digit runs count as integers and case does not: `c9 < c10 < cat < Dog`.
 *
 * @param names - Names or paths.
 * @returns A new array. Names that differ only in case or leading zeros keep their order.
 * @example
 * naturalSort(["cat", "c10", "Dog", "c9"]); // => ["c9", "c10", "cat", "Dog"]
 * @see timm `timm/utils/misc.py`, `natural_key`
 */
export function naturalSort(names: readonly string[]): string[] {
  return sorted(names, () => 0);
}

/**
 * {@link naturalSort} for a set of names, whose order in the input means nothing: equal keys are ordered by
 * code point.
 *
 * @param names - Names or paths in any order.
 * @returns A new array, the same for every order of `names`.
 * @example
 * naturalSortSet(["b", "A", "a"]); // => ["A", "a", "b"]
 */
export function naturalSortSet(names: Iterable<string>): string[] {
  return sorted([...names], compareCodePoints);
}

function sorted(names: readonly string[], compareTies: (a: string, b: string) => number): string[] {
  return names
    .map((name) => ({ name, key: naturalKey(name) }))
    .sort((a, b) => compareKeys(a.key, b.key) || compareTies(a.name, b.name))
    .map(({ name }) => name);
}

/** Texts at even places, digit runs without leading zeros at odd places. */
type NaturalKey = readonly string[];

function naturalKey(name: string): NaturalKey {
  return name
    .toLowerCase()
    .split(/([0-9]+)/)
    .map((part, place) => (place % 2 === 1 ? part.replace(/^0+(?=.)/, "") : part));
}

function compareKeys(a: NaturalKey, b: NaturalKey): number {
  const shared = Math.min(a.length, b.length);
  for (let place = 0; place < shared; place++) {
    const x = a[place] ?? "";
    const y = b[place] ?? "";
    if (x === y) continue;
    if (place % 2 === 1 && x.length !== y.length) return x.length - y.length;
    return compareCodePoints(x, y);
  }
  return a.length - b.length;
}

function compareCodePoints(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return codePointRank(x) - codePointRank(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above U+FFFF: they come after every other UTF-16 unit. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}
