/** Files whose frozen part holds operators that training graphs do not know: it runs in the engine as it stands. */
import { decodeModel, frozenPart, type TensorData, trainable } from "@tsimm/autodiff";
import { createEngine, createFineTuning, createOptimizerV2 } from "tsimm";
import { describe, expect, test } from "vitest";
import type { NodeProto, TensorProto } from "../packages/autodiff/src/onnx/generated/onnx_pb.ts";
import {
  graph,
  type LocalFunction,
  node,
  onnxFile,
  tensor,
  value,
  withoutNumbers,
} from "../packages/autodiff/src/onnx/onnx-file.fixture.ts";
import { keyedRandom } from "../packages/tsimm/src/random/keyed-random.ts";

const engine = await createEngine("native");

const count = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);
function noise(name: string, shape: readonly number[], scale = 0.5): Float32Array {
  const random = keyedRandom(1, "init", name);
  return Float32Array.from({ length: count(shape) }, () => scale * random.normal());
}
const weight = (name: string, dims: readonly number[]) => tensor(name, "float32", dims, noise(name, dims));
const int8 = (name: string, dims: readonly number[]) =>
  tensor(
    name,
    "int8",
    dims,
    Int8Array.from(noise(name, dims), (x) => Math.round(60 * x)),
  );
const scalar = (name: string, x: number) => tensor(name, "float32", [], Float32Array.of(x));
const integers = (name: string, ...values: number[]) =>
  tensor(name, "int64", [values.length], BigInt64Array.from(values, BigInt));
/** Positive float16 below 1: an exponent of -1 to -8 and a random mantissa; every second one negative. */
const half = (name: string, dims: readonly number[]) =>
  tensor(
    name,
    "float16",
    dims,
    Uint16Array.from(
      noise(name, dims),
      (x, i) => ((i % 2) << 15) | (Math.floor(Math.abs(x) * 4096) + 0x2400),
    ),
  );

/** A frozen part: nodes from "x" to "features" [B, width]. */
interface Case {
  readonly shape: readonly number[];
  readonly width: number;
  readonly nodes: readonly NodeProto[];
  readonly tensors?: readonly TensorProto[];
  readonly opsets?: Readonly<Record<string, number>>;
  readonly functions?: readonly LocalFunction[];
}

const recurrent = (op: string, gates: number): Case => ({
  shape: [3, 5, 4],
  width: 6,
  nodes: [
    node("Transpose", ["x"], ["steps"], { perm: [1, 0, 2] }),
    node(op, ["steps", "body.w", "body.r", "body.b"], ["", "last"], { hidden_size: 6 }),
    node("Squeeze", ["last", "axis"], ["features"]),
  ],
  tensors: [
    weight("body.w", [1, 6 * gates, 4]),
    weight("body.r", [1, 6 * gates, 6]),
    weight("body.b", [1, 12 * gates]),
    integers("axis", 0),
  ],
});

const branch = (op: string) => graph({ nodes: [node(op, ["h"], ["y"])], outputs: [value("y")] });

const cases: Record<string, Case> = {
  LSTM: recurrent("LSTM", 4),
  GRU: recurrent("GRU", 3),
  "LSTM of opset 7": {
    ...recurrent("LSTM", 4),
    nodes: [
      node("Transpose", ["x"], ["steps"], { perm: [1, 0, 2] }),
      node("LSTM", ["steps", "body.w", "body.r", "body.b"], ["", "last"], { hidden_size: 6 }),
      node("Squeeze", ["last"], ["features"], { axes: [0] }),
    ],
    opsets: { "": 7 },
  },
  "If whose branches read values from outside": {
    shape: [2, 4],
    width: 4,
    nodes: [
      node("MatMul", ["x", "body.w"], ["h"]),
      node("ReduceMean", ["x"], ["mean"], { keepdims: 0 }),
      node("Greater", ["mean", "zero"], ["positive"]),
      node("If", ["positive"], ["features"], { then_branch: branch("Relu"), else_branch: branch("Tanh") }),
    ],
    tensors: [weight("body.w", [4, 4]), scalar("zero", 0)],
  },
  "Loop whose body reads a weight from outside": {
    shape: [2, 4],
    width: 4,
    nodes: [
      node("Loop", ["trips", "", "x"], ["features"], {
        body: graph({
          nodes: [
            node("MatMul", ["state", "body.w"], ["product"]),
            node("Tanh", ["product"], ["next"]),
            node("Identity", ["go"], ["goOn"]),
          ],
          inputs: [value("trip", "int64", []), value("go", "bool", []), value("state", "float32", [2, 4])],
          outputs: [value("goOn", "bool", []), value("next")],
        }),
      }),
    ],
    tensors: [weight("body.w", [4, 4]), tensor("trips", "int64", [], BigInt64Array.of(3n))],
  },
  Scan: {
    shape: [2, 4],
    width: 4,
    nodes: [
      node("Scan", ["body.start", "x"], ["sum", "features"], {
        num_scan_inputs: 1,
        body: graph({
          nodes: [node("Add", ["state", "row"], ["next"]), node("Sin", ["next"], ["out"])],
          inputs: [value("state", "float32", [4]), value("row", "float32", [4])],
          outputs: [value("next"), value("out")],
        }),
      }),
    ],
    tensors: [weight("body.start", [4])],
  },
  "a quantized convolution": {
    shape: [2, 3, 5, 5],
    width: 4,
    nodes: [
      node("QuantizeLinear", ["x", "scale", "zero"], ["xq"]),
      node("QLinearConv", ["xq", "scale", "zero", "wq", "scales", "zeros", "scale", "zero"], ["yq"], {
        kernel_shape: [5, 5],
      }),
      node("DequantizeLinear", ["yq", "scale", "zero"], ["y"]),
      node("Flatten", ["y"], ["features"]),
    ],
    tensors: [
      scalar("scale", 0.02),
      tensor("zero", "uint8", [], Uint8Array.of(128)),
      int8("wq", [4, 3, 5, 5]),
      tensor("scales", "float32", [4], Float32Array.of(0.01, 0.02, 0.01, 0.015)),
      tensor("zeros", "int8", [4], new Int8Array(4)),
    ],
  },
  "weights quantized per channel": {
    shape: [2, 6],
    width: 5,
    nodes: [
      node("DequantizeLinear", ["wq", "scales", "zeros"], ["w"], { axis: 1 }),
      node("MatMul", ["x", "w"], ["features"]),
    ],
    tensors: [
      int8("wq", [6, 5]),
      tensor("scales", "float32", [5], Float32Array.of(0.01, 0.02, 0.01, 0.015, 0.03)),
      tensor("zeros", "int8", [5], new Int8Array(5)),
    ],
  },
  "integers quantized on the way": {
    shape: [2, 6],
    width: 5,
    nodes: [
      node("DynamicQuantizeLinear", ["x"], ["xq", "xscale", "xzero"]),
      node("MatMulInteger", ["xq", "wq", "xzero"], ["sums"]),
      node("Cast", ["sums"], ["floats"], { to: 1 }),
      node("Mul", ["floats", "xscale"], ["features"]),
    ],
    tensors: [int8("wq", [6, 5])],
  },
  float16: {
    shape: [2, 3, 5, 5],
    width: 4,
    nodes: [
      node("Cast", ["x"], ["halves"], { to: 10 }),
      node("Conv", ["halves", "w16"], ["conv"], { kernel_shape: [5, 5] }),
      node("Relu", ["conv"], ["rectified"]),
      node("Cast", ["rectified"], ["floats"], { to: 1 }),
      node("Flatten", ["floats"], ["features"]),
    ],
    tensors: [half("w16", [4, 3, 5, 5])],
  },
  "operators of Microsoft": {
    shape: [2, 6],
    width: 6,
    nodes: [
      node("FusedGemm", ["x", "body.w", "body.b"], ["h"], { activation: "Relu" }, "com.microsoft"),
      node("QuickGelu", ["h"], ["features"], {}, "com.microsoft"),
    ],
    tensors: [weight("body.w", [6, 6]), weight("body.b", [6])],
    opsets: { "": 17, "com.microsoft": 1 },
  },
  "operators of classical learning": {
    shape: [2, 6],
    width: 6,
    nodes: [node("Normalizer", ["x"], ["features"], { norm: "L2" }, "ai.onnx.ml")],
    opsets: { "": 17, "ai.onnx.ml": 3 },
  },
  "functions of the file": {
    shape: [2, 6],
    width: 6,
    nodes: [node("Block", ["x", "body.w"], ["features"], {}, "mine")],
    tensors: [weight("body.w", [6, 6])],
    opsets: { "": 17, mine: 1 },
    functions: [
      {
        name: "Block",
        domain: "mine",
        inputs: ["a", "b"],
        outputs: ["c"],
        nodes: [node("MatMul", ["a", "b"], ["t"]), node("Selu", ["t"], ["c"])],
      },
    ],
  },
  "convolutions over three dimensions": {
    shape: [2, 2, 4, 4, 4],
    width: 3,
    nodes: [
      node("Conv", ["x", "body.w", "body.b"], ["conv"], { kernel_shape: [3, 3, 3] }),
      node("MaxPool", ["conv"], ["pool"], { kernel_shape: [2, 2, 2] }),
      node("Flatten", ["pool"], ["features"]),
    ],
    tensors: [weight("body.w", [3, 2, 3, 3, 3]), weight("body.b", [3])],
  },
  "a shape that is computed from the result of an unknown operator": {
    ...recurrent("LSTM", 4),
    nodes: [
      node("LSTM", ["x", "body.w", "body.r", "body.b"], ["all"], { hidden_size: 6 }),
      node("Transpose", ["all"], ["byStep"], { perm: [0, 2, 1, 3] }),
      node("Shape", ["byStep"], ["sizes"]),
      node("Gather", ["sizes", "first"], ["steps"]),
      node("Unsqueeze", ["steps", "axis"], ["steps1"]),
      node("Concat", ["steps1", "open"], ["wanted"], { axis: 0 }),
      node("Reshape", ["byStep", "wanted"], ["features"]),
    ],
    width: 30,
    tensors: [
      ...(recurrent("LSTM", 4).tensors ?? []),
      tensor("first", "int64", [], BigInt64Array.of(0n)),
      integers("open", -1),
    ],
  },
};

const classes = 3;

/** The file of a case with a linear layer behind it, or without. */
function file(
  { shape, width, nodes, tensors = [], opsets, functions }: Case,
  { withHead = true, batch = "batch" as number | string } = {},
): Uint8Array {
  return onnxFile(
    graph({
      nodes: withHead
        ? [...nodes, node("Gemm", ["features", "head.w", "head.b"], ["logits"], { transB: 1 })]
        : nodes,
      inputs: [value("x", "float32", [batch, ...shape.slice(1)])],
      outputs: [value(withHead ? "logits" : "features")],
      tensors: withHead
        ? [...tensors, weight("head.w", [classes, width]), weight("head.b", [classes])]
        : tensors,
    }),
    { ...(opsets && { opsets }), ...(functions && { functions }) },
  );
}

async function run(bytes: Uint8Array, shape: readonly number[], x: Float32Array) {
  const session = await engine.load(bytes, { threads: 1 });
  const outputs = await session.run({ x: { dtype: "float32", shape, data: x } });
  await session.close();
  return Object.values(outputs)[0]?.data ?? [];
}

describe.each(Object.entries(cases))("%s", (name, given) => {
  const { shape, width } = given;
  const x = noise(`${name}.x`, shape, 1);
  const batch = shape[0] ?? 0;
  const target = Float32Array.from({ length: batch * classes }, (_, i) =>
    Number(i % classes === Math.floor(i / classes) % classes),
  );

  test("gives the layer behind it the gradients that it has on features computed beforehand", async () => {
    const bytes = file(given);
    const net = await createFineTuning(engine, bytes, {
      inputs: { x: shape },
      freeze: given.tensors?.some((t) => t.name.startsWith("body")) ? ["body.*"] : [],
      threads: 1,
    });
    const features = await run(file(given, { withHead: false }), shape, x);
    expect(features).toHaveLength(batch * width);
    const layer = await createFineTuning(
      engine,
      file({ shape: [batch, width], width, nodes: [node("Identity", ["x"], ["features"])] }, { batch }),
      { threads: 1 },
    );
    expect(net.parameters.map((parameter) => parameter.name)).toEqual(["head.w", "head.b"]);
    const optimizers = [net, layer].map(({ parameters }) =>
      createOptimizerV2(parameters, { opt: "sgd", lr: 0.1 }),
    );
    const losses: number[] = [];
    for (let step = 0; step < 4; step++) {
      const theirs = await layer.run({ x: Float32Array.from(features, Number) }, target);
      const ours = await net.run({ x }, target);
      losses.push(ours.loss);
      expect(ours.loss).toBeCloseTo(theirs.loss, 6);
      for (const [at, { grad }] of net.parameters.entries()) {
        const wanted = layer.parameters[at]?.grad ?? [];
        for (const [i, element] of (grad ?? []).entries())
          expect(element).toBeCloseTo(wanted[i] ?? Number.NaN, 5);
      }
      for (const optimizer of optimizers) optimizer.step();
    }
    expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
    const saved = net.save();
    const trained = ["head.w", "head.b"];
    expect(withoutNumbers(saved, trained)).toEqual(withoutNumbers(bytes, trained));
    const logits = await run(saved, shape, x);
    const { logits: wanted } = await net.run({ x }, target);
    for (const [i, element] of wanted.entries()) expect(logits[i]).toBeCloseTo(element, 5);
    await net.close();
    await layer.close();
  });
});
