/** The metrics of a run that are shown, by what is in its table. */
import type { SummaryRow } from "../../checkpoint/read-summary.ts";
import { metricsIn, unknownMetric } from "../../recipe/run-plan.ts";
import type { Metric } from "../../task/task.ts";
import { suggestion } from "../../text/suggestion.ts";
import { UsageError } from "../../usage-error.ts";
import type { RunView } from "./run-view.ts";

/** A number of each epoch. */
export interface FollowedMetric extends Pick<Metric, "name" | "label" | "unit" | "better"> {
  /** Its value in an epoch; NaN: there is none. */
  of(row: SummaryRow): number;
}

/** The metrics of a run that are shown. */
export interface FollowedMetrics {
  /** Epochs are ranked by it. */
  readonly ranking: FollowedMetric;
  /** Drawn beside the losses; null: there is none. */
  readonly drawn: FollowedMetric | null;
  /** Metrics of the validation, `loss` first. */
  readonly validation: readonly FollowedMetric[];
}

const LOSS = "loss";

/**
 * Finds the metrics of a run.
 *
 * @param view - The run.
 * @param asked - Metric to rank by and to draw: one of the validation, or a column with numbers. Absent: the one that the
 * run ranks by, and the first that is no loss.
 * @throws UsageError if the run has epochs, but not that metric.
 */
export function followedMetrics(
  { plan, rows }: Pick<RunView, "plan" | "rows">,
  asked?: string,
): FollowedMetrics {
  const validation = metricsIn(plan, rows).map((metric): FollowedMetric => {
    return { ...metric, of: (row) => row.validation?.[metric.name] ?? Number.NaN };
  });
  const named = (name: string | null) => validation.find((metric) => metric.name === name);
  const first = validation.find(({ name }) => name !== LOSS);
  if (asked !== undefined) {
    const chosen = named(asked) ?? columnOf(rows, asked, validation);
    if (chosen !== null) return { ranking: chosen, drawn: isLoss(chosen) ? null : chosen, validation };
  }
  const ranking = named(plan.evalMetric) ?? first ?? named(LOSS) ?? trainingLoss;
  return { ranking, drawn: isLoss(ranking) ? (first ?? null) : ranking, validation };
}

/** Whether it is drawn as one of the losses. */
function isLoss(metric: FollowedMetric): boolean {
  return metric.name === LOSS || metric === trainingLoss;
}

const trainingLoss: FollowedMetric = {
  ...{ name: "train_loss", label: "training loss", unit: "", better: "lower" },
  of: ({ trainLoss }) => trainLoss,
};

/** A column by its name; null: there is no epoch yet. */
function columnOf(
  rows: readonly SummaryRow[],
  name: string,
  validation: readonly FollowedMetric[],
): FollowedMetric | null {
  if (rows.length === 0) return null;
  if (name === trainingLoss.name) return trainingLoss;
  const columns = new Set(
    rows.flatMap(({ others }) => Object.keys(others).filter((key) => typeof others[key] === "number")),
  );
  if (columns.has(name)) {
    const of = ({ others }: SummaryRow) => Number(others[name] ?? Number.NaN);
    return { ...unknownMetric(name), of };
  }
  const known = [...validation.map((metric) => metric.name), trainingLoss.name, ...columns];
  throw new UsageError(
    `watch: --metric must be one of ${known.join(", ")}, got "${name}"${suggestion(name, known)}`,
  );
}

/** The best epoch so far; null: none has a value of the metric. */
export function bestRow(rows: readonly SummaryRow[], { of, better }: FollowedMetric): SummaryRow | null {
  let best: SummaryRow | null = null;
  for (const row of rows) {
    if (Number.isNaN(of(row))) continue;
    // The first of equal ones stays, as in training.
    const isBetter = best === null || (better === "higher" ? of(row) > of(best) : of(row) < of(best));
    if (isBetter) best = row;
  }
  return best;
}
