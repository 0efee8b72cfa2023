/** Memory and rates of a plateau schedule at the end of a run that timm went on with. */
import type { Scheduler, SchedulerState } from "@tsimm/scheduler";
import type { Ranking } from "../checkpoint/checkpoint-history.ts";
import type { CarriedState } from "../checkpoint/timm/carried.ts";
import type { Optimizer, OptimizerState } from "../optim/optimizer.ts";
import type { EpochRow } from "../train/events.ts";

/** Sources of {@link replayPlateau}. */
export interface ReplayOptions {
  /** Last epoch that is done. */
  readonly epoch: number;
  readonly carried: CarriedState | null;
  readonly rows: readonly EpochRow[];
  readonly ranking: Ranking;
  /** Of the file, with the rates that its last epoch was trained with; null: there is none. */
  readonly saved: OptimizerState | null;
  /** The one that the scheduler drives. */
  readonly optimizer: Optimizer;
}

/**
 * Brings a plateau schedule to the end of an epoch. timm's file has the rates, not what the schedule remembers: that is
 * what the run had when timm took it over, and the metrics since then; or those of all epochs.
 */
export function replayPlateau(scheduler: Scheduler, options: ReplayOptions): void {
  const { epoch, carried, rows, ranking, saved, optimizer } = options;
  const isCarried = carried !== null && carried.epoch <= epoch && restoreCarried(scheduler, carried);
  const from = isCarried ? carried.epoch : -1;
  if (from === epoch) return;
  for (const row of rows) {
    if (row.epoch > from && row.epoch < epoch) scheduler.step(row.epoch + 1, metricOf(row, ranking));
  }
  const hasNoise = scheduler.noiseAt(epoch) !== null;
  for (const [i, group] of optimizer.paramGroups.entries()) {
    const rate = saved?.groups[i]?.options["lr"];
    if (typeof rate === "number" && !hasNoise) group.lr = rate;
  }
  const last = rows.at(-1);
  scheduler.step(epoch + 1, last?.epoch === epoch ? metricOf(last, ranking) : undefined);
}

/** Whether the state that travelled with the run could be restored. */
function restoreCarried(scheduler: Scheduler, { scheduler: state }: CarriedState): boolean {
  const fresh = scheduler.stateDict();
  if (state["scheduler"] !== fresh.scheduler) return false;
  const { t, metric, values, plateau } = state as unknown as SchedulerState;
  try {
    scheduler.loadStateDict({ ...fresh, t, metric, values, ...(plateau && { plateau }) });
    return true;
  } catch {
    // Another number of groups, or no state of a schedule.
    return false;
  }
}

function metricOf({ trainLoss, validation }: EpochRow, { name, of }: Ranking): number | undefined {
  const value = of === "training" ? trainLoss : validation?.[name];
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}
