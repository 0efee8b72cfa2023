/**
 * Times ways to compute the same piece of a training step, each as a graph of its own, in turns: what the gradient rules
 * do, and what was tried in its place. Build first.
 */
import { encodeModel, float, GraphBuilder, int64, ints } from "@tsimm/autodiff";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { columnsOf } from "../../packages/autodiff/dist/gradients/window/columns.js";
import { convInputGradient } from "../../packages/autodiff/dist/gradients/window/conv-input.js";
import { depthwiseWeightGradient } from "../../packages/autodiff/dist/gradients/window/depthwise-weight.js";
import { splitTapsWeightGradient } from "../../packages/autodiff/dist/gradients/window/split-taps-weight.js";
import { arithmetic } from "../../packages/autodiff/dist/graph/arithmetic.js";

const batch = 16;
const rounds = 20;
const rows = [];

/** Inputs by shape; ways by name, each (builder, values) => value. */
async function compare(piece, inputs, ways) {
  const sessions = [];
  for (const [way, build] of Object.entries(ways)) {
    const builder = new GraphBuilder("recipe");
    const values = Object.entries(inputs).map(([name, shape]) => builder.input(name, "float32", shape));
    const result = build(builder, arithmetic(builder), ...values);
    // Of a large result only a part is fetched, so that its copy does not count.
    const vector = (value) => builder.constant(int64([1], [value]));
    const flat = arithmetic(builder).reshape(result, [result.shape.reduce((a, b) => a * b, 1)]);
    builder.output(builder.op("Slice", [flat, vector(0), vector(64)]), "result");
    const options = {
      intraOpNumThreads: 2,
      logSeverityLevel: 3,
      enableMemPattern: false,
      // As in training; the threads of the other sessions must not spin meanwhile.
      extra: { session: { force_spinning_stop: "1" } },
    };
    sessions.push({
      way,
      session: await InferenceSession.create(encodeModel(builder.build()), options),
      times: [],
    });
  }
  const feeds = {};
  for (const [name, shape] of Object.entries(inputs)) {
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i));
    feeds[name] = new Tensor("float32", data, shape);
  }
  for (let round = -2; round < rounds; round++) {
    for (const { session, times } of sessions) {
      const start = performance.now();
      await session.run(feeds);
      if (round >= 0) times.push(performance.now() - start);
    }
  }
  for (const { way, session, times } of sessions) {
    times.sort((a, b) => a - b);
    rows.push({ piece, way, "min ms": times[0].toFixed(2), "median ms": times[rounds >> 1].toFixed(2) });
    await session.release();
  }
}

const window = (side, stride) => ({
  kernel: [side, side],
  strides: [stride, stride],
  dilations: [1, 1],
  pads: Array(4).fill(side >> 1),
  ceilMode: false,
});

for (const [C, K, side, size, stride] of [
  [3, 64, 7, 160, 2],
  [64, 64, 3, 40, 1],
  [128, 128, 3, 20, 1],
  [256, 256, 3, 10, 1],
  [512, 512, 3, 5, 1],
]) {
  const out = size / stride;
  const [positions, taps] = [out * out, C * side * side];
  const geometry = window(side, stride);
  const inputs = { x: [batch, C, size, size], dy: [batch, K, out, out] };
  const columns = (builder, math, x) =>
    math.reshape(columnsOf(builder, x, geometry), [batch, taps, positions]);
  const flat = (math, dy) => math.reshape(dy, [batch, K, positions]);
  const joined = (math, value, length) =>
    math.reshape(math.transpose(value, [1, 0, 2]), [length, batch * positions]);
  await compare(`filters' gradient, ${C} to ${K} channels, ${side}x${side}, ${out}x${out}`, inputs, {
    "product per image, dy first": (builder, math, x, dy) =>
      math.sum(math.matMul(flat(math, dy), columns(builder, math, x), { b: true }), [0]),
    "product per image, columns first": (builder, math, x, dy) =>
      math.sum(math.matMul(columns(builder, math, x), flat(math, dy), { b: true }), [0]),
    "one product": (builder, math, x, dy) =>
      math.matMul(joined(math, flat(math, dy), K), joined(math, columns(builder, math, x), taps), {
        b: true,
      }),
    ...(stride === 1 && {
      "taps split": (builder, _, x, gradient) =>
        splitTapsWeightGradient(builder, {
          gradient,
          x,
          window: geometry,
          weightShape: [K, C, side, side],
          groups: 1,
        }),
    }),
  });
}

for (const [C, size] of [
  [480, 10],
  [1152, 5],
  [96, 40],
]) {
  const of = (gradient, x) => ({ gradient, x, window: window(3, 1), weightShape: [C, 1, 3, 3], groups: C });
  await compare(
    `depthwise filters' gradient, ${C} channels, 3x3, ${size}x${size}`,
    { x: [batch, C, size, size], dy: [batch, C, size, size] },
    {
      "dy as the filter": (builder, _, x, dy) => depthwiseWeightGradient(builder, dy, x, window(3, 1)),
      "taps split": (builder, _, x, dy) => splitTapsWeightGradient(builder, of(dy, x)),
    },
  );
}

for (const [C, size] of [
  [256, 10],
  [512, 5],
]) {
  const positions = batch * size * size;
  const inputs = { x: [batch, C, size, size], w: [C, C, 3, 3], columns: [C * 9, positions] };
  await compare(`forward, ${C} channels, 3x3, ${size}x${size}`, inputs, {
    convolution: (builder, _, x, w) => builder.op("Conv", [x, w], { pads: ints(1, 1, 1, 1) }),
    "product with the columns at hand": (_, math, __, w, columns) => {
      const product = math.matMul(math.reshape(w, [C, C * 9]), columns);
      return math.transpose(math.reshape(product, [C, batch, size * size]), [1, 0, 2]);
    },
  });
}

for (const [C, size] of [
  [64, 40],
  [256, 10],
  [512, 5],
  [512, 2],
]) {
  const shape = [batch, C, size, size];
  await compare(
    `gradient by input, ${C} channels, 3x3, ${size}x${size}`,
    { dy: shape, w: [C, C, 3, 3] },
    {
      "the rule's": (builder, _, dy, w) => convInputGradient(builder, dy, w, window(3, 1), shape, 1),
      ConvTranspose: (builder, _, dy, w) => builder.op("ConvTranspose", [dy, w], { pads: ints(1, 1, 1, 1) }),
    },
  );
}

for (const [C, size] of [
  [64, 80],
  [256, 10],
]) {
  const rowsOf = (math, value) => math.reshape(value, [batch * C, 1, size * size]);
  const sums = (math, value) => math.sum(math.sum(math.reshape(value, [batch, C, size * size]), [2]), [0]);
  const inputs = { x: [batch, C, size, size], dy: [batch, C, size, size] };
  await compare(`sum of dy x, ${C} channels, ${size}x${size}`, inputs, {
    "Mul, then ReduceSum": (_, math, x, dy) => sums(math, math.mul(x, dy)),
    "products of rows": (_, math, x, dy) =>
      math.sum(math.reshape(math.matMul(rowsOf(math, dy), rowsOf(math, x), { b: true }), [batch, C]), [0]),
  });
  await compare(`ReLU's gradient, ${C} channels, ${size}x${size}`, inputs, {
    "HardSigmoid, then Mul": (builder, math, y, dy) =>
      math.mul(dy, builder.op("HardSigmoid", [y], { alpha: float(3.4e38), beta: float(0) })),
    "Greater, then Where": (_, math, y, dy) => math.where(math.positive(y), dy, 0),
  });
}

console.table(rows);
