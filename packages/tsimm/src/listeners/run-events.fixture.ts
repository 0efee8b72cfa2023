/** Events of a run that is played to a listener, for tests. */

import type { Metric } from "../task/task.ts";
import type {
  CheckpointDue,
  EpochDone,
  EpochRow,
  RunEnded,
  RunStarted,
  UpdateDone,
} from "../train/events.ts";
import type { Listener, RunHandle } from "../train/listener.ts";

/** A loss and an accuracy. */
export const metrics: readonly [Metric, Metric] = [
  { name: "loss", label: "loss", unit: "", better: "lower", panel: "loss" },
  { name: "top1", label: "top-1", unit: "%", better: "higher", best: 100, panel: "accuracy (%)" },
];

/** A run of epochs of 10 updates, ranked by top-1. */
export function runStarted(changes: Partial<RunStarted> = {}): RunStarted {
  const epoch = changes.epoch ?? 0;
  return {
    ...{ type: "runStarted", model: "net", task: "classification", epochs: 10, updatesPerEpoch: 10 },
    ...{ epoch, update: 10 * epoch, metrics, outputMetric: null },
    ...{ metric: metrics[1], history: [] },
    ...{ imagesPerUpdate: 32, validationImages: 8, valInterval: 1, logInterval: 50 },
    ...changes,
  };
}

/** An update. */
export function updateDone(update: number, changes: Partial<UpdateDone> = {}): UpdateDone {
  return {
    ...{ type: "updateDone", epoch: 0, epochs: 10, index: update - 1, updatesPerEpoch: 10, update },
    ...{ loss: 1 / update, meanLoss: 1, gradNorm: 8, lr: 0.5, images: 32, seconds: 1, waited: 0 },
    ...changes,
  };
}

/** The row of an epoch. */
export function epochRow(epoch: number, changes: Partial<EpochRow> = {}): EpochRow {
  return { epoch, trainLoss: 0.5, lr: 0.1, validation: null, plain: null, ...changes };
}

/** The end of the epoch of a row, or of one without. */
export function epochDone(row: EpochRow | null, changes: Partial<EpochDone> = {}): EpochDone {
  const epoch = row?.epoch ?? 0;
  return {
    ...{ type: "epochDone", epoch, epochs: 10, update: 10 * (epoch + 1), row, best: null, nextLr: 0.1 },
    ...{ seconds: 2, ...changes },
  };
}

/** A checkpoint in mid-epoch. */
export const checkpointDue: CheckpointDue = {
  ...{
    type: "checkpointDue",
    reason: "interval",
    epoch: 0,
    update: 4,
    row: null,
    metric: null,
    isBest: false,
  },
};

/** The end. */
export const runEnded: RunEnded = {
  ...{ type: "runEnded", outcome: "finished", reason: null, best: null, byOutput: [], history: [] },
};

/** Sends events to a listener, in order. */
export async function play(
  listener: Listener,
  events: readonly Parameters<Listener["on"]>[0][],
  run: RunHandle = handle(),
): Promise<void> {
  for (const event of events) await listener.on(event, run);
}

/** A run that nothing can be done to but to stop it. */
export function handle(stop: (reason: string) => void = () => {}): RunHandle {
  return {
    stop,
    state() {
      throw new Error("there is no state");
    },
    readState: () => Promise.reject(new Error("there is no state")),
    async emit() {},
  };
}
