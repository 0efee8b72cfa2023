/** Paths in commands that are printed to be copied. */
import { printable } from "../text/printable.ts";

/**
 * A path as one word of a command: of POSIX shells, with `$'…'` where it has characters that cannot be printed; in
 * double quotes on Windows.
 *
 * @param path - A path, not empty.
 * @example
 * shellWord("out/a"); // => "out/a"
 * shellWord("my photos"); // => "'my photos'"
 */
export function shellWord(path: string, platform: NodeJS.Platform = process.platform): string {
  const word = path.startsWith("-") ? `./${path}` : path;
  if (/^[\w./\\:@%+,-][\w./\\:@%+,=~-]*$/.test(word)) return word;
  if (platform === "win32") return printable(`"${word}"`);
  if (printable(word) === word) return `'${word.replaceAll("'", "'\\''")}'`;
  return `$'${printable(word.replace(/[\\']/g, "\\$&"))}'`;
}
