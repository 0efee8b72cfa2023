/** What `describe` says of files of every kind. */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { ModelProtoSchema, StringStringEntryProtoSchema } from "../../onnx/generated/onnx_pb.ts";
import { graph, node, onnxFile, tensor, value } from "../../onnx/onnx-file.fixture.ts";
import { trainable } from "../../trainable.ts";
import { describe } from "./describe.ts";

const weight = (name: string, dims: readonly number[]) =>
  tensor(
    name,
    "float32",
    dims,
    Float32Array.from({ length: dims.reduce((n, size) => n * size, 1) }, (_, i) => 0.3 + Math.sin(1.7 * i)),
  );

test("inputs, outputs, operator sets, metadata", () => {
  const bytes = onnxFile(
    graph({
      nodes: [node("Gemm", ["x", "w"], ["z"]), node("Softmax", ["z"], ["y"], { axis: 1 })],
      inputs: [value("x", "float32", ["n", 4])],
      outputs: [value("y", "float32", ["n", 3]), value("z")],
      tensors: [weight("w", [4, 3]), weight("unused", [2])],
    }),
    { opsets: { "": 15, "com.microsoft": 1 } },
  );
  const proto = fromBinary(ModelProtoSchema, bytes);
  Object.assign(proto, { producerName: "somebody", producerVersion: "1.2" });
  proto.metadataProps = [create(StringStringEntryProtoSchema, { key: "labels", value: "a,b,c" })];
  expect(describe(toBinary(ModelProtoSchema, proto))).toEqual({
    name: "of somebody else",
    opset: 15,
    otherOpsets: { "com.microsoft": 1 },
    producer: { name: "somebody", version: "1.2" },
    metadata: { labels: "a,b,c" },
    externalData: [],
    inputs: [{ name: "x", dtype: "float32", shape: ["n", 4] }],
    outputs: [
      { name: "y", dtype: "float32", shape: ["n", 3] },
      { name: "z", dtype: "none", shape: null },
    ],
    parameters: [
      { name: "w", dtype: "float32", shape: [4, 3], elements: 12, slots: ['Gemm "the Gemm of z": weight'] },
    ],
    fixed: [
      { name: "unused", dtype: "float32", shape: [2], elements: 2, reason: "does not lead to the logits" },
    ],
    logits: "z",
    classifier: {
      ...{
        kind: "Gemm",
        node: "the Gemm of z",
        weight: "w",
        bias: null,
        classes: 3,
        features: 4,
        output: "y",
      },
    },
    noClassifier: null,
    obstacles: [],
  });
});

test("operators without a gradient, and the weights before them: with those frozen, the rest is trained", () => {
  const bytes = onnxFile(
    graph({
      nodes: [node("Gemm", ["x", "w"], ["h"]), node("Det", ["h"], ["d"]), node("Gemm", ["d", "v"], ["y"])],
      inputs: [value("x", "float32", ["n", 4])],
      outputs: [value("y")],
      tensors: [weight("w", [4, 4]), weight("v", [4, 3])],
    }),
  );
  const { obstacles } = describe(bytes);
  expect(obstacles).toEqual([
    { op: "Det", reason: "it has no gradient rule", nodes: ["the Det of d"], weightsBefore: ["w"] },
  ]);
});

test("a branch on the way to the logits", () => {
  const branch = (op: string) => graph({ nodes: [node(op, ["h"], ["b"])], outputs: [value("b")] });
  const bytes = onnxFile(
    graph({
      nodes: [
        node("Gemm", ["x", "w"], ["h"]),
        node("ReduceMean", ["x"], ["m"], { keepdims: 0 }),
        node("Greater", ["m", "zero"], ["positive"]),
        node("If", ["positive"], ["c"], { then_branch: branch("Relu"), else_branch: branch("Tanh") }),
        node("Gemm", ["c", "v"], ["y"]),
      ],
      inputs: [value("x", "float32", [2, 4])],
      outputs: [value("y")],
      tensors: [weight("w", [4, 4]), weight("v", [4, 3]), tensor("zero", "float32", [], Float32Array.of(0))],
    }),
  );
  const { obstacles, classifier } = describe(bytes);
  expect(obstacles).toEqual([
    {
      ...{ op: "If", reason: "branches and loops have no gradient", nodes: ["the If of c"] },
      weightsBefore: ["w"],
    },
  ]);
  expect(classifier?.weight).toBe("v");
  const values = { c: { dtype: "float32" as const, shape: [2, 4], data: new Float32Array(8) } };
  const model = trainable(bytes, {
    freeze: obstacles[0]?.weightsBefore ?? [],
    frozenValues: values,
    classes: 5,
  });
  expect(model.parameters.map(({ name, shape }) => [name, shape])).toEqual([["v", [4, 5]]]);
});

test("quantized weights and those of float64 stay", () => {
  const bytes = onnxFile(
    graph({
      nodes: [
        node("DequantizeLinear", ["q", "scale"], ["w"]),
        node("MatMul", ["x", "w"], ["h"]),
        node("QLinearMatMul", ["h8", "s", "z", "p", "s", "z", "s", "z"], ["y8"]),
        node("MatMul", ["h", "v"], ["y"]),
      ],
      inputs: [value("x", "float32", ["n", 4]), value("h8", "int8", ["n", 4])],
      outputs: [value("y"), value("y8")],
      tensors: [
        tensor("q", "int8", [4, 4], new Int8Array(16).fill(3)),
        tensor("p", "int8", [4, 4], new Int8Array(16).fill(3)),
        tensor("scale", "float32", [], Float32Array.of(0.1)),
        tensor("s", "float32", [], Float32Array.of(0.1)),
        tensor("z", "int8", [], new Int8Array(1)),
        weight("v", [4, 3]),
      ],
    }),
  );
  const { fixed, parameters } = describe(bytes);
  expect(parameters.map(({ name }) => name)).toEqual(["v"]);
  const quantized = fixed.filter(({ reason }) => reason === "quantized (int8)");
  expect(quantized.map(({ name, elements }) => [name, elements])).toEqual([
    ["q", 16],
    ["p", 16],
  ]);
  expect(describe(bytes, { logits: "y8" })).toMatchObject({
    classifier: null,
    noClassifier:
      'the last node before "y8" that is no activation or change of form is QLinearMatMul "the QLinearMatMul of y8", whose weights are quantized',
  });
});

test("nodes in a circle, and chains of ten thousand, are soon described", () => {
  const circle = onnxFile(
    graph({
      nodes: [node("Add", ["x", "b"], ["a"]), node("Relu", ["a"], ["b"]), node("Identity", ["b"], ["y"])],
      inputs: [value("x", "float32", [2, 4])],
      outputs: [value("y")],
    }),
  );
  expect(describe(circle).classifier).toBe(null);
  const names = Array.from({ length: 10_000 }, (_, i) => `v${i}`);
  const chain = onnxFile(
    graph({
      nodes: names
        .map((name, i) => node("Identity", [i === 0 ? "w" : `v${i - 1}`], [name]))
        .concat(node("MatMul", ["x", "v9999"], ["y"])),
      inputs: [value("x", "float32", [2, 4])],
      outputs: [value("y")],
      tensors: [weight("w", [4, 3])],
    }),
  );
  expect(describe(chain).classifier?.classes).toBe(3);
});

test.each<[string, Uint8Array, string]>([
  ["nothing", new Uint8Array(), "decodeModel: bytes must be an ONNX model, got one without a graph"],
  [
    "noise",
    Uint8Array.from({ length: 99 }, (_, i) => (i * 37) % 256),
    "decodeModel: bytes must be a complete ONNX model, got 99 bytes that are not",
  ],
])("refuses %s", (_, bytes, message) => {
  expect(() => describe(bytes)).toThrow(new RangeError(message));
});

test("sizes that lie are numbers like others, until data are read", () => {
  const bytes = onnxFile(
    graph({
      nodes: [node("Gemm", ["x", "w"], ["y"])],
      inputs: [value("x", "float32", [2, 4])],
      outputs: [value("y")],
      tensors: [tensor("w", "float32", [4, 2 ** 40], new Float32Array(3))],
    }),
  );
  expect(() => trainable(bytes, { classes: 3 })).not.toThrow(/heap|allocation|Invalid/);
  expect(() => trainable(bytes)).toThrow(
    new RangeError(
      'decodeModel: tensor "w" must have data that fills shape [4, 1099511627776], got 3 elements',
    ),
  );
});
