/** The classifier of a model: its last linear layer. */
import type { GraphProto, NodeProto, TensorProto } from "../../onnx/generated/onnx_pb.ts";
import { type GraphLinks, graphLinks, intOf, listOf, nodeText } from "./graph-links.ts";

/** Form of a last linear layer: x W^T + b, x W (+ b), or a convolution of 1 x 1 pixels. */
export type ClassifierKind = "Gemm" | "MatMul" | "Conv";

/** The last linear layer on the way to an output. */
export interface FoundClassifier {
  readonly kind: ClassifierKind;
  readonly node: NodeProto;
  /** Name under which the node reads the weight. */
  readonly weight: string;
  /** Name under which the bias is read; absent: there is none. */
  readonly bias?: string;
  /** The Add behind a MatMul that holds the bias. */
  readonly biasNode?: NodeProto;
  readonly classes: number;
  readonly features: number;
  /** Value that a loss over classes reads: what enters the final activation, or the output. */
  readonly logits: string;
  /** Output of the graph that it leads to. */
  readonly output: string;
  /** The tensor behind the weight, in whatever form it is stored. */
  readonly source: TensorProto;
}

/** No classifier, and why. */
export interface NoClassifier {
  readonly problem: string;
}

/** What turns logits into something else: losses read what comes before. */
const activations: readonly string[] = [
  ...["Softmax", "LogSoftmax", "Sigmoid", "HardSigmoid", "Hardmax", "ArgMax", "TopK"],
];

/** Operators between a classifier and an output; their first input leads to it. */
const passed: ReadonlySet<string> = new Set([
  ...activations,
  ...["AveragePool", "Cast", "CastLike", "Clip", "DequantizeLinear", "Dropout", "Elu", "Exp", "Flatten"],
  ...["Gather", "GlobalAveragePool", "GlobalMaxPool", "Identity", "LeakyRelu", "Log", "MaxPool", "Neg"],
  ...["QuantizeLinear", "ReduceL2", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceSum", "Relu"],
  ...["Reshape", "Slice", "Squeeze", "Tanh", "Transpose", "Unsqueeze"],
]);

/** Operators with two operands, one of which may be a constant. */
const arithmetic: ReadonlySet<string> = new Set(["Add", "Sub", "Mul", "Div", "Pow"]);

/** Operators that multiply by quantized weights. */
const quantized =
  /^(QLinear(Conv|MatMul)|QGemm|MatMulInteger|ConvInteger|MatMulNBits|DynamicQuantizeMatMul|MatMulIntegerToFloat)$/;

/** Operators that stored weights pass through without changing their kind. */
const weightForms: ReadonlySet<string> = new Set(["Cast", "DequantizeLinear", "Identity", "Transpose"]);

/**
 * Finds the last Gemm, MatMul or 1x1 Conv with stored weights on the way to an output, through activations, changes of
 * form and pooling.
 *
 * @param graph - Nodes in execution order.
 * @param from - Name of the value to start from; absent: the first output that has a classifier.
 */
export function findClassifier(
  graph: GraphProto,
  from?: string,
  links: GraphLinks = graphLinks(graph),
): FoundClassifier | NoClassifier {
  const starts = from === undefined ? graph.output.map(({ name }) => name) : [from];
  const problems: string[] = [];
  for (const start of starts) {
    const found = before(start, links);
    if (!("problem" in found)) return found;
    problems.push(found.problem);
  }
  return { problem: problems.join("; ") || "the file has no output" };
}

function before(output: string, links: GraphLinks): FoundClassifier | NoClassifier {
  let name = output;
  let logits = output;
  let biasNode: NodeProto | undefined;
  const seen = new Set<NodeProto>();
  for (;;) {
    const node = links.producers.get(name);
    if (node && seen.has(node)) return { problem: `${nodeText(node)} depends on itself` };
    if (node) seen.add(node);
    if (!node) return { problem: `"${output}" comes from "${name}" without a linear layer` };
    const { opType, input } = node;
    const [first = "", second = ""] = input;
    if (opType === "Gemm" || opType === "Conv" || (opType === "MatMul" && links.isConstant(second))) {
      const direct = biasNode && links.producers.get(biasNode.input.find(notConstant(links)) ?? "") === node;
      return linear(node, { output, logits, biasNode: direct ? biasNode : undefined }, links);
    }
    const problem = whyNot(node, output, links);
    if (problem !== undefined) return { problem };
    // Of what is computed along the way, an Add right behind a MatMul is its bias.
    biasNode = opType === "Add" ? node : undefined;
    if (activations.includes(opType)) logits = first;
    name = arithmetic.has(opType) ? (input.find(notConstant(links)) ?? "") : first;
  }
}

const notConstant = (links: GraphLinks) => (name: string) => !links.isConstant(name);

/** Why the way back to a classifier ends at a node; undefined: it goes on. */
function whyNot(node: NodeProto, output: string, links: GraphLinks): string | undefined {
  const { opType, domain, input } = node;
  const last = `the last node before "${output}" that is no activation or change of form is ${nodeText(node)}`;
  if (quantized.test(opType)) return `${last}, whose weights are quantized`;
  const isMain = domain === "" || domain === "ai.onnx";
  if (isMain && passed.has(opType)) return undefined;
  if (isMain && arithmetic.has(opType) && input.filter(notConstant(links)).length === 1) return undefined;
  return `${last}, no Gemm, MatMul or 1x1 Conv with stored weights`;
}

interface Way {
  readonly output: string;
  readonly logits: string;
  readonly biasNode: NodeProto | undefined;
}

function linear(
  node: NodeProto,
  { output, logits, biasNode }: Way,
  links: GraphLinks,
): FoundClassifier | NoClassifier {
  const text = nodeText(node);
  const [, weight = "", ownBias = ""] = node.input;
  const source = sourceOf(weight, links);
  if ("problem" in source) return { problem: `the weight of ${text} ${source.problem}` };
  const kind = node.opType as ClassifierKind;
  const { shape } = source;
  const base = { node, weight, output, logits, source: source.tensor };
  if (kind === "Conv") {
    const [classes = 0, features = 0, ...window] = shape;
    const isSame = (name: string, value: number) => {
      const given = listOf(node, name, -1, links);
      return given === undefined || (given !== "unknown" && given.every((size) => size === value));
    };
    const isPlain = isSame("strides", 1) && isSame("pads", 0) && intOf(node, "group", 1) === 1;
    if (!isPlain || window.length === 0 || window.some((size) => size !== 1)) {
      return { problem: `the last linear layer is ${text} of ${window.join("x")} pixels, no 1x1 Conv` };
    }
    return { ...base, kind, classes, features, ...(ownBias !== "" && { bias: ownBias }) };
  }
  if (shape.length !== 2) {
    return { problem: `the weight of ${text} has shape [${shape.join(", ")}], no matrix` };
  }
  if (kind === "Gemm" && intOf(node, "transA", 0) !== 0) return { problem: `${text} transposes its input` };
  const [rows = 0, columns = 0] = shape;
  const isTransposed = kind === "Gemm" && intOf(node, "transB", 0) !== 0;
  const [classes, features] = isTransposed ? [rows, columns] : [columns, rows];
  if (kind === "Gemm") return { ...base, kind, classes, features, ...(ownBias !== "" && { bias: ownBias }) };
  const added = biasNode?.input.find((name) => links.isConstant(name)) ?? "";
  const addedShape = added === "" ? undefined : sourceOf(added, links);
  const isBias =
    addedShape !== undefined &&
    !("problem" in addedShape) &&
    addedShape.shape.at(-1) === classes &&
    addedShape.shape.slice(0, -1).every((size) => size === 1);
  return {
    ...{ ...base, kind, classes, features },
    ...(isBias && biasNode && { bias: added, biasNode }),
  };
}

/** The stored tensor behind a constant, and the shape that it has where it is read. */
export function sourceOf(
  name: string,
  links: GraphLinks,
): { readonly tensor: TensorProto; readonly shape: readonly number[] } | NoClassifier {
  /** Orders of axes on the way, from the reader. */
  const orders: (readonly number[] | undefined)[] = [];
  let at = name;
  for (;;) {
    const tensor = links.stored.get(at);
    if (tensor) {
      const stored = tensor.dims.map(Number);
      const shape = orders.reduceRight<readonly number[]>(
        (sizes, order) => (order ?? [...sizes.keys()].reverse()).map((axis) => sizes[axis] ?? 0),
        stored,
      );
      return { tensor, shape };
    }
    const node = links.producers.get(at);
    if (!node) return { problem: `is "${at}", an input of the model` };
    if (!links.isConstant(at)) return { problem: `is computed from the model's inputs by ${nodeText(node)}` };
    if (!weightForms.has(node.opType)) {
      return { problem: `is computed by ${nodeText(node)}; only stored weights get a new head` };
    }
    if (node.opType === "Transpose") {
      const perm = listOf(node, "perm", -1, links);
      orders.push(perm === "unknown" ? undefined : perm);
    }
    at = node.input[0] ?? "";
  }
}
