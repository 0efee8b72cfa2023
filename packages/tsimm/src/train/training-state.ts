/** A point of a run: everything that is needed to go on from it. */
import type { SchedulerState } from "@tsimm/scheduler";
import type { Buffer, Parameter } from "../models/model.ts";
import type { OptimizerState } from "../optim/optimizer.ts";
import type { OutputMetric } from "../task/task.ts";
import type { Best, EpochRow } from "./events.ts";

/** Counters and results of a run. */
export interface TrainingProgress {
  /** Epoch that is trained next, or under way; from 0. */
  readonly epoch: number;
  /** Updates made since the start of the run. */
  readonly update: number;
  /** Batches of the epoch that are done. */
  readonly batch: number;
  /** Sum of the losses of the epoch's images so far. */
  readonly running: { readonly loss: number; readonly images: number };
  /** Results of the epochs that are done. */
  readonly history: readonly EpochRow[];
  readonly best: Best | null;
  /** The metric of each class or output in the best epoch, where the task has one. */
  readonly byOutput: readonly OutputMetric[];
}

/** Progress of a run that begins. */
export const initialProgress: TrainingProgress = {
  ...{ epoch: 0, update: 0, batch: 0, running: { loss: 0, images: 0 } },
  ...{ history: [], best: null, byOutput: [] },
};

/** A named tensor of a model. */
export type NamedTensor = Pick<Parameter | Buffer, "name" | "shape" | "data">;

/** A point of a run. */
export interface TrainingState {
  readonly progress: TrainingProgress;
  /** The model's state dict. */
  readonly model: readonly NamedTensor[];
  /** The same of the moving average; null: there is none. */
  readonly average: readonly NamedTensor[] | null;
  readonly optimizer: OptimizerState;
  /** null: there is no schedule. */
  readonly schedule: SchedulerState | null;
}
