/** Adam with Nesterov momentum. */
import type { Value } from "@tsimm/autodiff";
import {
  type AdamOptions,
  type AdamSlots,
  adamChecks,
  adamMeans,
  adamScalars,
  createAdamSlots,
} from "./adam.ts";
import { type CautionOption, cautionCheck, cautious, cautiousNodes } from "./caution.ts";
import { type CorrectedDecayOption, correctedDecayCheck, decayShare } from "./corrected-decay.ts";
import { decayScalars, nonZero, penalized, runningMean, shrunk } from "./graph-terms.ts";
import { defineOptimizer, type OptimizerDefinition } from "./optimizer-definition.ts";
import { nonNegative } from "./option-checks.ts";
import { scratch } from "./scratch.ts";
import { timmGroup, torchGroup } from "./torch-groups.ts";

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
  torch: {
    step: "tensor",
    shape: (slot) => (slot === "mu_product" ? [] : undefined),
    group: () => ({ decoupled_weight_decay: false, ...torchGroup }),
  },
  createSlots: (parameter) => ({ ...createAdamSlots(parameter), mu_product: Float32Array.of(1) }),
  loop({ data: p }, g, { exp_avg: m, exp_avg_sq: v, mu_product }, group, step) {
    const { lr, weightDecay, betas, eps, momentumDecay } = group;
    const [beta1, beta2] = betas;
    const [now, next] = momenta(beta1, momentumDecay, step);
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
  graph: {
    scalars(group, step) {
      const { lr, betas, eps, momentumDecay } = group;
      const [now, next] = momenta(betas[0], momentumDecay, step);
      // As in Adam: the correction of v stands in the factors of its root.
      const root = Math.sqrt(1 - betas[1] ** step);
      const sizes = { gradientSize: lr * (1 - now) * root, meanSize: lr * next * root };
      return { ...decayScalars(group), ...sizes, now, next, eps: nonZero(eps) * root };
    },
    build(context) {
      const { math, data, slots, vectors, scalar } = context;
      const d = penalized(context);
      const means = adamMeans(context, d);
      const mu_product = math.mul(slots.mu_product, scalar("now"));
      // One number, hence one row, per tensor; the rest of a row is 0.
      const product = math.sum(mu_product, [1]);
      const share = (size: string, product: Value) =>
        vectors.spread(math.div(scalar(size), math.sub(1, product)));
      const ofGradient = math.mul(d, share("gradientSize", product));
      const ofMean = math.mul(means.exp_avg, share("meanSize", math.mul(product, scalar("next"))));
      const root = math.add(math.unary("Sqrt", means.exp_avg_sq), scalar("eps"));
      const change = math.div(math.add(ofGradient, ofMean), root);
      return { data: math.sub(data, change), slots: { ...means, mu_product } };
    },
  },
});

/** The momentum of an update and of the one after it. */
function momenta(beta1: number, momentumDecay: number, step: number): [number, number] {
  const momentum = (t: number) => beta1 * (1 - 0.5 * 0.96 ** (t * momentumDecay));
  return [momentum(step), momentum(step + 1)];
}

/** Options of {@link nadamw}. */
export type NadamwOptions = AdamOptions & CautionOption & CorrectedDecayOption;

/**
 * NAdam with decoupled weight decay and constant momentum.
 *
 * p *= 1 - lr·wd; m, v as in Adam; m' = β₁m + (1 - β₁)g; u = m' / (√v / √(1 - β₂ᵗ) + eps), with `caution`
 * {@link cautious}; p -= lr / (1 - β₁ᵗ) · u
 *
 * @see timm `timm/optim/nadamw.py`
 */
export const nadamw: OptimizerDefinition<NadamwOptions, AdamSlots> = defineOptimizer<
  NadamwOptions,
  AdamSlots
>({
  name: "nadamw",
  lr: 1e-3,
  lrScaling: "sqrt",
  torch: { step: "tensor", group: () => ({ ...torchGroup, ...timmGroup }) },
  defaults: { betas: [0.9, 0.999], eps: 1e-8, caution: false, correctedWeightDecay: false },
  checks: { ...adamChecks, ...cautionCheck, ...correctedDecayCheck },
  createSlots: createAdamSlots,
  loop({ data: p }, g, { exp_avg: m, exp_avg_sq: v }, group, step) {
    const { lr, betas, eps, caution } = group;
    const [beta1, beta2] = betas;
    const u = caution ? scratch(p.length) : null;
    const keep = 1 - decayShare(group);
    const stepSize = lr / (1 - beta1 ** step);
    const correction = 1 / Math.sqrt(1 - beta2 ** step);
    for (let i = 0; i < p.length; i++) {
      const d = g[i] ?? 0;
      const mean = beta1 * (m[i] ?? 0) + (1 - beta1) * d;
      const square = beta2 * (v[i] ?? 0) + (1 - beta2) * d * d;
      m[i] = mean;
      v[i] = square;
      const ahead = beta1 * mean + (1 - beta1) * d;
      const change = ahead / (Math.sqrt(square) * correction + eps);
      if (u === null) p[i] = (p[i] ?? 0) * keep - stepSize * change;
      else u[i] = change;
    }
    if (u === null) return;
    cautious(u, g);
    for (let i = 0; i < p.length; i++) p[i] = (p[i] ?? 0) * keep - stepSize * (u[i] ?? 0);
  },
  graph: {
    scalars: adamScalars,
    build(context) {
      const { math, group, grad, scalar } = context;
      const slots = adamMeans(context, grad);
      const ahead = runningMean(math, slots.exp_avg, grad, group.betas[0]);
      const root = math.add(math.unary("Sqrt", slots.exp_avg_sq), scalar("eps"));
      const change = math.mul(math.div(ahead, root), scalar("stepSize"));
      const moved = group.caution ? cautiousNodes(context, change) : change;
      return { data: math.sub(shrunk(context), moved), slots };
    },
  },
});

/** Cautious {@link nadamw}. */
export const cnadamw: OptimizerDefinition<NadamwOptions, AdamSlots> = defineOptimizer({
  ...nadamw,
  name: "cnadamw",
  defaults: { ...nadamw.defaults, caution: true },
});

/** {@link nadamw} with weight decay by the square of the learning rate. */
export const nadamc: OptimizerDefinition<NadamwOptions, AdamSlots> = defineOptimizer({
  ...nadamw,
  name: "nadamc",
  defaults: { ...nadamw.defaults, correctedWeightDecay: true },
});

/** Cautious {@link nadamc}. */
export const cnadamc: OptimizerDefinition<NadamwOptions, AdamSlots> = defineOptimizer({
  ...nadamc,
  name: "cnadamc",
  defaults: { ...nadamc.defaults, caution: true },
});
