/** Cuts a model in two: what depends on no trained weight, as it stands in the file, and the rest. */
import { create, toBinary } from "@bufbuild/protobuf";
import { isStoredType } from "../graph/data-type.ts";
import type { Tensor, Value } from "../graph/graph.ts";
import { hasShapeRule } from "../graph/shapes/index.ts";
import type { ValueType } from "../graph/shapes/shape-rule.ts";
import { subgraphTypes } from "../onnx/attribute-proto.ts";
import { capturedNames } from "../onnx/captured-names.ts";
import { valueToProto } from "../onnx/encode-model.ts";
import {
  type GraphProto,
  ModelProtoSchema,
  type NodeProto,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "../onnx/generated/onnx_pb.ts";
import { replayGraph, typeFromProto } from "../onnx/graph-from-proto.ts";
import { isUpgraded } from "../onnx/modern-node.ts";
import type { ParsedModel } from "../onnx/parse-model.ts";
import { tensorFromProto, tensorToProto } from "../onnx/tensor-proto.ts";
import { withFields } from "../onnx/with-fields.ts";

/** What of a model runs in the engine as it stands in the file, before each training step. */
export interface FrozenPart {
  /** An ONNX model of the file's own nodes, weights, functions and operator sets. */
  readonly model: Uint8Array<ArrayBuffer>;
  /** The model's inputs that it reads, for the samples of a step. */
  readonly inputs: readonly Value[];
  /** Where the file fixes another number of samples than a step has: how the model runs nevertheless. */
  readonly runs?: FrozenRuns;
  /** Its outputs that follow its inputs: inputs of the training graph. */
  readonly outputs: readonly string[];
  /** Its outputs that are the same for all inputs of these shapes: constants of the training graph. */
  readonly constants: readonly string[];
  /** Error of the first of its nodes that the training graph cannot hold. */
  readonly reason: string;
}

/** Runs of a frozen part that takes another number of samples than a step has, the rows of its outputs in one. */
export interface FrozenRuns {
  readonly count: number;
  /** Inputs of a run: the next rows of those whose first dimension is another, all of the others. */
  readonly inputs: readonly Value[];
  /** Samples of a step: the first rows of the outputs, one run's after the other's. */
  readonly samples: number;
  /** Whether the last run must be filled up with rows that do not count. */
  readonly filled: boolean;
}

/** How {@link splitFrozen} tells the frozen part. */
export interface SplitOptions {
  /** Name of the value that the loss reads. */
  readonly logits: string;
  /** The graph with the batch size of a step in its inputs. */
  readonly sized: GraphProto;
  /** Shapes of graph inputs, instead of those in the file. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Whether the stored tensor of this name is trained. */
  isTrained(name: string): boolean;
  /** Whether a node yields something else in training, weights aside. */
  isInTraining(node: NodeProto): boolean;
}

/** A model in two parts. */
export interface Split {
  readonly part: FrozenPart;
  /** The first of its nodes that training graphs cannot hold. */
  readonly first: NodeProto;
  /** Shape of one of its outputs. */
  shapeOf(name: string, values?: Readonly<Record<string, Tensor>>): readonly number[];
  /**
   * The nodes that depend on a trained weight; they read what the frozen part yields as inputs and initializers.
   *
   * @param values - What the frozen part yielded; absent: types are those of the file.
   * @throws RangeError if a type is not known.
   */
  rest(values?: Readonly<Record<string, Tensor>>): GraphProto;
}

/** Operators whose result is another one each time. */
const random: readonly string[] = [
  "Bernoulli",
  "Multinomial",
  "RandomNormal",
  "RandomNormalLike",
  "RandomUniform",
  "RandomUniformLike",
];

/**
 * Splits a model where what depends on no trained weight holds an operator, a type or a graph of branches and loops
 * that training graphs do not.
 *
 * @returns undefined where everything frozen can be part of the training graph, or nothing is trained.
 */
export function splitFrozen(
  { model, graph, opset }: ParsedModel,
  { logits, sized, shapes, isTrained, isInTraining }: SplitOptions,
): Split | undefined {
  const flow = dataFlow(graph);
  const needed = flow.before([logits]);
  const trained = flow.after((node) => flow.touched(node).some(isTrained) || isInTraining(node));
  const rest = graph.node.filter((node) => needed.has(node) && trained.has(node));
  const frozen = graph.node.filter((node) => needed.has(node) && !trained.has(node));
  if (frozen.length === 0) return undefined;

  const initializers = new Set(graph.initializer.map(({ name }) => name));
  const modelInputs = sized.input.filter(({ name }) => !initializers.has(name));
  const inputNames = new Set(modelInputs.map(({ name }) => name));
  const asGraph = withFields(graph, {
    node: frozen,
    input: modelInputs.filter(({ type }) => isStoredType(elementType(type))),
    initializer: graph.initializer.filter(({ dataType }) => isStoredType(dataType)),
  });
  const skipped = new Map<NodeProto, RangeError>();
  const known = replayGraph(asGraph, outputsOf(frozen), {
    opset,
    dimensions: new Map(),
    shapes,
    skip: (node, error) => skipped.set(node, error),
  });
  const [first] = skipped;
  if (!first) return undefined;
  if (rest.length === 0) {
    if (isBeyondRules(...first)) throw nothingToTrain(logits);
    return undefined;
  }

  const yielded = new Set(outputsOf(frozen));
  const read = new Set(rest.flatMap(flow.reads));
  const border = [...read].filter((name) => yielded.has(name));
  const folded = new Map(border.flatMap((name) => entry(name, known.constantOf(name))));
  const computed = border.filter((name) => !folded.has(name));
  const varying = flow.after(
    (node) => random.includes(node.opType) || flow.reads(node).some((name) => inputNames.has(name)),
    ({ opType }) => opType !== "Shape" && opType !== "Size",
  );
  const varies = new Set(outputsOf(varying));
  const before = flow.before(computed);
  const nodes = frozen.filter((node) => before.has(node));
  const inside = new Set(nodes.flatMap(flow.touched));
  const types = fileTypes(sized, shapes);
  function typeOf(name: string, values: Readonly<Record<string, Tensor>>): ValueType {
    const node = frozen.find(({ output }) => output.includes(name));
    const replayed = node && !skipped.has(node) ? known.value(name) : undefined;
    const type = values[name] ?? replayed ?? types(name);
    if (type) return type;
    throw new RangeError(
      `trainable: type and shape of "${name}", an output of the frozen ${node?.opType} "${node?.name}", must be known, got none in the file; pass what frozenPart's model yields as frozenValues`,
    );
  }
  return {
    first: first[0],
    shapeOf: (name, values = {}) => typeOf(name, values).shape,
    part: {
      model: frozenModel(model, graph, nodes, inside, computed),
      inputs: modelInputs
        .filter(({ name }) => inside.has(name))
        .map((input) => ({ name: input.name, ...typeFromProto(input, new Map(), shapes.get(input.name)) })),
      outputs: computed.filter((name) => varies.has(name)),
      constants: computed.filter((name) => !varies.has(name)),
      reason: first[1].message,
    },
    rest(values = {}) {
      const constants = new Map([
        ...folded,
        ...computed.flatMap((name) => (varies.has(name) ? [] : entry(name, values[name]))),
      ]);
      const inputs = computed
        .filter((name) => !constants.has(name))
        .map((name) => valueToProto({ ...typeOf(name, values), name }));
      return withFields(graph, {
        node: rest,
        input: [...modelInputs.filter(({ name }) => read.has(name)), ...inputs],
        initializer: [
          ...graph.initializer,
          ...[...constants].map(([name, constant]) => tensorToProto(constant, name)),
        ],
      });
    },
  };
}

/** The error of a model in which nothing is left to train. */
export function nothingToTrain(logits: string): RangeError {
  return new RangeError(
    `trainable: bytes must hold float32 weights that lead to "${logits}" and are not frozen, got none; freeze less, or name other logits`,
  );
}

/** The error of a node that only a frozen part may hold, and the weights before it, if others are left to train. */
export function behindWeights(
  error: RangeError,
  node: NodeProto,
  graph: GraphProto,
  logits: string,
  isTrained: (name: string) => boolean,
): RangeError {
  if (!isBeyondRules(node, error)) return error;
  const flow = dataFlow(graph);
  const weights = (names: readonly string[]) => {
    const before = flow.before(names);
    return new Set(
      graph.node
        .filter((other) => before.has(other))
        .flatMap(flow.touched)
        .filter(isTrained),
    );
  };
  const before = weights(node.output);
  const all = weights([logits]);
  if (before.size === 0 || before.size === all.size) return error;
  const more = before.size > 4 ? ` and ${before.size - 4} more` : "";
  const names = [...before].slice(0, 4).map((name) => `"${name}"`);
  return new RangeError(`${error.message}, or freeze the weights before it: ${names.join(", ")}${more}`, {
    cause: error,
  });
}

/** Whether a node is one that training graphs do not know, in contrast to one with an error. */
function isBeyondRules({ opType, domain, attribute }: NodeProto, { message }: RangeError): boolean {
  const isMain = domain === "" || domain === "ai.onnx";
  const op = isMain ? opType : `${domain}.${opType}`;
  const hasRule = hasShapeRule({ op }) || (isMain && isUpgraded(opType));
  const hasGraph = attribute.some(({ type }) => subgraphTypes.includes(type));
  return !hasRule || hasGraph || / must have \d+ dimensions, got /.test(message);
}

/** Which node reads what, graphs inside of nodes included, whatever the order in the file. */
function dataFlow({ node: nodes }: GraphProto) {
  const readBy = new Map<string, NodeProto[]>();
  const producers = new Map<string, NodeProto>();
  const all = new Map<NodeProto, readonly string[]>();
  for (const node of nodes) {
    const names = [...node.input, ...capturedNames(node)].filter((name) => name !== "");
    all.set(node, names);
    for (const name of names) {
      const readers = readBy.get(name);
      if (readers) readers.push(node);
      else readBy.set(name, [node]);
    }
    for (const name of node.output) if (name !== "") producers.set(name, node);
  }
  const reads = (node: NodeProto) => all.get(node) ?? [];
  return {
    reads,
    /** All that a node reads and computes. */
    touched: (node: NodeProto) => [...reads(node), ...node.output],
    /** The nodes that values depend on. */
    before(names: readonly string[]): ReadonlySet<NodeProto> {
      return closure(
        names.flatMap((name) => producers.get(name) ?? []),
        (node) => reads(node).flatMap((name) => producers.get(name) ?? []),
      );
    },
    /** The nodes that start something, and those that depend on them through nodes that pass it on. */
    after(
      starts: (node: NodeProto) => boolean,
      passes: (node: NodeProto) => boolean = () => true,
    ): ReadonlySet<NodeProto> {
      return closure(
        nodes.filter((node) => starts(node) && passes(node)),
        ({ output }) => output.flatMap((name) => (readBy.get(name) ?? []).filter(passes)),
      );
    },
  };
}

/** Everything that can be reached from some nodes. */
function closure(
  from: readonly NodeProto[],
  next: (node: NodeProto) => readonly NodeProto[],
): Set<NodeProto> {
  const reached = new Set(from);
  // A set yields what is added while it is walked.
  for (const node of reached) for (const other of next(node)) reached.add(other);
  return reached;
}

function outputsOf(nodes: Iterable<NodeProto>): string[] {
  return [...nodes].flatMap(({ output }) => output.filter((name) => name !== ""));
}

function elementType(type: ValueInfoProto["type"]): number {
  return type?.value.case === "tensorType" ? type.value.value.elemType : 0;
}

function entry<T>(name: string, value: T | undefined): [string, T][] {
  return value === undefined ? [] : [[name, value]];
}

/** The file with these nodes alone, and with these outputs. */
function frozenModel(
  model: ParsedModel["model"],
  graph: GraphProto,
  nodes: readonly NodeProto[],
  inside: ReadonlySet<string>,
  outputs: readonly string[],
): Uint8Array<ArrayBuffer> {
  const isInside = ({ name }: { readonly name: string }) => inside.has(name);
  const initializer = graph.initializer.filter(isInside);
  // Throws, and says what to do.
  for (const tensor of initializer) if (tensor.dataLocation !== 0) tensorFromProto(tensor);
  const part = withFields(graph, {
    node: [...nodes],
    input: graph.input.filter(isInside),
    // The engine infers their types.
    output: outputs.map((name) => create(ValueInfoProtoSchema, { name })),
    valueInfo: graph.valueInfo.filter(isInside).map(withoutShape),
    initializer,
  });
  return toBinary(ModelProtoSchema, withFields(model, { graph: part }));
}

/** Shapes in files are often those of another batch. */
function withoutShape(info: ValueInfoProto): ValueInfoProto {
  if (info.type?.value.case !== "tensorType") return info;
  const { elemType } = info.type.value.value;
  return create(ValueInfoProtoSchema, {
    name: info.name,
    type: { value: { case: "tensorType", value: { elemType } } },
  });
}

/** Types of values as far as the file tells them, symbolic dimensions of the inputs included. */
function fileTypes(
  { input, output, valueInfo }: GraphProto,
  shapes: ReadonlyMap<string, readonly number[]>,
): (name: string) => ValueType | undefined {
  const dimensions = new Map<string, number>();
  for (const { name, type } of input) {
    if (type?.value.case !== "tensorType") continue;
    for (const [axis, { value }] of (type.value.value.shape?.dim ?? []).entries()) {
      const size = shapes.get(name)?.[axis];
      if (value.case === "dimParam" && size !== undefined) dimensions.set(value.value, size);
    }
  }
  const infos = new Map([...valueInfo, ...output].map((info) => [info.name, info]));
  return (name) => {
    const info = infos.get(name);
    const dims = info?.type?.value.case === "tensorType" ? info.type.value.value.shape?.dim : undefined;
    const isKnown = dims?.every(({ value }) =>
      value.case === "dimParam" ? dimensions.has(value.value) : Number(value.value) >= 1,
    );
    return info && isKnown && isStoredType(elementType(info.type))
      ? typeFromProto(info, dimensions)
      : undefined;
  };
}
