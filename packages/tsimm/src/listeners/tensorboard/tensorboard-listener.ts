/** Curves of a run for TensorBoard. */
import type { EpochDone, RunListener, UpdateDone } from "../run-events.ts";
import { createEventFile, type EventFile, type EventFileOptions } from "./event-file.ts";

/** Options of {@link tensorBoardListener}. */
export interface TensorBoardOptions extends Omit<EventFileOptions, "purgeStep"> {
  /** Updates from one point to the next, a whole number >= 1; 10 by default. Epochs are always written. */
  readonly every?: number;
  /** Points are written to disk after this many seconds at the latest, >= 0; 10 by default. */
  readonly flushSeconds?: number;
}

/**
 * Writes an event file for TensorBoard: `train/loss`, `train/lr` and `train/grad_norm` of every `every`-th update,
 * `epoch/train_loss` and `eval/<metric>` of every epoch. Every curve is over updates, so that a run that is resumed
 * replaces what was written after the point it goes on from.
 *
 * @param folder - The run's folder; made if missing.
 * @throws RangeError if an option is out of range. While the run goes, WriteError if the file system refuses.
 * @example
 * import { readdirSync } from "node:fs";
 * const listener = tensorBoardListener("runs/second", { every: 1 });
 * const run = { stop() {} };
 * await listener({ type: "runStarted", epoch: 0, update: 0, history: [] }, run);
 * const done = { update: 1, epoch: 0, loss: 0.7, gradNorm: 2, lr: 0.1, images: 32, seconds: 0.2 };
 * await listener({ type: "updateDone", ...done }, run);
 * await listener({ type: "runEnded" }, run);
 * readdirSync("runs/second").length; // => 1
 */
export function tensorBoardListener(folder: string, options: TensorBoardOptions = {}): RunListener {
  const { every = 10, flushSeconds = 10, ...naming } = options;
  if (!(Number.isSafeInteger(every) && every >= 1)) {
    throw new RangeError(`tensorBoardListener: every must be a whole number >= 1, got ${every}`);
  }
  if (!(flushSeconds >= 0)) {
    throw new RangeError(`tensorBoardListener: flushSeconds must be a number >= 0, got ${flushSeconds}`);
  }
  const now = naming.now ?? Date.now;
  let file: EventFile | null = null;
  let flushed = now();

  return async function tensorBoard(event) {
    if (event.type === "runStarted") {
      await file?.close();
      file = await createEventFile(folder, { ...naming, purgeStep: event.update + 1 });
      return;
    }
    if (file === null) return;
    if (event.type === "updateDone") {
      if (event.update % every === 0) addUpdate(file, event);
      if (now() - flushed < 1000 * flushSeconds) return;
    }
    if (event.type === "epochDone") addEpoch(file, event);
    flushed = now();
    if (event.type === "runEnded") {
      await file.close();
      file = null;
    } else await file.flush();
  };
}

function addUpdate(file: EventFile, { update, loss, lr, gradNorm }: UpdateDone): void {
  file.scalar("train/loss", loss, update);
  file.scalar("train/lr", lr, update);
  if (gradNorm !== null) file.scalar("train/grad_norm", gradNorm, update);
}

function addEpoch(file: EventFile, { update, train, validation }: EpochDone): void {
  file.scalar("epoch/train_loss", train.loss, update);
  for (const [name, value] of Object.entries(validation ?? {})) file.scalar(`eval/${name}`, value, update);
}
