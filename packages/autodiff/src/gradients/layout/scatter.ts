import { int, readInt, readText, text } from "../../graph/attributes.ts";
import { defineRule, type Rule } from "../define-rule.ts";
import type { GradientContext } from "../gradient-rule.ts";

/**
 * y = x with elements at indices along an axis replaced by updates, or the updates added: dx = dy, 0 where they were
 * replaced; the updates receive dy at the indices.
 *
 * @throws RangeError for another reduction; indices must differ where elements are replaced.
 */
export const scatterElements: Rule = defineRule({
  op: "ScatterElements",
  gradient(context) {
    const { gradient, input, attributes, builder, math } = context;
    const axis = { axis: int(readInt(attributes, "axis", 0)) };
    const zeros = math.expand(math.constant(0), input(2).shape);
    const kept = adds(context) ? gradient : builder.op("ScatterElements", [gradient, input(1), zeros], axis);
    return [kept, null, builder.op("GatherElements", [gradient, input(1)], axis)];
  },
});

/** As {@link scatterElements}, each index naming a whole slice. */
export const scatterNd: Rule = defineRule({
  op: "ScatterND",
  gradient(context) {
    const { gradient, input, builder, math } = context;
    const zeros = math.expand(math.constant(0), input(2).shape);
    const kept = adds(context) ? gradient : builder.op("ScatterND", [gradient, input(1), zeros]);
    return [kept, null, builder.op("GatherND", [gradient, input(1)])];
  },
});

/** y = the slices of x that indices name: dy is added to them. */
export const gatherNd: Rule = defineRule({
  op: "GatherND",
  weights: { 0: "data" },
  gradient({ op, name, gradient, input, attributes, builder, math }) {
    if (readInt(attributes, "batch_dims", 0) !== 0) {
      throw new RangeError(
        `${op} "${name}": batch_dims must be 0, got ${readInt(attributes, "batch_dims", 0)}`,
      );
    }
    const zeros = math.expand(math.constant(0), input(0).shape);
    return [builder.op("ScatterND", [zeros, input(1), gradient], { reduction: text("add") })];
  },
});

function adds({ op, name, attributes }: GradientContext): boolean {
  const reduction = readText(attributes, "reduction", "none");
  if (reduction === "none" || reduction === "add") return reduction === "add";
  throw new RangeError(
    `${op} "${name}": reduction must be none or add, got "${reduction}"; freeze what lies before it`,
  );
}
