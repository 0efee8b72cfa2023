/** Curves of a run for TensorBoard. */
import { checkOptionNames } from "../../option-names.ts";
import type { EpochRow, UpdateDone } from "../../train/events.ts";
import type { Listener } from "../../train/listener.ts";
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
 * `epoch/train_loss` and `eval/<metric>` of every epoch that has results, with a moving average `model/<metric>` of the
 * plain weights. Every curve is over updates, so that a run that is resumed replaces what was written after the point
 * it goes on from. A checkpoint has the points before it on disk, those of its epoch too.
 *
 * @param folder - The run's folder; made if missing. The file is made with the first point.
 * @throws RangeError if an option is out of range. While the run goes, WriteError if the file system refuses.
 * @example
 * import { readdirSync } from "node:fs";
 * const listener = tensorBoardListener("runs/second", { every: 1 });
 * await listener.on({ type: "runStarted", update: 0 });
 * await listener.on({ type: "updateDone", update: 1, loss: 0.7, gradNorm: 2, lr: 0.1 });
 * await listener.on({ type: "runEnded" });
 * readdirSync("runs/second").length; // => 1
 */
export function tensorBoardListener(folder: string, options: TensorBoardOptions = {}): Listener {
  checkOptionNames("tensorBoardListener", options, {
    ...{ every: true, flushSeconds: true, hostname: true, now: true },
  });
  const { every = 10, flushSeconds = 10, ...naming } = options;
  if (!(Number.isSafeInteger(every) && every >= 1)) {
    throw new RangeError(`tensorBoardListener: every must be a whole number >= 1, got ${every}`);
  }
  if (!(flushSeconds >= 0)) {
    throw new RangeError(`tensorBoardListener: flushSeconds must be a number >= 0, got ${flushSeconds}`);
  }
  const now = naming.now ?? Date.now;
  /** Step from on which this run replaces what is there; null: no run is under way. */
  let purgeStep: number | null = null;
  let file: EventFile | null = null;
  let flushed = now();

  async function close(): Promise<void> {
    const ended = file;
    [file, purgeStep] = [null, null];
    await ended?.close();
  }

  return {
    name: "TensorBoard",
    async on(event) {
      if (event.type === "runStarted") {
        await close();
        purgeStep = event.update + 1;
        flushed = now();
      }
      if (purgeStep === null) return;
      if (event.type === "updateDone" && event.update % every === 0) {
        file ??= await createEventFile(folder, { ...naming, purgeStep });
        addUpdate(file, event);
      }
      if (event.type === "checkpointDue" && event.row !== null) {
        file ??= await createEventFile(folder, { ...naming, purgeStep });
        addEpoch(file, event.row, event.update);
      }
      if (event.type === "runEnded") await close();
      else if (event.type === "checkpointDue" || now() - flushed >= 1000 * flushSeconds) {
        flushed = now();
        await file?.flush();
      }
    },
  };
}

function addUpdate(file: EventFile, { update, loss, lr, gradNorm }: UpdateDone): void {
  file.scalar("train/loss", loss, update);
  file.scalar("train/lr", lr, update);
  file.scalar("train/grad_norm", gradNorm, update);
}

function addEpoch(file: EventFile, { trainLoss, validation, plain }: EpochRow, update: number): void {
  file.scalar("epoch/train_loss", trainLoss, update);
  for (const [name, value] of Object.entries(validation ?? {})) file.scalar(`eval/${name}`, value, update);
  for (const [name, value] of Object.entries(plain ?? {})) file.scalar(`model/${name}`, value, update);
}
