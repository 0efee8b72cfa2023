/** The metric that epochs are ranked by. */
import type { Ranking } from "../checkpoint/checkpoint-history.ts";
import type { Task } from "../task/task.ts";
import { suggestion } from "../text/suggestion.ts";
import { UsageError } from "../usage-error.ts";

/** Metrics of a task. */
export interface RankingMetrics<Name extends string = string> {
  /** Names of all. */
  readonly names: readonly Name[];
  /** The task's own choice. */
  readonly own: Name;
}

/**
 * The metric of `--eval-metric`, or the task's own where the flag has its default, which is that of a
 * classification.
 *
 * @param asked - Value of the flag.
 * @param isGiven - Whether the user gave it.
 * @param metrics - Metrics of the task.
 * @throws UsageError if the user asks for a metric that the task does not have.
 * @example
 * chooseMetric("top1", false, { names: ["loss", "mae", "r2"], own: "mae" }); // => "mae"
 */
export function chooseMetric<Name extends string>(
  asked: string,
  isGiven: boolean,
  { names, own }: RankingMetrics<Name>,
): Name {
  const found = names.find((name) => name === asked);
  if (found !== undefined) return found;
  if (!isGiven) return own;
  throw new UsageError(
    `train: --eval-metric must be one of ${names.join(", ")}, got "${asked}"${suggestion(asked, names)}`,
  );
}

/**
 * The ranking of epochs: by a metric of the validation, without one by the training loss.
 *
 * @param asked - Value of `--eval-metric`.
 * @param task - Whose metrics there are.
 * @param options - Whether the user gave the flag, and whether there is a validation.
 * @throws UsageError if the user asks for a metric that the task does not have.
 */
export function chooseRanking(
  asked: string,
  { metrics, metric }: Pick<Task, "metrics" | "metric">,
  { isGiven, isValidated }: { readonly isGiven: boolean; readonly isValidated: boolean },
): Ranking {
  if (!isValidated) return { name: "loss", better: "lower", of: "training" };
  const names = metrics.map(({ name }) => name);
  const name = chooseMetric(asked, isGiven, { names, own: metric });
  const better = metrics.find((one) => one.name === name)?.better ?? "higher";
  return { name, better, of: "validation" };
}
