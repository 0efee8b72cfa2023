/** Models of float16 numbers: trained as float32, written back as they were. */
import { fromBinary } from "@bufbuild/protobuf";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { ModelProtoSchema, type TensorProto } from "../onnx/generated/onnx_pb.ts";
import { fromHalf, toHalf } from "../onnx/half.ts";
import { graph, node, onnxFile, tensor, value } from "../onnx/onnx-file.fixture.ts";
import { trainable } from "../trainable.ts";
import { describe as describeModel } from "./description/describe.ts";

const halves = (name: string, dims: readonly number[]) =>
  tensor(
    name,
    "float16",
    dims,
    Uint16Array.from({ length: dims.reduce((product, size) => product * size, 1) }, (_, i) =>
      toHalf(0.1 + 0.3 * Math.sin(i + name.length)),
    ),
  );

/** Casts around layers of float16, as converters write them. */
const casts = onnxFile(
  graph({
    nodes: [
      node("Cast", ["x"], ["x16"], { to: 10 }),
      node("Gemm", ["x16", "w", "b"], ["h"]),
      node("Relu", ["h"], ["r"]),
      node("Gemm", ["r", "v", "c"], ["z"]),
      node("Softmax", ["z"], ["p"], { axis: 1 }),
      node("Cast", ["p"], ["y"], { to: 1 }),
    ],
    inputs: [value("x", "float32", ["n", 4])],
    outputs: [value("y", "float32", ["n", 5])],
    tensors: [halves("w", [4, 6]), halves("b", [6]), halves("v", [6, 5]), halves("c", [5])],
  }),
);
/** float16 from input to output. */
const throughout = onnxFile(
  graph({
    nodes: [
      node("Gemm", ["x", "w", "b"], ["h"]),
      node("Relu", ["h"], ["r"]),
      node("Gemm", ["r", "v", "c"], ["y"]),
    ],
    inputs: [value("x", "float16", ["n", 4])],
    outputs: [value("y", "float16", ["n", 5])],
    tensors: [halves("w", [4, 6]), halves("b", [6]), halves("v", [6, 5]), halves("c", [5])],
  }),
);

const tensorsIn = (bytes: Uint8Array) =>
  new Map(
    fromBinary(ModelProtoSchema, bytes).graph?.initializer.map((one): [string, TensorProto] => [
      one.name,
      one,
    ]),
  );
const bits = (proto: TensorProto | undefined) => new Uint16Array(proto?.rawData.slice().buffer ?? []);

describe.each([
  ["between casts", casts, "z"],
  ["throughout", throughout, "y"],
] as const)("float16 %s", (_, bytes, logits) => {
  test("is trained as float32 and written as float16, all else as it was", () => {
    const model = trainable(bytes, { batchSize: 2, logits });
    expect(model.parameters.map(({ name }) => name)).toEqual(["w", "b", "v", "c"]);
    expect(model.step.graph.inputs.every(({ dtype }) => dtype === "float32")).toBe(true);
    const before = tensorsIn(bytes);
    for (const { name, data } of model.parameters) {
      expect([...data]).toEqual([...bits(before.get(name))].map(fromHalf));
    }
    expect(model.save()).toEqual(bytes);
    const [weight] = model.parameters;
    weight?.data.fill(1 / 3);
    const saved = fromBinary(ModelProtoSchema, model.save());
    const original = fromBinary(ModelProtoSchema, bytes);
    const after = new Map(saved.graph?.initializer.map((one) => [one.name, one]));
    expect(after.get("w")?.dataType).toBe(10);
    expect(new Set(bits(after.get("w")))).toEqual(new Set([toHalf(1 / 3)]));
    expect(after.get("v")).toEqual(before.get("v"));
    expect(saved.graph?.node).toEqual(original.graph?.node);
    expect(saved.graph?.input).toEqual(original.graph?.input);
    expect(saved.graph?.output).toEqual(original.graph?.output);
  });

  test("gets a head of float16", () => {
    const model = trainable(bytes, { batchSize: 2, classes: 3 });
    expect(model.logits).toBe(logits);
    const head = tensorsIn(model.save()).get("v");
    expect([head?.dataType, head?.dims.map(Number)]).toEqual([10, [6, 3]]);
    const data = model.parameters.find(({ name }) => name === "v")?.data ?? new Float32Array();
    expect([...bits(head)].map(fromHalf)).toEqual([...data]);
    expect(describeModel(model.save()).classifier?.classes).toBe(3);
    expect(describeModel(bytes).parameters.map(({ name, dtype }) => [name, dtype])).toContainEqual([
      "v",
      "float16",
    ]);
  });
});

test("the engine runs what is written", async () => {
  const model = trainable(casts, { batchSize: 2, classes: 3 });
  const session = await InferenceSession.create(model.save(), { logSeverityLevel: 3 });
  const { y } = await session.run({ x: new OrtTensor("float32", new Float32Array(8).fill(0.5), [2, 4]) });
  expect(y?.dims).toEqual([2, 3]);
  const [a = 0, b = 0, c = 0] = (y?.data ?? []) as Float32Array;
  expect(a + b + c).toBeCloseTo(1, 2);
});

test("what is frozen keeps its type: a float32 head over float16 layers", () => {
  const mixed = onnxFile(
    graph({
      nodes: [
        node("Cast", ["x"], ["x16"], { to: 10 }),
        node("Gemm", ["x16", "w", "b"], ["h"]),
        node("Cast", ["h"], ["f"], { to: 1 }),
        node("Gemm", ["f", "v"], ["y"]),
      ],
      inputs: [value("x", "float32", [2, 4])],
      outputs: [value("y")],
      tensors: [
        halves("w", [4, 6]),
        halves("b", [6]),
        tensor("v", "float32", [6, 5], new Float32Array(30).fill(0.1)),
      ],
    }),
  );
  const values = { f: { dtype: "float32" as const, shape: [2, 6], data: new Float32Array(12) } };
  const head = trainable(mixed, { classes: 3, frozenValues: values });
  expect(head.parameters.map(({ name }) => name)).toEqual(["v"]);
  expect(head.frozen?.outputs).toEqual(["f"]);
  // Named, it is trained.
  expect(trainable(mixed, { train: ["*"] }).parameters.map(({ name }) => name)).toEqual(["w", "b", "v"]);
});

test("data that do not fill a shape are refused", () => {
  const short = onnxFile(
    graph({
      nodes: [node("Gemm", ["x", "w"], ["y"])],
      inputs: [value("x", "float16", [2, 4])],
      outputs: [value("y")],
      tensors: [tensor("w", "float16", [4, 6], new Uint16Array(5))],
    }),
  );
  expect(() => trainable(short)).toThrow(
    new RangeError('decodeModel: tensor "w" must have data that fills shape [4, 6], got 5 elements'),
  );
});
