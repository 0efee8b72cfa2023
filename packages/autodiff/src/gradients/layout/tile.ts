import { defineRule, type Rule } from "../define-rule.ts";

/** y = x, repeated: dx = sum of dy over the copies. */
export const tile: Rule = defineRule({
  op: "Tile",
  gradient({ gradient, input, math }) {
    const { shape } = input(0);
    const copies = shape.flatMap((size, axis) => [(gradient.shape[axis] ?? 0) / size, size]);
    const sum = math.sum(
      math.reshape(gradient, copies),
      shape.map((_, axis) => 2 * axis),
    );
    return [math.reshape(sum, shape)];
  },
});
