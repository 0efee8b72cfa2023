/** Standardization: z = (x - mean) inv over some axes, inv the inverse deviation. */
import type { Arithmetic } from "../../graph/arithmetic.ts";
import type { Value } from "../../graph/graph.ts";
import { elementCount } from "../../graph/tensor.ts";

/** z and inv of a value, over its last axis. */
export function standardized(math: Arithmetic, x: Value, epsilon: number): { z: Value; inverse: Value } {
  const axis = x.shape.length - 1;
  const average = (value: Value) => math.div(math.sum(value, [axis], true), x.shape[axis] ?? 1);
  const centred = math.sub(x, average(x));
  const deviation = math.unary("Sqrt", math.add(average(math.mul(centred, centred)), epsilon));
  const inverse = math.unary("Reciprocal", deviation);
  return { z: math.mul(centred, inverse), inverse };
}

/** dx = inv (g - m(g) - z m(g z)), g the gradient of z and m(.) the mean over the axes. */
export function standardizationGradient(
  math: Arithmetic,
  g: Value,
  { z, inverse }: { readonly z: Value; readonly inverse: Value },
  axes: readonly number[],
): Value {
  const count = elementCount(axes.map((axis) => g.shape[axis] ?? 1));
  const average = (value: Value) => math.div(math.sum(value, axes, true), count);
  const along = math.mul(z, average(math.mul(g, z)));
  return math.mul(inverse, math.sub(math.sub(g, average(g)), along));
}
