/** What reductions share. */
import { readInt } from "../../graph/attributes.ts";
import type { Value } from "../../graph/graph.ts";
import type { GradientContext } from "../gradient-rule.ts";

/** The axes that a reduction sums up, in the order of the input. */
export function reducedAxes({ inputs, input, attributes, builder }: GradientContext): readonly number[] {
  const { shape } = input(0);
  const given = inputs[1] ? Array.from(builder.constantOf(inputs[1].name)?.data ?? [], Number) : [];
  if (given.length > 0) return given.map((axis) => (axis < 0 ? axis + shape.length : axis));
  return readInt(attributes, "noop_with_empty_axes", 0) === 1 ? [] : [...shape.keys()];
}

/** A value of the output's shape, its reduced axes back at size 1, so that it broadcasts over the input. */
export function overInput(context: GradientContext, value: Value): Value {
  const axes = reducedAxes(context);
  const kept = context.input(0).shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return context.math.reshape(value, kept);
}
