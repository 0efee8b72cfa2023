import { readText } from "../../graph/attributes.ts";
import type { GradientRule } from "../gradient-rule.ts";

/**
 * y = x P(x), P the standard normal distribution: dx = dy (P(x) + x p(x)), p(x) = exp(-x^2 / 2) / sqrt(2 pi).
 *
 * @throws RangeError for the tanh approximation.
 */
export const gelu: GradientRule = ({ name, gradient, input, attributes, math }) => {
  const approximation = readText(attributes, "approximate", "none");
  if (approximation !== "none") {
    throw new RangeError(`Gelu "${name}": approximate must be "none", got "${approximation}"`);
  }
  const x = input(0);
  const distribution = math.mul(math.add(math.unary("Erf", math.mul(x, Math.SQRT1_2)), 1), 0.5);
  const density = math.mul(math.unary("Exp", math.mul(math.mul(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return [math.mul(gradient, math.add(distribution, math.mul(x, density)))];
};
