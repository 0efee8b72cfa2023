/**
 * Times whole updates of a model on an engine: bytes of images up, forward, backward, SGD with Nesterov momentum, the loss
 * back.
 *
 *     npm run build && node bench/webgpu/training-step.mjs --model resnet18 --batch-size 64 --size 224 --engine webgpu
 */
import { parseArgs } from "node:util";
import { createEngine, createModel, createOptimizer, createUpdater } from "tsimm";

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "resnet18" },
    "batch-size": { type: "string", default: "64" },
    size: { type: "string", default: "224" },
    rounds: { type: "string", default: "10" },
    engine: { type: "string", default: "webgpu" },
    opt: { type: "string", default: "sgd" },
    "num-classes": { type: "string", default: "1000" },
  },
});
const { model: name, opt } = values;
const [batchSize, size, rounds] = [values["batch-size"], values.size, values.rounds].map(Number);
const numClasses = Number(values["num-classes"]);

const engine = await createEngine(values.engine, { onWarning: (message) => console.error(message) });
const model = createModel(name, { numClasses });
const optimizer = createOptimizer({ opt, lr: 0.01, weightDecay: 0, momentum: 0.9 }, model);
const { mean, std } = model.pretrainedCfg;
const images = Uint8Array.from({ length: batchSize * size * size * 3 }, (_, i) => (i * 2654435761) >>> 24);
const targets = new Float32Array(batchSize * numClasses);
for (let i = 0; i < batchSize; i++) targets[i * numClasses + ((i * 37) % numClasses)] = 1;

const compiling = performance.now();
const updater = await createUpdater(engine, {
  ...{ model, optimizer, batchSize, height: size, width: size, input: "uint8", mean, std },
});
const losses = [];
const times = [];
for (let update = 0; update <= rounds; update++) {
  const start = performance.now();
  losses.push((await updater.update([{ images, targets }], { update })).loss);
  if (update > 0) times.push(performance.now() - start);
  else console.error(`first update, compilation included: ${Math.round(performance.now() - compiling)} ms`);
}
await updater.close();
times.sort((a, b) => a - b);
const [min, median] = [times[0], times[times.length >> 1]];
console.log(
  JSON.stringify({
    ...{ engine: engine.name, device: engine.device?.name ?? null, model: name, batchSize, size, opt },
    ...{
      minMs: +min.toFixed(2),
      medianMs: +median.toFixed(2),
      imagesPerSecond: +((1000 * batchSize) / min).toFixed(1),
    },
    losses: losses.slice(0, 3),
  }),
);
