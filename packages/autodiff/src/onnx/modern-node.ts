/** Rewrites nodes of older operator sets as those of opset 18, which shape and gradient rules read. */
import { int, readFloat, readInt, readInts, readText, text } from "../graph/attributes.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { dataTypeCode } from "../graph/data-type.ts";
import type { Node } from "../graph/graph.ts";
import { checkAttributes } from "../graph/shapes/attribute-checks.ts";
import { normalizeAxis } from "../graph/shapes/shape-rule.ts";
import { elementCount, float32, int64 } from "../graph/tensor.ts";
import { explicitWindow, inputOf, without } from "./modern-window.ts";

/** The version that rules are written for. */
export const modernOpset = 18;

/**
 * The node as opset 18 writes it; what it needs before it is added to the graph.
 *
 * @param node - Of `ai.onnx`; its inputs exist in the graph.
 * @param opset - Version that it comes from.
 */
export function modernNode(builder: GraphBuilder, node: Node, opset: number): Node {
  checkAttributes(node);
  const explicit = explicitWindow(builder, node);
  return upgrades.get(node.op)?.({ builder, node: explicit, opset }) ?? explicit;
}

interface Upgrading {
  readonly builder: GraphBuilder;
  readonly node: Node;
  readonly opset: number;
}

const axesToInput =
  (since: number) =>
  ({ builder, node, opset }: Upgrading): Node => {
    const axes = node.attributes["axes"];
    if (opset >= since || axes?.type !== "ints") return node;
    return withInputs(node, ["axes"], [node.inputs[0] ?? "", list(builder, axes.value)]);
  };

/** Before opset 13 all axes from `axis` on were one. */
function flattened({ builder, node, opset }: Upgrading): Node {
  const x = inputOf(builder, node, 0);
  const rank = x.shape.length;
  const given = readInt(node.attributes, "axis", opset < 13 ? 1 : -1);
  const axis = opset < 13 && given === rank ? rank : normalizeAxis(node, given, rank);
  if (opset >= 13 || axis === rank - 1) return { ...node, attributes: { axis: int(axis) } };
  const rows = [elementCount(x.shape.slice(0, axis)), elementCount(x.shape.slice(axis))];
  const flat = builder.op("Reshape", [x, builder.constant(int64([2], rows))]);
  const y = builder.op(node.op, [flat], { axis: int(1) });
  return { ...node, op: "Reshape", inputs: [y.name, list(builder, x.shape)], attributes: {} };
}

const upgrades: ReadonlyMap<string, (upgrading: Upgrading) => Node> = new Map(
  Object.entries<(upgrading: Upgrading) => Node>({
    Squeeze: axesToInput(13),
    Unsqueeze: axesToInput(13),
    ReduceSum: axesToInput(13),
    ...Object.fromEntries(
      ["Mean", "Max", "Min", "L1", "L2", "SumSquare", "LogSum", "LogSumExp", "Prod"].map((kind) => [
        `Reduce${kind}`,
        axesToInput(18),
      ]),
    ),
    Softmax: flattened,
    LogSoftmax: flattened,
    Clip({ builder, node, opset }) {
      if (opset >= 11) return node;
      const bound = (name: string, fallback: number) =>
        builder.constant(float32([], [readFloat(node.attributes, name, fallback)])).name;
      const bounds = [bound("min", -3.4028234663852886e38), bound("max", 3.4028234663852886e38)];
      return withInputs(node, ["min", "max"], [node.inputs[0] ?? "", ...bounds]);
    },
    Pad({ builder, node, opset }) {
      if (opset >= 11) return node;
      const value = builder.constant(float32([], [readFloat(node.attributes, "value", 0)])).name;
      const pads = list(builder, readInts(node.attributes, "pads", []));
      return withInputs(node, ["pads", "value"], [node.inputs[0] ?? "", pads, value]);
    },
    Slice({ builder, node, opset }) {
      if (opset >= 10) return node;
      const starts = readInts(node.attributes, "starts", []);
      const ends = readInts(node.attributes, "ends", []);
      const axes = readInts(node.attributes, "axes", [...starts.keys()]);
      const lists = [starts, ends, axes].map((values) => list(builder, values));
      return withInputs(node, ["starts", "ends", "axes"], [node.inputs[0] ?? "", ...lists]);
    },
    Split({ builder, node, opset }) {
      if (opset >= 18) return node;
      const sizes = node.attributes["split"];
      if (sizes?.type === "ints") {
        return withInputs(node, ["split"], [node.inputs[0] ?? "", list(builder, sizes.value)]);
      }
      if (node.inputs[1]) return node;
      return { ...node, attributes: { ...node.attributes, num_outputs: int(node.outputs.length) } };
    },
    Upsample({ builder, node }) {
      const given = node.attributes["scales"];
      const scales =
        given?.type === "floats"
          ? builder.constant(float32([given.value.length], given.value)).name
          : (node.inputs[1] ?? "");
      return resizedByScales(node, scales);
    },
    Resize({ node, opset }) {
      return opset >= 11 ? node : resizedByScales(node, node.inputs[1] ?? "");
    },
    CastLike({ builder, node }) {
      const to = builder.value(node.inputs[1] ?? "").dtype;
      const inputs = node.inputs.slice(0, 1);
      return { ...node, op: "Cast", inputs, attributes: { to: int(dataTypeCode(to)) } };
    },
    Dropout({ builder, node }) {
      const [, ratio = "", mode = ""] = node.inputs;
      const training = mode === "" ? 0 : Number(builder.constantOf(mode)?.data[0] ?? 0);
      // A ratio of 0 drops nothing, as in Swin.
      if (training !== 0 && builder.constantOf(ratio)?.data[0] !== 0) return node;
      return {
        ...node,
        op: "Identity",
        inputs: node.inputs.slice(0, 1),
        outputs: node.outputs.slice(0, 1),
        attributes: {},
      };
    },
    BatchNormalization({ node, opset }) {
      if (opset >= 14) return node;
      const { epsilon, spatial } = node.attributes;
      const attributes = { ...(epsilon && { epsilon }), ...(spatial && { spatial }) };
      return { ...node, outputs: node.outputs.slice(0, 1), attributes };
    },
  }),
);

/** Whether an operator of `ai.onnx` may become another. */
export function isUpgraded(op: string): boolean {
  return upgrades.has(op);
}

/** Before opset 11 pixels were taken from floor(position / scale). */
function resizedByScales(node: Node, scales: string): Node {
  const mode = readText(node.attributes, "mode", "nearest");
  return {
    ...node,
    op: "Resize",
    inputs: [node.inputs[0] ?? "", "", scales],
    attributes: {
      mode: text(mode === "bilinear" ? "linear" : mode),
      coordinate_transformation_mode: text("asymmetric"),
      nearest_mode: text("floor"),
    },
  };
}

/** Attributes that became inputs. */
function withInputs(node: Node, attributes: readonly string[], inputs: readonly string[]): Node {
  return { ...without(node, ...attributes), inputs };
}

function list(builder: GraphBuilder, values: readonly number[]): string {
  return builder.constant(int64([values.length], values)).name;
}
