/** LaProp: momentum of normalised gradients. */
import { type AdamOptions, type AdamSlots, adamChecks, createAdamSlots } from "./adam.ts";
import { type CautionOption, cautionCheck, cautionScale, cautiousNodes } from "./caution.ts";
import { type CorrectedDecayOption, correctedDecayCheck, decayShare } from "./corrected-decay.ts";
import { nonZero, runningMean } from "./graph-terms.ts";
import { defineOptimizer, type OptimizerDefinition } from "./optimizer-definition.ts";

/** Options of {@link laprop}. */
export type LapropOptions = AdamOptions & CautionOption & CorrectedDecayOption;

/** Slots of {@link laprop}; `exp_avg_lr_1` and `exp_avg_lr_2` are one number each. */
export type LapropSlots = AdamSlots & {
  /** Running mean of the learning rates. */
  readonly exp_avg_lr_1: Float32Array;
  /** Running mean of 1. */
  readonly exp_avg_lr_2: Float32Array;
};

/**
 * LaProp (Ziyin et al., arXiv:2002.04839).
 *
 * v = β₂v + (1 - β₂)g²; L = β₁L + (1 - β₁)lr; c = β₂c + 1 - β₂; m = β₁m + (1 - β₁)lr·g / (√(v / c) + eps);
 * p -= lr / L · m; then p *= 1 - lr·wd.
 *
 * As in timm, the factor lr / L is 1 where lr is 0: the weights then still move, by the momentum that is left.
 *
 * @see timm `timm/optim/laprop.py`
 */
export const laprop: OptimizerDefinition<LapropOptions, LapropSlots> = defineOptimizer<
  LapropOptions,
  LapropSlots
>({
  name: "laprop",
  lr: 4e-4,
  defaults: { betas: [0.9, 0.999], eps: 1e-15, caution: false, correctedWeightDecay: false },
  checks: { ...adamChecks, ...cautionCheck, ...correctedDecayCheck },
  createSlots: (parameter) => ({
    ...createAdamSlots(parameter),
    exp_avg_lr_1: new Float32Array(1),
    exp_avg_lr_2: new Float32Array(1),
  }),
  loop({ data: p }, g, { exp_avg: m, exp_avg_sq: v, exp_avg_lr_1, exp_avg_lr_2 }, group) {
    const { lr, betas, eps, caution } = group;
    const [beta1, beta2] = betas;
    const rates = beta1 * (exp_avg_lr_1[0] ?? 0) + (1 - beta1) * lr;
    const ones = beta2 * (exp_avg_lr_2[0] ?? 0) + (1 - beta2);
    exp_avg_lr_1[0] = rates;
    exp_avg_lr_2[0] = ones;
    const size = lr === 0 ? 1 : lr / rates;
    const correction = 1 / ones;
    const gain = lr * (1 - beta1);
    const keep = 1 - decayShare(group);
    let agreeing = 0;
    for (let i = 0; i < p.length; i++) {
      const d = g[i] ?? 0;
      const square = beta2 * (v[i] ?? 0) + (1 - beta2) * d * d;
      const mean = beta1 * (m[i] ?? 0) + (gain * d) / (Math.sqrt(square * correction) + eps);
      v[i] = square;
      m[i] = mean;
      if (!caution) p[i] = ((p[i] ?? 0) - size * mean) * keep;
      else if (mean * d > 0) agreeing++;
    }
    if (!caution) return;
    const scaled = size * cautionScale(agreeing, p.length);
    for (let i = 0; i < p.length; i++) {
      const mean = m[i] ?? 0;
      p[i] = ((p[i] ?? 0) - (mean * (g[i] ?? 0) > 0 ? scaled * mean : 0)) * keep;
    }
  },
  graph: {
    scalars: (group) => ({
      lr: group.lr,
      rateGain: group.lr * (1 - group.betas[0]),
      keep: 1 - decayShare(group),
    }),
    build(context) {
      const { math, group, data, grad, slots, vectors, slotVectors, scalar } = context;
      const { betas, eps, caution, weightDecay } = group;
      const [beta1, beta2] = betas;
      // One number, hence one row, per tensor; the rest of a row stays 0.
      const first = slotVectors.exp_avg_lr_1.join(vectors.layout.parts.map(() => math.constant(1)));
      const exp_avg_lr_1 = math.add(math.mul(slots.exp_avg_lr_1, beta1), math.mul(first, scalar("rateGain")));
      const exp_avg_lr_2 = math.add(math.mul(slots.exp_avg_lr_2, beta2), math.mul(first, 1 - beta2));
      const [rates, ones] = [math.sum(exp_avg_lr_1, [1]), math.sum(exp_avg_lr_2, [1])];
      const lr = scalar("lr");
      const size = math.where(math.positive(lr), math.div(lr, rates), 1);
      const exp_avg_sq = runningMean(math, slots.exp_avg_sq, math.mul(grad, grad), beta2);
      const corrected = math.mul(exp_avg_sq, vectors.spread(math.div(1, ones)));
      const root = math.add(math.unary("Sqrt", corrected), nonZero(eps));
      const exp_avg = runningMean(math, slots.exp_avg, math.mul(math.div(grad, root), lr), beta1);
      const u = caution ? cautiousNodes(context, exp_avg) : exp_avg;
      const next = math.sub(data, math.mul(u, vectors.spread(size)));
      return {
        data: weightDecay === 0 ? next : math.mul(next, scalar("keep")),
        slots: { exp_avg, exp_avg_sq, exp_avg_lr_1, exp_avg_lr_2 },
      };
    },
  },
  torch: {
    step: "tensor",
    shape: (slot) => (slot === "exp_avg_lr_1" ? "number" : slot === "exp_avg_lr_2" ? [] : undefined),
  },
});

/** Cautious {@link laprop}. */
export const claprop: OptimizerDefinition<LapropOptions, LapropSlots> = defineOptimizer({
  ...laprop,
  name: "claprop",
  defaults: { ...laprop.defaults, caution: true },
});

/** {@link laprop} with weight decay by the square of the learning rate. */
export const lapropc: OptimizerDefinition<LapropOptions, LapropSlots> = defineOptimizer({
  ...laprop,
  name: "lapropc",
  defaults: { ...laprop.defaults, correctedWeightDecay: true },
});
