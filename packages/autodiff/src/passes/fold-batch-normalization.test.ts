import { describe, expect, test } from "vitest";
import { backward } from "../gradients/backward.ts";
import { float, int, ints } from "../graph/attributes.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Attributes, Graph } from "../graph/graph.ts";
import { elementCount, float32 } from "../graph/tensor.ts";
import { compile } from "../run-graph.fixture.ts";
import { foldBatchNormalization } from "./fold-batch-normalization.ts";

/** Numbers between -1 and 1, another row for each name. */
function numbers(name: string, shape: readonly number[]): Float32Array {
  const start = [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  return Float32Array.from({ length: elementCount(shape) }, (_, index) => Math.sin(start + 2.3 * index));
}
const positive = (name: string, shape: readonly number[]) => numbers(name, shape).map((x) => 1.5 + x);

interface Layer {
  readonly op: string;
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly b?: readonly number[];
  readonly attributes?: Attributes;
}
const layers: Record<string, Layer> = {
  "a convolution": { op: "Conv", x: [2, 3, 5, 5], w: [4, 3, 3, 3] },
  "a convolution with groups and a bias": {
    op: "Conv",
    x: [2, 4, 5, 5],
    w: [6, 2, 3, 3],
    b: [6],
    attributes: { group: int(2), strides: ints(2, 2), pads: ints(1, 1, 1, 1) },
  },
  "a transposed convolution": { op: "ConvTranspose", x: [2, 3, 4, 4], w: [3, 5, 2, 2], b: [5] },
  "a linear layer": { op: "Gemm", x: [3, 4], w: [5, 4], b: [5], attributes: { transB: int(1) } },
  "a matrix product": { op: "MatMul", x: [3, 4], w: [4, 5] },
  "a linear layer whose bias is scaled": {
    op: "Gemm",
    x: [3, 4],
    w: [4, 5],
    b: [3, 1],
    attributes: { alpha: float(0.5), beta: float(2) },
  },
};

/** y = Tanh(BatchNormalization(layer(x))), a value for each name in `constants`, inputs for the others. */
function network({ op, x, w, b, attributes = {} }: Layer, constants: readonly string[]): Graph {
  const builder = new GraphBuilder("net");
  const channels = op === "Conv" || (op === "Gemm" && attributes["transB"]) ? (w[0] ?? 0) : (w[1] ?? 0);
  const given = (name: string, shape: readonly number[], data = numbers(name, shape)) =>
    constants.includes(name)
      ? builder.constant(float32(shape, data), name)
      : builder.input(name, "float32", shape);
  const layer = builder.op(op, [given("x", x), given("w", w), ...(b ? [given("b", b)] : [])], attributes, {
    name: "layer",
  });
  const normalized = builder.op(
    "BatchNormalization",
    [
      layer,
      given("scale", [channels], positive("scale", [channels])),
      given("bias", [channels]),
      builder.constant(float32([channels], numbers("mean", [channels])), "mean"),
      builder.constant(float32([channels], positive("variance", [channels])), "variance"),
    ],
    { epsilon: float(1e-3) },
  );
  builder.output(builder.op("Tanh", [normalized]), "y");
  return builder.build();
}

/** The output, and the gradients of its inputs. */
async function results(graph: Graph): Promise<Record<string, number[]>> {
  const builder = new GraphBuilder(graph);
  const y = builder.value("y");
  const upstream = builder.constant(float32(y.shape, numbers("upstream", y.shape)));
  const wanted = graph.inputs.map(({ name }) => name);
  const { gradients } = backward(builder, y, upstream, wanted);
  for (const [name, value] of gradients) builder.output(value, `${name}.grad`);
  const run = await compile(builder.build());
  return run(
    Object.fromEntries(
      graph.inputs.map(({ name, shape }) => [
        name,
        name === "scale" ? positive(name, shape) : numbers(name, shape),
      ]),
    ),
  );
}

const hasNormalization = ({ nodes }: Graph) => nodes.some(({ op }) => op === "BatchNormalization");

describe.each(Object.entries(layers))("batch normalization behind %s", (_, layer) => {
  test.each([
    ["all trained", []],
    ["scale and bias frozen", ["scale", "bias"]],
    ["all but the input frozen", ["w", "b", "scale", "bias"]],
    ["the bias alone trained", ["x", "w", "b", "scale"]],
  ])("becomes part of it with the same numbers, %s", async (_, constants) => {
    const graph = network(layer, constants);
    const folded = foldBatchNormalization(graph);
    expect(hasNormalization(folded)).toBe(false);
    const [before, after] = [await results(graph), await results(folded)];
    expect(Object.keys(after)).toEqual(Object.keys(before));
    for (const [name, wanted] of Object.entries(before)) {
      for (const [i, value] of wanted.entries()) {
        // float32 rounding; sums have up to 50 terms.
        expect(Math.abs((after[name]?.[i] ?? Number.NaN) - value)).toBeLessThan(2e-5 * (1 + Math.abs(value)));
      }
    }
  });

  test("stays where its scale is trained and the layer's weights are not", () => {
    const graph = network(layer, ["w", "b"]);
    expect(foldBatchNormalization(graph)).toBe(graph);
  });
});

test("stays where somebody else reads what it normalizes, or it takes the batch's statistics", () => {
  const make = (training: boolean) => {
    const builder = new GraphBuilder("net");
    const layer = builder.op("Conv", [
      builder.input("x", "float32", [1, 2, 4, 4]),
      builder.input("w", "float32", [2, 2, 3, 3]),
    ]);
    const perChannel = ["scale", "bias", "mean", "variance"].map((name) =>
      builder.input(name, "float32", [2]),
    );
    const [y] = builder.ops(
      "BatchNormalization",
      [layer, ...perChannel],
      training ? { training_mode: int(1) } : {},
      training ? 3 : 1,
    );
    if (y) builder.output(training ? y : builder.op("Add", [layer, y]), "y");
    return builder.build();
  };
  for (const graph of [make(false), make(true)]) expect(foldBatchNormalization(graph)).toBe(graph);
});

test("stays behind a trained weight that is larger than what it normalizes", () => {
  const make = (batch: number) =>
    network({ op: "Gemm", x: [batch, 300], w: [400, 300], attributes: { transB: int(1) } }, [
      "scale",
      "bias",
    ]);
  expect(hasNormalization(foldBatchNormalization(make(299)))).toBe(true);
  expect(hasNormalization(foldBatchNormalization(make(300)))).toBe(false);
});
