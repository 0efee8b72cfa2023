/**
 * Times a training step of ResNet-18 in TensorFlow.js on WebGPU, SGD with Nesterov momentum:
 * `npm install --no-save @tensorflow/tfjs-backend-webgpu@4.22.0`.
 *
 *     node bench/webgpu/tfjs-step.mjs 64 224 5
 */
import { batchSize, report, size } from "./webgpu-in-node.mjs";

const tf = await import("@tensorflow/tfjs");
await import("@tensorflow/tfjs-backend-webgpu");
await tf.setBackend("webgpu");
await tf.ready();

const numClasses = 1000;

function convNorm(x, filters, kernelSize, strides) {
  const conv = tf.layers.conv2d({ filters, kernelSize, strides, padding: "same", useBias: false });
  return tf.layers.batchNormalization({ epsilon: 1e-5, momentum: 0.9 }).apply(conv.apply(x));
}

const relu = (x) => tf.layers.reLU().apply(x);

function block(x, filters, strides) {
  const shortcut = strides === 1 ? x : convNorm(x, filters, 1, strides);
  const body = convNorm(relu(convNorm(x, filters, 3, strides)), filters, 3, 1);
  return relu(tf.layers.add().apply([body, shortcut]));
}

const input = tf.input({ shape: [size, size, 3] });
let x = relu(convNorm(input, 64, 7, 2));
x = tf.layers.maxPooling2d({ poolSize: 3, strides: 2, padding: "same" }).apply(x);
for (const [stage, filters] of [64, 128, 256, 512].entries()) {
  x = block(x, filters, stage === 0 ? 1 : 2);
  x = block(x, filters, 1);
}
x = tf.layers.globalAveragePooling2d({}).apply(x);
const outputs = tf.layers.dense({ units: numClasses, activation: "softmax" }).apply(x);
const model = tf.model({ inputs: input, outputs });
model.compile({ optimizer: tf.train.momentum(0.01, 0.9, true), loss: "categoricalCrossentropy" });

const images = tf.randomUniform([batchSize, size, size, 3], -1, 1);
const labels = Int32Array.from({ length: batchSize }, (_, i) => (i * 37) % numClasses);
const targets = tf.oneHot(tf.tensor1d(labels, "int32"), numClasses);
await report("TensorFlow.js", async () => {
  const result = await model.trainOnBatch(images, targets);
  await model.trainableWeights[0].read().data();
  return Array.isArray(result) ? result[0] : result;
});
