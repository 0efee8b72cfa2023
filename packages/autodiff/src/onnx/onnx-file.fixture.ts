/** Writes ONNX files of any operator, graphs in attributes and local functions included. */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import {
  type AttributeProto,
  AttributeProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "./generated/onnx_pb.ts";

/** ONNX's numbers for element types. */
export const dtype = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9, float16: 10 } as const;

/** Attributes: an integer, a list of integers, a text, a float as `{ f }`, a graph. */
export type AttributeValue = number | readonly number[] | string | { readonly f: number } | GraphProto;

/** One node. */
export function node(
  opType: string,
  input: readonly string[],
  output: readonly string[],
  attributes: Readonly<Record<string, AttributeValue>> = {},
  domain = "",
): NodeProto {
  return create(NodeProtoSchema, {
    opType,
    name: `the ${opType} of ${output[0]}`,
    input: [...input],
    output: [...output],
    domain,
    attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
  });
}

function attribute(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === "number") return create(AttributeProtoSchema, { name, type: 2, i: BigInt(value) });
  if (typeof value === "string") {
    return create(AttributeProtoSchema, { name, type: 3, s: new TextEncoder().encode(value) });
  }
  if (Array.isArray(value)) return create(AttributeProtoSchema, { name, type: 7, ints: value.map(BigInt) });
  if ("f" in value) return create(AttributeProtoSchema, { name, type: 1, f: value.f });
  if (!("$typeName" in value)) throw new TypeError(`attribute ${name}`);
  const proto = create(AttributeProtoSchema, { name, type: 5 });
  proto.$unknown = [message(6, toBinary(GraphProtoSchema, value))];
  return proto;
}

/** A field that the schema leaves out. */
function message(no: number, bytes: Uint8Array) {
  return { no, wireType: WireType.LengthDelimited, data: new BinaryWriter().bytes(bytes).finish() };
}

/** A tensor whose elements are given as the bytes of a typed array. */
export function tensor(
  name: string,
  type: keyof typeof dtype,
  dims: readonly number[],
  data: ArrayBufferView,
) {
  return create(TensorProtoSchema, {
    name,
    dims: dims.map(BigInt),
    dataType: dtype[type],
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  });
}

/** A graph input or output; texts are symbolic dimensions, no dimensions stand for an unknown type. */
export function value(
  name: string,
  type: keyof typeof dtype = "float32",
  dims?: readonly (number | string)[],
): ValueInfoProto {
  if (!dims) return create(ValueInfoProtoSchema, { name });
  const dim = dims.map((size) => ({
    value:
      typeof size === "number"
        ? { case: "dimValue" as const, value: BigInt(size) }
        : { case: "dimParam" as const, value: size },
  }));
  const tensorType = { elemType: dtype[type], shape: { dim } };
  return create(ValueInfoProtoSchema, { name, type: { value: { case: "tensorType", value: tensorType } } });
}

/** A graph. */
export function graph(parts: {
  readonly nodes: readonly NodeProto[];
  readonly inputs?: readonly ValueInfoProto[];
  readonly outputs: readonly ValueInfoProto[];
  readonly tensors?: readonly TensorProto[];
}): GraphProto {
  return create(GraphProtoSchema, {
    name: "of somebody else",
    node: [...parts.nodes],
    input: [...(parts.inputs ?? [])],
    output: [...parts.outputs],
    initializer: [...(parts.tensors ?? [])],
  });
}

/** A function of a file. */
export interface LocalFunction {
  readonly name: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly NodeProto[];
}

function functionBytes({ name, domain, inputs, outputs, nodes }: LocalFunction): Uint8Array {
  const writer = new BinaryWriter();
  const text = (no: number, given: string) => writer.tag(no, WireType.LengthDelimited).string(given);
  const bytes = (no: number, given: Uint8Array) => writer.tag(no, WireType.LengthDelimited).bytes(given);
  text(1, name);
  for (const input of inputs) text(4, input);
  for (const output of outputs) text(5, output);
  for (const inside of nodes) bytes(7, toBinary(NodeProtoSchema, inside));
  bytes(
    9,
    toBinary(OperatorSetIdProtoSchema, create(OperatorSetIdProtoSchema, { domain: "", version: 17n })),
  );
  text(10, domain);
  return writer.finish();
}

/** A file. */
export function onnxFile(
  main: GraphProto,
  {
    opsets = { "": 17 },
    functions = [],
  }: {
    readonly opsets?: Readonly<Record<string, number>>;
    readonly functions?: readonly LocalFunction[];
  } = {},
): Uint8Array {
  const model = create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: Object.entries(opsets).map(([domain, version]) => ({ domain, version: BigInt(version) })),
    graph: main,
  });
  if (functions.length > 0) model.$unknown = functions.map((given) => message(25, functionBytes(given)));
  return toBinary(ModelProtoSchema, model);
}

/** The bytes of a file without the numbers of some initializers. */
export function withoutNumbers(bytes: Uint8Array, names: readonly string[]): Uint8Array {
  const model = fromBinary(ModelProtoSchema, bytes);
  for (const given of model.graph?.initializer ?? []) {
    if (names.includes(given.name)) given.rawData = new Uint8Array();
  }
  return toBinary(ModelProtoSchema, model);
}

/** A file that holds some of its float32 initializers as float16, cut to their precision, and casts them when it runs. */
export function storedAsHalves(bytes: Uint8Array, fits: (name: string) => boolean): Uint8Array {
  return changedWeights(bytes, fits, (given) => {
    const { name, rawData } = given;
    given.name = `${name}/half`;
    given.dataType = dtype.float16;
    given.rawData = new Uint8Array(halves(rawData).buffer);
    return [node("Cast", [given.name], [name], { to: dtype.float32 })];
  });
}

/** The same numbers as {@link storedAsHalves}, stored as float32. */
export function cutToHalves(bytes: Uint8Array, fits: (name: string) => boolean): Uint8Array {
  return changedWeights(bytes, fits, (given) => {
    const floats = Uint32Array.from(halves(given.rawData), (half) =>
      half === 0 ? 0 : ((half & 0x8000) << 16) | (((half & 0x7fff) + (112 << 10)) << 13),
    );
    given.rawData = new Uint8Array(floats.buffer);
    return [];
  });
}

function changedWeights(
  bytes: Uint8Array,
  fits: (name: string) => boolean,
  change: (tensor: TensorProto) => NodeProto[],
): Uint8Array {
  const model = fromBinary(ModelProtoSchema, bytes);
  if (!model.graph) return bytes;
  model.graph.input = model.graph.input.filter(({ name }) => !fits(name));
  model.graph.node.unshift(...model.graph.initializer.filter(({ name }) => fits(name)).flatMap(change));
  return toBinary(ModelProtoSchema, model);
}

/** The float16 below each float32 in size; 0 where it is too small for one. */
function halves(bytes: Uint8Array): Uint16Array {
  const words = new Uint32Array(bytes.slice().buffer);
  return Uint16Array.from(words, (word) => {
    const size = ((word & 0x7fffffff) >>> 13) - (112 << 10);
    return size < 1 << 10 ? 0 : ((word >>> 16) & 0x8000) | size;
  });
}
