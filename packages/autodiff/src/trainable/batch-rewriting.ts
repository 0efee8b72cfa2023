/** A graph made for one batch size, at another: each sample must go its own way through it. */
import { ruleOf } from "../gradients/index.ts";
import { int, readInt } from "../graph/attributes.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Node } from "../graph/graph.ts";
import { describe, formatShape } from "../graph/shapes/shape-rule.ts";
import { elementCount, int64 } from "../graph/tensor.ts";

/** How a graph comes to another batch size. */
export interface BatchRewriting {
  /** The node with its constant shapes for the new batch size. */
  rewrite(node: Node, builder: GraphBuilder): Node;
  /** Throws unless every node treats each sample alike and `logits` has a row for each. */
  verify(builder: GraphBuilder, logits: string): void;
}

/** Options of {@link batchRewriting}. */
export interface BatchRewritingOptions {
  /** Batch size of the graph as it is. */
  readonly from: number;
  /** Another batch size. */
  readonly to: number;
  /** Whether a value has its name from the file. */
  isOfFile(name: string): boolean;
}

/** Operators whose batch is the first axis. */
const imageOperators: ReadonlySet<string> = new Set([
  ...["AveragePool", "BatchNormalization", "Conv", "ConvTranspose", "DepthToSpace", "GlobalAveragePool"],
  ...[
    "GlobalMaxPool",
    "GroupNormalization",
    "InstanceNormalization",
    "LRN",
    "MaxPool",
    "Resize",
    "SpaceToDepth",
  ],
]);

/** Operators that read along one axis, an attribute, with its default. */
const alongAxis: ReadonlyMap<string, number> = new Map([
  ...[["ArgMax", 0] as const, ["ArgMin", 0] as const, ["Concat", 0] as const, ["Gather", 0] as const],
  ...[["GatherElements", 0] as const, ["LogSoftmax", -1] as const, ["LpNormalization", -1] as const],
  ...[["Softmax", -1] as const, ["Split", 0] as const, ["TopK", -1] as const],
]);

/** Operators of which the shapes tell all. */
const byShape: readonly string[] = ["Reshape", "Squeeze", "Transpose", "Unsqueeze", "Shape", "Size"];

/**
 * Takes a graph from one batch size to another. The batch axis of a value is the one that differs between the two.
 *
 * @param original - The graph as it is.
 */
export function batchRewriting(
  original: GraphBuilder,
  { from, to, isOfFile }: BatchRewritingOptions,
): BatchRewriting {
  /** The batch axis of a value; undefined: it has none. */
  function axisOf(builder: GraphBuilder, name: string): number | undefined {
    // Of the same made-up name, two constants are not the same one.
    if (!isOfFile(name) && builder.constantOf(name)) return undefined;
    const [before, now] = [original.shapeOf(name), builder.shapeOf(name)];
    if (!before || !now || before.join() === now.join()) return undefined;
    const differing = [...now.keys()].filter((axis) => before[axis] !== now[axis]);
    const [axis = 0] = differing;
    if (
      before.length === now.length &&
      differing.length === 1 &&
      (now[axis] ?? 0) * from === (before[axis] ?? 0) * to
    ) {
      return axis;
    }
    throw new RangeError(`"${name}" becomes ${formatShape(now)} from ${formatShape(before)}`);
  }

  const scaled = (shape: readonly number[], axis: number) =>
    shape.map((size, at) => (at === axis ? (size / from) * to : size));

  function withShape(builder: GraphBuilder, node: Node, input: number, shape: readonly number[]): Node {
    const constant = builder.constant(int64([shape.length], shape)).name;
    return { ...node, inputs: node.inputs.with(input, constant) };
  }

  /** Samples one after the other stay so where the axes before the batch hold as many elements as before. */
  function reshaped(builder: GraphBuilder, node: Node, axis: number): Node {
    const [x = "", shape = ""] = node.inputs;
    const target = original.shapeOf(node.outputs[0] ?? "") ?? [];
    const outside = elementCount((original.shapeOf(x) ?? []).slice(0, axis));
    const at = target.findIndex(
      (size, position) => elementCount(target.slice(0, position)) === outside && size % from === 0,
    );
    if (at < 0) throw new RangeError(`${describe(node)} mixes samples`);
    const plain = { ...node, op: "Reshape", inputs: [x, shape], attributes: {} };
    return withShape(builder, plain, 1, scaled(target, at));
  }

  function concatenated(builder: GraphBuilder, node: Node): Node {
    const axis = node.inputs.map((name) => axisOf(builder, name)).find((given) => given !== undefined);
    if (axis === undefined || from !== 1) return node;
    const inputs = node.inputs.map((name, index) => {
      if (axisOf(builder, name) !== undefined) return name;
      const value = builder.value(name);
      const shape = builder.constant(int64([value.shape.length], scaled(value.shape, axis)));
      return builder.op("Expand", [value, shape], {}, { name: `${node.name}/batch${index}` }).name;
    });
    return { ...node, inputs };
  }

  /** Elements of one sample, picked from its flat list, as PyTorch writes a view by strides: of each sample the same. */
  function regathered(builder: GraphBuilder, node: Node): Node {
    const [flat = "", picked = ""] = node.inputs;
    const indices = builder.constantOf(picked);
    const [length = 0, ...more] = original.shapeOf(flat) ?? [];
    const isFlat = from === 1 && more.length === 0 && readInt(node.attributes, "axis", 0) === 0;
    const [first, ...rest] = indices?.shape ?? [];
    if (!isFlat || !indices || first !== 1 || rest.length === 0) return node;
    const count = elementCount(rest);
    const inOrder = count === length && indices.data.every((index, at) => Number(index) === at);
    const named = (part: string) => ({ name: `${node.name}/${part}` });
    const list = (...sizes: readonly number[]) => builder.constant(int64([sizes.length], sizes));
    if (inOrder) {
      return { ...node, op: "Reshape", inputs: [flat, list(to, ...rest).name], attributes: {} };
    }
    const rows = builder.op("Reshape", [builder.value(flat), list(to, length)], {}, named("rows"));
    const flatIndices = builder.constant(int64([count], Array.from(indices.data, Number)));
    const taken = builder.op("Gather", [rows, flatIndices], { axis: int(1) }, named("picked"));
    return { ...node, op: "Reshape", inputs: [taken.name, list(to, ...rest).name], attributes: {} };
  }

  function rewrite(node: Node, builder: GraphBuilder): Node {
    if (node.domain !== "") return node;
    if (node.op === "Concat") return concatenated(builder, node);
    const axis = axisOf(builder, node.inputs[0] ?? "");
    if (axis === undefined) return node;
    if (node.op === "Gather") return regathered(builder, node);
    if (node.op === "Reshape" || node.op === "Flatten") return reshaped(builder, node, axis);
    const target = original.shapeOf(node.outputs[0] ?? "") ?? [];
    if (node.op === "Expand") {
      const rank = original.shapeOf(node.inputs[0] ?? "")?.length ?? 0;
      return withShape(builder, node, 1, scaled(target, axis + target.length - rank));
    }
    return node.op === "Resize" && node.inputs[3] ? withShape(builder, node, 3, scaled(target, axis)) : node;
  }

  function check(builder: GraphBuilder, node: Node): void {
    const carried = node.inputs.map((name) => axisOf(builder, name));
    const axis = carried.find((given) => given !== undefined);
    if (axis === undefined) return;
    // The engine's own names, which stand for parts of a node that is checked.
    const outputs = node.outputs.filter((name) => original.shapeOf(name) !== undefined);
    if (outputs.length === 0) return;
    const results = outputs.map((name) => axisOf(builder, name));
    const shapeOf = (name: string | undefined) => builder.shapeOf(name ?? "") ?? [];
    const [result] = results;
    const mixes =
      (result === undefined && node.op !== "Shape" && node.op !== "Size") ||
      (node.op !== "BatchNormalization" && results.includes(undefined)) ||
      !treatsAlike(node, axis, result);
    if (mixes) throw new RangeError(`${describe(node)} reads other samples`);

    function treatsAlike({ op, domain, attributes, inputs }: Node, batch: number, out = batch): boolean {
      const rank = shapeOf(inputs[0]).length;
      const rankOut = shapeOf(node.outputs[0]).length;
      const aligned = carried.every(
        (at, index) => at === undefined || at - shapeOf(inputs[index]).length === out - rankOut,
      );
      const constants = (index: number) =>
        Array.from(builder.constantOf(inputs[index] ?? "")?.data ?? [], Number);
      const fromEnd = (at: number) => (at < 0 ? at + rank : at);
      const along = alongAxis.get(op);
      if (op === "Gather" && carried[0] === undefined) return true;
      if (along !== undefined) return fromEnd(readInt(attributes, "axis", along)) !== batch;
      if (op === "Mod" || ruleOf({ op, domain })?.elementwise) return aligned;
      if (imageOperators.has(op)) return batch === 0 && carried.slice(1).every((at) => at === undefined);
      if (byShape.includes(op) || op.startsWith("Reduce")) return true;
      if (op === "LayerNormalization") return batch < fromEnd(readInt(attributes, "axis", -1));
      if (op === "MatMul")
        return inner(carried[0], rank, 1) && inner(carried[1], shapeOf(inputs[1]).length, 2);
      if (op === "Gemm") {
        return (
          carried[0] === readInt(attributes, "transA", 0) && carried.slice(1).every((at) => at === undefined)
        );
      }
      if (op === "Slice") {
        const axes = inputs[3] ? constants(3) : constants(1).map((_, at) => at);
        return axes.every(
          (at, index) => fromEnd(at) !== batch || (inputs[4] ? constants(4)[index] === 1 : true),
        );
      }
      if (op === "Tile" || op === "Pad" || op === "Expand")
        return shapeOf(node.outputs[0])[out] === shapeOf(inputs[0])[batch];
      if (op === "CumSum") return !constants(1).some((at) => fromEnd(at) === batch);
      if (op === "Trilu") return batch < rank - 2;
      return op === "Einsum";
    }

    /** Whether the batch is not the axis that a product sums over. */
    function inner(at: number | undefined, rank: number, fromLast: number): boolean {
      return at === undefined || at !== Math.max(0, rank - fromLast);
    }
  }

  return {
    rewrite,
    verify(builder, logits) {
      for (const node of builder.nodes) check(builder, node);
      if (axisOf(builder, logits) !== 0) {
        throw new RangeError(
          `"${logits}" has shape ${formatShape(builder.shapeOf(logits) ?? [])}, no row for each sample`,
        );
      }
    },
  };
}
