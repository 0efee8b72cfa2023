/** Comparison of epochs by their metric. */
import type { Metric } from "../task/task.ts";

/** Whether metric `a` is strictly better than `b`; NaN is worse than any number. */
export function isBetter(a: number, b: number, { better }: Pick<Metric, "better">): boolean {
  if (Number.isNaN(a)) return false;
  return Number.isNaN(b) || (better === "lower" ? a < b : a > b);
}
