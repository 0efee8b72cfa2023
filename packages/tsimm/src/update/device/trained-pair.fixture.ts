/** The same training on the host and on a device. */

import type { Model } from "../../models/model.ts";
import { createSmooth, smoothInput } from "../../models/smooth.fixture.ts";
import { createOptimizerV2, type OptimizerOptions } from "../../optim/create-optimizer.ts";
import type { ModelEma } from "../../optim/ema.ts";
import { ModelEma as Ema } from "../../optim/ema.ts";
import type { Engine } from "../../runtime/engine.ts";
import type { UpdateBatch } from "../../runtime/training-program.ts";
import type { StateTensor } from "../../state/store.ts";
import { createUpdater, type Updater, type UpdaterOptions } from "../updater.ts";

/** Options of a training. */
export interface TrainingOptions {
  readonly opt: OptimizerOptions;
  /** With a moving average of this decay; absent: none. */
  readonly decay?: number;
  readonly rule?: Pick<UpdaterOptions, "clipGrad" | "clipMode">;
  /** Batches of an update; absent: 1. */
  readonly batches?: number;
  readonly dropRate?: number;
  /** Parameters that the optimizer has; absent: all. */
  readonly trains?: (name: string) => boolean;
  /** Patterns of what is frozen; absent: nothing. */
  readonly frozen?: readonly string[];
  /** Updates before everything trains; absent: what is frozen stays. */
  readonly unfreezeAt?: number;
  /** Updates take normalised images; absent: bytes. */
  readonly trainingInput?: "float32";
}

const batchSize = 8;

/** Images of bytes and soft targets that follow from the number. */
export function bytesOf(number: number): UpdateBatch {
  const [channels, height, width] = smoothInput;
  const images = Uint8Array.from(
    { length: batchSize * channels * height * width },
    (_, i) => 128 + 120 * Math.sin(0.013 * i * (1 + (number % 7)) + 0.7 * number),
  );
  const targets = new Float32Array(batchSize * 3);
  for (let b = 0; b < batchSize; b++) {
    targets[3 * b + ((b + number) % 3)] = 0.75;
    targets[3 * b + ((2 * b + number) % 3)] = (targets[3 * b + ((2 * b + number) % 3)] ?? 0) + 0.25;
  }
  return { images, targets };
}

/** An updater over a new network; the same options make the same one. */
export async function openTraining(
  engine: Engine,
  {
    opt,
    decay,
    rule = {},
    dropRate = 0,
    trains = () => true,
    frozen,
    unfreezeAt,
    trainingInput,
  }: TrainingOptions,
): Promise<Required<Updater>> {
  const model: Model = createSmooth({ dropRate });
  const [, height, width] = smoothInput;
  const { mean, std } = model.pretrainedCfg;
  const isWhole = model.parameters.every(({ name }) => trains(name));
  const optimizer = createOptimizerV2(
    isWhole ? model : model.parameters.filter(({ name }) => trains(name)),
    unfreezeAt === undefined && frozen ? { ...opt, frozen } : opt,
  );
  const average: ModelEma | null = decay === undefined ? null : new Ema(model, { decay, warmup: true });
  return await createUpdater(engine, {
    ...{ model, optimizer, average, batchSize, height, width, input: "uint8", mean, std, threads: 1 },
    ...{ ...rule, frozen, trainingInput },
  });
}

/** Trains. */
export async function train(
  updater: Updater,
  {
    from = 0,
    to,
    batches = 1,
    unfreezeAt,
  }: {
    readonly from?: number;
    readonly to: number;
    readonly batches?: number;
    readonly unfreezeAt?: number | undefined;
  },
): Promise<{ readonly loss: number; readonly gradNorm: number }[]> {
  const results = [];
  for (let update = from; update < to; update++) {
    if (update === unfreezeAt) await updater.unfreeze?.();
    const images = Array.from({ length: batches }, (_, i) => bytesOf(update * batches + i));
    results.push(await updater.update(images, { update }));
  }
  return results;
}

/** Euclidean distance of the tensors of a role, relative to the norm of the others. */
export function distance(
  tensors: readonly StateTensor[],
  others: readonly StateTensor[],
  role: StateTensor["role"],
): number {
  let squares = 0;
  let total = 0;
  const byName = new Map(others.filter((other) => other.role === role).map((other) => [other.name, other]));
  for (const { name, data } of tensors.filter((tensor) => tensor.role === role)) {
    const other = byName.get(name)?.data;
    if (other?.length !== data.length) throw new Error(`distance: ${role} ${name} is missing`);
    for (let i = 0; i < data.length; i++) {
      squares += (Number(data[i]) - Number(other[i])) ** 2;
      total += Number(other[i]) ** 2;
    }
  }
  return total === 0 ? Math.sqrt(squares) : Math.sqrt(squares / total);
}
