import { refusal } from "./errors.ts";
import { type Check, number } from "./options.ts";

const checkMilestone = number({ atLeast: 0 });

/** A list of finite numbers >= 0, ascending; equal neighbours are allowed. */
export const checkMilestones: Check<readonly number[]> = (value, where, option) => {
  const allowed = "a list of ascending milestones";
  if (!Array.isArray(value)) throw new TypeError(refusal(where, option, allowed, value));
  // Unlike map, from does not pass over holes.
  const list = Array.from(value, (milestone, i) => checkMilestone(milestone, where, `${option}[${i}]`));
  if (list.every((milestone, i) => i === 0 || milestone >= (list[i - 1] ?? 0))) return list;
  throw new RangeError(refusal(where, option, allowed, value, "sort them"));
};

/**
 * How many milestones lie at or before t.
 *
 * @param milestones - Ascending.
 */
export function countUpTo(milestones: readonly number[], t: number): number {
  let count = 0;
  for (const milestone of milestones) {
    if (milestone > t) break;
    count++;
  }
  return count;
}
