/** Linear maps along one axis. */
import type { Arithmetic } from "../../graph/arithmetic.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import { elementCount, float32 } from "../../graph/tensor.ts";

/**
 * The adjoint of a linear map along an axis.
 *
 * @param value - Gradient of the map's output; its axis has one entry per row.
 * @param rows - The map's matrix: of each output, how much it takes of each input.
 * @returns The gradient of the map's input.
 */
export function adjointAlong(
  builder: GraphBuilder,
  math: Arithmetic,
  value: Value,
  axis: number,
  rows: readonly (readonly number[])[],
): Value {
  const { shape } = value;
  const size = rows[0]?.length ?? 0;
  const matrix = builder.constant(float32([rows.length, size], rows.flat()));
  const last = axis === shape.length - 1;
  const [before, after] = [elementCount(shape.slice(0, axis)), elementCount(shape.slice(axis + 1))];
  const product = last
    ? math.matMul(math.reshape(value, [before, rows.length]), matrix)
    : math.matMul(matrix, math.reshape(value, [before, rows.length, after]), { a: true });
  return math.reshape(
    product,
    shape.map((length, at) => (at === axis ? size : length)),
  );
}
