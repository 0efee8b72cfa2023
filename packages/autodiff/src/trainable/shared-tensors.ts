/** Tensors of a file that several nodes read: one weight, or several that an exporter made one because they were equal. */
import { create } from "@bufbuild/protobuf";
import {
  AttributeProtoSchema,
  type GraphProto,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
} from "../onnx/generated/onnx_pb.ts";
import { tensorFromProto } from "../onnx/tensor-proto.ts";
import { withFields } from "../onnx/with-fields.ts";
import { type Constant, inputName, type Read, type Role } from "./weight-slots.ts";

/** A tensor with one part to play. */
export interface StoredTensor {
  readonly name: string;
  /** Name of the tensor in the file that it was a part of; its own where it was alone. */
  readonly from: string;
  readonly proto: TensorProto;
  readonly reads: readonly Read[];
  readonly role: Role;
  /** Why it is no weight. */
  readonly reason: string;
}

/** A model whose tensors have one part each. */
export interface Separated {
  readonly tensors: readonly StoredTensor[];
  /** Changes a graph of the file; the graph itself where nothing was shared. */
  apply(graph: GraphProto): GraphProto;
}

/**
 * Gives tensors that several nodes share for no other reason than that they were equal a name and numbers of their own.
 *
 * Weights, running statistics and settings never stay one. Of several readers in the same part, those of a tensor
 * filled with one number are separate: exporters merge what a fresh network is filled with, all ones or all zeros, and
 * no training leaves a tensor so. Other tensors stay one, as weights are that a network uses twice, such as an embedding
 * that is the output layer too: equal by chance they are not. The single number counts as filled if it is 0 or 1.
 * Where Identity nodes give a tensor several names, as PyTorch writes it, the readers under one name stay together.
 *
 * @param oldFormat - Whether initializers must be listed as inputs (IR version 3), so that Constant nodes are added.
 */
export function separateTensors(
  graph: GraphProto,
  constants: readonly Constant[],
  oldFormat: boolean,
): Separated {
  const taken = new Set([
    ...graph.initializer.map(({ name }) => name),
    ...[...graph.input, ...graph.output].map(({ name }) => name),
    ...graph.node.flatMap(({ output }) => output),
  ]);
  const isOutput = new Set(graph.output.map(({ name }) => name));
  const added: TensorProto[] = [];
  /** New inputs of nodes, by position. */
  const edits = new Map<NodeProto, Map<number, string>>();
  /** Identity nodes that a tensor takes the place of, by the name of their output. */
  const replaced = new Set<string>();

  function nameOf(reads: readonly Read[], from: string): string {
    const [first] = reads;
    if (!first) return from;
    const { as, node, index } = first;
    if (as !== from && !isOutput.has(as) && !replaced.has(as) && reads.every((read) => read.as === as)) {
      replaced.add(as);
      return as;
    }
    let name = `${node.name || node.output[0]}.${inputName(node, index)}`;
    while (taken.has(name)) name += "_";
    taken.add(name);
    return name;
  }

  const tensors = constants.flatMap((constant) => {
    const { name: from, proto } = constant;
    const groups = groupsOf(constant);
    return groups.map((reads, position): StoredTensor => {
      const [first] = reads;
      const { role, reason } = first ?? { role: "setting", reason: "does not lead to the logits" };
      if (position === 0) {
        if (groups.length > 1) rewire(reads, from);
        return { name: from, from, proto, reads, role, reason };
      }
      const name = nameOf(reads, from);
      const own = withFields(proto, { name });
      added.push(own);
      rewire(reads, name);
      return { name, from, proto: own, reads, role, reason };
    });
  });

  function rewire(reads: readonly Read[], name: string): void {
    for (const { node, index, as } of reads) {
      if (as === name || index < 0) continue;
      const inputs = edits.get(node) ?? new Map<number, string>();
      edits.set(node, inputs.set(index, name));
    }
  }

  return {
    tensors,
    apply(given) {
      if (added.length === 0) return given;
      const nodes = given.node
        .filter(({ opType, output }) => opType !== "Identity" || !replaced.has(output[0] ?? ""))
        .map((node): NodeProto => {
          const inputs = edits.get(node);
          return inputs
            ? withFields(node, { input: node.input.map((name, index) => inputs.get(index) ?? name) })
            : node;
        });
      if (!oldFormat)
        return withFields(given, { node: nodes, initializer: [...given.initializer, ...added] });
      return withFields(given, { node: [...added.map(constantNode), ...nodes] });
    },
  };
}

function constantNode(proto: TensorProto): NodeProto {
  const value = create(AttributeProtoSchema, { name: "value", type: 4, t: proto });
  return create(NodeProtoSchema, { opType: "Constant", output: [proto.name], attribute: [value] });
}

/** The readers of a tensor that stay together; first those that keep its name. */
function groupsOf({ name, proto, reads }: Constant): readonly (readonly Read[])[] {
  if (reads.length <= 1) return [reads];
  const merged = isFilled(proto);
  const named = reads.some(({ as }) => as !== name);
  const groups = new Map<string, Read[]>();
  for (const [position, read] of reads.entries()) {
    const reader = named ? read.as : read.index < 0 ? "inside" : position;
    const changes = read.role === "weight" || read.role === "statistics";
    const key = merged && changes ? `${read.role}/${reader}` : read.role;
    const group = groups.get(key);
    if (group) group.push(read);
    else groups.set(key, [read]);
  }
  const order: readonly Role[] = ["weight", "statistics", "constant", "setting"];
  const rank = (group: readonly Read[]) => {
    const [read] = group;
    // The graphs inside of nodes stay as they are.
    if (!read || group.some(({ index, as }) => index < 0 && as === name)) return -1;
    return order.indexOf(read.role) + (read.as === name ? 0 : order.length);
  };
  return [...groups.values()].sort((a, b) => rank(a) - rank(b));
}

/** Whether a tensor is filled with one number as fresh ones are. */
function isFilled(proto: TensorProto): boolean {
  if (proto.dataLocation !== 0) return false;
  const { data } = tensorFromProto(proto);
  const [first] = data;
  if (data.length === 1) return first === 0 || first === 1;
  for (const value of data) if (value !== first) return false;
  return true;
}
