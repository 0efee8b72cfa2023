/** Adadelta. */

import type { Value } from "@tsimm/autodiff";
import { decayScalars, nonZero, penalized, runningMean } from "./graph-terms.ts";
import { defineOptimizer, type OptimizerDefinition } from "./optimizer-definition.ts";
import { fraction, nonNegative } from "./option-checks.ts";
import { torchGroup } from "./torch-groups.ts";

/** Options of {@link adadelta}. */
export type AdadeltaOptions = {
  /** Decay of both running means, in [0, 1). */
  readonly rho: number;
  /** Added below both roots, >= 0. */
  readonly eps: number;
};

/** Slots of {@link adadelta}: running means of the squared gradient and of the squared step. */
export type AdadeltaSlots = { readonly square_avg: Float32Array; readonly acc_delta: Float32Array };

/**
 * Adadelta with L2 penalty wd (Zeiler, arXiv:1212.5701).
 *
 * g += wd·p; S = ρS + (1 - ρ)g²; d = √(A + eps) / √(S + eps) · g; A = ρA + (1 - ρ)d²; p -= lr·d
 *
 * @see PyTorch `torch/optim/adadelta.py`
 */
export const adadelta: OptimizerDefinition<AdadeltaOptions, AdadeltaSlots> = defineOptimizer({
  name: "adadelta",
  lr: 1,
  lrScaling: "sqrt",
  defaults: { rho: 0.9, eps: 1e-6 },
  checks: { rho: fraction, eps: nonNegative },
  torch: { step: "number", group: () => torchGroup },
  createSlots: ({ data }) => ({
    square_avg: new Float32Array(data.length),
    acc_delta: new Float32Array(data.length),
  }),
  loop({ data: p }, g, { square_avg: s, acc_delta: a }, { lr, weightDecay, rho, eps }) {
    for (let i = 0; i < p.length; i++) {
      const w = p[i] ?? 0;
      const d = (g[i] ?? 0) + weightDecay * w;
      const square = rho * (s[i] ?? 0) + (1 - rho) * d * d;
      const steps = a[i] ?? 0;
      const change = (Math.sqrt(steps + eps) / Math.sqrt(square + eps)) * d;
      s[i] = square;
      a[i] = rho * steps + (1 - rho) * change * change;
      p[i] = w - lr * change;
    }
  },
  graph: {
    scalars: (group) => ({ ...decayScalars(group), lr: group.lr }),
    build(context) {
      const { math, group, data, slots, scalar } = context;
      const eps = nonZero(group.eps);
      const root = (mean: Value) => math.unary("Sqrt", math.add(mean, eps));
      const d = penalized(context);
      const square_avg = runningMean(math, slots.square_avg, math.mul(d, d), group.rho);
      const change = math.mul(d, math.div(root(slots.acc_delta), root(square_avg)));
      const acc_delta = runningMean(math, slots.acc_delta, math.mul(change, change), group.rho);
      return {
        data: math.sub(data, math.mul(change, scalar("lr"))),
        slots: { square_avg, acc_delta },
      };
    },
  },
});
