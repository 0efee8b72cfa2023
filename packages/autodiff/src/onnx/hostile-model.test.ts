/** Models made to hurt: what they may get is an error that names node, operator and cure, soon and in little memory. */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { trainable } from "../trainable.ts";
import { decodeModel } from "./decode-model.ts";
import {
  type AttributeProto,
  AttributeProtoSchema,
  type GraphProto,
  ModelProtoSchema,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
} from "./generated/onnx_pb.ts";

const attribute = (name: string, value: number | string | readonly number[]): AttributeProto =>
  create(
    AttributeProtoSchema,
    typeof value === "number"
      ? { name, type: 2, i: BigInt(value) }
      : typeof value === "string"
        ? { name, type: 3, s: new TextEncoder().encode(value) }
        : { name, type: 7, ints: value.map(BigInt) },
  );
const node = (
  opType: string,
  input: readonly string[],
  output: readonly string[],
  attributes: readonly AttributeProto[] = [],
) =>
  create(NodeProtoSchema, {
    opType,
    name: `the ${opType}`,
    input: [...input],
    output: [...output],
    attribute: [...attributes],
  });
const integers = (name: string, ...values: readonly number[]): TensorProto =>
  create(TensorProtoSchema, {
    name,
    dims: [BigInt(values.length)],
    dataType: 7,
    int64Data: values.map(BigInt),
  });
const floats = (name: string, dims: readonly number[]): TensorProto =>
  create(TensorProtoSchema, {
    name,
    dims: dims.map(BigInt),
    dataType: 1,
    rawData: new Uint8Array(4 * dims.reduce((product, size) => product * size, 1)),
  });

/** y = flat(nodes(x * w)): input x [2, 3, 8, 8], a weight w per channel; `nodes` lead from "in" to "out". */
function model(
  nodes: readonly ReturnType<typeof node>[],
  constants: readonly TensorProto[] = [],
  opset = 17,
): Uint8Array {
  const dims = [2, 3, 8, 8].map((size) => ({
    value: { case: "dimValue" as const, value: BigInt(size) },
  }));
  const tensorType = { elemType: 1, shape: { dim: dims } };
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [{ domain: "", version: BigInt(opset) }],
      graph: {
        name: "hostile",
        input: [{ name: "x", type: { value: { case: "tensorType", value: tensorType } } }],
        output: [{ name: "y" }],
        initializer: [floats("w", [3, 1, 1]), integers("flat", 1, -1), ...constants],
        node: [node("Mul", ["x", "w"], ["in"]), ...nodes, node("Reshape", ["out", "flat"], ["y"])],
      },
    }),
  );
}

const times = <T>(count: number, of: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => of(index));

const beyond = "output must have at most 64 dimensions, integers >= 0, and less than 2^53 elements, got";
test.each<[string, Uint8Array, string]>([
  [
    "an operator named after what every object has",
    model([node("constructor", ["in"], ["out"])]),
    'constructor "the constructor": op must be one whose shapes can be inferred, got "constructor"; leave its node out of the model',
  ],
  [
    "an operator of another domain under a known name",
    model([create(NodeProtoSchema, { opType: "Relu", domain: "evil", input: ["in"], output: ["out"] })]),
    'Relu "Relu_0": op must be one whose shapes can be inferred, got "evil.Relu"; leave its node out of the model',
  ],
  [
    "a branch",
    model([node("If", ["in"], ["out"], [create(AttributeProtoSchema, { name: "then_branch", type: 5 })])]),
    'If "the If": operators must have no subgraphs, got one in attribute then_branch; export the model without branches and loops, or name logits before the node',
  ],
  [
    "a node that reads what comes later",
    model([node("Add", ["in", "later"], ["out"]), node("Relu", ["out"], ["later"])]),
    'Add "the Add": input 1 must be a graph input, a constant or an output of an earlier node, got "later"',
  ],
  [
    "two values of one name",
    model([node("Relu", ["in"], ["in"]), node("Relu", ["in"], ["out"])]),
    'Relu "the Relu": names of outputs must be unique in the graph, got "in"',
  ],
  [
    "a node without inputs",
    model([node("Relu", [], ["out"])]),
    'Relu "the Relu": input 0 must be given, got none',
  ],
  [
    "a window without inputs",
    model([node("Conv", [], ["out"], [attribute("auto_pad", "SAME_UPPER")])]),
    'Conv "the Conv": input 0 must be given, got none',
  ],
  [
    "padding to billions of pixels, repeated from the edge",
    model(
      [node("Pad", ["in", "to"], ["out"], [attribute("mode", "edge")])],
      [integers("to", 0, 0, 0, 0, 0, 0, 0, 1e9)],
    ),
    'Pad "the Pad": the gradient must need constants of at most 67108864 elements, got 8000000064; freeze what lies before it',
  ],
  [
    "an interpolation to billions of pixels",
    model(
      [node("Resize", ["in", "", "", "to"], ["out"], [attribute("mode", "linear")])],
      [integers("to", 2, 3, 8, 1e9)],
    ),
    'Resize "the Resize": the gradient must need constants of at most 67108864 elements, got 8000000000; freeze what lies before it',
  ],
  [
    "more repetitions than numbers can count",
    model([node("Tile", ["in", "to"], ["out"])], [integers("to", 1, 1, 1, 2 ** 52)]),
    `Tile "the Tile": ${beyond} [2, 3, 8, 36028797018963970]`,
  ],
  [
    "negative sizes",
    model([node("Pad", ["in", "to"], ["out"])], [integers("to", 0, 0, 0, 0, 0, 0, 0, -9)]),
    `Pad "the Pad": ${beyond} [2, 3, 8, -1]`,
  ],
  [
    "a pooling window of billions of pixels",
    model([
      node(
        "AveragePool",
        ["in"],
        ["out"],
        [attribute("kernel_shape", [1e5, 1e5]), attribute("pads", [1e5, 1e5, 1e5, 1e5])],
      ),
    ]),
    'AveragePool "the AveragePool": the gradient must need constants of at most 67108864 elements, got 10000000000; freeze what lies before it',
  ],
  [
    "a stride of 0",
    model([
      node("MaxPool", ["in"], ["out"], [attribute("kernel_shape", [2, 2]), attribute("strides", [0, 0])]),
    ]),
    'MaxPool "the MaxPool": attribute strides must be integers >= 1, got [0, 0]',
  ],
  [
    "a window of one dimension",
    model([node("MaxPool", ["in"], ["out"], [attribute("kernel_shape", [2])])]),
    'MaxPool "the MaxPool": attribute kernel_shape must have 2 entries, got [2]',
  ],
  [
    "pooling indices in another order",
    model([
      node("MaxPool", ["in"], ["out"], [attribute("kernel_shape", [2, 2]), attribute("storage_order", 1)]),
    ]),
    'MaxPool "the MaxPool": attribute storage_order must be 0, got 1; leave it out',
  ],
  [
    "an attribute of another type",
    model([node("Softmax", ["in"], ["out"], [attribute("axis", "last")])]),
    'Softmax "the Softmax": attribute axis must be int, got string',
  ],
  [
    "an unknown padding",
    model([
      node(
        "MaxPool",
        ["in"],
        ["out"],
        [attribute("kernel_shape", [2, 2]), attribute("auto_pad", "constructor")],
      ),
    ]),
    'MaxPool "the MaxPool": attribute auto_pad must be NOTSET, SAME_UPPER, SAME_LOWER or VALID, got "constructor"',
  ],
  [
    "an unknown border",
    model(
      [node("Pad", ["in", "to"], ["out"], [attribute("mode", "constructor")])],
      [integers("to", 0, 0, 0, 0, 0, 0, 0, 1)],
    ),
    'Pad "the Pad": mode must be one of constant, edge, reflect, wrap, got "constructor"',
  ],
  [
    "billions of parts",
    model([node("Split", ["in"], ["out"], [attribute("num_outputs", 2 ** 40)])], [], 18),
    'Split "the Split": num_outputs must be 1, as many as there are, got 1099511627776',
  ],
  [
    "dimensions without end",
    model(
      times(70, (i) => node("Unsqueeze", [i === 0 ? "in" : `u${i}`, "to"], [i === 69 ? "out" : `u${i + 1}`])),
      [integers("to", 0)],
    ),
    `Unsqueeze "Unsqueeze_59": ${beyond} [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, ... 65 in all]`,
  ],
  [
    "a shape of a hundred thousand dimensions",
    model([node("Expand", ["in", "to"], ["out"])], [integers("to", ...times(100_000, () => 1))]),
    'Expand "the Expand": input 1 must be a list of at most 65536 integers, got shape [100000]',
  ],
  [
    "integers and floating-point numbers in one sum",
    model([node("Add", ["in", "flat"], ["out"])]),
    'Add "the Add": inputs must have one element type, got float32 and int64; cast one of them',
  ],
  [
    "half precision",
    model(
      [node("Mul", ["in", "half"], ["out"])],
      [create(TensorProtoSchema, { name: "half", dims: [1n], dataType: 10, rawData: new Uint8Array(2) })],
    ),
    'decodeModel: tensor "half" must have one of the element types float32, uint8, int8, int32, int64, bool, float64, got float16; convert the model to float32',
  ],
  [
    "text as numbers",
    model(
      [node("Mul", ["in", "text"], ["out"])],
      [create(TensorProtoSchema, { name: "text", dims: [1n], dataType: 8 })],
    ),
    'decodeModel: tensor "text" must have one of the element types float32, uint8, int8, int32, int64, bool, float64, got string; convert the model to float32',
  ],
  [
    "weights in another file",
    model(
      [node("Mul", ["in", "far"], ["out"])],
      [create(TensorProtoSchema, { name: "far", dims: [1n], dataType: 1, dataLocation: 1 })],
    ),
    'decodeModel: tensor "far" must be stored in the model, got data in another file; save the model as one file',
  ],
  [
    "dimensions whose product wraps around",
    model(
      [node("Mul", ["in", "big"], ["out"])],
      [create(TensorProtoSchema, { name: "big", dims: [2n ** 32n, 2n ** 32n], dataType: 1 })],
    ),
    'decodeModel: tensor "big" must have at most 64 dimensions, integers >= 0, and less than 2^53 elements, got [4294967296, 4294967296]',
  ],
])("refuses %s", (_, bytes, message) => {
  expect(() => trainable(bytes, { loss: "binary-cross-entropy" })).toThrow(new RangeError(message));
});

test("names the first weight that is not finite", () => {
  const filters = floats("filters", [3, 1, 1]);
  filters.rawData = new Uint8Array(Float32Array.of(1, 2, Number.NaN).buffer);
  const bytes = model([node("Mul", ["in", "filters"], ["out"])], [filters]);
  expect(() => trainable(bytes, { loss: "binary-cross-entropy" })).toThrow(
    new RangeError('trainable: tensor "filters" must be finite, got NaN at element 2; repair it'),
  );
});

test("refuses millions of empty nodes before it builds them", () => {
  const graph = new Uint8Array(4_000_000).map((_, at) => (at % 2 === 0 ? 0x0a : 0));
  // Field 7, and the length of what follows.
  const header = Uint8Array.of(0x3a, 0x80, 0x92, 0xf4, 0x01);
  const whole = new Uint8Array(header.length + graph.length);
  whole.set(header);
  whole.set(graph, header.length);
  expect(() => decodeModel(whole)).toThrow(
    new RangeError(
      "decodeModel: bytes must hold at most 1048576 fields, got more; split the model or leave out what is not trained",
    ),
  );
});

test("refuses sparse weights", () => {
  const proto = fromBinary(ModelProtoSchema, model([node("Relu", ["in"], ["out"])]));
  if (proto.graph) proto.graph.$unknown = [{ no: 15, wireType: 2, data: Uint8Array.of(0) }];
  expect(() => decodeModel(toBinary(ModelProtoSchema, proto))).toThrow(
    new RangeError("decodeModel: weights must be dense, got a sparse initializer; convert the model first"),
  );
});

test("leaves constants to the engine that would take long to compute", () => {
  const chain = times(2000, (i) => node("Add", [i === 0 ? "big" : `t${i}`, "big"], [`t${i + 1}`]));
  const last = [node("Cast", ["t2000"], ["f"], [attribute("to", 1)]), node("ReduceSum", ["f"], ["s"])];
  const bytes = model(
    [...chain, ...last, node("Mul", ["in", "s"], ["out"])],
    [integers("big", ...times(4096, () => 1))],
  );
  const { nodes } = decodeModel(bytes).graph;
  expect(nodes.filter(({ op }) => op === "Add").length).toBeGreaterThan(1000);
});

test("keeps the names of a file from those that it makes up", () => {
  const bytes = model(
    [
      node("Softmax", ["in"], ["s"], [attribute("axis", 1)]),
      create(NodeProtoSchema, {
        opType: "Reshape",
        name: "Reshape_0",
        input: ["s", "flat"],
        output: ["constant_0"],
      }),
      node("Relu", ["constant_0"], ["out"]),
    ],
    [],
    11,
  );
  expect(decodeModel(bytes).graph.nodes.map(({ op }) => op)).toEqual([
    "Mul",
    "Reshape",
    "Softmax",
    "Reshape",
    "Reshape",
    "Relu",
    "Reshape",
  ]);
});

test("reads a slice to the largest integer as one to the end", () => {
  const slice = node(
    "Slice",
    ["in"],
    ["out"],
    [
      attribute("starts", [1]),
      create(AttributeProtoSchema, { name: "ends", type: 7, ints: [2n ** 63n - 1n] }),
      attribute("axes", [3]),
    ],
  );
  expect(decodeModel(model([slice], [], 9)).graph.outputs[0]?.shape).toEqual([1, 2 * 3 * 8 * 7]);
});

test("what lies behind the logits may be anything", () => {
  const bytes = model([node("Relu", ["in"], ["features"]), node("NonMaxSuppression", ["features"], ["out"])]);
  expect(trainable(bytes, { logits: "features", loss: "binary-cross-entropy" }).parameters).toHaveLength(1);
});

const numbers = [
  0n,
  1n,
  -1n,
  2n,
  7n,
  2n ** 16n,
  2n ** 24n,
  2n ** 31n,
  10n ** 12n,
  2n ** 63n - 1n,
  -(2n ** 63n),
];
const operators = [
  ...[
    "Relu",
    "Conv",
    "ConvTranspose",
    "Tile",
    "Expand",
    "Range",
    "ConstantOfShape",
    "Pad",
    "Resize",
    "Upsample",
  ],
  ...[
    "Reshape",
    "Slice",
    "Split",
    "Gather",
    "Concat",
    "Transpose",
    "Squeeze",
    "Unsqueeze",
    "Shape",
    "Size",
    "If",
  ],
  ...["Softmax", "MaxPool", "AveragePool", "BatchNormalization", "LayerNormalization", "GroupNormalization"],
  ...["LRN", "DepthToSpace", "ReduceSum", "ReduceProd", "MatMul", "Gemm", "Where", "Dropout", "Cast", "Clip"],
  ...["Pow", "Max", "Flatten", "PRelu", "GatherElements", "ScatterND", "toString", "__proto__", ""],
];
const attributes = [
  ...["axis", "axes", "perm", "kernel_shape", "strides", "dilations", "pads", "group", "output_padding"],
  ...[
    "auto_pad",
    "mode",
    "to",
    "value",
    "keepdims",
    "num_outputs",
    "split",
    "blocksize",
    "num_groups",
    "size",
  ],
  ...["starts", "ends", "scales", "alpha", "training_mode", "__proto__"],
];
const base = model(
  [
    node("Conv", ["in", "filters"], ["c"], [attribute("pads", [1, 1, 1, 1])]),
    node("Shape", ["c"], ["shape"]),
    node("Gather", ["shape", "last"], ["size"], [attribute("axis", 0)]),
    node("Concat", ["flat", "size"], ["target"], [attribute("axis", 0)]),
    node("MaxPool", ["c"], ["m"], [attribute("kernel_shape", [2, 2]), attribute("strides", [2, 2])]),
    node("Resize", ["m", "", "", "sizes"], ["r"], [attribute("mode", "linear")]),
    node("Pad", ["r", "border"], ["p"], [attribute("mode", "reflect")]),
    node("Softmax", ["p"], ["out"], [attribute("axis", 1)]),
  ],
  [
    floats("filters", [4, 3, 3, 3]),
    integers("last", -1),
    integers("sizes", 2, 4, 8, 8),
    integers("border", 0, 0, 1, 1, 0, 0, 1, 1),
  ],
);

/** One change to a graph, drawn from a stream of numbers. */
function damage(graph: GraphProto, draw: (count: number) => number): void {
  const pick = <T>(values: readonly T[]): T | undefined => values[draw(values.length)];
  const values = [
    ...graph.input.map(({ name }) => name),
    ...graph.initializer.map(({ name }) => name),
    ...graph.node.flatMap(({ output }) => output),
    ...["", "nowhere"],
  ];
  const some = pick(graph.node);
  const tensor = pick(graph.initializer);
  if (!some || !tensor) return;
  const several = () => times(draw(9), () => pick(numbers) ?? 0n);
  const anything = (name: string) =>
    create(AttributeProtoSchema, {
      name,
      type: draw(12),
      i: pick(numbers) ?? 0n,
      f: pick([0, Number.NaN, Number.POSITIVE_INFINITY, 1e30]) ?? 0,
      s: new TextEncoder().encode(pick(["SAME_UPPER", "cubic", "edge", "constructor", "tanh"]) ?? ""),
      ints: several(),
      t: tensor,
    });
  const changes = [
    () => (some.opType = pick(operators) ?? ""),
    () => (some.input[draw(some.input.length + 1)] = pick(values) ?? ""),
    () => (some.output[draw(some.output.length + 1)] = pick(values) ?? ""),
    () => some.attribute.push(anything(pick(attributes) ?? "")),
    () => some.attribute.splice(draw(3), 1, anything(pick(some.attribute)?.name ?? "axis")),
    () => some.attribute.splice(0),
    () => (some.input.length = draw(some.input.length + 1)),
    () => graph.node.splice(draw(graph.node.length), 1),
    () => graph.node.push(some),
    () => graph.node.reverse(),
    () => (tensor.dims = several()),
    () => (tensor.dataType = draw(20)),
    () => (tensor.name = pick(values) ?? ""),
    () => {
      tensor.dataType = 7;
      tensor.rawData = new Uint8Array();
      tensor.int64Data = several();
      tensor.dims = [BigInt(tensor.int64Data.length)];
    },
  ];
  // A hole in a list of names is no message.
  pick(changes)?.();
  for (const { input, output } of graph.node)
    for (const names of [input, output])
      names.splice(0, names.length, ...Array.from(names, (name) => name ?? ""));
}

test("answers graphs that are damaged at random with a model or an error that says what must be", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.infiniteStream(fc.nat(0xffff)), (changes, stream) => {
      const proto = fromBinary(ModelProtoSchema, base);
      const draw = (count: number) => (count === 0 ? 0 : Number(stream.next().value) % count);
      for (let change = 0; change < changes; change++) if (proto.graph) damage(proto.graph, draw);
      const bytes = toBinary(ModelProtoSchema, proto);
      for (const read of [
        decodeModel,
        (given: Uint8Array) => trainable(given, { loss: "binary-cross-entropy" }),
      ]) {
        try {
          read(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          expect(error instanceof Error ? error.message : "").toMatch(/ must /);
        }
      }
    }),
    { numRuns: 3000 },
  );
});
