/** The update of MARS as nodes of a graph. */
// Types alone: a definition is loaded where nothing is trained, by `tsimm schedule`.
import type { Operand, Value } from "@tsimm/autodiff";
import { cautiousNodes } from "./caution.ts";
import { nonZero } from "./graph-terms.ts";
import { type MarsOptions, type MarsRule, type MarsSlots, marsRule } from "./mars-rule.ts";
import type { ParamGroup } from "./optimizer.ts";
import type { OptimizerGraph, UpdateGraphContext } from "./optimizer-graph.ts";

type Context = UpdateGraphContext<MarsOptions, MarsSlots>;

/** Of `mars`: its formula says what is computed. */
export const marsGraph: OptimizerGraph<MarsOptions, MarsSlots> = {
  scalars(group, step) {
    const [beta1] = group.betas;
    const weight = step > 1 ? group.gamma * (beta1 / (1 - beta1)) : 0;
    return {
      // No norm passes the limit of the first update.
      ...{ weight, limit: step > 1 ? 1 : 1e30, lr: group.lr, down: -group.lr },
      ...scalarsOf("", group, marsRule([1, 1], group), step),
      ...scalarsOf("1d", group, marsRule([1], group), step),
    };
  },
  build(context) {
    const { math, group, data, grad, slots, scalar } = context;
    const { pick, select } = byRule(context);
    const [whole, flat] = [marsRule([1, 1], group), marsRule([1], group)];
    const [beta1, beta2] = [0, 1].map((i) => [whole.betas[i] ?? 0, flat.betas[i] ?? 0] as const);
    const mean = (past: Value, x: Value, [ofWhole, ofFlat]: readonly [number, number]) =>
      math.add(past, math.mul(math.sub(x, past), pick(1 - ofWhole, 1 - ofFlat)));
    const change = math.mul(math.sub(grad, slots.last_grad), scalar("weight"));
    const d = select(limited(context, math.add(grad, change)), grad);
    const exp_avg = mean(slots.exp_avg, d, beta1 ?? [0, 0]);
    const square = mean(slots.exp_avg_sq, math.mul(d, d), beta2 ?? [0, 0]);
    const exp_avg_sq = whole.sign ? select(slots.exp_avg_sq, square) : square;
    const root = math.add(math.unary("Sqrt", square), pick(scalar("eps"), scalar("eps1d")));
    const scaled = math.mul(math.div(exp_avg, root), pick(scalar("size"), scalar("size1d")));
    const careful = (x: Value) => (group.caution ? cautiousNodes(context, x) : x);
    const step = whole.sign ? select(signed(context, careful(exp_avg)), careful(scaled)) : careful(scaled);
    const kept = group.weightDecay === 0 ? data : math.mul(data, pick(scalar("keep"), scalar("keep1d")));
    return { data: math.sub(kept, step), slots: { exp_avg, exp_avg_sq, last_grad: grad } };
  },
};

/** The tensors of a vector with a norm of at most the scalar `limit`. */
function limited({ builder, math, vectors, scalar }: Context, x: Value): Value {
  const limit = scalar("limit");
  const norms = math.unary("Sqrt", vectors.sumSquares(x));
  return math.mul(x, vectors.spread(math.div(limit, builder.op("Max", [norms, limit]))));
}

/** The learning rate with the sign of each element; 0 at 0. */
function signed({ builder, math, scalar }: Context, x: Value): Value {
  const negative = builder.op("Less", [x, math.constant(0)]);
  return math.where(math.positive(x), scalar("lr"), math.where(negative, scalar("down"), 0));
}

/** Numbers of a rule, with a suffix on their names. */
function scalarsOf(
  suffix: string,
  { weightDecay, eps }: ParamGroup & MarsOptions,
  { betas, lr }: MarsRule,
  step: number,
): Readonly<Record<string, number>> {
  // As in Adam: the correction of v stands in the factor of its root.
  const root = Math.sqrt(1 - betas[1] ** step);
  return {
    [`size${suffix}`]: (lr / (1 - betas[0] ** step)) * root,
    [`eps${suffix}`]: nonZero(eps) * root,
    [`keep${suffix}`]: 1 - lr * weightDecay,
  };
}

/** Choices between what tensors that MARS reduces have, and the others, which are in one group where nothing decays. */
function byRule({ builder, math, group, vectors }: Context): {
  /** Numbers beside the elements of each tensor. */
  pick(reduced: Operand, other: Operand): Operand;
  /** Vectors. */
  select(reduced: Value, other: Value): Value;
} {
  const { parts } = vectors.layout;
  const reduces = parts.map(({ shape }) => marsRule(shape, group).reduces);
  const [first] = reduces;
  if (reduces.every((one) => one === first)) {
    return { pick: (a, b) => (first ? a : b), select: (a, b) => (first ? a : b) };
  }
  const data = Float32Array.from(reduces, Number);
  const marks = vectors.spread(builder.constant({ dtype: "float32", shape: [parts.length], data }));
  const choose = (a: Operand, b: Operand) => math.where(math.positive(marks), a, b);
  return { pick: choose, select: choose };
}
