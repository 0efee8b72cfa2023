/** MADGRAD: dual averaging with momentum. */
import { decayScalars, nonZero, penalized, runningMean, shrunk } from "./graph-terms.ts";
import { defineOptimizer, type OptimizerDefinition } from "./optimizer-definition.ts";
import { boolean, fraction, nonNegative } from "./option-checks.ts";

/** Options of {@link madgrad}. */
export type MadgradOptions = {
  /** Weight of the past in the weights, in [0, 1); 0: the start is not kept. */
  readonly momentum: number;
  /** Added to the learning rate and to the denominator, >= 0. */
  readonly eps: number;
  /** Weight decay shrinks the weights instead of adding to the gradient. */
  readonly decoupledDecay: boolean;
};

/** Slots of {@link madgrad}: sums of squares and of gradients; where the weights began. */
export type MadgradSlots = {
  readonly grad_sum_sq: Float32Array;
  readonly s: Float32Array;
  readonly x0?: Float32Array;
};

/**
 * MADGRAD with momentum µ (Defazio and Jelassi, arXiv:2101.11075).
 *
 * g += wd·p (decoupled: p *= 1 - lr·wd); λ = (lr + eps) √t; q += λg²; s += λg; z = x₀ - s / (∛q + eps);
 * p = µp + (1 - µ)z. Without momentum x₀ follows from p, and p = z.
 *
 * Where the weights began pulls them for the whole run: decoupled decay shrinks p, not x₀, as in timm.
 *
 * @see timm `timm/optim/madgrad.py`
 */
export const madgrad: OptimizerDefinition<MadgradOptions, MadgradSlots> = defineOptimizer<
  MadgradOptions,
  MadgradSlots
>({
  name: "madgrad",
  lr: 1e-2,
  defaults: { momentum: 0.9, eps: 1e-6, decoupledDecay: false },
  checks: { momentum: fraction, eps: nonNegative, decoupledDecay: boolean },
  createSlots({ data }, { momentum }) {
    const sums = { grad_sum_sq: new Float32Array(data.length), s: new Float32Array(data.length) };
    return momentum === 0 ? sums : { ...sums, x0: data.slice() };
  },
  loop({ data: p }, g, { grad_sum_sq: q, s, x0 }, group, step) {
    const { lr, weightDecay, momentum, eps, decoupledDecay } = group;
    const keep = decoupledDecay ? 1 - lr * weightDecay : 1;
    const l2 = decoupledDecay ? 0 : weightDecay;
    const weight = (lr + eps) * Math.sqrt(step);
    for (let i = 0; i < p.length; i++) {
      const w = (p[i] ?? 0) * keep;
      const d = (g[i] ?? 0) + l2 * w;
      const pastSquares = q[i] ?? 0;
      const pastSum = s[i] ?? 0;
      const squares = pastSquares + weight * d * d;
      const sum = pastSum + weight * d;
      q[i] = squares;
      s[i] = sum;
      const start = x0 === undefined ? w + pastSum / (Math.cbrt(pastSquares) + eps) : (x0[i] ?? 0);
      const z = start - sum / (Math.cbrt(squares) + eps);
      p[i] = momentum * w + (1 - momentum) * z;
    }
  },
  graph: {
    scalars: (group, step) => ({ ...decayScalars(group), weight: (group.lr + group.eps) * Math.sqrt(step) }),
    build(context) {
      const { builder, math, group, data, grad, slots, scalar } = context;
      const w = group.decoupledDecay ? shrunk(context) : data;
      const d = group.decoupledDecay ? grad : penalized(context);
      const weighted = math.mul(d, scalar("weight"));
      const grad_sum_sq = math.add(slots.grad_sum_sq, math.mul(weighted, d));
      const s = math.add(slots.s, weighted);
      const quotient = (sum: typeof s, squares: typeof s) => {
        const root = builder.op("Pow", [squares, math.constant(1 / 3)]);
        return math.div(sum, math.add(root, nonZero(group.eps)));
      };
      const start = slots.x0 ?? math.add(w, quotient(slots.s, slots.grad_sum_sq));
      const z = math.sub(start, quotient(s, grad_sum_sq));
      const sums = { grad_sum_sq, s };
      if (slots.x0 === undefined) return { data: z, slots: sums };
      return { data: runningMean(math, w, z, group.momentum), slots: { ...sums, x0: slots.x0 } };
    },
  },
  torch: { step: "number" },
});

/** {@link madgrad} with decoupled weight decay. */
export const madgradw: OptimizerDefinition<MadgradOptions, MadgradSlots> = defineOptimizer({
  ...madgrad,
  name: "madgradw",
  defaults: { ...madgrad.defaults, decoupledDecay: true },
});
