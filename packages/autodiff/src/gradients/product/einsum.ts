import { readText, text } from "../../graph/attributes.ts";
import { parseEquation } from "../../graph/shapes/einsum.ts";
import { defineRule, type Rule } from "../define-rule.ts";

/**
 * y = sums of products of one or two inputs, by an equation: each input receives the product of dy and the other
 * input, summed over what it does not have; along what only it has, every element receives the same.
 */
export const einsum: Rule = defineRule({
  op: "Einsum",
  weights: "operands",
  gradient(context) {
    const { gradient, inputs, input, attributes, builder, math } = context;
    const { terms, result } = parseEquation(context, readText(attributes, "equation", ""));
    return inputs.map((_, index) => {
      const own = terms[index] ?? "";
      const others = [...terms.keys()].filter((at) => at !== index);
      const known = new Set([result, ...others.map((at) => terms[at] ?? "")].join(""));
      const summed = [...own].filter((letter) => known.has(letter)).join("");
      const equation = `${[result, ...others.map((at) => terms[at] ?? "")].join(",")}->${summed}`;
      const product = builder.op("Einsum", [gradient, ...others.map(input)], { equation: text(equation) });
      const { shape } = input(index);
      const kept = shape.map((size, axis) => (known.has(own[axis] ?? "") ? size : 1));
      return math.expand(math.reshape(product, kept), shape);
    });
  },
});
