import { readFloat } from "../../graph/attributes.ts";
import type { GradientRule } from "../gradient-rule.ts";

/** y = x where x > 0, else alpha x: dx = dy or alpha dy. */
export const leakyRelu: GradientRule = ({ gradient, input, attributes, math }) => [
  math.where(math.positive(input(0)), gradient, math.mul(gradient, readFloat(attributes, "alpha", 0.01))),
];
