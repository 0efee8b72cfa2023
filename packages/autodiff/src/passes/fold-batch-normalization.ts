import { arithmetic } from "../graph/arithmetic.ts";
import { float, readFloat, readInt } from "../graph/attributes.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Attributes, Graph, Node, Value } from "../graph/graph.ts";
import { elementCount } from "../graph/tensor.ts";

/**
 * Makes a batch normalization of given statistics part of the layer that it alone reads: a Conv, ConvTranspose,
 * Gemm or MatMul.
 *
 * scale (W x + b - mean) inv + bias = (a W) x + (a (b - mean) + bias), inv = 1 / sqrt(variance + epsilon),
 * a = scale inv. Neither pass goes over the layer's output for it then: gradients of W and scale follow from that of
 * a W. So a normalization stays where it is the cheaper way: W is trained, large and larger than the layer's output, or
 * the scale is trained and W is not, whose gradient nothing else needs.
 */
export function foldBatchNormalization(graph: Graph): Graph {
  const layers = foldableLayers(graph);
  if (layers.size === 0) return graph;
  const folded = new Set(layers.values());
  const reserved = new Set([...graph.values.keys(), ...graph.nodes.map(({ name }) => name)]);
  const builder = new GraphBuilder(graph.name, { opset: graph.opset, reserved });
  for (const { name, dtype, shape } of graph.inputs) builder.input(name, dtype, shape);
  for (const [name, constant] of graph.initializers) builder.constant(constant, name);
  for (const node of graph.nodes) {
    if (folded.has(node)) continue;
    const layer = layers.get(node);
    builder.node(layer ? normalizedLayer(builder, layer, node) : node);
  }
  for (const { name } of graph.outputs) builder.output(builder.value(name));
  return builder.build();
}

/** A weight up to this many elements is multiplied in no time. */
const smallWeight = 65_536;

/** Batch normalization -> the layer before it. */
function foldableLayers({ nodes, outputs, initializers, values }: Graph): ReadonlyMap<Node, Node> {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const readers = new Map(outputs.map(({ name }) => [name, 1]));
  for (const name of nodes.flatMap((node) => node.inputs)) readers.set(name, (readers.get(name) ?? 0) + 1);
  const found = new Map<Node, Node>();
  for (const node of nodes) {
    const [x = "", scale = ""] = node.inputs;
    const layer = makers.get(x);
    if (node.op !== "BatchNormalization" || readInt(node.attributes, "training_mode", 0) !== 0) continue;
    if (!layer || readers.get(x) !== 1 || values.get(x)?.dtype !== "float32") continue;
    if (!isLayer(layer, values)) continue;
    const [, w = ""] = layer.inputs;
    const size = (name: string) => elementCount(values.get(name)?.shape ?? []);
    const isCheaper = initializers.has(w)
      ? initializers.has(scale)
      : size(w) <= Math.max(size(x), smallWeight);
    if (isCheaper) found.set(node, layer);
  }
  return found;
}

function isLayer({ op, domain, inputs, attributes }: Node, values: Graph["values"]): boolean {
  if (domain !== "") return false;
  if (op === "MatMul") return inputs.every((name) => values.get(name)?.shape.length === 2);
  return op === "Conv" || op === "Gemm" || (op === "ConvTranspose" && readInt(attributes, "group", 1) === 1);
}

/** The layer that yields what the batch normalization behind it does. */
function normalizedLayer(builder: GraphBuilder, layer: Node, { inputs, outputs, attributes }: Node): Node {
  const { add, sub, mul, unary, reshape } = arithmetic(builder);
  const [scale, bias, mean, variance] = inputs.slice(1).map((name) => builder.value(name));
  const [x = "", w = "", b = ""] = layer.inputs;
  if (!scale || !bias || !mean || !variance) return layer;
  const deviation = unary("Sqrt", add(variance, readFloat(attributes, "epsilon", 1e-5)));
  const a = mul(scale, unary("Reciprocal", deviation));
  const weight = mul(builder.value(w), reshape(a, perOutput(layer, builder.value(w))));
  const shift = sub(bias, mul(mean, a));
  const beta = layer.op === "Gemm" ? readFloat(layer.attributes, "beta", 1) : 1;
  const scaled = (given: Value) => mul(given, beta === 1 ? a : mul(a, beta));
  const sum = b === "" ? shift : add(scaled(builder.value(b)), shift);
  const settings: Attributes =
    layer.op === "Gemm" ? { ...layer.attributes, beta: float(1) } : layer.attributes;
  const op = layer.op === "MatMul" ? "Gemm" : layer.op;
  return { ...layer, op, inputs: [x, weight.name, sum.name], outputs, attributes: settings };
}

/** The shape of a weight, all but the outputs' axis of size 1. */
function perOutput({ op, attributes }: Node, { shape }: Value): readonly number[] {
  const transposed = op !== "Conv" && readInt(attributes, "transB", 0) === 0;
  return shape.map((size, axis) => (axis === Number(transposed) ? size : 1));
}
