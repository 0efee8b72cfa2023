/** The same small ResNet trained by tsimm and by jax-js on a page's WebGPU, from the same numbers: their losses. */
import {
  defaultDevice,
  init,
  type Array as JaxArray,
  jit,
  lax,
  nn,
  numpy as np,
  tree,
  valueAndGrad,
} from "@jax-js/jax";
import { encodeModel, float32, GraphBuilder, int, ints, type Value } from "@tsimm/autodiff";
import { createFineTuning, createOptimizerV2, createUpdater, webgpuEngine } from "tsimm/browser";

const batch = 4;
const classes = 5;
const updates = 6;
const lr = 0.1;
const momentum = 0.9;

const shapes: Readonly<Record<string, readonly number[]>> = {
  "conv1.weight": [8, 3, 3, 3],
  "conv2.weight": [8, 8, 3, 3],
  "conv3.weight": [16, 8, 3, 3],
  "bn1.weight": [8],
  "bn2.weight": [8],
  "bn3.weight": [16],
  "bn1.bias": [8],
  "bn2.bias": [8],
  "bn3.bias": [16],
  "fc.weight": [classes, 16],
  "fc.bias": [classes],
};

let state = 1;
function draw(shape: readonly number[], range: number, centre = 0): Float32Array<ArrayBuffer> {
  const count = shape.reduce((product, size) => product * size, 1);
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return centre + (state / 2 ** 31 - 1) * range;
  });
}

const initial = Object.fromEntries(
  Object.entries(shapes).map(([name, shape]) => {
    const isScale = /^bn\d\.weight$/.test(name);
    return [name, draw(shape, 0.3, isScale ? 1 : 0)];
  }),
);
const imageShape = [batch, 3, 8, 8];
const images = draw(imageShape, 1);
const targets = new Float32Array(batch * classes);
for (let image = 0; image < batch; image++) targets[image * classes + image] = 1;

/** An ONNX file of the net. */
function netFile(): Uint8Array {
  const builder = new GraphBuilder("net");
  const weight = (name: string) =>
    builder.constant(float32(shapes[name] ?? [], initial[name] ?? new Float32Array()), name);
  const convNorm = (x: Value, index: number, stride: number): Value => {
    const y = builder.op("Conv", [x, weight(`conv${index}.weight`)], {
      strides: ints(stride, stride),
      pads: ints(1, 1, 1, 1),
    });
    const [, channels = 0] = y.shape;
    const statistic = (name: string, value: number) =>
      builder.constant(float32([channels], new Float32Array(channels).fill(value)), `bn${index}.${name}`);
    const [scale, bias] = [weight(`bn${index}.weight`), weight(`bn${index}.bias`)];
    return builder.op("BatchNormalization", [
      ...[y, scale, bias],
      ...[statistic("running_mean", 0), statistic("running_var", 1)],
    ]);
  };
  const stem = builder.op("Relu", [convNorm(builder.input("images", "float32", imageShape), 1, 1)]);
  const block = builder.op("Relu", [builder.op("Add", [convNorm(stem, 2, 1), stem])]);
  const last = builder.op("Relu", [convNorm(block, 3, 2)]);
  const pooled = builder.op("Flatten", [builder.op("GlobalAveragePool", [last])]);
  const logits = builder.op("Gemm", [pooled, weight("fc.weight"), weight("fc.bias")], { transB: int(1) });
  builder.output(logits, "logits");
  return encodeModel(builder.build());
}

/** Losses of tsimm's updates. */
export async function tsimmLosses(): Promise<number[]> {
  const engine = await webgpuEngine();
  const model = await createFineTuning(engine, netFile(), { batchNorm: "train" });
  const optimizer = createOptimizerV2(model.parameters, { opt: "nesterov", lr, momentum, weightDecay: 0 });
  const updater = await createUpdater(engine, { model, optimizer });
  const losses: number[] = [];
  for (let update = 0; update < updates; update++) {
    const { loss } = await updater.update([{ feeds: { images }, targets }], { update });
    losses.push(loss);
  }
  await updater.close();
  await model.close();
  return losses;
}

type Params = Record<string, JaxArray>;

const param = (params: Params, name: string): JaxArray => {
  const value = params[name];
  if (value === undefined) throw new Error(`no parameter "${name}"`);
  return value;
};

function convNorm(params: Params, x: JaxArray, index: number, stride: number): JaxArray {
  const filters = param(params, `conv${index}.weight`).ref;
  const y = lax.convGeneralDilated(
    x,
    filters,
    [stride, stride],
    [
      [1, 1],
      [1, 1],
    ],
  );
  const [images = 0, channels = 0, height = 0, width = 0] = y.shape;
  const count = images * height * width;
  const centred = y.ref.sub(y.sum([0, 2, 3], { keepdims: true }).div(count));
  const variance = np.square(centred.ref).sum([0, 2, 3], { keepdims: true }).div(count);
  const perChannel = (name: string) => param(params, `bn${index}.${name}`).ref.reshape([1, channels, 1, 1]);
  return centred
    .mul(perChannel("weight"))
    .div(np.sqrt(variance.add(1e-5)))
    .add(perChannel("bias"));
}

function lossOf(params: Params, x: JaxArray, wanted: JaxArray): JaxArray {
  const stem = nn.relu(convNorm(params, x, 1, 1));
  const block = nn.relu(convNorm(params, stem.ref, 2, 1).add(stem));
  const last = nn.relu(convNorm(params, block, 3, 2));
  const pooled = np.mean(last, [2, 3]);
  const logits = np
    .matmul(pooled, param(params, "fc.weight").ref.transpose())
    .add(param(params, "fc.bias").ref);
  return nn.logSoftmax(logits, -1).mul(wanted).sum().div(-batch);
}

/** Losses of jax-js' updates. */
export async function jaxLosses(): Promise<number[]> {
  await init("webgpu");
  defaultDevice("webgpu");
  const step = jit((params: Params, momenta: Params, x: JaxArray, wanted: JaxArray) => {
    const [loss, gradients] = valueAndGrad(lossOf)(tree.ref(params), x, wanted);
    const [nextParams, nextMomenta]: [Params, Params] = [{}, {}];
    for (const [name, gradient] of Object.entries(gradients)) {
      const moved = param(momenta, name).mul(momentum).add(gradient.ref);
      nextMomenta[name] = moved.ref;
      nextParams[name] = param(params, name).sub(gradient.add(moved.mul(momentum)).mul(lr));
    }
    return [loss, nextParams, nextMomenta] as const;
  });
  let params: Params = {};
  let momenta: Params = {};
  for (const [name, shape] of Object.entries(shapes)) {
    params[name] = np.array(initial[name] ?? []).reshape([...shape]);
    momenta[name] = np.zeros([...shape]);
  }
  const x = np.array(images).reshape(imageShape);
  const wanted = np.array(targets).reshape([batch, classes]);
  const losses: number[] = [];
  for (let update = 0; update < updates; update++) {
    const [loss, nextParams, nextMomenta] = step(params, momenta, x.ref, wanted.ref);
    [params, momenta] = [nextParams, nextMomenta];
    const [number = Number.NaN] = await loss.data();
    losses.push(number);
  }
  return losses;
}
