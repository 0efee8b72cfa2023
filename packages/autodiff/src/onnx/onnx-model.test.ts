import fc from "fast-check";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { float, floats, int, ints, tensor, text } from "../graph/attributes.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Attribute, Graph } from "../graph/graph.ts";
import { float32, int64 } from "../graph/tensor.ts";
import { bakeInitializers } from "../passes/bake-initializers.ts";
import { decodeModel } from "./decode-model.ts";
import { encodeModel } from "./encode-model.ts";

/** y = relu(x w + b), w an input, b a constant. */
function linear(): Graph {
  const builder = new GraphBuilder("linear");
  const x = builder.input("x", "float32", [2, 3]);
  const w = builder.input("w", "float32", [3, 2]);
  const b = builder.constant(float32([2], [1, -100]));
  builder.output(builder.op("Relu", [builder.op("Gemm", [x, w, b], { alpha: float(1) })]), "y");
  return builder.build();
}

test("decodes what it encoded, byte for byte", () => {
  const bytes = encodeModel(linear(), {
    metadata: { mean: "0.5" },
    producerName: "test",
    producerVersion: "1",
  });
  const model = decodeModel(bytes);
  expect(model).toMatchObject({ metadata: { mean: "0.5" }, producerName: "test", producerVersion: "1" });
  expect(model.graph).toEqual(linear());
  const { graph, ...options } = model;
  expect(encodeModel(graph, options)).toEqual(bytes);
});

test("reads a Node Buffer like any other bytes", () => {
  const bytes = encodeModel(linear());
  const padded = Buffer.concat([Buffer.from("before"), bytes, Buffer.from("after")]);
  expect(decodeModel(padded.subarray(6, 6 + bytes.length)).graph).toEqual(linear());
});

test("keeps attributes of every type", () => {
  const attribute = fc.oneof<fc.Arbitrary<Attribute>[]>(
    fc.maxSafeInteger().map(int),
    fc.float({ noNaN: true }).map(float),
    fc.array(fc.integer()).map((values) => ints(...values)),
    fc.array(fc.float({ noNaN: true })).map((values) => floats(...values)),
    fc.string({ unit: "grapheme" }).map(text),
    fc.array(fc.string()).map((value) => ({ type: "strings", value })),
    fc.array(fc.maxSafeInteger()).map((values) => tensor(int64([values.length], values))),
  );
  // Names with a meaning must have the right type.
  const name = fc.string().map((letters) => `${letters}?`);
  fc.assert(
    fc.property(fc.dictionary(name, attribute, { noNullPrototype: true }), (attributes) => {
      const builder = new GraphBuilder("attributes");
      builder.output(builder.op("Relu", [builder.input("x", "float32", [1])], attributes), "y");
      const graph = builder.build();
      expect(decodeModel(encodeModel(graph)).graph).toEqual(graph);
    }),
  );
});

test("writes models that ONNX Runtime loads, with baked weights and any batch size", async () => {
  const graph = bakeInitializers(linear(), new Map([["w", float32([3, 2], [1, 2, 3, 4, 5, 6])]]));
  const session = await InferenceSession.create(encodeModel(graph, { batchSymbol: "batch" }));
  expect(session.inputNames).toEqual(["x"]);
  const { y } = await session.run({ x: new OrtTensor("float32", [1, 1, 1], [1, 3]) });
  expect(y?.data).toEqual(Float32Array.of(10, 0));
});

test("binds symbolic dimensions", () => {
  const baked = bakeInitializers(linear(), new Map([["w", float32([3, 2], [1, 2, 3, 4, 5, 6])]]));
  const bytes = encodeModel(baked, { batchSymbol: "batch" });
  expect(decodeModel(bytes, { dimensions: { batch: 7 } }).graph.outputs[0]?.shape).toEqual([7, 2]);
  expect(() => decodeModel(bytes)).toThrow(
    new RangeError(
      'decodeModel: dimension 0 of input "x" must have a size, got "batch"; give it in dimensions or the whole shape in inputs',
    ),
  );
});

test("answers every truncation of a model with an error or a smaller model", () => {
  const bytes = encodeModel(linear(), { metadata: { key: "value" } });
  for (let length = 0; length < bytes.length; length++) expectDecodedOrRangeError(bytes.subarray(0, length));
});

test("answers damaged and random bytes with an error or a model", () => {
  const bytes = encodeModel(linear());
  const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(damage, (changes) => {
      const damaged = bytes.slice();
      for (const [at, byte] of changes) damaged[at] = byte;
      expectDecodedOrRangeError(damaged);
    }),
    { numRuns: 2000 },
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), expectDecodedOrRangeError));
});

test("rejects a tensor that claims more elements than it has", () => {
  const huge = { dtype: "float32", shape: [2 ** 40, 2 ** 10], data: Float32Array.of(1) } as const;
  const graph = { ...linear(), initializers: new Map([["constant_0", huge]]) };
  expect(() => decodeModel(encodeModel(graph))).toThrow(
    new RangeError(
      'decodeModel: tensor "constant_0" must have data that fills shape [1099511627776, 1024], got 1 elements',
    ),
  );
});

test.each<[string, unknown, string]>([
  ["an ArrayBuffer", new ArrayBuffer(4), "ArrayBuffer"],
  ["a path", "model.onnx", "string"],
  ["nothing", undefined, "undefined"],
])("rejects %s for bytes", (_, bytes, got) => {
  expect(() => decodeModel(bytes as Uint8Array)).toThrow(
    new TypeError(
      `decodeModel: bytes must be a Uint8Array, got ${got}; wrap an ArrayBuffer with new Uint8Array(buffer), read a file first`,
    ),
  );
});

test("rejects bytes that are no model", () => {
  expect(() => decodeModel(Uint8Array.of(0xff, 1, 2))).toThrow(
    new RangeError("decodeModel: bytes must be a complete ONNX model, got 3 bytes that are not"),
  );
  expect(() => decodeModel(new Uint8Array())).toThrow(
    new RangeError("decodeModel: bytes must be an ONNX model, got one without a graph"),
  );
  expect(() => decodeModel(encodeModel({ ...linear(), opset: 6 }))).toThrow(
    new RangeError("decodeModel: opset must be in [7, 21], got 6; convert the model first"),
  );
});

function expectDecodedOrRangeError(bytes: Uint8Array): void {
  try {
    expect(decodeModel(bytes).graph.outputs.length).toBeGreaterThan(0);
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
  }
}

const one = (shape: readonly number[]) => ({ dtype: "float32" as const, shape });
test.each([
  ["Conv over one dimension", "Conv", one([2, 3, 9]), [4, 3, 2], { strides: ints(2), pads: ints(1, 0) }],
  ["Conv over one dimension, same size", "Conv", one([2, 3, 9]), [4, 3, 2], { auto_pad: text("SAME_UPPER") }],
  [
    "ConvTranspose over one dimension",
    "ConvTranspose",
    one([2, 3, 5]),
    [3, 2, 3],
    { strides: ints(2), output_padding: ints(1) },
  ],
  [
    "MaxPool over one dimension",
    "MaxPool",
    one([2, 3, 9]),
    null,
    { kernel_shape: ints(3), strides: ints(2) },
  ],
  [
    "AveragePool over one dimension",
    "AveragePool",
    one([2, 3, 9]),
    null,
    { kernel_shape: ints(2), pads: ints(1, 1) },
  ],
  [
    "ConvTranspose to a given size",
    "ConvTranspose",
    one([1, 2, 4, 5]),
    [2, 3, 3, 3],
    { strides: ints(2, 2), output_shape: ints(7, 10) },
  ],
  [
    "ConvTranspose to a given size, padded at the end",
    "ConvTranspose",
    one([1, 2, 4, 5]),
    [2, 3, 4, 4],
    { strides: ints(2, 2), output_shape: ints(7, 9), auto_pad: text("SAME_UPPER") },
  ],
] as const)("rewrites %s without a change of its numbers", async (_, op, { shape }, weight, attributes) => {
  const ramp = (dims: readonly number[]) => {
    const count = dims.reduce((product, length) => product * length, 1);
    return Float32Array.from({ length: count }, (_, at) => Math.sin(at));
  };
  const value = { name: "x", dtype: "float32", shape } as const;
  const bytes = encodeModel({
    name: "window",
    opset: 17,
    inputs: [value],
    // Its shape is not known here.
    outputs: [{ name: "y", dtype: "float32", shape: [] }],
    nodes: [{ name: op, op, domain: "", inputs: weight ? ["x", "w"] : ["x"], outputs: ["y"], attributes }],
    initializers: weight ? new Map([["w", float32(weight, ramp(weight))]]) : new Map(),
    values: new Map([["x", value]]),
  });
  const run = async (model: Uint8Array) => {
    const session = await InferenceSession.create(model, { logSeverityLevel: 4 });
    const { y } = await session.run({ x: new OrtTensor("float32", ramp(shape), shape) });
    return { dims: y?.dims, data: Array.from(y?.data as Float32Array) };
  };
  const { graph } = decodeModel(bytes);
  const [theirs, ours] = [await run(bytes), await run(encodeModel(graph))];
  expect(ours.dims).toEqual(theirs.dims);
  expect(graph.outputs[0]?.shape).toEqual(theirs.dims);
  for (const [index, expected] of theirs.data.entries()) expect(ours.data[index]).toBeCloseTo(expected, 5);
});
