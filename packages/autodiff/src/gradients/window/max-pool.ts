import { int, text } from "../../graph/attributes.ts";
import { elementCount, float32, int64 } from "../../graph/tensor.ts";
import { defineRule, type Rule } from "../define-rule.ts";

/** y = maximum of each window: dy is added to the pixel that won; windows may overlap. */
export const maxPool: Rule = defineRule({
  op: "MaxPool",
  gradient({ name, gradient, input, builder, math }) {
    const x = input(0);
    const indices = builder.optionalOutput(name, 1);
    const zeros = builder.op("Expand", [
      builder.constant(float32([1], [0])),
      builder.constant(int64([1], [elementCount(x.shape)])),
    ]);
    const flat = [elementCount(gradient.shape)];
    const scattered = builder.op(
      "ScatterElements",
      [zeros, math.reshape(indices, flat), math.reshape(gradient, flat)],
      { axis: int(0), reduction: text("add") },
    );
    return [math.reshape(scattered, x.shape)];
  },
});
