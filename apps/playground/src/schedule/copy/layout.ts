/** Layout of copied programs. */
import { shortNumber } from "../short-number.ts";

/** Longest line. */
const WIDTH = 100;

/**
 * Words between brackets: on one line if they fit, else one on each.
 *
 * @param open - Start of the line with the opening bracket.
 * @param words - Without commas.
 * @param close - The closing bracket and what follows.
 */
export function bracketed(
  open: string,
  words: readonly string[],
  close: string,
  pad = "",
): readonly string[] {
  const inner = words.join(", ");
  const line = inner === "" ? `${open}${close}` : `${open}${pad}${inner}${pad}${close}`;
  if (line.length <= WIDTH) return [line];
  return [open, ...words.map((word) => `  ${word},`), close];
}

/**
 * A list of numbers, some on each line.
 *
 * @param open - Start of the line with the opening bracket.
 */
export function numberList(open: string, numbers: readonly number[], close: string): readonly string[] {
  const words = numbers.map(shortNumber);
  const line = `${open}${words.join(", ")}${close}`;
  if (line.length <= WIDTH) return [line];
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length + 2 > WIDTH) lines.push(`  ${word},`);
    else lines[lines.length - 1] = `${last} ${word},`;
  }
  return [open, ...lines, close];
}
