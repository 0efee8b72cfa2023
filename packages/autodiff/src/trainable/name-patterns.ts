/** Tensors by patterns of their names. */
import { didYouMean } from "../nearest-name.ts";

/**
 * Whether a name fits one of the patterns.
 *
 * @param option - Named in errors.
 * @param patterns - Names; `*` stands for any characters.
 * @param names - What there is.
 * @throws RangeError if a pattern fits none of the names.
 */
export function namePatterns(
  option: string,
  patterns: readonly string[],
  names: readonly string[],
): (name: string) => boolean {
  const fits = patterns.map((pattern) => {
    const fitsPattern = wildcard(pattern);
    if (names.some(fitsPattern)) return fitsPattern;
    const advice = didYouMean(pattern, candidates(pattern, names));
    throw new RangeError(
      `trainable: ${option} must match names of tensors in the model, got "${pattern}"${advice || `; they are like ${names.slice(0, 3).join(", ")}`}`,
    );
  });
  return (name) => fits.some((fit) => fit(name));
}

/** More names, and longer ones, than suggestions are sought among. */
const [mostNames, longestName] = [10_000, 256];

/** Names, or their beginnings up to a dot, a slash or an underscore where the pattern ends in `*`. */
function candidates(pattern: string, all: readonly string[]): Iterable<string> {
  const names = all.filter(({ length }) => length <= longestName).slice(0, mostNames);
  if (!pattern.endsWith("*")) return names;
  const starts = names.flatMap((name) =>
    [...name.matchAll(/[./_]/g)].flatMap(({ index }) => [
      `${name.slice(0, index + 1)}*`,
      `${name.slice(0, index)}*`,
    ]),
  );
  return new Set(starts);
}

/** Whether a name fits a pattern in which `*` stands for any characters; in linear time, which a RegExp is not. */
export function wildcard(pattern: string): (name: string) => boolean {
  const [start = "", ...rest] = pattern.split("*");
  const end = rest.pop();
  if (end === undefined) return (name) => name === pattern;
  return (name) => {
    if (!name.startsWith(start) || !name.endsWith(end) || name.length < start.length + end.length)
      return false;
    let at = start.length;
    for (const part of rest) {
      const found = name.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= name.length - end.length;
  };
}
