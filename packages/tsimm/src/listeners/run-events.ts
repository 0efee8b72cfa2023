/** Events of a run, as listeners see them. */

/** Metrics by name, e.g. `{ loss: 0.5, top1: 80 }`. */
export type MetricValues = Readonly<Record<string, number>>;

/** Result of an epoch. */
export interface EpochResult {
  /** From 0. */
  readonly epoch: number;
  /** Updates of the run up to the end of this epoch. */
  readonly update: number;
  readonly train: { readonly loss: number };
  /** null: this epoch was not evaluated. */
  readonly validation: MetricValues | null;
  /** Learning rate of the epoch's last update. */
  readonly lr: number;
}

/** The run begins, or goes on. */
export interface RunStarted {
  readonly type: "runStarted";
  /** First epoch to run: 0, or where a resumed run goes on. */
  readonly epoch: number;
  /** Updates that were done before: 0, or those of the resumed run. */
  readonly update: number;
  /** Epochs that were done before. */
  readonly history: readonly EpochResult[];
}

/** The weights were changed. */
export interface UpdateDone {
  readonly type: "updateDone";
  /** Updates of the run so far, from 1. */
  readonly update: number;
  readonly epoch: number;
  readonly loss: number;
  /** L2 norm of the gradient before clipping; null: not measured. */
  readonly gradNorm: number | null;
  readonly lr: number;
  /** Images of this update. */
  readonly images: number;
  /** Time that this update took. */
  readonly seconds: number;
}

/** An epoch was trained, and evaluated if it was its turn. */
export interface EpochDone extends EpochResult {
  readonly type: "epochDone";
}

/** What a listener hears of. */
export type RunEvent =
  | RunStarted
  | UpdateDone
  | EpochDone
  | { readonly type: "checkpointDue" }
  | { readonly type: "runEnded" };

/** The run, as a listener may steer it. */
export interface RunControl {
  /**
   * Ends the run after this event.
   *
   * @param reason - A sentence's part, for the user.
   */
  stop(reason: string): void;
}

/** Hears of events, one at a time; the run waits for it. */
export type RunListener = (event: RunEvent, run: RunControl) => void | Promise<void>;
