/** Adagrad. */

import { decayScalars, nonZero, penalized } from "./graph-terms.ts";
import { defineOptimizer, type OptimizerDefinition } from "./optimizer-definition.ts";
import { nonNegative } from "./option-checks.ts";
import { torchGroup } from "./torch-groups.ts";

/** Options of {@link adagrad}. */
export type AdagradOptions = {
  /** Added to the denominator, >= 0. */
  readonly eps: number;
  /** Decay of the learning rate per update, >= 0. */
  readonly lrDecay: number;
};

/** Slots of {@link adagrad}: sum of squared gradients. */
export type AdagradSlots = { readonly sum: Float32Array };

/**
 * Adagrad with L2 penalty wd (Duchi et al. 2011).
 *
 * g += wd·p; S += g²; p -= lr / (1 + (t - 1)·lrDecay) · g / (√S + eps)
 *
 * @see PyTorch `torch/optim/adagrad.py`
 */
export const adagrad: OptimizerDefinition<AdagradOptions, AdagradSlots> = defineOptimizer({
  name: "adagrad",
  lr: 1e-2,
  lrScaling: "sqrt",
  defaults: { eps: 1e-8, lrDecay: 0 },
  checks: { eps: nonNegative, lrDecay: nonNegative },
  torch: { step: "tensor", group: () => ({ initial_accumulator_value: 0, ...torchGroup }) },
  createSlots: ({ data }) => ({ sum: new Float32Array(data.length) }),
  loop({ data: p }, g, { sum: s }, { lr, weightDecay, eps, lrDecay }, step) {
    const stepSize = lr / (1 + (step - 1) * lrDecay);
    for (let i = 0; i < p.length; i++) {
      const w = p[i] ?? 0;
      const d = (g[i] ?? 0) + weightDecay * w;
      const square = (s[i] ?? 0) + d * d;
      s[i] = square;
      p[i] = w - (stepSize * d) / (Math.sqrt(square) + eps);
    }
  },
  graph: {
    scalars: (group, step) => ({
      ...decayScalars(group),
      stepSize: group.lr / (1 + (step - 1) * group.lrDecay),
    }),
    build(context) {
      const { math, group, data, slots, scalar } = context;
      const d = penalized(context);
      const sum = math.add(slots.sum, math.mul(d, d));
      const root = math.add(math.unary("Sqrt", sum), nonZero(group.eps));
      return { data: math.sub(data, math.mul(math.div(d, root), scalar("stepSize"))), slots: { sum } };
    },
  },
});
