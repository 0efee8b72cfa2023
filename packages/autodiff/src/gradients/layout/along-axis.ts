/** Linear maps along one axis. */
import type { Value } from "../../graph/graph.ts";
import { elementCount, float32 } from "../../graph/tensor.ts";
import { limitConstant } from "../constant-size.ts";
import type { GradientContext } from "../gradient-rule.ts";

/**
 * The adjoint of a linear map along an axis.
 *
 * @param value - Gradient of the map's output.
 * @param size - Length of the input along the axis.
 * @param row - Of output `position`, how much it takes of each input that it takes any of; of one given twice, the sum.
 * @returns The gradient of the map's input.
 */
export function adjointAlong(
  context: GradientContext,
  value: Value,
  axis: number,
  size: number,
  row: (position: number) => Iterable<readonly [input: number, weight: number]>,
): Value {
  const { builder, math } = context;
  const { shape } = value;
  const length = shape[axis] ?? 0;
  limitConstant(context, length * size);
  const elements = new Float32Array(length * size);
  for (let position = 0; position < length; position++) {
    for (const [input, weight] of row(position)) {
      const index = position * size + input;
      elements[index] = (elements[index] ?? 0) + weight;
    }
  }
  const matrix = builder.constant(float32([length, size], elements));
  const last = axis === shape.length - 1;
  const [before, after] = [elementCount(shape.slice(0, axis)), elementCount(shape.slice(axis + 1))];
  const product = last
    ? math.matMul(math.reshape(value, [before, length]), matrix)
    : math.matMul(matrix, math.reshape(value, [before, length, after]), { a: true });
  return math.reshape(
    product,
    shape.map((other, at) => (at === axis ? size : other)),
  );
}
