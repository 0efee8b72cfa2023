/** LAMB: Adam with a trust ratio per tensor. */
import { type AdamOptions, type AdamSlots, adamChecks, adamMeans, createAdamSlots } from "./adam.ts";
import { type CautionOption, cautionCheck, cautious, cautiousNodes } from "./caution.ts";
import { type CorrectedDecayOption, correctedDecayCheck, decayShare } from "./corrected-decay.ts";
import { decayScalars, nonZero, shrunk } from "./graph-terms.ts";
import { defineOptimizer, type OptimizerDefinition } from "./optimizer-definition.ts";
import { boolean, orNull, positive } from "./option-checks.ts";
import { scratch } from "./scratch.ts";
import { timmGroup } from "./torch-groups.ts";

/** Options of {@link lamb}. */
export type LambOptions = AdamOptions &
  CautionOption &
  CorrectedDecayOption & {
    /** Running means are corrected for their start at 0. */
    readonly biasCorrection: boolean;
    /** Limit on the norm of all gradients, > 0; null: none. */
    readonly maxGradNorm: number | null;
    /** The trust ratio is at most 1. */
    readonly trustClip: boolean;
    /** Tensors without weight decay have a trust ratio too. */
    readonly alwaysAdapt: boolean;
    /** Weight decay shrinks the weights instead of adding to the step. */
    readonly decoupledDecay: boolean;
  };

/**
 * LAMB (You et al., arXiv:1904.00962).
 *
 * all g /= max(1, ‖all g‖ / maxGradNorm); m, v as in Adam;
 * u = m / (1 - β₁ᵗ) / (√v / √(1 - β₂ᵗ) + eps), with `caution` {@link cautious}; u += wd·p;
 * with weight decay or `alwaysAdapt` u *= ‖p‖ / ‖u‖, where neither is 0; p -= lr·u
 *
 * @see timm `timm/optim/lamb.py`
 */
export const lamb: OptimizerDefinition<LambOptions, AdamSlots> = defineOptimizer({
  name: "lamb",
  lr: 1e-3,
  lrScaling: "sqrt",
  defaults: {
    betas: [0.9, 0.999],
    eps: 1e-6,
    biasCorrection: true,
    maxGradNorm: 1,
    trustClip: false,
    alwaysAdapt: false,
    decoupledDecay: false,
    caution: false,
    correctedWeightDecay: false,
  },
  checks: {
    ...adamChecks,
    biasCorrection: boolean,
    maxGradNorm: orNull(positive),
    trustClip: boolean,
    alwaysAdapt: boolean,
    decoupledDecay: boolean,
    ...cautionCheck,
    ...correctedDecayCheck,
  },
  torch: { step: "group", group: () => ({ grad_averaging: true, ...timmGroup }) },
  createSlots: createAdamSlots,
  gradScale: (norm, { maxGradNorm }) =>
    maxGradNorm === null || norm <= maxGradNorm ? 1 : maxGradNorm / norm,
  loop({ data: p }, g, { exp_avg: m, exp_avg_sq: v }, group, step, gradScale) {
    const { lr, weightDecay, betas, eps, biasCorrection, trustClip, alwaysAdapt, decoupledDecay } = group;
    const { caution } = group;
    const [beta1, beta2] = betas;
    const meanCorrection = biasCorrection ? 1 / (1 - beta1 ** step) : 1;
    const squareCorrection = biasCorrection ? 1 / Math.sqrt(1 - beta2 ** step) : 1;
    const l2 = decoupledDecay ? 0 : weightDecay;
    const keep = decoupledDecay ? 1 - decayShare(group) : 1;
    const u = scratch(p.length);
    let weights = 0;
    let changes = 0;
    for (let i = 0; i < p.length; i++) {
      const w = (p[i] ?? 0) * keep;
      const d = (g[i] ?? 0) * gradScale;
      const mean = beta1 * (m[i] ?? 0) + (1 - beta1) * d;
      const square = beta2 * (v[i] ?? 0) + (1 - beta2) * d * d;
      m[i] = mean;
      v[i] = square;
      const scaled = (mean * meanCorrection) / (Math.sqrt(square) * squareCorrection + eps);
      const change = caution ? scaled : scaled + l2 * w;
      u[i] = change;
      weights += w * w;
      changes += change * change;
    }
    if (caution) changes = makeCautious(u, g, p, l2);
    const adapts = (weightDecay !== 0 || alwaysAdapt) && weights > 0 && changes > 0;
    const ratio = adapts ? Math.sqrt(weights / changes) : 1;
    const size = lr * (trustClip ? Math.min(ratio, 1) : ratio);
    for (let i = 0; i < p.length; i++) p[i] = (p[i] ?? 0) * keep - size * (u[i] ?? 0);
  },
  graph: {
    scalars(group, step) {
      const { lr, betas, eps, biasCorrection } = group;
      const [mean, root] = biasCorrection
        ? [1 / (1 - betas[0] ** step), Math.sqrt(1 - betas[1] ** step)]
        : [1, 1];
      return { ...decayScalars(group), lr, size: mean * root, eps: nonZero(eps) * root };
    },
    build(context) {
      const { builder, math, group, data, gradNorm, grad, vectors, scalar } = context;
      const { maxGradNorm, decoupledDecay, weightDecay, trustClip, alwaysAdapt, caution } = group;
      const w = decoupledDecay ? shrunk(context) : data;
      const limit = (bound: number) => math.div(bound, builder.op("Max", [gradNorm, math.constant(bound)]));
      const d = maxGradNorm === null ? grad : math.mul(grad, limit(maxGradNorm));
      const slots = adamMeans(context, d);
      const root = math.add(math.unary("Sqrt", slots.exp_avg_sq), scalar("eps"));
      const scaled = math.mul(math.div(slots.exp_avg, root), scalar("size"));
      const change = caution ? cautiousNodes(context, scaled) : scaled;
      const u = decoupledDecay || weightDecay === 0 ? change : math.add(change, math.mul(w, scalar("decay")));
      const adapts = weightDecay !== 0 || alwaysAdapt;
      if (!adapts) return { data: math.sub(w, math.mul(u, scalar("lr"))), slots };
      const [weights, changes] = [vectors.sumSquares(w), vectors.sumSquares(u)];
      // Where u is 0, any ratio does.
      const quotient = math.div(weights, math.where(math.positive(changes), changes, 1));
      const ratio = math.where(math.positive(weights), math.unary("Sqrt", quotient), 1);
      const trust = trustClip ? builder.op("Min", [ratio, math.constant(1)]) : ratio;
      const size = vectors.spread(math.mul(trust, scalar("lr")));
      return { data: math.sub(w, math.mul(u, size)), slots };
    },
  },
});

/** LAMB with a trust ratio of at most 1. */
export const lambc: OptimizerDefinition<LambOptions, AdamSlots> = defineOptimizer({
  ...lamb,
  name: "lambc",
  defaults: { ...lamb.defaults, trustClip: true },
});

/** LAMB with decoupled weight decay. */
export const lambw: OptimizerDefinition<LambOptions, AdamSlots> = defineOptimizer({
  ...lamb,
  name: "lambw",
  defaults: { ...lamb.defaults, decoupledDecay: true },
});

/** LAMB with a trust ratio of at most 1 and decoupled weight decay. */
export const lambcw: OptimizerDefinition<LambOptions, AdamSlots> = defineOptimizer({
  ...lamb,
  name: "lambcw",
  defaults: { ...lamb.defaults, trustClip: true, decoupledDecay: true },
});

/** {@link lambw} with weight decay by the square of the learning rate. */
export const lambcd: OptimizerDefinition<LambOptions, AdamSlots> = defineOptimizer({
  ...lambw,
  name: "lambcd",
  defaults: { ...lambw.defaults, correctedWeightDecay: true },
});

/** Cautious LAMB. */
export const clamb: OptimizerDefinition<LambOptions, AdamSlots> = defineOptimizer({
  ...lamb,
  name: "clamb",
  defaults: { ...lamb.defaults, caution: true },
});

/** Cautious LAMB with decoupled weight decay. */
export const clambw: OptimizerDefinition<LambOptions, AdamSlots> = defineOptimizer({
  ...lamb,
  name: "clambw",
  defaults: { ...lamb.defaults, decoupledDecay: true, caution: true },
});

/** Makes a step u without penalty cautious, and adds the penalty. Returns the sum of squares. */
function makeCautious(u: Float32Array, g: Float32Array, p: Float32Array, l2: number): number {
  cautious(u, g);
  let squares = 0;
  for (let i = 0; i < p.length; i++) {
    const change = (u[i] ?? 0) + l2 * (p[i] ?? 0);
    u[i] = change;
    squares += change * change;
  }
  return squares;
}
