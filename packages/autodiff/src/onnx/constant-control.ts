/** Branches, loops and lists of tensors that depend on constants alone: they are computed once, and are constants too. */
import { fromBinary } from "@bufbuild/protobuf";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { int } from "../graph/attributes.ts";
import { GraphBuilder } from "../graph/builder.ts";
import { ConstantFolding } from "../graph/folding/fold-node.ts";
import type { Node, Tensor } from "../graph/graph.ts";
import { int64 } from "../graph/tensor.ts";
import { type GraphProto, GraphProtoSchema, type NodeProto } from "./generated/onnx_pb.ts";
import { modernNode, modernOpset } from "./modern-node.ts";
import { tensorFromProto } from "./tensor-proto.ts";

/** A known value: a tensor, or a list of tensors. */
export type Known = Tensor | readonly Tensor[];

/** How control flow is computed. */
export interface ControlOptions {
  readonly opset: number;
  /** A value from outside of a graph, where it is known and small. */
  known(name: string): Known | undefined;
  /** A node as graphs hold it. */
  read(message: NodeProto): Node;
}

/** Nodes that may run, those of each round of a loop among them; more are left to the engine. */
const mostSteps = 4096;

const operators: ReadonlySet<string> = new Set([
  ...["ConcatFromSequence", "If", "Loop", "SequenceAt", "SequenceConstruct", "SequenceEmpty"],
  ...["SequenceInsert", "SequenceLength"],
]);

/** Whether a node branches, loops, or holds a list of tensors. */
export function isControl({ opType, domain }: NodeProto): boolean {
  return (domain === "" || domain === "ai.onnx") && operators.has(opType);
}

/**
 * Computes the outputs of a node for which {@link isControl} holds.
 *
 * @returns By name; undefined if they depend on more than small constants, or take too many steps.
 */
export function computeControl(
  message: NodeProto,
  options: ControlOptions,
): ReadonlyMap<string, Known> | undefined {
  const steps = { left: mostSteps };
  return new Evaluation(options, steps).run(message, new Map());
}

class Evaluation {
  readonly #options: ControlOptions;
  readonly #steps: { left: number };

  constructor(options: ControlOptions, steps: { left: number }) {
    this.#options = options;
    this.#steps = steps;
  }

  /** Outputs of a node by name; undefined: not known. */
  run(message: NodeProto, scope: ReadonlyMap<string, Known>): ReadonlyMap<string, Known> | undefined {
    if (this.#steps.left-- <= 0) return undefined;
    const values = message.input.map((name) =>
      name === "" ? undefined : (scope.get(name) ?? this.#options.known(name)),
    );
    if (values.some((value, at) => value === undefined && message.input[at] !== "")) return undefined;
    const results = isControl(message) ? this.#control(message, values, scope) : this.#plain(message, values);
    const named = results?.flatMap((value, at) => {
      const name = message.output[at] ?? "";
      return name === "" ? [] : [[name, value] as const];
    });
    return named && new Map(named);
  }

  #control(
    message: NodeProto,
    values: readonly (Known | undefined)[],
    scope: ReadonlyMap<string, Known>,
  ): readonly Known[] | undefined {
    const [first, second, third] = values;
    switch (message.opType) {
      case "SequenceEmpty":
        return [[]];
      case "SequenceConstruct":
        return values.every(isTensor) ? [values.filter(isTensor)] : undefined;
      case "SequenceInsert":
        return isList(first) && isTensor(second) ? [inserted(first, second, integer(third))] : undefined;
      case "SequenceLength":
        return isList(first) ? [int64([], [first.length])] : undefined;
      case "SequenceAt": {
        const at = integer(second);
        const element = isList(first) && at !== undefined ? first.at(at) : undefined;
        return element && [element];
      }
      case "ConcatFromSequence":
        return isList(first) && first.length > 0 ? this.#joined(message, first) : undefined;
      case "If": {
        const branch = graphOf(message, integer(first) ? "then_branch" : "else_branch");
        return branch && integer(first) !== undefined ? this.#graph(branch, scope) : undefined;
      }
      default:
        return this.#loop(message, values, scope);
    }
  }

  /** Inputs: rounds, whether to begin, what goes from round to round. */
  #loop(
    message: NodeProto,
    [count, begins, ...carried]: readonly (Known | undefined)[],
    scope: ReadonlyMap<string, Known>,
  ): readonly Known[] | undefined {
    const body = graphOf(message, "body");
    const rounds = integer(count);
    // What is collected from each round is left to the engine.
    if (!body || rounds === undefined || body.output.length - 1 !== carried.length) return undefined;
    let state = carried;
    let goesOn = begins === undefined || integer(begins) !== 0;
    for (let round = 0; round < rounds && goesOn; round++) {
      const inside = new Map(scope);
      const given = [int64([], [round]), begins ?? truth, ...state];
      for (const [at, { name }] of body.input.entries()) {
        const value = given[at];
        if (value !== undefined) inside.set(name, value);
      }
      const results = this.#graph(body, inside);
      if (!results) return undefined;
      const [condition, ...next] = results;
      goesOn = integer(condition) !== 0;
      state = next;
    }
    return state.every((value) => value !== undefined) ? state : undefined;
  }

  #graph(graph: GraphProto, outer: ReadonlyMap<string, Known>): readonly Known[] | undefined {
    const scope = new Map(outer);
    for (const tensor of graph.initializer) scope.set(tensor.name, tensorFromProto(tensor));
    for (const message of graph.node) {
      const results = this.run(message, scope);
      if (!results) return undefined;
      for (const [name, value] of results) scope.set(name, value);
    }
    const values = graph.output.map(({ name }) => scope.get(name) ?? this.#options.known(name));
    return values.every((value) => value !== undefined) ? values : undefined;
  }

  #joined(message: NodeProto, list: readonly Tensor[]): readonly Known[] | undefined {
    const axis = Number(message.attribute.find(({ name }) => name === "axis")?.i ?? 0);
    const node = { name: message.name, op: "Concat", domain: "", outputs: ["joined"] };
    const inputs = list.map((_, at) => `part${at}`);
    return this.#fold({ ...node, inputs, attributes: { axis: int(axis) } }, list);
  }

  #plain(message: NodeProto, values: readonly (Known | undefined)[]): readonly Known[] | undefined {
    if (values.some(isList)) return message.opType === "Identity" ? values.filter(isList) : undefined;
    const node = this.#options.read(message);
    const constant = node.op === "Constant" ? node.attributes["value"] : undefined;
    if (constant?.type === "tensor") return [constant.value];
    return this.#fold(node, values.filter(isTensorOrNone));
  }

  /** A node over constants, in a graph of its own. */
  #fold(node: Node, values: readonly (Tensor | undefined)[]): readonly Tensor[] | undefined {
    const builder = new GraphBuilder("constants", { opset: Math.max(this.#options.opset, modernOpset) });
    const inputs = node.inputs.map((_, at) => (values[at] ? `in${at}` : ""));
    for (const [at, value] of values.entries()) if (value) builder.constant(value, `in${at}`);
    const folding = new ConstantFolding(builder, inputs);
    const modern = modernNode(
      builder,
      { ...node, name: "node", inputs, outputs: ["out"] },
      this.#options.opset,
    );
    const result = folding.fold(modern) ? builder.constantOf("out") : undefined;
    return result && [result];
  }
}

const truth: Tensor = { dtype: "bool", shape: [], data: Uint8Array.of(1) };

function isTensor(value: Known | undefined): value is Tensor {
  return value !== undefined && "dtype" in value;
}

function isTensorOrNone(value: Known | undefined): value is Tensor | undefined {
  return value === undefined || isTensor(value);
}

function isList(value: Known | undefined): value is readonly Tensor[] {
  return Array.isArray(value);
}

/** The only element of a tensor as a number. */
function integer(value: Known | undefined): number | undefined {
  return isTensor(value) && value.data.length === 1 ? Number(value.data[0]) : undefined;
}

function inserted(list: readonly Tensor[], tensor: Tensor, at = list.length): readonly Tensor[] {
  return list.toSpliced(at, 0, tensor);
}

/** Number of AttributeProto's field that holds a graph. */
const graphField = 6;

function graphOf({ attribute }: NodeProto, name: string): GraphProto | undefined {
  const field = attribute.find((given) => given.name === name)?.$unknown?.find(({ no }) => no === graphField);
  return field && fromBinary(GraphProtoSchema, new BinaryReader(field.data).bytes());
}
