/** Events of a run. */

/** Metrics by name, e.g. `{ loss: 0.5, top1: 80 }`. */
export type MetricValues = Readonly<Record<string, number>>;

/** Result of an epoch. */
export interface EpochResult {
  /** From 0. */
  readonly epoch: number;
  /** Updates of the run up to the end of this epoch. */
  readonly update: number;
  readonly train: { readonly loss: number };
  /** null: the epoch was not evaluated. */
  readonly validation: MetricValues | null;
  /** Learning rate of the epoch's last update. */
  readonly lr: number;
}

/** Start of a run, or of its continuation. */
export interface RunStarted {
  readonly type: "runStarted";
  /** First epoch of this session: 0, unless the run was resumed. */
  readonly epoch: number;
  /** Updates before this session: 0, unless the run was resumed. */
  readonly update: number;
  /** Results of the epochs before this session. */
  readonly history: readonly EpochResult[];
}

/** End of an update of the weights. */
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
  /** Duration of this update. */
  readonly seconds: number;
}

/** End of an epoch, its evaluation included. */
export interface EpochDone extends EpochResult {
  readonly type: "epochDone";
}

/** Event of a run. */
export type RunEvent =
  | RunStarted
  | UpdateDone
  | EpochDone
  | { readonly type: "checkpointDue" }
  | { readonly type: "runEnded" };

/** Controls of a run. */
export interface RunControl {
  /**
   * Ends the run after this event.
   *
   * @param reason - Told to the user; without a full stop.
   */
  stop(reason: string): void;
}

/** Listener of a run: called with every event in order, and awaited. */
export type RunListener = (event: RunEvent, run: RunControl) => void | Promise<void>;
