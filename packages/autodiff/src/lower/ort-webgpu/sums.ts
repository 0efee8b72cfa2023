/** Sums on kernels that reduce innermost axes, and products with rows of ones for the others. */
import type { Value } from "../../graph/graph.ts";
import { elementCount, float32 } from "../../graph/tensor.ts";
import type { Spelling } from "./recipe.ts";
import type { Rewriting } from "./rewriting.ts";

/** Sums [B, C, ...] over all but images and channels: [B, C]. */
export function planeSums({ math }: Rewriting, value: Value): Value {
  const [batch = 0, channels = 0, ...rest] = value.shape;
  const pixels = elementCount(rest);
  if (pixels === 1) return math.reshape(value, [batch, channels]);
  return math.sum(math.reshape(value, [batch, channels, pixels]), [2]);
}

/** Sums squares [B, C, ...] over all but images and channels: [B, C]. */
export function planeSquareSums({ builder, math }: Rewriting, value: Value): Value {
  const [batch = 0, channels = 0, ...rest] = value.shape;
  const pixels = elementCount(rest);
  if (pixels === 1) return math.reshape(math.mul(value, value), [batch, channels]);
  const axes = builder.constant({ dtype: "int64", shape: [1], data: BigInt64Array.of(2n) });
  return builder.op("ReduceSumSquare", [math.reshape(value, [batch, channels, pixels]), axes], {
    keepdims: { type: "int", value: 0 },
  });
}

/** Rows up to this many are summed by one product. */
const rowsOfProduct = 256;

/**
 * factor times the sum over the first axis, as a product with a row of ones: the kernels for sums would transpose first.
 *
 * @param value - float32 [N, ...].
 * @returns float32 [...].
 */
export function rowSums({ builder, math }: Rewriting, value: Value, factor = 1): Value {
  const [count = 0, ...rest] = value.shape;
  const length = elementCount(rest);
  const row = (size: number, entry: number) =>
    builder.constant(float32([1, size], new Float32Array(size).fill(entry)));
  const part = partOf(count);
  const parts =
    part === count
      ? math.reshape(value, [count, length])
      : math.reshape(math.matMul(row(part, 1), math.reshape(value, [count / part, part, length])), [
          count / part,
          length,
        ]);
  return math.reshape(math.matMul(row(parts.shape[0] ?? 0, factor), parts), rest);
}

/** The largest divisor of a count that is no more than a product takes; the count itself where that is small or prime. */
function partOf(count: number): number {
  if (count <= rowsOfProduct) return count;
  for (let part = rowsOfProduct; part > 8; part--) if (count % part === 0) return part;
  return count;
}

/** factor times the sum of [B, C, ...] over all but the channels: [C]. */
export function channelSums(rewriting: Rewriting, value: Value, factor = 1): Value {
  return rowSums(rewriting, planeSums(rewriting, value), factor);
}

/** Sums over images, or over images and pixels: innermost axes first, then rows. */
export const sumOfRows: Spelling = (rewriting, node) => {
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
    elementCount(inner.shape.slice(0, leading)),
    ...inner.shape.slice(leading),
  ]);
  const sums = rowSums(rewriting, rows);
  const result = rewriting.old.values.get(node.outputs[0] ?? "");
  return math.reshape(sums, result?.shape ?? sums.shape);
};

/** How many of the axes are 0, 1, 2, .. */
function leadingRun(axes: readonly number[]): number {
  const end = axes.findIndex((axis, at) => axis !== at);
  return end < 0 ? axes.length : end;
}
