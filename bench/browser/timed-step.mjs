/** A whole training step that times itself, for Node and for a page. */
import { createModel, createOptimizer, createTrainingStep, denseTargets, wasmEngine } from "tsimm/browser";

const numClasses = 10;

/**
 * Compiles a step: normalisation, forward, loss, backward, running statistics, SGD with momentum.
 *
 * @param {import("tsimm").Engine} engine
 * @param {{ model: string, batchSize: number, size: number, threads: number }} work
 * @returns {Promise<() => Promise<number>>} Does one step; its time in ms.
 */
export async function timedStep(engine, { model: name, batchSize, size, threads }) {
  const model = createModel(name, { numClasses });
  const optimizer = createOptimizer({ opt: "sgd", lr: 0.01, weightDecay: 0, momentum: 0.9 }, model);
  const { mean, std } = model.pretrainedCfg;
  const images = { batchSize, height: size, width: size, input: "uint8", mean, std };
  const step = await createTrainingStep(engine, model, { ...images, threads });
  const bytes = Uint8Array.from(
    { length: batchSize * size * size * 3 },
    (_, i) => Math.imul(i, 2654435761) >>> 24,
  );
  const labels = Array.from({ length: batchSize }, (_, i) => i % numClasses);
  const target = denseTargets(labels, numClasses, 0.1);
  return async () => {
    const start = performance.now();
    await step.run(bytes, target);
    optimizer.step();
    return performance.now() - start;
  };
}

/** The same on the engine of browsers. */
export const timedWasmStep = async (work) => timedStep(await wasmEngine({ threads: work.threads }), work);
