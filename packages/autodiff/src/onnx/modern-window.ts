/** Rewrites sliding windows of any spelling as those that shape and gradient rules read. */
import { ints, readInts, readText } from "../graph/attributes.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Attribute, Attributes, Node, Value } from "../graph/graph.ts";
import { describe } from "../graph/shapes/shape-rule.ts";
import { int64 } from "../graph/tensor.ts";

const windowed: readonly string[] = ["Conv", "ConvTranspose", "MaxPool", "AveragePool"];

/**
 * A convolution or a pool over two dimensions, its padding in numbers; another node as it is.
 *
 * @throws RangeError where an input is missing or the mode of padding is unknown.
 */
export function explicitWindow(builder: GraphBuilder, node: Node): Node {
  return windowed.includes(node.op) ? inTwoDimensions(builder, withExplicitPads(builder, node)) : node;
}

/** Padding that depends on the size of the image, or of the output, as numbers. */
function withExplicitPads(builder: GraphBuilder, node: Node): Node {
  const mode = readText(node.attributes, "auto_pad", "NOTSET");
  const target =
    node.attributes["output_shape"]?.type === "ints" ? node.attributes["output_shape"].value : [];
  if (mode === "NOTSET" && target.length === 0) return without(node, "auto_pad");
  const size = inputOf(builder, node, 0).shape.slice(2);
  const weight = node.op.startsWith("Conv") ? inputOf(builder, node, 1) : undefined;
  if (!["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"].includes(mode)) {
    throw new RangeError(
      `${describe(node)}: attribute auto_pad must be NOTSET, SAME_UPPER, SAME_LOWER or VALID, got "${mode}"`,
    );
  }
  const read = (name: string, fallback: number) =>
    readInts(
      node.attributes,
      name,
      size.map(() => fallback),
    );
  const kernel = readInts(node.attributes, "kernel_shape", weight?.shape.slice(2) ?? []);
  const [strides, dilations, extra] = [read("strides", 1), read("dilations", 1), read("output_padding", 0)];
  const totals = size.map((length, axis) => {
    if (mode === "VALID" && target.length === 0) return 0;
    const stride = strides[axis] ?? 1;
    const extent = ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1;
    const steps = node.op === "ConvTranspose" ? length : Math.ceil(length / stride);
    const covered = (steps - 1) * stride + extent;
    if (node.op !== "ConvTranspose") return Math.max(0, covered - length);
    const wanted = target.length > 0 ? target.at(axis - size.length) : undefined;
    return Math.max(0, covered + (extra[axis] ?? 0) - (wanted ?? length * stride));
  });
  const before = totals.map((total) =>
    mode === "SAME_UPPER" ? Math.floor(total / 2) : Math.ceil(total / 2),
  );
  const after = totals.map((total, axis) => total - (before[axis] ?? 0));
  const plain = without(node, "auto_pad", "output_shape");
  return { ...plain, attributes: { ...plain.attributes, pads: ints(...before, ...after) } };
}

/** Attributes of windows with an entry per dimension. */
const perDimension: readonly string[] = ["kernel_shape", "strides", "dilations", "output_padding", "pads"];

/** A window over one dimension, as one over two of which the first has size 1. */
function inTwoDimensions(builder: GraphBuilder, node: Node): Node {
  if (builder.inputsOf(node)[0]?.shape.length !== 3) return node;
  const axis = builder.constant(int64([1], [2]));
  const lifted = [inputOf(builder, node, 0)].map((value) => builder.op("Unsqueeze", [value, axis]));
  const weights = node.op.startsWith("Conv") ? [inputOf(builder, node, 1)] : [];
  lifted.push(...weights.map((value) => builder.op("Unsqueeze", [value, axis])));
  const attributes = Object.entries(node.attributes).map(([name, attribute]): [string, Attribute] => {
    if (attribute.type !== "ints" || !perDimension.includes(name)) return [name, attribute];
    const [only = 0, end = 0] = attribute.value;
    if (name === "pads") return [name, ints(0, only, 0, end)];
    return [name, ints(name === "output_padding" ? 0 : 1, ...attribute.value)];
  });
  const [y] = builder.node({
    ...node,
    name: `${node.name}/2d`,
    inputs: [...lifted.map(({ name }) => name), ...node.inputs.slice(lifted.length)],
    outputs: [`${node.outputs[0]}/2d`],
    attributes: Object.fromEntries(attributes),
  });
  return {
    ...node,
    op: "Squeeze",
    inputs: [y?.name ?? "", axis.name],
    outputs: node.outputs.slice(0, 1),
    attributes: {},
  };
}

/** Input `index`, which must exist. */
export function inputOf(builder: GraphBuilder, node: Node, index: number): Value {
  const value = builder.inputsOf(node)[index];
  if (!value) throw new RangeError(`${describe(node)}: input ${index} must be given, got none`);
  return value;
}

/** The node without some attributes. */
export function without(node: Node, ...names: string[]): Node {
  if (!names.some((name) => name in node.attributes)) return node;
  const kept = Object.entries(node.attributes).filter(([name]) => !names.includes(name));
  const attributes: Attributes = Object.fromEntries(kept);
  return { ...node, attributes };
}
