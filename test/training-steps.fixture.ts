/** What is compared between Node and a browser: some updates of a model, plain data out. */
import { StepLRScheduler } from "@tsimm/scheduler";
import { createModel, createOptimizer, createTrainingStep, denseTargets, type Engine } from "tsimm/browser";

export { wasmEngine } from "tsimm/browser";

/** A training run. */
export interface PlainRun {
  readonly engine: string;
  /** Per update, before it. */
  readonly losses: number[];
  /** Of both parameter groups, per update. */
  readonly rates: number[][];
  /** Gradients of the last update, as the optimizer got them. */
  readonly gradients: Record<string, number[]>;
  /** Parameters and running statistics after all updates. */
  readonly state: Record<string, number[]>;
}

const updates = 8;
const [batchSize, side, numClasses] = [8, 32, 4];

/** Trains `test_resnet` with SGD and a step decay per update, warm-up included, on generated images. */
export async function trainingRun(engine: Engine): Promise<PlainRun> {
  const model = createModel("test_resnet", { numClasses, seed: 7 });
  const optimizer = createOptimizer({ opt: "sgd", lr: 0.05, weightDecay: 1e-3, momentum: 0.9 }, model);
  const scheduler = new StepLRScheduler(optimizer, {
    ...{ decayT: 3, decayRate: 0.5, tInEpochs: false },
    ...{ warmupT: 2, warmupLrInit: 0.01 },
  });
  const { mean, std } = model.pretrainedCfg;
  const size = { batchSize, height: side, width: side };
  const step = await createTrainingStep(engine, model, { ...size, input: "uint8", mean, std });
  const losses: number[] = [];
  const rates: number[][] = [];
  for (let update = 0; update < updates; update++) {
    rates.push(optimizer.paramGroups.map(({ lr }) => lr));
    const { loss } = await step.run(pictures(update), targets(update));
    losses.push(loss);
    optimizer.step();
    scheduler.stepUpdate(update + 1);
  }
  await step.close();
  const plain = (tensors: readonly (readonly [string, ArrayLike<number | bigint> | null])[]) =>
    Object.fromEntries(tensors.map(([name, data]) => [name, Array.from(data ?? [], Number)]));
  return {
    ...{ engine: engine.name, losses, rates },
    gradients: plain(model.parameters.map(({ name, grad }) => [name, grad] as const)),
    state: plain(model.state.map(({ name, data }) => [name, data] as const)),
  };
}

/**
 * Bytes [B, H, W, C]: waves whose length says the class, and noise. Without it equal pixels would leave it to the last bit
 * which of them is the largest, and gradients would jump from one to the other.
 */
function pictures(update: number): Uint8Array {
  return Uint8Array.from({ length: batchSize * side * side * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    const image = Math.floor(pixel / (side * side));
    const [column, row] = [pixel % side, Math.floor(pixel / side) % side];
    const phase = column * (0.2 + 0.3 * (image % numClasses)) + row * 0.37 + update * 1.7 + image + (i % 3);
    const noise = (Math.imul(i + update * 97, 2654435761) >>> 24) - 128;
    return 128 + 60 * Math.sin(phase) + 0.4 * noise;
  });
}

function targets(update: number): Float32Array {
  const labels = Array.from({ length: batchSize }, (_, image) => image % numClasses);
  return denseTargets(labels, numClasses, 0.1 * (update % 2));
}
