/** A run as it stands in its folder. */
import type { SummaryRow } from "../../checkpoint/read-summary.ts";
import type { TrainingState } from "../../checkpoint/run-lock.ts";
import type { RunPlan } from "../../recipe/run-plan.ts";
import type { EpochEnd } from "./epoch-clock.ts";

/** A run as it stands in its folder. */
export interface RunView {
  /** Absolute path. */
  readonly folder: string;
  readonly plan: RunPlan;
  readonly rows: readonly SummaryRow[];
  /** Ends of epochs, as far as they are known. */
  readonly ends: readonly EpochEnd[];
  /** Whether a process of tsimm trains there; null: not known, as the run is none of tsimm. */
  readonly training: TrainingState | null;
  /** Why the newest text of the file cannot be read; null: it can. */
  readonly problem: string | null;
}

/** Epochs that are done. */
export function epochsDone({ rows }: Pick<RunView, "rows">): number {
  return (rows.at(-1)?.epoch ?? -1) + 1;
}

/** Whether every epoch of the plan is done. */
export function isComplete(view: Pick<RunView, "rows" | "plan">): boolean {
  return view.plan.numEpochs !== null && epochsDone(view) >= view.plan.numEpochs;
}
