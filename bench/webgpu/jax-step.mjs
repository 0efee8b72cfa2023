/**
 * Times a training step of ResNet-18 in jax-js: forward, backward, SGD with Nesterov momentum in one compiled function.
 *
 *     node bench/webgpu/jax-step.mjs 64 224 5
 */
import {
  blockUntilReady,
  defaultDevice,
  init,
  jit,
  lax,
  nn,
  numpy as np,
  tree,
  valueAndGrad,
} from "@jax-js/jax";
import { batchSize, report, size } from "./webgpu-in-node.mjs";

await init();
defaultDevice("webgpu");

let state = 1;
function uniform(shape, range) {
  const count = shape.reduce((product, length) => product * length, 1);
  const data = Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32 - 0.5) * range;
  });
  return np.array(data).reshape(shape);
}

const initial = {};
function addConv(name, filters, channels, kernel) {
  initial[name] = uniform([filters, channels, kernel, kernel], 2 * Math.sqrt(3 / (channels * kernel ** 2)));
  initial[`${name}.scale`] = np.ones([filters]);
  initial[`${name}.bias`] = np.zeros([filters]);
}
addConv("stem", 64, 3, 7);
const blocks = [];
let channels = 64;
for (const [stage, filters] of [64, 128, 256, 512].entries()) {
  for (const block of [0, 1]) {
    const name = `${stage}.${block}`;
    const stride = block === 0 && stage > 0 ? 2 : 1;
    addConv(`${name}.1`, filters, channels, 3);
    addConv(`${name}.2`, filters, filters, 3);
    const hasShortcut = stride !== 1 || channels !== filters;
    if (hasShortcut) addConv(`${name}.shortcut`, filters, channels, 1);
    blocks.push({ name, stride, hasShortcut });
    channels = filters;
  }
}
initial["fc"] = uniform([512, 1000], 0.05);
initial["fc.bias"] = np.zeros([1000]);

/** A convolution and the normalization by the batch's statistics. */
function convNorm(params, name, x, stride, padding) {
  const pads = [padding, padding];
  const y = lax.convGeneralDilated(x, params[name].ref, [stride, stride], [pads, pads]);
  const [batch, filters, height, width] = y.shape;
  const count = batch * height * width;
  const mean = y.ref.sum([0, 2, 3], { keepdims: true }).div(count);
  const centred = y.sub(mean);
  const variance = np.square(centred.ref).sum([0, 2, 3], { keepdims: true }).div(count);
  const perChannel = (value) => value.ref.reshape([1, filters, 1, 1]);
  return centred
    .mul(perChannel(params[`${name}.scale`]))
    .div(np.sqrt(variance.add(1e-5)))
    .add(perChannel(params[`${name}.bias`]));
}

function loss(params, images, targets) {
  let x = nn.relu(convNorm(params, "stem", images, 2, 3));
  // Zeros around it change no maximum of numbers >= 0.
  const padded = np.pad(x, [
    [0, 0],
    [0, 0],
    [1, 1],
    [1, 1],
  ]);
  x = lax.reduceWindow(padded, np.max, [1, 1, 3, 3], [1, 1, 2, 2]);
  for (const { name, stride, hasShortcut } of blocks) {
    const shortcut = hasShortcut ? convNorm(params, `${name}.shortcut`, x.ref, stride, 0) : x.ref;
    const y = nn.relu(convNorm(params, `${name}.1`, x, stride, 1));
    x = nn.relu(convNorm(params, `${name}.2`, y, 1, 1).add(shortcut));
  }
  const logits = np.matmul(np.mean(x, [2, 3]), params["fc"].ref).add(params["fc.bias"].ref);
  return nn.logSoftmax(logits, -1).mul(targets).sum().div(-batchSize);
}

const update = jit((params, momenta, images, targets) => {
  const [value, gradients] = valueAndGrad(loss)(tree.ref(params), images, targets);
  const next = { params: {}, momenta: {} };
  for (const [name, gradient] of Object.entries(gradients)) {
    const momentum = momenta[name].mul(0.9).add(gradient.ref);
    next.momenta[name] = momentum.ref;
    next.params[name] = params[name].sub(gradient.add(momentum.mul(0.9)).mul(0.01));
  }
  return [value, next.params, next.momenta];
});

const images = uniform([batchSize, 3, size, size], 2);
const labels = new Float32Array(batchSize * 1000);
for (let i = 0; i < batchSize; i++) labels[i * 1000 + ((i * 37) % 1000)] = 1;
const targets = np.array(labels).reshape([batchSize, 1000]);
let params = initial;
let momenta = Object.fromEntries(Object.entries(initial).map(([name, { shape }]) => [name, np.zeros(shape)]));
await report("jax-js", async () => {
  const [value, nextParams, nextMomenta] = update(params, momenta, images.ref, targets.ref);
  [params, momenta] = [nextParams, nextMomenta];
  const [number] = await value.data();
  await blockUntilReady(params["fc"].ref);
  return number;
});
