/** Operator attributes in ONNX's encoding. */
import { create } from "@bufbuild/protobuf";
import { getTextEncoding } from "@bufbuild/protobuf/wire";
import type { Attribute } from "../graph/graph.ts";
import { toInt64 } from "../graph/tensor.ts";
import { type AttributeProto, AttributeProtoSchema } from "./generated/onnx_pb.ts";
import { tensorFromProto, tensorToProto } from "./tensor-proto.ts";

const { encodeUtf8, decodeUtf8 } = getTextEncoding();

/** ONNX's numbers for attribute types. */
const types = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7, strings: 8 } as const;

/** ONNX's numbers for a graph and graphs. */
export const subgraphTypes: readonly number[] = [5, 10];

/** Encodes an attribute. */
export function attributeToProto(name: string, attribute: Attribute): AttributeProto {
  return create(AttributeProtoSchema, { name, type: types[attribute.type], ...payload(attribute) });
}

function payload(attribute: Attribute) {
  switch (attribute.type) {
    case "int":
      return { i: toInt64(attribute.value) };
    case "float":
      return { f: attribute.value };
    case "string":
      return { s: encodeUtf8(attribute.value) };
    case "ints":
      return { ints: attribute.value.map(toInt64) };
    case "floats":
      return { floats: [...attribute.value] };
    case "strings":
      return { strings: attribute.value.map((value) => encodeUtf8(value)) };
    case "tensor":
      return { t: tensorToProto(attribute.value, "") };
  }
}

/**
 * Decodes an attribute.
 *
 * @param owner - Operator and node, for messages.
 * @throws RangeError if it holds a graph or another kind that graphs do not use.
 */
export function attributeFromProto(proto: AttributeProto, owner: string): Attribute {
  switch (proto.type) {
    case types.int:
      return { type: "int", value: Number(proto.i) };
    case types.float:
      return { type: "float", value: proto.f };
    case types.string:
      return { type: "string", value: decodeUtf8(proto.s) };
    case types.ints:
      return { type: "ints", value: proto.ints.map(Number) };
    case types.floats:
      return { type: "floats", value: proto.floats };
    case types.strings:
      return { type: "strings", value: proto.strings.map((value) => decodeUtf8(value)) };
    case types.tensor:
      if (proto.t) {
        return {
          type: "tensor",
          value: tensorFromProto(proto.t, `${owner}: tensor in attribute ${proto.name}`),
        };
      }
  }
  if (subgraphTypes.includes(proto.type)) {
    throw new RangeError(
      `${owner}: operators must have no subgraphs, got one in attribute ${proto.name}; export the model without branches and loops, or name logits before the node`,
    );
  }
  throw new RangeError(
    `${owner}: type of attribute ${proto.name} must be one of ${Object.keys(types).join(", ")}, got number ${proto.type}`,
  );
}
