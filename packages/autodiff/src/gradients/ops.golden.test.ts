import { describe, expect, test } from "vitest";
import { differentiated } from "../differentiated.fixture.ts";
import { goldenNumbers, readGolden } from "../golden.fixture.ts";
import { float, int, ints } from "../graph/attributes.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Attributes, Value } from "../graph/graph.ts";
import { elementCount, float32 } from "../graph/tensor.ts";
import { type LoweringTarget, lower } from "../lower/lower.ts";
import { compile } from "../run-graph.fixture.ts";
import type { TrainingGraph } from "../training-graph.ts";

/** Float32 kernels against PyTorch's float64. */
const tolerance = 1e-5;

interface GoldenOp {
  readonly inputs: Readonly<Record<string, number[]>>;
  readonly y_shape: number[];
  readonly y: number[];
  readonly [gradient: `d_${string}`]: number[];
}

const golden = readGolden("ops.json") as { salt: number; ops: Readonly<Record<string, GoldenOp>> };

type Forward = (builder: GraphBuilder, inputs: Record<string, Value>) => Value;

function conv(attributes: Attributes): Forward {
  return (builder, { x, w, b }) =>
    builder.op("Conv", [x ?? null, w ?? null, b ?? null].slice(0, b ? 3 : 2), attributes);
}

function unary(op: string, attributes: Attributes = {}): Forward {
  return (builder, { x }) => builder.op(op, [x ?? null], attributes);
}

function batchNormalization(training: number, mean: number[], variance: number[]): Forward {
  return (builder, { x, w, b }) => {
    const statistics = [mean, variance].map((values) => builder.constant(float32([3], values)));
    return builder.op("BatchNormalization", [x ?? null, w ?? null, b ?? null, ...statistics], {
      training_mode: int(training),
      momentum: float(0),
      epsilon: float(1e-5),
    });
  };
}

const scaledBy5: (op: string, attributes?: Attributes) => Forward =
  (op, attributes = {}) =>
  (builder, { x }) =>
    builder.op(op, [builder.op("Mul", [x ?? null, builder.constant(float32([], [5]))])], attributes);

const pads = (count: number) => ints(count, count, count, count);

const cases: Readonly<Record<string, Forward>> = {
  conv_3x3_s1: conv({ pads: pads(1) }),
  conv_3x3_s2: conv({ pads: pads(1), strides: ints(2, 2) }),
  conv_7x7_s2: conv({ pads: pads(3), strides: ints(2, 2) }),
  conv_1x1_s2: conv({ strides: ints(2, 2) }),
  conv_groups_bias: conv({ pads: pads(1), group: int(2) }),
  conv_depthwise_s2: conv({ pads: pads(2), strides: ints(2, 2), group: int(4) }),
  conv_dilated: conv({ pads: pads(2), dilations: ints(2, 2) }),
  maxpool_3_2_1: unary("MaxPool", { kernel_shape: ints(3, 3), strides: ints(2, 2), pads: pads(1) }),
  maxpool_2_2: unary("MaxPool", { kernel_shape: ints(2, 2), strides: ints(2, 2) }),
  avgpool_2_2_ceil_nopad: unary("AveragePool", {
    kernel_shape: ints(2, 2),
    strides: ints(2, 2),
    ceil_mode: int(1),
  }),
  global_avg: (builder, { x }) => builder.op("Flatten", [builder.op("GlobalAveragePool", [x ?? null])]),
  linear: (builder, { x, w, b }) => builder.op("Gemm", [x ?? null, w ?? null, b ?? null], { transB: int(1) }),
  relu: unary("Relu"),
  silu: (builder, { x }) => builder.op("Mul", [x ?? null, builder.op("Sigmoid", [x ?? null])]),
  gelu: unary("Gelu"),
  hardswish: scaledBy5("HardSwish"),
  sigmoid: unary("Sigmoid"),
  hardsigmoid: scaledBy5("HardSigmoid", { alpha: float(1 / 6), beta: float(0.5) }),
  layer_norm: (builder, { x, w, b }) =>
    builder.op("LayerNormalization", [x ?? null, w ?? null, b ?? null], { epsilon: float(1e-6) }),
  batch_norm_train: batchNormalization(1, [0, 0, 0], [1, 1, 1]),
  batch_norm_eval: batchNormalization(0, [0.1, -0.2, 0.3], [0.5, 1, 2]),
};

test("covers every operator of the golden file", () => {
  const operators = Object.entries(golden.ops).filter(([, expected]) => "y_shape" in expected);
  expect(Object.keys(cases)).toEqual(operators.map(([name]) => name));
});

describe.each(Object.entries(cases))("%s", (name, forward) => {
  test.each<LoweringTarget>(["generic", "ort-cpu"])(
    "gives PyTorch's output and gradients, %s",
    async (target) => {
      const expected = golden.ops[name];
      if (!expected) throw new Error(`no golden numbers for ${name}`);
      const run = await compile(lower(stepOf(expected, forward), target).graph);
      const shapes = { ...expected.inputs, gy: expected.y_shape };
      const results = await run(
        Object.fromEntries(
          Object.entries(shapes).map(([input, shape]) => [
            input,
            goldenNumbers(golden.salt, `${name}.${input}`, elementCount(shape), 2 ** -16),
          ]),
        ),
      );
      expectClose(results.y, expected.y);
      for (const input of Object.keys(expected.inputs))
        expectClose(results[`d_${input}`], expected[`d_${input}`]);
    },
  );
});

function stepOf({ inputs, y_shape }: GoldenOp, forward: Forward): TrainingGraph {
  const builder = new GraphBuilder("op", { opset: 20 });
  const values = Object.fromEntries(
    Object.entries(inputs).map(([input, shape]) => [input, builder.input(input, "float32", shape)]),
  );
  const y = forward(builder, values);
  expect(y.shape).toEqual(y_shape);
  return differentiated(builder, y, builder.input("gy", "float32", y_shape), Object.keys(inputs));
}

function expectClose(actual: readonly number[] | undefined, expected: readonly number[] | undefined): void {
  expect(actual?.length).toBe(expected?.length);
  for (const [index, value] of (expected ?? []).entries()) {
    expect(Math.abs((actual?.[index] ?? Number.NaN) - value)).toBeLessThan(tolerance * (1 + Math.abs(value)));
  }
}
