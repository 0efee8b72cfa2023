/** Spellings of single nodes that the WebGPU provider runs, or runs faster. */
import { int, readInt } from "../../graph/attributes.ts";
import { dataTypeCode } from "../../graph/data-type.ts";
import type { Node, Value } from "../../graph/graph.ts";
import { normalizeAndRectify, normalizeBatch } from "./batch-normalization.ts";
import { pool } from "./max-pool.ts";
import { productOfTransposed, unfusedProduct } from "./products.ts";
import type { Rewriting } from "./rewriting.ts";
import { rowSums } from "./sums.ts";

/** Defines the outputs of a node; false: the node stays as it is. */
export type Recipe = (rewriting: Rewriting, node: Node) => boolean;

/** A recipe for the only output of a node; undefined: the node stays as it is. */
const one =
  (compute: (rewriting: Rewriting, node: Node) => Value | undefined): Recipe =>
  (rewriting, node) => {
    const value = compute(rewriting, node);
    if (value) rewriting.define(node.outputs[0] ?? "", value);
    return value !== undefined;
  };

/** By operator. */
export const recipes: ReadonlyMap<string, Recipe> = new Map([
  ["BatchNormalization", batchNormalization],
  ["Cast", one(castBeforeTranspose)],
  ["FusedMatMul", one(unfusedProduct)],
  ["LogSoftmax", one(logSoftmax)],
  ["MatMul", one(productOfTransposed)],
  ["MaxPool", pool],
  ["ReduceSum", one(sumOfRows)],
  ["Relu", one(rectifiedBatch)],
  ["Sign", one(sign)],
  ["Sum", one(chain("Add"))],
]);

function batchNormalization(rewriting: Rewriting, node: Node): boolean {
  if (readInt(node.attributes, "training_mode", 0) !== 1) return false;
  for (const [index, value] of normalizeBatch(rewriting, node).entries()) {
    rewriting.define(node.outputs[index] ?? "", value);
  }
  return true;
}

/** Relu of a batch normalization that nothing else reads. */
function rectifiedBatch(rewriting: Rewriting, { inputs: [name = ""] }: Node): Value | undefined {
  const maker = rewriting.makerOf(name);
  if (maker?.op !== "BatchNormalization" || rewriting.readersOf(name) !== 1) return undefined;
  return normalizeAndRectify(rewriting, maker);
}

/** Bytes become numbers before they are transposed, for which there is no kernel. */
function castBeforeTranspose(
  rewriting: Rewriting,
  { inputs: [name = ""], attributes }: Node,
): Value | undefined {
  const maker = rewriting.makerOf(name);
  const dtype = rewriting.old.values.get(name)?.dtype;
  if (maker?.op !== "Transpose" || dtype !== "uint8") return undefined;
  const bytes = rewriting.value(maker.inputs[0] ?? "");
  return rewriting.builder.op(
    "Transpose",
    [rewriting.builder.op("Cast", [bytes], attributes)],
    maker.attributes,
  );
}

/** z - max - log sum exp(z - max). */
function logSoftmax(rewriting: Rewriting, node: Node): Value | undefined {
  const { builder, math } = rewriting;
  const [z] = rewriting.inputsOf(node);
  if (!z) return undefined;
  const axis = readInt(node.attributes, "axis", -1);
  const positive = axis < 0 ? axis + z.shape.length : axis;
  const axes = builder.constant({ dtype: "int64", shape: [1], data: BigInt64Array.of(BigInt(positive)) });
  const largest = builder.op("ReduceMax", rewriting.old.opset >= 18 ? [z, axes] : [z], {
    keepdims: int(1),
    ...(rewriting.old.opset < 18 && { axes: { type: "ints", value: [positive] } }),
  });
  const shifted = math.sub(z, largest);
  const total = math.sum(math.unary("Exp", shifted), [positive], true);
  return math.sub(shifted, math.unary("Log", total));
}

/** (x > 0) - (x < 0). */
function sign(rewriting: Rewriting, node: Node): Value | undefined {
  const { builder, math } = rewriting;
  const [x] = rewriting.inputsOf(node);
  if (x?.dtype !== "float32") return undefined;
  const zero = math.constant(0);
  const number = (condition: string) =>
    builder.op("Cast", [builder.op(condition, [x, zero])], { to: int(dataTypeCode("float32")) });
  return math.sub(number("Greater"), number("Less"));
}

/** An operator of many inputs as a chain of one of two. */
function chain(op: string): (rewriting: Rewriting, node: Node) => Value | undefined {
  return (rewriting, node) => {
    const [first, ...others] = rewriting.inputsOf(node).filter((value) => value !== null);
    if (!first) return undefined;
    if (others.length === 0) return rewriting.builder.op("Identity", [first]);
    return others.reduce((sum, value) => rewriting.builder.op(op, [sum, value]), first);
  };
}

/** Sums over images, or over images and pixels: innermost axes first, then rows. */
function sumOfRows(rewriting: Rewriting, node: Node): Value | undefined {
  const { math } = rewriting;
  const [x, axes] = rewriting.inputsOf(node);
  const given = axes ? rewriting.builder.constantOf(axes.name) : undefined;
  if (x?.dtype !== "float32" || !given) return undefined;
  const rank = x.shape.length;
  const summed = Array.from<number | bigint, number>(given.data, (axis) => (Number(axis) + rank) % rank);
  summed.sort((a, b) => a - b);
  const leading = leadingRun(summed);
  const trailing = summed.slice(leading);
  if (leading === 0 || leading === rank) return undefined;
  if (trailing.some((axis, at) => axis !== rank - trailing.length + at)) return undefined;
  const inner = trailing.length > 0 ? math.sum(x, trailing) : x;
  const rows = math.reshape(inner, [
    inner.shape.slice(0, leading).reduce((product, size) => product * size, 1),
    ...inner.shape.slice(leading),
  ]);
  const sums = rowSums(rewriting, rows);
  const result = rewriting.old.values.get(node.outputs[0] ?? "");
  return math.reshape(sums, result?.shape ?? sums.shape);
}

/** How many of the axes are 0, 1, 2, .. */
function leadingRun(axes: readonly number[]): number {
  const end = axes.findIndex((axis, at) => axis !== at);
  return end < 0 ? axes.length : end;
}
