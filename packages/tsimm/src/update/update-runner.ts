/** What computes and applies the updates of an updater: on the host, or on a device. */
import type { Graph } from "@tsimm/autodiff";
import type { ClipMode } from "../optim/clip.ts";
import type { ModelEma } from "../optim/ema.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import type { Session } from "../runtime/engine.ts";
import type { TrainingPrograms } from "../runtime/training-program.ts";
import type { TrainingSession } from "../runtime/training-session.ts";
import type { StateParts, StateStore } from "../state/store.ts";

/** Result of an update. */
export interface UpdateResult {
  /** Mean over the batches, before the update. */
  readonly loss: number;
  /** Norm of all gradients together, before clipping. */
  readonly gradNorm: number;
}

/** Checked options of an updater. */
export interface UpdateParts<Batch> {
  readonly programs: TrainingPrograms<Batch>;
  /** Opens the programs on an engine whose tensors are here; the caller closes them. */
  readonly openSession: () => Promise<TrainingSession<Batch>>;
  /** Over parameters of the programs. */
  readonly optimizer: Optimizer;
  readonly average: ModelEma | null;
  /** Bound of the gradients, > 0; null: none. */
  readonly clipGrad: number | null;
  readonly clipMode: ClipMode;
  /** What the store holds. */
  readonly state: StateParts;
}

/** Computes updates, and holds the state that they change. */
export interface UpdateRunner<Batch> {
  readonly store: StateStore;
  /**
   * Makes one update.
   *
   * @param batches - At least one, whose mean gradient counts.
   * @param update - Updates made before, an integer >= 0.
   * @throws DivergedError if the loss or a gradient is not finite; the parameters are as before then. DeviceLostError if
   * the device is gone.
   */
  run(batches: readonly Batch[], update: number): Promise<UpdateResult>;
  /**
   * Opens the evaluation of weights that stay where they are; absent: they are read from the store.
   *
   * @param weights - The model's own, or their moving average, as they are now.
   * @param key - Of the graph, which is compiled once.
   * @param graph - With an input for each weight and running statistic.
   */
  openEvaluation?(
    weights: "plain" | "average",
    key: string,
    graph: () => Graph,
  ): Promise<Pick<Session, "run" | "close">>;
  /** Brings slow weights of the optimizer up to date at the end of an epoch, where it has some. */
  finishEpoch(): Promise<void>;
  /** Releases the memory of engine and device. */
  close(): Promise<void>;
}
