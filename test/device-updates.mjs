/**
 * The same training on the native engine and on another one, as JSON on stdout; a process of its own, whose environment
 * names the adapter. Reads `dist`: build first.
 *
 *     node --expose-gc test/device-updates.mjs <engine> <scenario>...
 */
import { buildModel, createEngine, createOptimizerV2, createUpdater, ModelEma } from "tsimm";
import { batchNorm, classify, conv, flatten, globalAveragePool, imageNet, silu } from "tsimm/layers";

const [, , name, ...asked] = process.argv;
const [batchSize, side] = [4, 8];

/** A network without kinks, so that two ways to compute the same training stay together. */
const architecture = {
  ...{ name: "smooth", inChans: 3, numFeatures: 8, pretrainedCfg: imageNet, classifier: "fc" },
  forwardFeatures: (layers, images) =>
    silu(layers, batchNorm(layers, "bn", conv(layers, "conv", images, { channels: 8, kernel: 3 }))),
  forwardHead: (layers, x, head) =>
    classify(layers, "fc", flatten(layers, globalAveragePool(layers, x)), head, { dropModule: "drop" }),
};

function batchOf(number) {
  return {
    images: Uint8Array.from(
      { length: batchSize * 3 * side * side },
      (_, i) => 128 + 120 * Math.sin(0.013 * i * (1 + (number % 7)) + 0.7 * number),
    ),
    targets: Float32Array.from({ length: 2 * batchSize }, (_, i) => (i + number) % 2),
  };
}

async function open(engine, { opt, clipGrad = 0.5, dropRate = 0 }) {
  const model = buildModel(architecture, { numClasses: 2, seed: 0, dropRate });
  const { mean, std } = imageNet;
  return createUpdater(engine, {
    ...{ model, optimizer: createOptimizerV2(model, opt), average: new ModelEma(model, { decay: 0.9 }) },
    ...{ clipGrad, batchSize, height: side, width: side, input: "uint8", mean, std, threads: 1 },
  });
}

async function train(updater, { from = 0, to, batches = 1 }) {
  let last;
  for (let update = from; update < to; update++) {
    const images = Array.from({ length: batches }, (_, i) => batchOf(update * batches + i));
    last = await updater.update(images, { update });
  }
  return last;
}

/** Distance of two states relative to the second one's norm: of all tensors together, and of the weights alone. */
function distances(tensors, others) {
  const byName = new Map(others.map(({ role, name, data }) => [`${role} ${name}`, data]));
  const sums = { all: [0, 0], weights: [0, 0] };
  for (const { role, name, data } of tensors) {
    if (data instanceof BigInt64Array) continue;
    const other = byName.get(`${role} ${name}`);
    for (const sum of role === "parameter" ? [sums.all, sums.weights] : [sums.all]) {
      for (let i = 0; i < data.length; i++) {
        sum[0] += (data[i] - other[i]) ** 2;
        sum[1] += other[i] ** 2;
      }
    }
  }
  return Object.fromEntries(Object.entries(sums).map(([name, [d, n]]) => [name, Math.sqrt(d / n)]));
}

const optimizers = {
  sgd: { opt: "sgd", lr: 0.1, weightDecay: 1e-3 },
  adamw: { opt: "adamw", lr: 3e-3, weightDecay: 0.1, eps: 1e-5 },
  lion: { opt: "lion", lr: 1e-3, weightDecay: 0.1 },
  lamb: { opt: "lamb", lr: 1e-2, weightDecay: 0.1, eps: 1e-4 },
};

const [native, engine] = [await createEngine("native"), await createEngine(name)];

async function pair(options, { to, batches = 1 }) {
  const [host, device] = [await open(native, options), await open(engine, options)];
  const [theirs, ours] = [await train(host, { to, batches }), await train(device, { to, batches })];
  await device.store.read();
  const result = { theirs, ours, distances: distances(device.store.tensors(), host.store.tensors()) };
  const images = batchOf(100).images;
  const logits = [];
  for (const updater of [host, device]) {
    const evaluation = await updater.createEvaluation("average", batchSize);
    logits.push([...(await evaluation.run(images, batchSize))]);
    await evaluation.close();
    await updater.close();
  }
  return { ...result, logits };
}

const scenarios = {
  ...Object.fromEntries(
    Object.entries(optimizers).map(([opt, options]) => [opt, () => pair({ opt: options }, { to: 30 })]),
  ),
  batches: () => pair({ opt: optimizers.adamw, dropRate: 0.3 }, { to: 5, batches: 2 }),
  async memory() {
    const updater = await open(engine, { opt: optimizers.sgd });
    const bytes = [];
    let from = 0;
    for (const to of [20, 30, 40, 180, 190, 200]) {
      await train(updater, { from, to });
      from = to;
      globalThis.gc();
      bytes.push(process.memoryUsage.rss());
    }
    await updater.close();
    return bytes;
  },
};

const results = {};
for (const scenario of asked) {
  results[scenario] = await scenarios[scenario]();
}
console.log(JSON.stringify(results));
process.exit(0);
