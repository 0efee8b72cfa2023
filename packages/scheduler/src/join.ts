import { refusal } from "./errors.ts";
import { checkMilestones, countUpTo } from "./milestones.ts";
import { number } from "./options.ts";
import { checkT, type Schedule } from "./schedule.ts";

const checkValue = number({});

/**
 * Plays schedules one after the other, each from its own t = 0.
 *
 * value(t) = part k of t - start of part k, with k the number of milestones <= t.
 *
 * @param schedules - At least one.
 * @param milestones - Where the second, third … starts: ascending, finite, >= 0, one fewer than schedules.
 * @throws RangeError if there are too many or too few milestones, or they are not ascending, or at a t where
 * a schedule's value is not finite.
 * @example
 * const lr = joinSchedules([(t) => t / 10, () => 1, (t) => 1 / (1 + t)], [10, 20]);
 * [5, 10, 20, 21].map(lr); // => [0.5, 1, 1, 0.5]
 * @see optax `join_schedules`
 */
export function joinSchedules(schedules: readonly Schedule[], milestones: readonly number[]): Schedule {
  const areFunctions = Array.isArray(schedules) && [...schedules].every((one) => typeof one === "function");
  if (!areFunctions) {
    throw new TypeError(refusal("joinSchedules", "schedules", "a list of functions of t", schedules));
  }
  const starts = checkMilestones(milestones, "joinSchedules", "milestones");
  if (starts.length !== schedules.length - 1) {
    const allowed = `one fewer than the ${schedules.length} schedules`;
    throw new RangeError(refusal("joinSchedules", "milestones", allowed, milestones));
  }
  return (t) => {
    checkT(t, "joinSchedules", "pass an epoch or a number of updates");
    const k = countUpTo(starts, t);
    return checkValue(schedules[k]?.(t - (starts[k - 1] ?? 0)), "joinSchedules", `schedules[${k}](t)`);
  };
}
