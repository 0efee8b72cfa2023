/** A new head in every form that exporters write classifiers in: the engine runs the file, and nothing else changes. */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { int, ints } from "../../graph/attributes.ts";
import type { Tensor } from "../../graph/graph.ts";
import { ModelProtoSchema, type NodeProto, ValueInfoProtoSchema } from "../../onnx/generated/onnx_pb.ts";
import { type Trainable, trainable } from "../../trainable.ts";
import { constantNode, list, type ModelParts, modelFile, node, numbers } from "../model.fixture.ts";

/** A classifier of 5 classes over 4 features. */
interface Case {
  readonly x?: ModelParts["x"];
  readonly opset?: number;
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly nodes: readonly NodeProto[];
  /** Names of the new tensors, with their shapes. */
  readonly head: Readonly<Record<string, readonly number[]>>;
  readonly logits: string;
  /** Shape of y for two samples and 3 classes. */
  readonly y: readonly number[];
}

const w = { w: numbers(4, 5), b: numbers(5) };
const gemm = node("Gemm", ["x", "w", "b"], "z");
const map = { x: [2, 4, 3, 3], tensors: { f: numbers(5, 4, 1, 1), c: numbers(5) } };
const conv = node("Conv", ["x", "f", "c"], "maps");
const filter = { f: [3, 4, 1, 1], c: [3] };

const cases: Record<string, Case> = {
  "Gemm and Softmax": {
    tensors: w,
    nodes: [gemm, node("Softmax", ["z"], "y", { axis: int(1) })],
    head: { w: [4, 3], b: [3] },
    logits: "z",
    y: [2, 3],
  },
  "Gemm of a transposed weight, without a bias": {
    tensors: { w: numbers(5, 4) },
    nodes: [node("Gemm", ["x", "w"], "z", { transB: int(1) }), node("Sigmoid", ["z"], "y")],
    head: { w: [3, 4] },
    logits: "z",
    y: [2, 3],
  },
  "MatMul and Add": {
    tensors: w,
    nodes: [node("MatMul", ["x", "w"], "m"), node("Add", ["b", "m"], "y")],
    head: { w: [4, 3], b: [3] },
    logits: "y",
    y: [2, 3],
  },
  "MatMul with a bias of two dimensions, LogSoftmax and Identity": {
    tensors: { ...w, b: numbers(1, 5) },
    nodes: [
      node("MatMul", ["x", "w"], "m"),
      node("Add", ["m", "b"], "z"),
      node("LogSoftmax", ["z"], "l", { axis: int(-1) }),
      node("Identity", ["l"], "y"),
    ],
    head: { w: [4, 3], b: [1, 3] },
    logits: "z",
    y: [2, 3],
  },
  "MatMul of a weight that a Transpose turns": {
    tensors: { v: numbers(5, 4) },
    nodes: [node("Transpose", ["v"], "w", { perm: ints(1, 0) }), node("MatMul", ["x", "w"], "y")],
    head: { w: [4, 3] },
    logits: "y",
    y: [2, 3],
  },
  "weights in Constant nodes": {
    tensors: {},
    nodes: [
      constantNode("w", numbers(5, 4)),
      constantNode("b", numbers(5)),
      node("Gemm", ["x", "w", "b"], "y", { transB: int(1) }),
    ],
    head: { w: [3, 4], b: [3] },
    logits: "y",
    y: [2, 3],
  },
  "a weight that another node reads too": {
    tensors: { w: numbers(4, 5), b: numbers(5), square: numbers(4, 4) },
    nodes: [
      node("MatMul", ["x", "w"], "other"),
      node("ReduceMean", ["other"], "mean", { axes: ints(1), keepdims: int(1) }),
      node("Add", ["x", "mean"], "shifted"),
      node("Gemm", ["shifted", "w", "b"], "y"),
    ],
    head: { "w.head": [4, 3], b: [3] },
    logits: "y",
    y: [2, 3],
  },
  "a bias that another node reads too, under a name that Identity gives it": {
    tensors: { w: numbers(4, 5), zeros: numbers(5), v: numbers(4, 4), more: numbers(4) },
    nodes: [
      node("Identity", ["zeros"], "b"),
      node("Gemm", ["x", "v", "more"], "h"),
      node("Gemm", ["h", "w", "b"], "y"),
    ],
    head: { w: [4, 3], b: [3] },
    logits: "y",
    y: [2, 3],
  },
  "quantized weights": {
    tensors: {
      q: { dtype: "int8", shape: [4, 5], data: Int8Array.from({ length: 20 }, (_, i) => i - 9) },
      scale: { dtype: "float32", shape: [], data: Float32Array.of(0.1) },
      v: numbers(4, 4),
    },
    nodes: [
      node("MatMul", ["x", "v"], "h"),
      node("DequantizeLinear", ["q", "scale"], "w"),
      node("MatMul", ["h", "w"], "y"),
    ],
    head: { w: [4, 3] },
    logits: "y",
    y: [2, 3],
  },
  "1x1 Conv, pooled": {
    ...map,
    nodes: [
      conv,
      node("Relu", ["maps"], "r"),
      node("GlobalAveragePool", ["r"], "p"),
      node("Flatten", ["p"], "z"),
      node("Softmax", ["z"], "y", { axis: int(1) }),
    ],
    head: filter,
    logits: "z",
    y: [2, 3],
  },
  "1x1 Conv, ReduceMean and Squeeze": {
    ...map,
    nodes: [
      conv,
      node("ReduceMean", ["maps"], "p", { axes: ints(-1, -2), keepdims: int(1) }),
      node("Softmax", ["p"], "s", { axis: int(1) }),
      node("Squeeze", ["s", "axes"], "y"),
    ],
    tensors: { ...map.tensors, axes: list(3, 2) },
    head: filter,
    logits: "p",
    y: [2, 3],
  },
  "Reshape to the number of classes": {
    ...map,
    tensors: { ...map.tensors, shape: list(-1, 5) },
    nodes: [conv, node("GlobalAveragePool", ["maps"], "p"), node("Reshape", ["p", "shape"], "y")],
    head: filter,
    logits: "y",
    y: [2, 3],
  },
  "Reshape to a shape that another node reads too": {
    x: [2, 5],
    tensors: { w: numbers(4, 5), b: numbers(5), shape: list(2, 5), u: numbers(5, 4) },
    nodes: [
      node("Reshape", ["x", "shape"], "five"),
      node("MatMul", ["five", "u"], "four"),
      node("Gemm", ["four", "w", "b"], "z"),
      node("Reshape", ["z", "shape"], "y"),
    ],
    head: { w: [4, 3], b: [3] },
    logits: "y",
    y: [2, 3],
  },
  "Reshape behind the batch size, Cast and Dropout": {
    ...map,
    tensors: { ...map.tensors, zero: list(0), first: list(1), rest: list(5) },
    nodes: [
      conv,
      node("GlobalAveragePool", ["maps"], "p"),
      node("Dropout", ["p"], "d"),
      node("Shape", ["d"], "sizes"),
      node("Slice", ["sizes", "zero", "first"], "n"),
      node("Concat", ["n", "rest"], "shape", { axis: int(0) }),
      node("Reshape", ["d", "shape"], "r"),
      node("Cast", ["r"], "y", { to: int(1) }),
    ],
    head: filter,
    logits: "y",
    y: [2, 3],
  },
  "a Transpose of maps": {
    ...map,
    nodes: [
      conv,
      node("Transpose", ["maps"], "t", { perm: ints(0, 2, 3, 1) }),
      node("ReduceMean", ["t"], "y", { axes: ints(1, 2), keepdims: int(0) }),
    ],
    head: filter,
    logits: "y",
    y: [2, 3],
  },
  "a temperature": {
    tensors: { ...w, t: { dtype: "float32", shape: [], data: Float32Array.of(2) } },
    nodes: [gemm, node("Div", ["z", "t"], "cool"), node("Softmax", ["cool"], "y", { axis: int(1) })],
    head: { w: [4, 3], b: [3] },
    logits: "cool",
    y: [2, 3],
  },
  ArgMax: {
    tensors: w,
    nodes: [
      gemm,
      node("ArgMax", ["z"], "a", { axis: int(1), keepdims: int(0) }),
      node("Cast", ["a"], "y", { to: int(1) }),
    ],
    head: { w: [4, 3], b: [3] },
    logits: "z",
    y: [2],
  },
  "opset 9": {
    opset: 9,
    tensors: { ...w, ...map.tensors },
    nodes: [
      gemm,
      node("Softmax", ["z"], "s"),
      node("Unsqueeze", ["s"], "u", { axes: ints(2) }),
      node("Squeeze", ["u"], "y", { axes: ints(2) }),
    ],
    head: { w: [4, 3], b: [3] },
    logits: "z",
    y: [2, 3],
  },
};
const fileOf = ({ x = [2, 4], opset = 17, tensors, nodes }: Case) =>
  modelFile({ x, opset, initializers: tensors, nodes });

const parameter = (model: Trainable, name: string) => model.parameters.find((one) => one.name === name);

describe.each(Object.entries(cases))("%s", (_, given) => {
  const model = trainable(fileOf(given), { classes: 3 });

  test("gets initial weights of PyTorch's Linear", () => {
    expect(model.logits).toBe(given.logits);
    for (const [name, shape] of Object.entries(given.head)) {
      const found = parameter(model, name);
      const { data = new Float32Array() } = found ?? {};
      expect([name, found?.shape]).toEqual([name, shape]);
      // 1 / sqrt(4 features)
      expect(Math.max(...data.map(Math.abs))).toBeLessThanOrEqual(0.5);
      expect(new Set(data).size).toBe(data.length);
    }
    const heads = Object.keys(given.head);
    for (const { name, data } of model.parameters) {
      if (!heads.includes(name)) expect(data).toEqual(given.tensors[name]?.data ?? numbers(5, 4).data);
    }
    const again = trainable(fileOf(given), { classes: 3 });
    const other = trainable(fileOf(given), { classes: 3, seed: 7 });
    for (const name of heads) {
      expect(parameter(again, name)?.data).toEqual(parameter(model, name)?.data);
      expect(parameter(other, name)?.data).not.toEqual(parameter(model, name)?.data);
    }
  });

  test("is a file that the engine runs, with the outputs of the new head", async () => {
    for (const { data } of model.parameters)
      for (let i = 0; i < data.length; i++) data[i] = 0.1 * Math.cos(i);
    const session = await InferenceSession.create(model.save(), { logSeverityLevel: 3 });
    const shape = (given.x ?? [2, 4]).map(Number);
    const count = shape.reduce((product, size) => product * size, 1);
    const x = new OrtTensor(
      "float32",
      Float32Array.from({ length: count }, (_, i) => Math.sin(i)),
      shape,
    );
    const { y } = await session.run({ x });
    expect(y?.dims).toEqual(given.y);
  });

  test("keeps the names of nodes and values", () => {
    const read = (bytes: Uint8Array) => fromBinary(ModelProtoSchema, bytes);
    const [before, after] = [read(fileOf(given)), read(model.save())];
    const outputs = (file: typeof before) => file.graph?.node.flatMap(({ output }) => output) ?? [];
    const gone = outputs(before).filter((name) => !outputs(after).includes(name));
    // What made the old weight may be gone.
    expect(gone.every((name) => name in given.head)).toBe(true);
    expect(after.opsetImport).toEqual(before.opsetImport);
    expect(after.graph?.input).toEqual(before.graph?.input);
  });
});

test("sizes of outputs and values in the file follow the classes", () => {
  const bytes = modelFile({
    x: ["n", 4],
    initializers: w,
    nodes: [gemm, node("Softmax", ["z"], "y", { axis: int(1) })],
  });
  const proto = fromBinary(ModelProtoSchema, bytes);
  const sized = (name: string) =>
    create(ValueInfoProtoSchema, {
      name,
      type: {
        value: {
          case: "tensorType" as const,
          value: {
            elemType: 1,
            shape: {
              dim: [
                { value: { case: "dimParam" as const, value: "n" } },
                { value: { case: "dimValue" as const, value: 5n } },
              ],
            },
          },
        },
      },
    });
  Object.assign(proto.graph ?? {}, { output: [sized("y")], valueInfo: [sized("z")] });
  const file = toBinary(ModelProtoSchema, proto);
  const saved = fromBinary(ModelProtoSchema, trainable(file, { classes: 3, batchSize: 2 }).save());
  const sizes = [...(saved.graph?.output ?? []), ...(saved.graph?.valueInfo ?? [])].map(({ type }) =>
    type?.value.case === "tensorType"
      ? type.value.value.shape?.dim.map(({ value }) => value.value)
      : undefined,
  );
  expect(sizes).toEqual([
    ["n", 3n],
    ["n", 3n],
  ]);
});

const five = { axis: int(1) };
test.each<[string, readonly NodeProto[], Readonly<Record<string, Tensor>>, string]>([
  [
    "classes that are cut out",
    [gemm, node("Slice", ["z", "from", "to", "axes"], "y")],
    { ...w, from: list(1), to: list(5), axes: list(1) },
    'Slice "y/Slice" cuts classes 1 to 5 out',
  ],
  [
    "a class that is picked",
    [gemm, node("Gather", ["z", "at"], "y", five)],
    { ...w, at: list(1) },
    'Gather "y/Gather" picks classes by number',
  ],
  [
    "a number for each class",
    [gemm, node("Mul", ["z", "prior"], "y")],
    { ...w, prior: numbers(5) },
    'Mul "y/Mul" holds a number for each of the 5 classes in "prior"',
  ],
  [
    "the best four",
    [gemm, node("TopK", ["z", "k"], ["y", "at"], five)],
    { ...w, k: list(4) },
    'TopK "y/TopK" picks the best 4 of the classes',
  ],
  [
    "a class that is joined to the others",
    [gemm, node("Concat", ["z", "z"], "both", five), node("Identity", ["z"], "y")],
    w,
    'Concat "both/Concat" cannot be followed',
  ],
  [
    "another layer behind an output of its own",
    [gemm, node("Identity", ["z"], "y"), node("MatMul", ["z", "v"], "more")],
    { ...w, v: numbers(5, 2) },
    'MatMul "more/MatMul" cannot be followed',
  ],
])("refuses %s", (_, nodes, initializers, why) => {
  expect(() => trainable(modelFile({ x: [2, 4], initializers, nodes }), { classes: 3 })).toThrow(
    new RangeError(
      `trainable: classes must be those of the file behind its classifier, since ${why}; cut the model before it, or name logits before it`,
    ),
  );
});

test.each<[string, readonly NodeProto[], Readonly<Record<string, Tensor>>, string]>([
  [
    "a convolution of three pixels",
    [node("Conv", ["x", "f"], "y")],
    { f: numbers(5, 4, 3, 3) },
    'the last linear layer is Conv "y/Conv" of 3x3 pixels, no 1x1 Conv',
  ],
  ["no weights", [node("Relu", ["x"], "y")], {}, '"y" comes from "x" without a linear layer'],
  [
    "a product of two activations",
    [node("Relu", ["x"], "r"), node("MatMul", ["x", "r"], "y")],
    {},
    'the last node before "y" that is no activation or change of form is MatMul "y/MatMul", no Gemm, MatMul or 1x1 Conv with stored weights',
  ],
  [
    "a weight that is computed",
    [node("Exp", ["v"], "w"), node("MatMul", ["x", "w"], "y")],
    { v: numbers(3, 5) },
    'the weight of MatMul "y/MatMul" is computed by Exp "w/Exp"; only stored weights get a new head',
  ],
])("says that there is no classifier in %s", (_, nodes, initializers, why) => {
  expect(() => trainable(modelFile({ x: [2, 4, 3, 3], initializers, nodes }), { classes: 3 })).toThrow(
    new RangeError(
      `trainable: classes must be given for a model with a classifier, a last Gemm, MatMul or 1x1 Conv with stored weights, got none: ${why}; name the value that it leads to as logits, or leave classes out`,
    ),
  );
});

test("refuses more classes than a file can hold weights for", () => {
  const bytes = modelFile({ x: [2, 4], initializers: w, nodes: [node("Gemm", ["x", "w", "b"], "y")] });
  expect(() => trainable(bytes, { classes: 1e9 })).toThrow(
    new RangeError(
      "trainable: classes must be at most 134217727 for the 4 features of the classifier, got 1000000000",
    ),
  );
});
