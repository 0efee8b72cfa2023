/** How training tells what happens. The loop never prints; whoever runs it does. */

/** How far a phase is. */
export interface Progress {
  readonly phase: "train" | "validate";
  readonly epoch: number;
  /** Epochs of the whole run. */
  readonly epochs: number;
  /** Updates or batches done in this phase. */
  readonly done: number;
  readonly total: number;
  /** Mean loss so far. */
  readonly loss: number;
  /** Learning rate in force; null while validating. */
  readonly lr: number | null;
  /** Mean speed so far. */
  readonly imagesPerSecond: number;
  /** Estimated seconds until the run ends; null while validating, and before there is an estimate. */
  readonly secondsLeft: number | null;
}

/** Receives what training says. */
export interface Reporter {
  /** A line for the log. */
  info(line: string): void;
  /** A line of progress inside an epoch, for logs without a progress bar. */
  interval(line: string): void;
  /** Something that the user should know of. */
  warn(line: string): void;
  /** How far the phase is, after each update or batch of it. */
  progress(progress: Progress): void;
}

/** A reporter that says nothing. */
export const silent: Reporter = { info() {}, interval() {}, warn() {}, progress() {} };
