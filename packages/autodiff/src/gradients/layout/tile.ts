import type { GradientRule } from "../gradient-rule.ts";

/** y = x, repeated: dx = sum of dy over the copies. */
export const tile: GradientRule = ({ gradient, input, math }) => {
  const { shape } = input(0);
  const copies = shape.flatMap((size, axis) => [(gradient.shape[axis] ?? 0) / size, size]);
  const sum = math.sum(
    math.reshape(gradient, copies),
    shape.map((_, axis) => 2 * axis),
  );
  return [math.reshape(sum, shape)];
};
