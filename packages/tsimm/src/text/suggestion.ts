/** Suggestions for names that do not exist. */
import { didYouMean } from "@tsimm/scheduler";

/**
 * The end of an error message that suggests the nearest known name.
 *
 * @param name - What was asked for.
 * @param candidates - Known names.
 * @returns `; did you mean "<candidate>"?`, or "" when none is near.
 * @example
 * suggestion("resnet35", ["resnet18", "resnet34"]); // => '; did you mean "resnet34"?'
 * suggestion("vgg", ["resnet18", "resnet34"]); // => ""
 */
export function suggestion(name: string, candidates: readonly string[]): string {
  const advice = didYouMean(name, candidates);
  return advice && `; ${advice}`;
}
