/** Events of training, as plain data that can be sent to another thread, logged or stored. */
import type { Metric, Metrics, OutputMetric } from "../task/task.ts";

/** Results of an epoch. */
export interface EpochRow {
  /** From 0. */
  readonly epoch: number;
  /** Mean training loss over the epoch's images. */
  readonly trainLoss: number;
  /** Mean learning rate over the groups, read before the schedule's step. */
  readonly lr: number;
  /** Metrics of the weights that count: the moving average's where there is one; null: no validation. */
  readonly validation: Metrics | null;
  /** Metrics of the plain weights, beside a moving average. */
  readonly plain: Metrics | null;
}

/** Best metric of a run. */
export interface Best {
  readonly metric: number;
  readonly epoch: number;
}

/** Training begins, or goes on. */
export interface RunStarted {
  readonly type: "runStarted";
  /** Name of the model. */
  readonly model: string;
  /** Name of the task. */
  readonly task: string;
  /** Epochs of the whole run. */
  readonly epochs: number;
  readonly updatesPerEpoch: number;
  /** Epoch that is trained next, from 0. */
  readonly epoch: number;
  /** Updates made so far. */
  readonly update: number;
  /** Metrics of a validation, `loss` first. */
  readonly metrics: readonly Metric[];
  /** The metric of each class or output, where the task has one. */
  readonly outputMetric: Metric | null;
  /** Metric that epochs are ranked by: one of `metrics`, or the training loss without validation. */
  readonly metric: Metric;
  /** Epochs that are done. */
  readonly history: readonly EpochRow[];
  /** Images of a whole update. */
  readonly imagesPerUpdate: number;
  /** Images of a validation with every set of weights; 0: there is none. */
  readonly validationImages: number;
  /** Epochs between two validations. */
  readonly valInterval: number;
  /** Updates between two log lines. */
  readonly logInterval: number;
}

/** An update of the weights is done. */
export interface UpdateDone {
  readonly type: "updateDone";
  /** From 0. */
  readonly epoch: number;
  /** Epochs of the whole run. */
  readonly epochs: number;
  /** Index of the update in its epoch, from 0. */
  readonly index: number;
  readonly updatesPerEpoch: number;
  /** Updates made so far, this one included. */
  readonly update: number;
  /** Mean loss of the update's images. */
  readonly loss: number;
  /** Mean loss of the epoch's images so far. */
  readonly meanLoss: number;
  /** Norm of all gradients together, before clipping. */
  readonly gradNorm: number;
  /** Mean learning rate over the groups, in this update. */
  readonly lr: number;
  /** Images of the update. */
  readonly images: number;
  /** Seconds since the last update, or since the epoch began. */
  readonly seconds: number;
  /** Seconds of these spent waiting for images. */
  readonly waited: number;
}

/** Weights that are evaluated: the model's own, or their moving average. */
export type EvaluatedWeights = "plain" | "average";

/** A batch of a validation is done. */
export interface BatchEvaluated {
  readonly type: "batchEvaluated";
  /** Epoch that was just trained, from 0; null outside a run. */
  readonly epoch: number | null;
  /** Epochs of the whole run; null outside one. */
  readonly epochs: number | null;
  readonly weights: EvaluatedWeights;
  /** From 0. */
  readonly index: number;
  /** Batches of the validation. */
  readonly batches: number;
  /** Images of the batch. */
  readonly images: number;
  /** Seconds since the last batch. */
  readonly seconds: number;
  /** Metrics of the batch that are means over images. */
  readonly batch: Metrics;
  /** The same of all images so far. */
  readonly means: Metrics;
}

/** A set of weights is evaluated. */
export interface EvaluationDone {
  readonly type: "evaluationDone";
  readonly epoch: number | null;
  readonly weights: EvaluatedWeights;
  readonly metrics: Metrics;
  /** Images that count. */
  readonly images: number;
  /** Seconds, those of compiling included. */
  readonly seconds: number;
  /** Images that cannot be read and do not count. */
  readonly unreadable: number;
  /** The metric of each class or output, where the task has one. */
  readonly byOutput: readonly OutputMetric[];
}

/** A schedule that follows the metric has made its step. */
export interface PlateauStepped {
  readonly type: "plateauStepped";
  /** Name of the metric. */
  readonly metric: string;
  /** Best value so far; null: none yet. */
  readonly best: number | null;
  readonly numBadEpochs: number;
  /** Bad epochs that it waits for. */
  readonly patience: number;
  readonly cooldownCounter: number;
}

/**
 * It is time to save what is needed to go on. `epoch`: an epoch is done; `interval`: so many updates are; `stopped`:
 * the run ends in mid-epoch; `failed`: a listener has failed, or the device is lost.
 */
export interface CheckpointDue {
  readonly type: "checkpointDue";
  readonly reason: "epoch" | "interval" | "stopped" | "failed";
  /** Epoch that is done, or under way. */
  readonly epoch: number;
  /** Updates made; of a lost device those of the last state that was read. */
  readonly update: number;
  /** Row of the epoch that is done; null in mid-epoch. */
  readonly row: EpochRow | null;
  /** Value that the epoch is ranked by; null in mid-epoch. */
  readonly metric: number | null;
  /** Whether it is the best one so far. */
  readonly isBest: boolean;
}

/** A checkpoint was written. */
export interface CheckpointSaved {
  readonly type: "checkpointSaved";
  readonly reason: CheckpointDue["reason"];
  /** Role of the files, e.g. `last` or `recovery-3-120`. */
  readonly name: string;
  /** Checkpoints that are kept, best first. */
  readonly kept: readonly { readonly path: string; readonly metric: number }[];
}

/** An epoch is trained, validated where it is due, and saved. */
export interface EpochDone {
  readonly type: "epochDone";
  /** From 0. */
  readonly epoch: number;
  readonly epochs: number;
  readonly update: number;
  /** null: neither validation nor checkpoint was due. */
  readonly row: EpochRow | null;
  /** Best epoch so far. */
  readonly best: Best | null;
  /** Learning rate of the next epoch, a mean over the groups. */
  readonly nextLr: number;
  /** Seconds of training, validation and listeners. */
  readonly seconds: number;
}

/** Something that the user should know of. */
export interface Warning {
  readonly type: "warning";
  readonly text: string;
}

/** A sentence for the log. */
export interface Message {
  readonly type: "message";
  readonly text: string;
}

/** The run has ended; nothing comes after it. */
export interface RunEnded {
  readonly type: "runEnded";
  /** `finished`: every epoch is done, or a listener stopped the run; `stopped`: by the signal; `failed`: by an error. */
  readonly outcome: "finished" | "stopped" | "failed";
  /** Why, where a listener or an error has ended it. */
  readonly reason: string | null;
  readonly best: Best | null;
  /** The metric of each class or output in the best epoch, where the task has one. */
  readonly byOutput: readonly OutputMetric[];
  readonly history: readonly EpochRow[];
}

/** An event that listeners receive. */
export type TrainingEvent =
  | RunStarted
  | UpdateDone
  | BatchEvaluated
  | EvaluationDone
  | PlateauStepped
  | CheckpointDue
  | CheckpointSaved
  | EpochDone
  | Warning
  | Message
  | RunEnded;
