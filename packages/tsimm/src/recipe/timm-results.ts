/** Results of a run of timm's up to a checkpoint, and what of them is best. */
import type { Kept, Ranking } from "../checkpoint/checkpoint-history.ts";
import type { TimmCheckpoint } from "../checkpoint/timm/read-timm-checkpoint.ts";
import type { Best, EpochRow } from "../train/events.ts";
import { isBetter } from "../train/ranking.ts";
import type { TrainArguments } from "./arguments.ts";
import type { TimmRun } from "./open-timm-run.ts";

/** Results of epochs, and their order. */
export interface TimmResults {
  readonly rows: readonly EpochRow[];
  /** By the run's own metric. */
  readonly ranking: Ranking;
  readonly best: Best | null;
  /** All epochs, best first: those whose weights are not there are left out when a folder is filled. */
  readonly kept: readonly Kept[];
}

/**
 * The results up to a checkpoint.
 *
 * @param args - Of timm's run.
 * @param ranking - Of the run that goes on.
 */
export function timmResults(
  run: Pick<TimmRun, "rows" | "isRecovery">,
  read: TimmCheckpoint,
  args: Pick<TrainArguments, "evalMetric">,
  ranking: Ranking,
): TimmResults {
  const rows = rowsOf(run, read, ranking, args);
  const own = rankingOf(args, ranking, rows);
  const kept = rows
    .map((row) => ({ epoch: row.epoch, metric: rankedBy(row, own) }))
    .toSorted((a, b) => {
      if (isBetter(a.metric, b.metric, own)) return -1;
      return isBetter(b.metric, a.metric, own) ? 1 : 0;
    });
  return { rows, ranking: own, best: kept[0] ?? null, kept };
}

/** The rows up to a checkpoint; where there is none of its epoch, with the one number that timm keeps in it. */
function rowsOf(
  { rows, isRecovery }: Pick<TimmRun, "rows" | "isRecovery">,
  { epoch, metric, optimizer }: TimmCheckpoint,
  { of }: Ranking,
  { evalMetric }: Pick<TrainArguments, "evalMetric">,
): readonly EpochRow[] {
  const done = rows.filter((row) => row.epoch <= epoch);
  if (isRecovery || metric === null || done.at(-1)?.epoch === epoch) return done;
  const lr = meanRate(optimizer);
  const unknown = Number.NaN;
  const row: EpochRow =
    of === "training"
      ? { epoch, trainLoss: metric, lr, validation: null, plain: null }
      : { epoch, trainLoss: unknown, lr, validation: { loss: unknown, [evalMetric]: metric }, plain: null };
  return [...done, row];
}

function meanRate(optimizer: TimmCheckpoint["optimizer"]): number {
  const groups = optimizer instanceof Map ? optimizer.get("param_groups") : undefined;
  const rates = (Array.isArray(groups) ? groups : []).map((group) =>
    group instanceof Map ? Number(group.get("lr") ?? 0) : 0,
  );
  return rates.reduce((sum, rate) => sum + rate, 0) / Math.max(1, rates.length);
}

/** The ranking of timm's epochs: by the run's own metric, where its rows have it. */
function rankingOf(
  { evalMetric }: Pick<TrainArguments, "evalMetric">,
  ranking: Ranking,
  rows: readonly EpochRow[],
): Ranking {
  const row = rows.at(-1);
  if (row === undefined) return ranking;
  if (row.validation === null) return { name: "loss", better: "lower", of: "training" };
  const name = evalMetric in row.validation ? evalMetric : ranking.name;
  return { name, better: name === "loss" ? "lower" : "higher", of: "validation" };
}

function rankedBy({ trainLoss, validation }: EpochRow, { name, of }: Ranking): number {
  return (of === "training" ? trainLoss : validation?.[name]) ?? Number.NaN;
}
