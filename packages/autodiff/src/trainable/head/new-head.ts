/** A new classifier in the place of a file's own. */
import { create } from "@bufbuild/protobuf";
import {
  type GraphProto,
  type NodeProto,
  type TensorProto,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  type ValueInfoProto,
} from "../../onnx/generated/onnx_pb.ts";
import { toBfloat, toHalf } from "../../onnx/half.ts";
import { withFields } from "../../onnx/with-fields.ts";
import { type ClassAxes, type ClassAxis, followClasses } from "./class-axis.ts";
import { type FoundClassifier, findClassifier } from "./find-classifier.ts";
import { type GraphLinks, graphLinks, intOf } from "./graph-links.ts";
import { setTensor } from "./set-tensor.ts";
import { uniformNumbers } from "./uniform.ts";

/** Options of {@link newHead}. */
export interface NewHeadOptions {
  /** An integer >= 1. */
  readonly classes: number;
  /** Of the initial weights, a safe integer. */
  readonly seed: number;
  /** Value to look before for the classifier; absent: the outputs. */
  readonly logits?: string | undefined;
}

/** A graph with a new head. */
export interface NewHead {
  readonly graph: GraphProto;
  /** The value that a loss over classes reads. */
  readonly logits: string;
  /** Names of weight and bias. */
  readonly tensors: readonly string[];
}

/** Largest weight of a file: Protocol Buffers end at 2 GiB. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * Gives the classifier of a graph another number of classes, with initial weights as PyTorch's Linear has them: uniform in
 * +-1 / sqrt(features). Everything else stays: names, nodes, metadata, what comes behind.
 *
 * @param graph - Nodes in execution order.
 * @throws RangeError if there is no classifier, too many classes for a file, or a node behind it reads the classes by
 * number.
 */
export function newHead(graph: GraphProto, { classes, seed, logits }: NewHeadOptions): NewHead {
  const links = graphLinks(graph);
  const found = findClassifier(graph, logits, links);
  if ("problem" in found) {
    throw new RangeError(
      `trainable: classes must be given for a model with a classifier, a last Gemm, MatMul or 1x1 Conv with stored weights, got none: ${found.problem}; name the value that it leads to as logits, or leave classes out`,
    );
  }
  const { node, biasNode, features, kind } = found;
  const most = Math.floor(MOST_BYTES / 4 / features);
  if (classes > most) {
    throw new RangeError(
      `trainable: classes must be at most ${most} for the ${features} features of the classifier, got ${classes}`,
    );
  }
  const last = biasNode ?? node;
  const counts = { before: found.classes, after: classes };
  const behind = followClasses(graph, [last.output[0] ?? "", outputAxis(graph, found)], counts, links);
  const isConv = kind === "Conv";
  const isTransposed = kind === "Gemm" && intOf(node, "transB", 0) !== 0;
  const window = isConv ? [1, ...found.source.dims.slice(3).map(() => 1)] : [];
  const shape = isConv || isTransposed ? [classes, features, ...window] : [features, classes];
  const edit = new GraphEdit(graph, links);
  const dataType = typeOf(found, links);
  const bound = 1 / Math.sqrt(features);
  const fresh = (name: string, sizes: readonly number[]) =>
    tensorOf(name, sizes, dataType, uniformNumbers(count(sizes), bound, seed, name));
  const tensors = [edit.replace(node, found.weight, (name) => fresh(name, shape))];
  if (found.bias !== undefined) {
    const rank = links.stored.get(found.bias)?.dims.length ?? 1;
    const sizes = [...Array.from({ length: Math.max(0, (biasNode ? rank : 1) - 1) }, () => 1), classes];
    tensors.push(edit.replace(last, found.bias, (name) => fresh(name, sizes)));
  }
  for (const { node: reader, input, values } of behind.lists) {
    edit.replace(reader, reader.input[input] ?? "", (name) => listTensor(name, values));
  }
  return { graph: withClassCounts(edit.apply(), behind, counts), logits: found.logits, tensors };
}

/** The axis of classes in what the classifier yields. */
function outputAxis(
  graph: GraphProto,
  { kind, source, classes, node, biasNode }: FoundClassifier,
): ClassAxis {
  if (kind === "Gemm") return { fromEnd: -1, shape: [undefined, classes] };
  const rank = source.dims.length;
  if (kind === "Conv") {
    return {
      fromEnd: 1 - rank,
      shape: Array.from({ length: rank }, (_, at) => (at === 1 ? classes : undefined)),
    };
  }
  const infos = new Map(
    [...graph.valueInfo, ...graph.output, ...graph.input].map((info) => [info.name, info]),
  );
  const names = [biasNode?.output[0], node.output[0], node.input[0]];
  const shape = names.map((name) => sizesOf(infos.get(name ?? ""))).find((sizes) => sizes !== undefined);
  const producer = graph.node.find(({ output }) => output.includes(node.input[0] ?? ""));
  const isFlat = producer?.opType === "Flatten" || producer?.opType === "Gemm";
  const sizes = shape ?? (isFlat ? [undefined, undefined] : undefined);
  return { fromEnd: -1, shape: sizes?.with(-1, classes) };
}

function sizesOf(info: ValueInfoProto | undefined): readonly (number | undefined)[] | undefined {
  if (info?.type?.value.case !== "tensorType") return undefined;
  return info.type.value.value.shape?.dim.map(({ value }) =>
    value.case === "dimValue" && value.value > 0n ? Number(value.value) : undefined,
  );
}

/** ONNX's number of the type that the head computes in. */
function typeOf({ weight, source, node }: FoundClassifier, links: GraphLinks): number {
  let name = weight;
  for (let at = links.producers.get(name); at && !links.stored.has(name); at = links.producers.get(name)) {
    if (at.opType === "Cast") return intOf(at, "to", 1);
    // Of the type of its scale.
    if (at.opType === "DequantizeLinear") return links.stored.get(at.input[1] ?? "")?.dataType ?? 1;
    name = at.input[0] ?? "";
  }
  const { dataType } = source;
  if ([1, 10, 11, 16].includes(dataType)) return dataType;
  throw new RangeError(
    `trainable: classes must be given for a classifier of floating-point weights, got type number ${dataType} in "${node.name}"`,
  );
}

function tensorOf(
  name: string,
  shape: readonly number[],
  dataType: number,
  data: Float32Array<ArrayBuffer>,
): TensorProto {
  const numbers =
    dataType === 10
      ? Uint16Array.from(data, toHalf)
      : dataType === 16
        ? Uint16Array.from(data, toBfloat)
        : dataType === 11
          ? Float64Array.from(data)
          : data;
  const rawData = new Uint8Array(numbers.buffer);
  return create(TensorProtoSchema, { name, dims: shape.map(BigInt), dataType, rawData });
}

function listTensor(name: string, values: readonly number[]): TensorProto {
  const rawData = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
  return create(TensorProtoSchema, { name, dims: [BigInt(values.length)], dataType: 7, rawData });
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Constants of a graph that are replaced for one reader. */
class GraphEdit {
  readonly #graph: GraphProto;
  readonly #links: GraphLinks;
  /** New inputs of nodes, old name -> new name. */
  readonly #renamed = new Map<NodeProto, Map<string, string>>();
  readonly #tensors = new Map<string, TensorProto>();
  readonly #taken: Set<string>;

  constructor(graph: GraphProto, links: GraphLinks) {
    this.#graph = graph;
    this.#links = links;
    this.#taken = new Set([
      ...links.stored.keys(),
      ...links.producers.keys(),
      ...[...graph.input, ...graph.output].map(({ name }) => name),
    ]);
  }

  /** Gives a reader a constant of its own, under the old name where nobody else reads that. */
  replace(reader: NodeProto, name: string, make: (name: string) => TensorProto): string {
    const isAlone =
      this.#links.readersOf(name).every((node) => node === reader) &&
      reader.input.filter((input) => input === name).length === 1 &&
      !this.#graph.output.some((output) => output.name === name);
    let own = name;
    if (!isAlone) {
      while (this.#taken.has(own)) own += ".head";
      this.#taken.add(own);
      const names = this.#renamed.get(reader) ?? new Map<string, string>();
      this.#renamed.set(reader, names.set(name, own));
    }
    this.#tensors.set(own, make(own));
    return own;
  }

  /** The graph with the new constants; what nobody reads any more is left out. */
  apply(): GraphProto {
    const graph = this.#graph;
    const fresh = new Map(this.#tensors);
    const before = new Set(graph.node.flatMap(({ input }) => input));
    const nodes = graph.node.flatMap((node) => {
      const [first = ""] = node.output;
      const tensor = fresh.get(first);
      if (tensor) {
        // What made the constant: a Constant node gets the new one, others are left out.
        if (node.opType !== "Constant") return [];
        fresh.delete(first);
        return [setTensor(node, tensor)];
      }
      const names = this.#renamed.get(node);
      return names
        ? [withFields(node, { input: node.input.map((name) => names.get(name) ?? name) })]
        : [node];
    });
    const initializers = graph.initializer.map((tensor) => {
      const own = fresh.get(tensor.name);
      fresh.delete(tensor.name);
      return own ?? tensor;
    });
    const inputs = graph.input.map((input) => this.#resized(input));
    const changed = withFields(graph, {
      node: nodes,
      initializer: [...initializers, ...fresh.values()],
      input: inputs,
    });
    return withoutUnread(changed, before);
  }

  /** Files of the oldest versions list initializers among the inputs, with their shapes. */
  #resized(input: ValueInfoProto): ValueInfoProto {
    const tensor = this.#tensors.get(input.name);
    const { type } = input;
    if (!tensor || type?.value.case !== "tensorType") return input;
    const { elemType, shape } = type.value.value;
    const dim = tensor.dims.map((value) =>
      create(TensorShapeProto_DimensionSchema, { value: { case: "dimValue", value } }),
    );
    const value = withFields(type.value.value, {
      elemType,
      ...(shape && { shape: withFields(shape, { dim }) }),
    });
    return withFields(input, { type: withFields(type, { value: { case: "tensorType", value } }) });
  }
}

/** The graph without constants that were read before and are not any more, such as the scale of quantized weights. */
function withoutUnread(graph: GraphProto, before: ReadonlySet<string>): GraphProto {
  const links = graphLinks(graph);
  const outputs = new Set(graph.output.map(({ name }) => name));
  const dead = (name: string) => before.has(name) && !outputs.has(name) && links.readersOf(name).length === 0;
  const node = graph.node.filter(
    ({ output }) => !(output.every((name) => dead(name)) && output.every((name) => links.isConstant(name))),
  );
  const initializer = graph.initializer.filter(({ name }) => !dead(name));
  const input = graph.input.filter(({ name }) => !(dead(name) && links.stored.has(name)));
  if (node.length === graph.node.length && initializer.length === graph.initializer.length) return graph;
  return withoutUnread(withFields(graph, { node, initializer, input }), before);
}

/** The shapes that the file tells, with the new number of classes. */
function withClassCounts(
  graph: GraphProto,
  { axes }: ClassAxes,
  { before, after }: { readonly before: number; readonly after: number },
): GraphProto {
  const resized = (info: ValueInfoProto): ValueInfoProto => {
    const axis = axes.get(info.name);
    const { type } = info;
    if (!axis || type?.value.case !== "tensorType" || !type.value.value.shape) return info;
    const { shape } = type.value.value;
    const at = shape.dim.length + axis.fromEnd;
    const dim = shape.dim.map((given, index) =>
      index === at && given.value.case === "dimValue" && Number(given.value.value) === before
        ? withFields(given, { value: { case: "dimValue" as const, value: BigInt(after) } })
        : given,
    );
    const value = withFields(type.value.value, { shape: withFields(shape, { dim }) });
    return withFields(info, { type: withFields(type, { value: { case: "tensorType", value } }) });
  };
  return withFields(graph, { output: graph.output.map(resized), valueInfo: graph.valueInfo.map(resized) });
}
