import { readFloat } from "../../graph/attributes.ts";
import { defineRule, type Rule } from "../define-rule.ts";

/** y = x where x > 0, else alpha (exp(x) - 1): dx = dy or dy (y + alpha). */
export const elu: Rule = defineRule({
  op: "Elu",
  elementwise: true,
  gradient({ gradient, input, output, attributes, math }) {
    const alpha = readFloat(attributes, "alpha", 1);
    return [math.where(math.positive(input(0)), gradient, math.mul(gradient, math.add(output, alpha)))];
  },
});

/** y = x where x > 0, else alpha (exp(x / alpha) - 1): dx = dy or dy (y / alpha + 1). */
export const celu: Rule = defineRule({
  op: "Celu",
  elementwise: true,
  gradient({ gradient, input, output, attributes, math }) {
    const alpha = readFloat(attributes, "alpha", 1);
    const slope = math.add(math.div(output, alpha), 1);
    return [math.where(math.positive(input(0)), gradient, math.mul(gradient, slope))];
  },
});

/** y = gamma x where x > 0, else gamma alpha (exp(x) - 1): dx = gamma dy or dy (y + gamma alpha). */
export const selu: Rule = defineRule({
  op: "Selu",
  elementwise: true,
  gradient({ gradient, input, output, attributes, math }) {
    const alpha = readFloat(attributes, "alpha", 1.6732632423543772);
    const gamma = readFloat(attributes, "gamma", 1.0507009873554805);
    const slope = math.add(output, gamma * alpha);
    return [math.mul(gradient, math.where(math.positive(input(0)), gamma, slope))];
  },
});
