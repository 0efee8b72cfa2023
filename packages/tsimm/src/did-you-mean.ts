/** Suggestions for names that do not exist. */
import { distance } from "fastest-levenshtein";

/**
 * The end of an error message that suggests the nearest known name.
 *
 * A candidate is near when at most 3 edits (Levenshtein), and fewer than 60 % of the longer name's letters,
 * turn one name into the other, case aside. Of equally near ones the first is suggested.
 *
 * @param name - What was asked for.
 * @param candidates - Known names.
 * @returns `; did you mean "<candidate>"?`, or "" when none is near.
 * @example
 * didYouMean("resnet35", ["resnet18", "resnet34"]); // => '; did you mean "resnet34"?'
 * didYouMean("vgg", ["resnet18", "resnet34"]); // => ""
 */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  let nearest = "";
  let fewest = 4;
  for (const candidate of candidates) {
    const edits = distance(name.toLowerCase(), candidate.toLowerCase());
    if (edits < fewest && edits < 0.6 * Math.max(name.length, candidate.length)) {
      nearest = candidate;
      fewest = edits;
    }
  }
  return nearest === "" ? "" : `; did you mean "${nearest}"?`;
}
