/**
 * Times the same ResNet-18 training step in TensorFlow.js (cpu backend, the only one that trains convolutions in plain
 * Node) and in tsimm, in turns. TensorFlow.js needs hours for large images: give it small ones.
 *
 *     npm run build && node bench/tfjs/compare.mjs --batch-size 2 --size 32 --rounds 3
 */
import { parseArgs } from "node:util";
import * as tf from "@tensorflow/tfjs";
import { createEngine, createModel, createOptimizer, createTrainingStep } from "tsimm";

const { values } = parseArgs({
  options: {
    "batch-size": { type: "string", default: "2" },
    size: { type: "string", default: "32" },
    rounds: { type: "string", default: "3" },
  },
});
const [batchSize, size, rounds] = [values["batch-size"], values.size, values.rounds].map(Number);
const numClasses = 10;
const pixels = Uint8Array.from({ length: batchSize * size * size * 3 }, (_, i) => (i * 2654435761) >>> 24);
const labels = Int32Array.from({ length: batchSize }, (_, i) => i % numClasses);

function block(x, filters, strides) {
  const conv = (input, kernelSize, step) =>
    tf.layers.conv2d({ filters, kernelSize, strides: step, padding: "same", useBias: false }).apply(input);
  const norm = (input) => tf.layers.batchNormalization({ epsilon: 1e-5, momentum: 0.9 }).apply(input);
  const relu = (input) => tf.layers.reLU().apply(input);
  const shortcut = strides === 1 ? x : norm(conv(x, 1, strides));
  const body = norm(conv(relu(norm(conv(x, 3, strides))), 3, 1));
  return relu(tf.layers.add().apply([body, shortcut]));
}

function tensorflowStep() {
  const input = tf.input({ shape: [size, size, 3] });
  let x = tf.layers
    .conv2d({ filters: 64, kernelSize: 7, strides: 2, padding: "same", useBias: false })
    .apply(input);
  x = tf.layers.reLU().apply(tf.layers.batchNormalization({ epsilon: 1e-5, momentum: 0.9 }).apply(x));
  x = tf.layers.maxPooling2d({ poolSize: 3, strides: 2, padding: "same" }).apply(x);
  for (const [stage, filters] of [64, 128, 256, 512].entries()) {
    x = block(x, filters, stage === 0 ? 1 : 2);
    x = block(x, filters, 1);
  }
  x = tf.layers.globalAveragePooling2d({}).apply(x);
  const output = tf.layers.dense({ units: numClasses, activation: "softmax" }).apply(x);
  const model = tf.model({ inputs: input, outputs: output });
  model.compile({ optimizer: tf.train.momentum(0.05, 0.9, true), loss: "categoricalCrossentropy" });
  const images = tf.tensor4d(
    Float32Array.from(pixels, (byte) => byte / 127.5 - 1),
    [batchSize, size, size, 3],
  );
  const targets = tf.oneHot(tf.tensor1d(labels, "int32"), numClasses);
  return () => model.trainOnBatch(images, targets);
}

async function tsimmStep() {
  const model = createModel("resnet18", { numClasses });
  const optimizer = createOptimizer({ opt: "sgd", lr: 0.05, weightDecay: 0, momentum: 0.9 }, model);
  const { mean, std } = model.pretrainedCfg;
  const step = await createTrainingStep(await createEngine("native"), model, {
    ...{ batchSize, height: size, width: size, input: "uint8", mean, std },
  });
  const targets = new Float32Array(batchSize * numClasses);
  for (const [row, label] of labels.entries()) targets[row * numClasses + label] = 1;
  return async () => {
    await step.run(pixels, targets);
    optimizer.step();
  };
}

await tf.setBackend("cpu");
const steps = { "TensorFlow.js": tensorflowStep(), tsimm: await tsimmStep() };
const times = { "TensorFlow.js": [], tsimm: [] };
for (let round = 0; round <= rounds; round++) {
  for (const [name, step] of Object.entries(steps)) {
    const start = performance.now();
    await step();
    // The first round warms up.
    if (round > 0) times[name].push(performance.now() - start);
  }
}
const median = (sorted) => sorted[sorted.length >> 1];
console.log(
  `resnet18, batch ${batchSize}, ${size}x${size}, SGD with Nesterov momentum, ${rounds} rounds in turns`,
);
console.table(
  Object.fromEntries(
    Object.entries(times).map(([name, all]) => {
      const sorted = all.toSorted((a, b) => a - b);
      const row = {
        "min ms": sorted[0],
        "median ms": median(sorted),
        "images/s (min)": (1000 * batchSize) / sorted[0],
      };
      return [
        name,
        Object.fromEntries(Object.entries(row).map(([key, value]) => [key, Number(value.toPrecision(4))])),
      ];
    }),
  ),
);
