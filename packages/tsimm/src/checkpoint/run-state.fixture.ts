/** States and tensors of a tiny run, for tests. */

import type { EpochRow } from "../train/events.ts";
import type { SafeTensors } from "../weights/safetensors.ts";
import { type CheckpointTensors, type UnsignedState, writeResume, writeWeights } from "./checkpoint.ts";

/** The row of an epoch of {@link exampleState}. */
export function exampleRow(epoch: number, top1 = 50 + epoch): EpochRow {
  return {
    epoch,
    trainLoss: 1 / (epoch + 1),
    lr: 0.1,
    validation: { loss: 0.5, top1, top5: 100 },
    plain: null,
  };
}

/** The state after an epoch of 6 updates, every epoch better than those before and kept. */
export function exampleState(epoch: number, changes: Partial<UnsignedState> = {}): UnsignedState {
  const rows = Array.from({ length: epoch + 1 }, (_, index) => exampleRow(index));
  return {
    version: 2,
    software: { tsimm: "0.0.0" },
    args: { model: "net", eval_metric: "top1" },
    model: { arch: "net", numClasses: 2, inChans: 3 },
    task: { name: "classification", outputNames: ["cat", "dog"], settings: {} },
    dataConfig: {
      inputSize: [3, 32, 32],
      interpolation: "bilinear",
      cropPct: 0.9,
      cropMode: "center",
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
    },
    evalConfig: { weights: "plain" },
    ranking: { name: "top1", better: "higher", of: "validation" },
    epoch,
    update: 6 * (epoch + 1),
    batch: 6,
    inEpoch: false,
    running: { loss: 1, images: 12 },
    optimizer: {
      name: "sgd",
      steps: 6 * (epoch + 1),
      groups: [{ params: ["w"], options: { lr: 0.1, weightDecay: 0 } }],
    },
    scheduler: { scheduler: "CosineLRScheduler" },
    rng: { seed: 42, scheme: 1 },
    metricHistory: rows,
    best: { metric: 50 + epoch, epoch },
    kept: rows.map((row) => ({ epoch: row.epoch, metric: row.validation?.top1 ?? 0 })).reverse(),
    byOutput: [],
    ...changes,
  };
}

/** The state in the middle of an epoch. */
export function exampleRecovery(epoch: number, batch: number): UnsignedState {
  const { metricHistory, best, kept } =
    epoch > 0 ? exampleState(epoch - 1) : { metricHistory: [], best: null, kept: [] };
  return exampleState(epoch, { batch, update: 6 * epoch + batch, inEpoch: true, metricHistory, best, kept });
}

/** Tensors whose values are an epoch's. */
export function exampleTensors(value: number, average = false): CheckpointTensors {
  const weights = (one: number): SafeTensors =>
    new Map([["w", { dtype: "F32", shape: [2], data: Float32Array.of(one, one) }]]);
  return { model: weights(value), ema: average ? weights(-value) : null, optimizer: new Map() };
}

/** Writes all files of a role. */
export async function writeRole(
  folder: string,
  role: string,
  state: UnsignedState,
  tensors: CheckpointTensors = exampleTensors(state.update),
): Promise<void> {
  await writeWeights(folder, role, state, tensors);
  await writeResume(folder, role, state, tensors);
}
