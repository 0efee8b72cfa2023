/** What the terminal's thread and the training thread say to each other. */

import type { Progress } from "../listeners/reporter.ts";
import type { TrainArguments } from "../recipe/arguments.ts";
import type { TrainResult } from "../recipe/train.ts";

/** What the training thread starts with. */
export interface TrainingData {
  readonly given: Partial<TrainArguments>;
}

/** To the training thread. */
export interface ToThread {
  /** End after the current update, with a recovery checkpoint. */
  readonly kind: "stop";
}

/** From the training thread. */
export type FromThread =
  | { readonly kind: "info" | "interval" | "warn"; readonly line: string }
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "done"; readonly result: TrainResult }
  | { readonly kind: "failed"; readonly usage: boolean; readonly message: string; readonly stack: string };
