/** Values that the graphs inside of a node read from outside, as the branches of If and the body of Loop do. */
import { fromBinary } from "@bufbuild/protobuf";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { type GraphProto, GraphProtoSchema, type NodeProto } from "./generated/onnx_pb.ts";

/** Numbers of AttributeProto's fields that hold a graph and graphs. */
const graphFields: readonly number[] = [6, 11];

/** Names of the values that a node's graphs, and the graphs in these, read and do not define. */
export function capturedNames({ attribute }: NodeProto): string[] {
  return attribute.flatMap(({ $unknown = [] }) =>
    $unknown
      .filter(({ no }) => graphFields.includes(no))
      .flatMap(({ data }) => freeNames(fromBinary(GraphProtoSchema, new BinaryReader(data).bytes()))),
  );
}

function freeNames({ node, input, output, initializer }: GraphProto): string[] {
  const defined = new Set([...input, ...initializer].map(({ name }) => name));
  for (const inside of node) for (const name of inside.output) defined.add(name);
  const read = node.flatMap((inside) => [...inside.input, ...capturedNames(inside)]);
  return [...read, ...output.map(({ name }) => name)].filter((name) => name !== "" && !defined.has(name));
}
