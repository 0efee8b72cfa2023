/** Adam with Nesterov momentum. */
import { type AdamOptions, type AdamSlots, adamChecks, createAdamSlots } from "./adam.ts";
import { defineOptimizer, type OptimizerDefinition } from "./optimizer-definition.ts";
import { nonNegative } from "./option-checks.ts";

/** Options of {@link nadam}. */
export type NadamOptions = AdamOptions & {
  /** How fast the momentum approaches β₁, >= 0. */
  readonly momentumDecay: number;
};

/** Slots of {@link nadam}; `mu_product` is one number, the product of the momenta so far. */
export type NadamSlots = AdamSlots & { readonly mu_product: Float32Array };

/**
 * NAdam with L2 penalty wd (Dozat 2016), with a momentum that grows towards β₁.
 *
 * g += wd·p; µ(t) = β₁ (1 - 0.5·0.96^(t·momentumDecay)); P *= µ(t), from 1; m, v as in Adam;
 * D = √(v / (1 - β₂ᵗ)) + eps; p -= lr (1 - µ(t)) / (1 - P) · g / D + lr µ(t + 1) / (1 - P µ(t + 1)) · m / D
 *
 * @see PyTorch `torch/optim/nadam.py` (from 2.0 on; before, µ(t) was multiplied in twice)
 */
export const nadam: OptimizerDefinition<NadamOptions, NadamSlots> = defineOptimizer({
  name: "nadam",
  lr: 2e-3,
  lrScaling: "sqrt",
  defaults: { betas: [0.9, 0.999], eps: 1e-8, momentumDecay: 4e-3 },
  checks: { ...adamChecks, momentumDecay: nonNegative },
  createSlots: (parameter) => ({ ...createAdamSlots(parameter), mu_product: Float32Array.of(1) }),
  loop({ data: p }, g, { exp_avg: m, exp_avg_sq: v, mu_product }, group, step) {
    const { lr, weightDecay, betas, eps, momentumDecay } = group;
    const [beta1, beta2] = betas;
    const momentum = (t: number) => beta1 * (1 - 0.5 * 0.96 ** (t * momentumDecay));
    const [now, next] = [momentum(step), momentum(step + 1)];
    const product = (mu_product[0] ?? 1) * now;
    mu_product[0] = product;
    const gradientSize = (lr * (1 - now)) / (1 - product);
    const meanSize = (lr * next) / (1 - product * next);
    const correction = 1 / (1 - beta2 ** step);
    for (let i = 0; i < p.length; i++) {
      const w = p[i] ?? 0;
      const d = (g[i] ?? 0) + weightDecay * w;
      const mean = beta1 * (m[i] ?? 0) + (1 - beta1) * d;
      const square = beta2 * (v[i] ?? 0) + (1 - beta2) * d * d;
      m[i] = mean;
      v[i] = square;
      p[i] = w - (gradientSize * d + meanSize * mean) / (Math.sqrt(square * correction) + eps);
    }
  },
});

/**
 * NAdam with decoupled weight decay and constant momentum.
 *
 * p *= 1 - lr·wd; m, v as in Adam; m' = β₁m + (1 - β₁)g; p -= lr / (1 - β₁ᵗ) · m' / (√v / √(1 - β₂ᵗ) + eps)
 *
 * @see timm `timm/optim/nadamw.py`
 */
export const nadamw: OptimizerDefinition<AdamOptions, AdamSlots> = defineOptimizer({
  name: "nadamw",
  lr: 1e-3,
  lrScaling: "sqrt",
  defaults: { betas: [0.9, 0.999], eps: 1e-8 },
  checks: adamChecks,
  createSlots: createAdamSlots,
  loop({ data: p }, g, { exp_avg: m, exp_avg_sq: v }, { lr, weightDecay, betas, eps }, step) {
    const [beta1, beta2] = betas;
    const keep = 1 - lr * weightDecay;
    const stepSize = lr / (1 - beta1 ** step);
    const correction = 1 / Math.sqrt(1 - beta2 ** step);
    for (let i = 0; i < p.length; i++) {
      const d = g[i] ?? 0;
      const mean = beta1 * (m[i] ?? 0) + (1 - beta1) * d;
      const square = beta2 * (v[i] ?? 0) + (1 - beta2) * d * d;
      m[i] = mean;
      v[i] = square;
      const ahead = beta1 * mean + (1 - beta1) * d;
      p[i] = (p[i] ?? 0) * keep - (stepSize * ahead) / (Math.sqrt(square) * correction + eps);
    }
  },
});
