/** Messages between the terminal's thread and the training thread: events, then the result or the error. */
import type { TrainArguments } from "../recipe/arguments.ts";
import type { TrainResult } from "../recipe/train.ts";
import type { TrainingEvent } from "../train/events.ts";

/** Input of the training thread. */
export interface ThreadInput {
  readonly given: Partial<TrainArguments>;
}

/** To the training thread: end after the current update, with a recovery checkpoint. */
export interface ToThread {
  readonly type: "stop";
}

/** From the training thread: every event, then the result or the error. */
export type FromThread =
  | TrainingEvent
  | { readonly type: "result"; readonly result: TrainResult }
  | { readonly type: "error"; readonly usage: boolean; readonly message: string; readonly stack: string };
