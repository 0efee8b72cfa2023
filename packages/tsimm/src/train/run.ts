/** A run in memory: what the stages of training share. */
import type { Scheduler } from "@tsimm/scheduler";
import type { Best, Kept } from "../checkpoint/checkpoint-history.ts";
import type { DataDigest } from "../checkpoint/data-digest.ts";
import type { Loader } from "../data/batch.ts";
import type { Reporter } from "../listeners/reporter.ts";
import type { RunClock } from "../listeners/run-clock.ts";
import type { EpochRow } from "../listeners/summary.ts";
import type { Model, PretrainedConfig } from "../models/model.ts";
import type { ModelEma } from "../optim/ema.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import type { TrainArguments } from "../recipe/arguments.ts";
import type { EarlierPlan } from "../recipe/earlier-plan.ts";
import type { Engine } from "../runtime/engine.ts";
import type { TrainingStep } from "../runtime/training-step.ts";

/** Where a run is, and what it has found. */
export interface RunProgress {
  epoch: number;
  /** Updates made since the start of the run. */
  update: number;
  /** Batches of the epoch that are done. */
  batch: number;
  /** Sum of the losses of the epoch's images so far. */
  running: { loss: number; images: number };
  rows: readonly EpochRow[];
  best: Best | null;
  kept: readonly Kept[];
  /** Schedules before a resume with another one. */
  earlierPlans: readonly EarlierPlan[];
}

/** An image file of a data set. */
export interface SampleImage {
  /** On disk, or of an archive and inside it. */
  readonly path: string;
  /** The content of the file. */
  readonly bytes: Uint8Array;
}

/** Everything that training works with. */
export interface Run {
  readonly args: TrainArguments;
  /** Arguments as `args.yaml` holds them. */
  readonly savedArgs: Readonly<Record<string, unknown>>;
  /** Absolute path of the output folder. */
  readonly folder: string;
  readonly engine: Engine;
  readonly model: Model;
  readonly dataConfig: PretrainedConfig;
  readonly classNames: readonly string[];
  /** Digests of the images. */
  readonly data: DataDigest;
  /** A readable image of the data set, to try the finished model on. */
  sample(): Promise<SampleImage | null>;
  readonly optimizer: Optimizer;
  readonly scheduler: Scheduler;
  readonly ema: ModelEma | null;
  readonly step: TrainingStep;
  readonly trainLoader: Loader;
  /** null: no validation. */
  readonly valLoader: Loader | null;
  readonly numEpochs: number;
  readonly updatesPerEpoch: number;
  readonly metric: "loss" | "top1" | "top5";
  readonly progress: RunProgress;
  /** Whether the run began now, not from what an earlier one has left. */
  readonly isNew: boolean;
  readonly clock: RunClock;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  /** Releases the engine and the folder, and ends the decoding threads. */
  close(): Promise<void>;
}

/** Mean learning rate over the optimizer's groups. */
export function meanLr({ paramGroups }: Optimizer): number {
  return paramGroups.reduce((sum, { lr }) => sum + lr, 0) / paramGroups.length;
}
