import { readText } from "../../graph/attributes.ts";
import { defineRule, type Rule } from "../define-rule.ts";

/**
 * y = x P(x), P the standard normal distribution: dx = dy (P(x) + x p(x)), p(x) = exp(-x^2 / 2) / sqrt(2 pi).
 *
 * With `approximate` = "tanh", P(x) = (1 + t) / 2, t = tanh(k (x + c x^3)), and
 * p(x) = k (1 + 3 c x^2) (1 - t^2) / 2, k = sqrt(2 / pi), c = 0.044715.
 *
 * @throws RangeError for another approximation.
 */
export const gelu: Rule = defineRule({
  op: "Gelu",
  elementwise: true,
  gradient({ name, gradient, input, attributes, math }) {
    const approximation = readText(attributes, "approximate", "none");
    const x = input(0);
    const square = math.mul(x, x);
    if (approximation === "tanh") {
      const t = math.unary("Tanh", math.mul(math.mul(x, K), math.add(1, math.mul(square, C))));
      const distribution = math.mul(math.add(t, 1), 0.5);
      const slope = math.mul(math.add(1, math.mul(square, 3 * C)), K / 2);
      const density = math.mul(slope, math.sub(1, math.mul(t, t)));
      return [math.mul(gradient, math.add(distribution, math.mul(x, density)))];
    }
    if (approximation !== "none") {
      throw new RangeError(`Gelu "${name}": approximate must be "none" or "tanh", got "${approximation}"`);
    }
    const distribution = math.mul(math.add(math.unary("Erf", math.mul(x, Math.SQRT1_2)), 1), 0.5);
    const density = math.mul(math.unary("Exp", math.mul(square, -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return [math.mul(gradient, math.add(distribution, math.mul(x, density)))];
  },
});

const K = Math.sqrt(2 / Math.PI);
const C = 0.044715;
