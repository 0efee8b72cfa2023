/** The gradient of broadcasting. */
import type { Arithmetic } from "../graph/arithmetic.ts";
import type { Value } from "../graph/graph.ts";

/**
 * Sums a gradient over the axes along which a value was broadcast.
 *
 * @param gradient - Of the broadcast shape.
 * @param shape - Shape of the value before; it broadcasts to that of `gradient`.
 * @returns The gradient of the value.
 * @example
 * const builder = new GraphBuilder("bias");
 * const gradient = builder.input("dy", "float32", [8, 3]);
 * sumTo(arithmetic(builder), gradient, [3]).shape; // => [3]
 */
export function sumTo(math: Arithmetic, gradient: Value, shape: readonly number[]): Value {
  const added = gradient.shape.length - shape.length;
  const axes = [...gradient.shape.keys()].filter(
    (axis) => axis < added || (shape[axis - added] === 1 && gradient.shape[axis] !== 1),
  );
  if (axes.length === 0) return gradient;
  return math.reshape(math.sum(gradient, axes), shape);
}
