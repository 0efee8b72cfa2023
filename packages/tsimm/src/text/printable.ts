/** Text of somebody else, safe to print: file names, class names, metadata. */

// C0 and C1 controls, line and paragraph separators, marks that reorder text, byte-order mark, halves of a pair of
// surrogates.
const UNPRINTABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]/gu;
const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * Escapes what would move the cursor, break the line, colour the terminal or reorder the text.
 *
 * @param text - Any text.
 * @returns The text with control characters, separators, direction marks and lone surrogates as `\n`, `\x1b`, `\u202e`.
 * @example
 * printable("cat\u001b[31m\n"); // => "cat\\x1b[31m\\n"
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return (
      SHORT[character] ?? (code.length <= 2 ? `\\x${code.padStart(2, "0")}` : `\\u${code.padStart(4, "0")}`)
    );
  });
}
