import type { Value } from "../../graph/graph.ts";
import { int64 } from "../../graph/tensor.ts";
import { constantNumbers } from "../constant-input.ts";
import { defineRule, type Rule } from "../define-rule.ts";
import type { GradientContext } from "../gradient-rule.ts";

/** y = elements of x at regular distances: dy goes back to where they stood, 0 elsewhere. */
export const slice: Rule = defineRule({
  op: "Slice",
  gradient(context) {
    const { shape } = context.input(0);
    const starts = constantNumbers(context, 1) ?? [];
    const axes = constantNumbers(context, 3) ?? [...starts.keys()];
    const steps = constantNumbers(context, 4) ?? starts.map(() => 1);
    let spread = context.gradient;
    for (const [index, given] of axes.entries()) {
      const axis = given < 0 ? given + shape.length : given;
      spread = spreadAlong(context, spread, axis, shape[axis] ?? 0, starts[index] ?? 0, steps[index] ?? 1);
    }
    return [spread];
  },
});

/** Puts the elements along an axis to positions start, start + step, ... of `size`. */
function spreadAlong(
  context: GradientContext,
  value: Value,
  axis: number,
  size: number,
  givenStart: number,
  givenStep: number,
): Value {
  const { math } = context;
  const count = value.shape[axis] ?? 0;
  const wrapped = givenStart < 0 ? givenStart + size : givenStart;
  const first = Math.min(Math.max(wrapped, 0), givenStep > 0 ? size : size - 1);
  const forward = givenStep > 0 ? value : cut(context, value, axis, -1, -count - 1, -1);
  const start = givenStep > 0 ? first : first + (count - 1) * givenStep;
  const step = Math.abs(givenStep);
  let spaced = forward;
  if (step > 1) {
    const { shape } = forward;
    const cells = math.reshape(forward, [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)]);
    const padded = pad(context, cells, axis + 1, 0, step - 1);
    const joined = math.reshape(
      padded,
      shape.map((length, at) => (at === axis ? length * step : length)),
    );
    spaced = cut(context, joined, axis, 0, (count - 1) * step + 1, 1);
  }
  return pad(context, spaced, axis, start, size - start - (spaced.shape[axis] ?? 0));
}

function cut(
  { builder }: GradientContext,
  x: Value,
  axis: number,
  start: number,
  end: number,
  step: number,
): Value {
  const bound = (position: number) => builder.constant(int64([1], [position]));
  return builder.op("Slice", [x, bound(start), bound(end), bound(axis), bound(step)]);
}

function pad({ builder }: GradientContext, x: Value, axis: number, before: number, after: number): Value {
  if (before === 0 && after === 0) return x;
  const rank = x.shape.length;
  const pads = new Array<number>(2 * rank).fill(0);
  pads[axis] = before;
  pads[axis + rank] = after;
  return builder.op("Pad", [x, builder.constant(int64([2 * rank], pads))]);
}
