import { int, readInt, text } from "../../graph/attributes.ts";
import { int64 } from "../../graph/tensor.ts";
import { defineRule, type Rule } from "../define-rule.ts";

/** y = the slices of x at indices along an axis: dy is added to the slices that were taken. */
export const gather: Rule = defineRule({
  op: "Gather",
  weights: { 0: "data" },
  gradient({ gradient, input, attributes, builder, math }) {
    const { shape } = input(0);
    // ScatterND takes int64 alone.
    const indices = math.cast(input(1), "int64");
    const given = readInt(attributes, "axis", 0);
    const axis = given < 0 ? given + shape.length : given;
    const rank = indices.shape.length;
    // Indices first, so that each names a whole slice.
    const before = [...shape.keys()].slice(0, axis);
    const after = [...shape.keys()].slice(axis + 1);
    const along = indices.shape.map((_, at) => axis + at);
    const updates = math.transpose(gradient, [...along, ...before, ...after.map((at) => at - 1 + rank)]);
    const front = [axis, ...before, ...after];
    const zeros = math.expand(
      math.constant(0),
      front.map((at) => shape[at] ?? 0),
    );
    const positions = builder.op("Unsqueeze", [indices, builder.constant(int64([1], [rank]))]);
    const added = builder.op("ScatterND", [zeros, positions, updates], { reduction: text("add") });
    return [
      math.transpose(
        added,
        [...shape.keys()].map((at) => front.indexOf(at)),
      ),
    ];
  },
});

/** y = elements of x at indices along an axis: dy is added to the elements that were taken. */
export const gatherElements: Rule = defineRule({
  op: "GatherElements",
  weights: { 0: "data" },
  gradient({ gradient, input, attributes, builder, math }) {
    const zeros = math.expand(math.constant(0), input(0).shape);
    const axis = int(readInt(attributes, "axis", 0));
    return [builder.op("ScatterElements", [zeros, input(1), gradient], { axis, reduction: text("add") })];
  },
});
