/** Cuts a model in two: all before its classifier, and the classifier. */
import { elementCount, type Graph, GraphBuilder, int64, type Node, type Value } from "@tsimm/autodiff";
import type { ForwardGraphOptions, Model } from "../model.ts";

/** Size of the images of {@link splitHead}. */
export interface SplitHeadOptions {
  /** Pixels; absent: the model's own. */
  readonly height?: number;
  /** Pixels; absent: the model's own. */
  readonly width?: number;
}

/** The two parts of a model, over its tensors. */
export interface SplitModel {
  /** Yields what the classifier sees, float32 [B, ..], in evaluation. */
  readonly backbone: Model;
  /**
   * Takes that as images, float32 [B, F, 1, 1], and has the state of the whole model. Freeze `backbone` in training; only
   * logits are to be had.
   */
  readonly head: Model;
  /** F: numbers of an image that the classifier sees. */
  readonly features: number;
}

/**
 * Cuts a model before its classifier, so that what is frozen is computed once for each image.
 *
 * @param model - With a classifier.
 * @returns Two views of the model, which share its tensors.
 * @throws RangeError for a model without a classifier, or one that sees more than one value.
 * @example
 * const model = createModel("resnet18", { numClasses: 3 });
 * const { head, features } = splitHead(model, { height: 64, width: 64 });
 * features; // => 512
 * const images = { batchSize: 2, height: 1, width: 1, training: true };
 * head.forwardGraph(images).inputs.map(({ name, shape }) => `${name} ${shape}`);
 * // => ["input 2,512,1,1", "fc.weight 3,512", "fc.bias 3"]
 */
export function splitHead(model: Model, options: SplitHeadOptions = {}): SplitModel {
  const [, ownHeight, ownWidth] = model.pretrainedCfg.inputSize;
  const { height = ownHeight, width = ownWidth } = options;
  const own = new Set(model.getClassifier().map(({ name }) => name));
  if (own.size === 0) {
    throw new RangeError(`splitHead: model must have a classifier, got ${model.name} without one`);
  }
  const graphOf = (batchSize: number, training: boolean) =>
    model.forwardGraph({ batchSize, height, width, training });
  const masks = new Set(model.masks.map(({ name }) => name));
  const cutOf = (batchSize: number, training: boolean) => {
    const graph = graphOf(batchSize, training);
    return { graph, cut: headOf(model.name, graph, own, masks) };
  };
  const { graph, cut } = cutOf(1, true);
  const features = elementCount(cut.border.shape);
  const reads = new Set(cut.nodes.flatMap(({ inputs }) => inputs));
  const inHead = new Set(graph.inputs.flatMap(({ name }) => (reads.has(name) ? [name] : [])));
  return {
    features,
    backbone: {
      ...model,
      forwardGraph({ batchSize }: ForwardGraphOptions) {
        const { graph, cut } = cutOf(batchSize, false);
        return upTo(graph, cut.border);
      },
    },
    head: {
      ...model,
      inChans: features,
      masks: model.masks.filter(({ name }) => inHead.has(name)),
      batchNormalizations: [],
      forwardGraph({ batchSize, training, output = "logits" }: ForwardGraphOptions) {
        if (output !== "logits") {
          throw new RangeError(`splitHead: output of the head must be logits, got "${output}"`);
        }
        const { graph, cut } = cutOf(batchSize, training);
        return from(graph, cut, { batchSize, features });
      },
    },
  };
}

/** The classifier in a graph. */
interface Cut {
  /** What it reads of the rest. */
  readonly border: Value;
  /** Its nodes, and dropout before it. */
  readonly nodes: readonly Node[];
}

function headOf(name: string, graph: Graph, own: ReadonlySet<string>, masks: ReadonlySet<string>): Cut {
  const inputs = new Set(graph.inputs.map((input) => input.name));
  /** Computed of the images, and perhaps of weights. */
  const ofImages = new Set(["input"]);
  for (const node of graph.nodes) {
    if (node.inputs.some((input) => ofImages.has(input))) for (const made of node.outputs) ofImages.add(made);
  }
  const after = new Set(own);
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    if (!node.inputs.some((input) => after.has(input))) continue;
    nodes.push(node);
    for (const made of node.outputs) after.add(made);
  }
  const read = nodes
    .flatMap((node) => node.inputs)
    .filter((input) => ofImages.has(input) && !after.has(input));
  const borders = [...new Set(read)];
  const [first, ...others] = borders;
  if (first === undefined || others.length > 0) {
    throw new RangeError(
      `splitHead: the classifier of ${name} must see one value, got ${borders.length}; freeze its backbone instead`,
    );
  }
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((made) => [made, node] as const)));
  const chain: Node[] = [];
  let border = first;
  /** Nodes between the classifier and a dropout before it belong to it. */
  for (let at = first; ; ) {
    const node = makers.get(at);
    const data = node?.inputs.filter((input) => ofImages.has(input)) ?? [];
    const [only] = data;
    const isPlain = node?.inputs.every((input) => input === only || masks.has(input) || !inputs.has(input));
    if (node === undefined || only === undefined || data.length > 1 || !isPlain || !reshapes(node)) break;
    chain.unshift(node);
    at = only;
    if (node.inputs.some((input) => masks.has(input))) border = at;
  }
  const kept = chain.slice(chain.findIndex((node) => node.inputs.includes(border)));
  const value = graph.values.get(border);
  if (value === undefined) throw new RangeError(`splitHead: the graph of ${name} must hold "${border}"`);
  return { border: value, nodes: [...(border === first ? [] : kept), ...nodes] };
}

/** Whether a node is dropout, or changes nothing but the shape. */
function reshapes({ op }: Node): boolean {
  return ["Mul", "Flatten", "Reshape", "Identity", "Squeeze"].includes(op);
}

/** The graph whose output is a value of another graph. */
function upTo(graph: Graph, border: Value): Graph {
  const builder = new GraphBuilder({ ...graph, outputs: [] });
  builder.output(builder.value(border.name), border.name === "input" ? "features" : border.name);
  const { inputs, ...rest } = builder.build();
  const read = new Set(rest.nodes.flatMap((node) => node.inputs));
  return { ...rest, inputs: inputs.filter(({ name }) => name === "input" || read.has(name)) };
}

/** The graph of the classifier, whose images are what it sees. */
function from(
  graph: Graph,
  { border, nodes }: Cut,
  { batchSize, features }: { readonly batchSize: number; readonly features: number },
): Graph {
  const builder = new GraphBuilder(`${graph.name} head`, {
    opset: graph.opset,
    reserved: new Set([...graph.values.keys(), ...graph.nodes.map(({ name }) => name)]),
  });
  const images = builder.input("input", "float32", [batchSize, features, 1, 1]);
  const read = new Set(nodes.flatMap((node) => node.inputs));
  for (const { name, dtype, shape } of graph.inputs) {
    if (name !== "input" && read.has(name)) builder.input(name, dtype, shape);
  }
  for (const [name, tensor] of graph.initializers) if (read.has(name)) builder.constant(tensor, name);
  const shape = builder.constant(int64([border.shape.length], border.shape));
  const seen = builder.op("Reshape", [images, shape]);
  const rename = (name: string) => (name === border.name ? seen.name : name);
  for (const node of nodes) builder.node({ ...node, inputs: node.inputs.map(rename) });
  for (const { name } of graph.outputs) builder.output(builder.value(name));
  return builder.build();
}
