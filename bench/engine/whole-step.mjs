/** One update as `tsimm train` makes it, from pixels to changed weights. */
import { createEngine, createModel, createOptimizer, createUpdater, tuneTrainingStep } from "tsimm";

const numClasses = 1000;

/**
 * Builds model, optimizer and updater.
 *
 * @param {{ model: string, batchSize: number, size: number, threads: number, tune: boolean }} work
 * @returns The model, `run`, which makes one update and yields its loss, and `close`.
 */
export async function wholeStep({ model: name, batchSize, size, threads, tune }) {
  const model = createModel(name, { numClasses, dropPathRate: 0 });
  const optimizer = createOptimizer({ opt: "sgd", lr: 0.01, weightDecay: 1e-4, momentum: 0.9 }, model);
  const { mean, std } = model.pretrainedCfg;
  const options = { batchSize, height: size, width: size, input: "uint8", mean, std, threads };
  const engine = await createEngine("native");
  const ways = tune ? await tuneTrainingStep(engine, model, { ...options, cacheDir: null, seconds: 30 }) : {};
  const updater = await createUpdater({ ...engine, ways }, { model, optimizer, ...options });
  const images = Uint8Array.from(
    { length: batchSize * size * size * 3 },
    (_, i) => Math.imul(i + 1, 2654435761) >>> 24,
  );
  const targets = new Float32Array(batchSize * numClasses);
  for (let image = 0; image < batchSize; image++)
    targets[image * numClasses + ((image * 37) % numClasses)] = 1;
  let update = 0;
  return {
    model,
    async run() {
      const { loss } = await updater.update([{ images, targets }], { update: update++ });
      return loss;
    },
    close: () => updater.close(),
  };
}
