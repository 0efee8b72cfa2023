/** Which constants of a model are weights: decided by the inputs of operators that read them. */

import { ruleOf } from "../gradients/index.ts";
import { dataTypeCode } from "../graph/data-type.ts";
import { capturedNames } from "../onnx/captured-names.ts";
import type { GraphProto, NodeProto, TensorProto } from "../onnx/generated/onnx_pb.ts";
import { nodesBefore } from "../onnx/graph-from-proto.ts";
import { setUpFrom } from "../onnx/set-up-values.ts";
import { tensorFromProto } from "../onnx/tensor-proto.ts";
import { withFields } from "../onnx/with-fields.ts";
import { isFixedFilter, isFixedMatrix } from "./fixed-filters.ts";

/** Part that a constant plays where it is read; `constant`: one that could be trained, but is not meant to be. */
export type Role = "weight" | "constant" | "statistics" | "setting";

/** One input of one node that reads a constant of the file, directly or through Identity nodes. */
export interface Read {
  readonly node: NodeProto;
  /** Position among the inputs; -1: a graph inside of the node reads it, such as a branch of If. */
  readonly index: number;
  /** Name under which the node reads it: its own, or that of an Identity. */
  readonly as: string;
  readonly role: Role;
  /** Why it is no weight; of a weight, operator, node and input. */
  readonly reason: string;
}

/** A float32 constant of the file. */
export interface Constant {
  readonly name: string;
  readonly proto: TensorProto;
  readonly inNode: boolean;
  /** In the order of the nodes. */
  readonly reads: readonly Read[];
}

/** Weights of operators that have no gradient rule: where one leads to the loss, it shall be missed. */
const recurrent: ReadonlyMap<number, string> = new Map([
  [1, "weight"],
  [2, "weight"],
  [3, "bias"],
]);
const weightsWithoutRule: ReadonlyMap<string, ReadonlyMap<number, string>> = new Map([
  ["GRU", recurrent],
  ["LSTM", new Map([...recurrent, [7, "weight"]])],
  ["RNN", recurrent],
]);

/** Inputs of a node that hold weights, position -> what they are called. */
function weightsOf({ opType: op, domain }: NodeProto): ReadonlyMap<number, string> | undefined {
  return ruleOf({ op, domain })?.weights ?? (isMain(domain) ? weightsWithoutRule.get(op) : undefined);
}

function isMain(domain: string): boolean {
  return domain === "" || domain === "ai.onnx";
}

const normalizations: readonly string[] = [
  ...["BatchNormalization", "GroupNormalization", "InstanceNormalization", "LayerNormalization"],
];

/** Below it an added constant is a mask of attention, which leaves elements out. */
const masked = -1e4;

/** Name of an input in messages and in names that are made up, such as `weight`. */
export function inputName(node: NodeProto, index: number): string {
  const { opType } = node;
  if (opType === "BatchNormalization" && index >= 3) return index === 3 ? "mean" : "variance";
  if (index < 0) return "a graph inside";
  return weightsOf(node)?.get(index) ?? `input ${index}`;
}

/**
 * The float32 constants of a file: initializers, then tensors in Constant nodes, each with where it is read.
 *
 * @param graph - Nodes in execution order.
 * @param logits - Value to which nodes lead whose reads count.
 */
export function constantsOf(graph: GraphProto, logits: string): readonly Constant[] {
  const { nodes } = nodesBefore(graph, [logits]);
  const stored = new Map<string, { proto: TensorProto; inNode: boolean }>();
  for (const proto of graph.initializer) stored.set(proto.name, { proto, inNode: false });
  for (const node of graph.node) {
    const proto = constantTensor(node);
    if (proto) stored.set(node.output[0] ?? "", { proto, inNode: true });
  }
  const isFloat = ({ proto }: { proto: TensorProto }) => proto.dataType === dataTypeCode("float32");
  const hasInitializers = [...stored.values()].some(
    (given) => isFloat(given) && !given.inNode && given.proto.dims.length > 0,
  );
  const flow = flowOf(withFields(graph, { node: nodes }), stored);
  const found = new Map<string, Read[]>();
  // From the end, so that what is computed from constants alone plays the part of what is computed.
  const partOf = new Map<string, Read>();
  for (const node of nodes.toReversed()) {
    const captured = capturedNames(node).map((name) => [-1, name] as const);
    for (const [index, as] of [...captured, ...node.input.entries()].reverse()) {
      if (!flow.isConstant(as)) continue;
      const origin = flow.origin.get(as);
      const given = origin === undefined ? undefined : stored.get(origin);
      const computed = partOf.get(node.output[0] ?? "");
      if (node.opType === "Identity" && flow.isConstant(node.output[0] ?? "")) {
        if (origin === undefined && computed) partOf.set(as, stronger(partOf.get(as), computed));
        continue;
      }
      const read = readBy(node, index, as, computed);
      partOf.set(as, stronger(partOf.get(as), read));
      if (origin !== undefined && given && isFloat(given)) add(found, origin, read);
    }
  }

  function readBy(node: NodeProto, index: number, as: string, computed: Read | undefined): Read {
    const setting = (reason: string): Read => ({ node, index, as, role: "setting", reason });
    const constant = (reason: string): Read => ({ node, index, as, role: "constant", reason });
    const { opType: op } = node;
    const owner = `${op} "${node.name || node.output[0]}"`;
    if (op === "BatchNormalization" && index >= 3) {
      return { node, index, as, role: "statistics", reason: "running statistics" };
    }
    if (index >= (setUpFrom(op) ?? Number.POSITIVE_INFINITY)) return setting(`sets up ${owner}`);
    const origin = flow.origin.get(as);
    const given = origin === undefined ? undefined : stored.get(origin);
    const weight: Read = { node, index, as, role: "weight", reason: `${owner}: ${inputName(node, index)}` };
    const rule = ruleOf({ op, domain: node.domain });
    const isOperand = rule?.ofOperands === true;
    const holdsWeights = weightsOf(node)?.has(index) === true;
    // Scales and zero points of quantized numbers, thresholds, counts.
    if (given?.proto.dims.length === 0 && !rule) return constant("a single number without dimensions");
    if (given && isFloat(given)) {
      const why = isOperand
        ? whyNoOperand(node, index, given)
        : holdsWeights
          ? whyNoWeight(node, index, given)
          : undefined;
      if (why !== undefined) return constant(why);
    }
    if (flow.isConstant(node.output[0] ?? "")) {
      // A weight in another form, such as transposed, or a part of a setting.
      if (!computed) return setting("does not lead to the logits");
      const why =
        given && isFloat(given) && computed.role === "weight" && whyNoWeightBefore(computed, given.proto);
      return why ? constant(why) : { ...weight, role: computed.role, reason: computed.reason };
    }
    if (isOperand || holdsWeights) return weight;
    // Behind an operator without a gradient it shall be missed, not left out in silence.
    if (!rule) return weight;
    return setting(`sets up ${owner}`);
  }

  /** Why a constant operand is no weight; undefined: it is one. */
  function whyNoOperand(
    node: NodeProto,
    index: number,
    { proto, inNode }: { proto: TensorProto; inNode: boolean },
  ): string | undefined {
    const { opType: op } = node;
    if (proto.dims.length === 0) return "a single number without dimensions";
    const data = floats(proto);
    if (data?.length === 1 && !Number.isFinite(data[0])) return "not finite";
    if (["Add", "Where"].includes(op) && data?.some((value) => value <= masked)) return "a mask";
    const others = node.input.filter((_, at) => at !== index);
    const raw = others.map((name) => flow.raw.get(name)).find((given) => given !== undefined);
    const prepares = op === "Sub" || op === "Div" || raw === "prepared" || (inNode && hasInitializers);
    if (raw && prepares && ["Add", "Sub", "Mul", "Div"].includes(op)) return "prepares the input";
    return op === "Einsum" && isMatrixFilter(proto) ? "a fixed filter" : undefined;
  }

  function whyNoWeight(
    { opType: op }: NodeProto,
    index: number,
    { proto, inNode }: { proto: TensorProto; inNode: boolean },
  ): string | undefined {
    if (index === 1 && op.startsWith("Conv")) {
      const data = floats(proto);
      const length = proto.dims.slice(2).reduce((product, size) => product * Number(size), 1);
      return data && isFixedFilter(data, length) ? "a fixed filter" : undefined;
    }
    if (["MatMul", "Gemm"].includes(op) && index < 2)
      return isMatrixFilter(proto) ? "a fixed filter" : undefined;
    // Normalizations without weights are written with a scale of 1 and a bias of 0 in Constant nodes.
    if (inNode && hasInitializers && normalizations.includes(op)) {
      const neutral = index === 1 ? 1 : 0;
      return floats(proto)?.every((value) => value === neutral) ? "a scale of 1 or a bias of 0" : undefined;
    }
    return undefined;
  }

  return [...stored]
    .filter(([, given]) => isFloat(given))
    .map(([name, given]) => ({ name, ...given, reads: (found.get(name) ?? []).reverse() }));
}

/** Why a tensor that reaches a weight's place in another form, such as repeated per channel, is none. */
function whyNoWeightBefore({ reason }: Read, proto: TensorProto): string | undefined {
  const data = floats(proto);
  const length = proto.dims.slice(-2).reduce((product, size) => product * Number(size), 1);
  const isFilter = /^Conv(Transpose)? .*: weight$/s.test(reason) && data && isFixedFilter(data, length);
  const isMatrix = /^(MatMul|Gemm|Einsum) /.test(reason) && isMatrixFilter(proto);
  return isFilter || isMatrix ? "a fixed filter" : undefined;
}

/** What decides of two uses of a computed constant: that it is a weight. */
function stronger(first: Read | undefined, second: Read): Read {
  return first && (first.role === "weight" || second.role !== "weight") ? first : second;
}

function isMatrixFilter(proto: TensorProto): boolean {
  const data = floats(proto);
  const columns = Number(proto.dims.at(-1) ?? 1);
  return data !== undefined && proto.dims.length === 2 && isFixedMatrix(data, columns);
}

/** Data that cannot be read is the decoder's to refuse. */
function floats(proto: TensorProto): Float32Array | undefined {
  try {
    const { data } = tensorFromProto(proto);
    return data instanceof Float32Array ? data : undefined;
  } catch {
    return undefined;
  }
}

/** The tensor of a Constant node. */
export function constantTensor({ opType, domain, attribute }: NodeProto): TensorProto | undefined {
  if (opType !== "Constant" || !isMain(domain)) return undefined;
  return attribute.find(({ name }) => name === "value")?.t;
}

/** What constants and inputs become on their way through a graph. */
interface Flow {
  /** Of a constant of the file, by each name that Identity nodes give it: its own name. */
  readonly origin: ReadonlyMap<string, string>;
  /** Values that are inputs of the graph but for their form, and whether something has been subtracted or divided. */
  readonly raw: ReadonlyMap<string, "raw" | "prepared">;
  /** Whether a value is computed from constants alone. */
  isConstant(name: string): boolean;
}

/** Operators that change the form of an input. */
const forms: readonly string[] = [...["Cast", "Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze"]];

function flowOf(graph: GraphProto, stored: ReadonlyMap<string, { readonly proto: TensorProto }>): Flow {
  const origin = new Map([...stored.keys()].map((name) => [name, name] as const));
  const constant = new Set(stored.keys());
  const raw = new Map<string, "raw" | "prepared">();
  for (const { name } of graph.input) if (!stored.has(name)) raw.set(name, "raw");
  for (const message of graph.node) {
    const { opType, input, output } = message;
    const [first = ""] = output;
    if (opType === "Identity") {
      const from = origin.get(input[0] ?? "");
      if (from !== undefined) origin.set(first, from);
    }
    const given = [...input, ...capturedNames(message)].filter((name) => name !== "");
    // Shapes are static.
    const known = opType === "Shape" || opType === "Size" || given.every((name) => constant.has(name));
    if (known) for (const name of output) constant.add(name);
    const state = given.map((name) => raw.get(name)).find((value) => value !== undefined);
    const arithmetic = ["Add", "Sub", "Mul", "Div"].includes(opType);
    const prepared = ["Sub", "Div"].includes(opType) || state === "prepared";
    const others = given.filter((name) => !raw.has(name));
    // Multiplied by a weight, an input is a feature.
    const fits = (name: string) =>
      constant.has(name) && (prepared || stored.get(name)?.proto.dims.length === 0);
    if (state && (forms.includes(opType) || (arithmetic && others.every(fits)))) {
      raw.set(first, prepared ? "prepared" : "raw");
    }
  }
  return { origin, raw, isConstant: (name) => constant.has(name) };
}

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
