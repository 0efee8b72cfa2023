/** ADOPT: Adam that divides each gradient by the squares before it. */

import type { Value } from "@tsimm/autodiff";
import { type AdamOptions, type AdamSlots, adamChecks, createAdamSlots } from "./adam.ts";
import { type CautionOption, cautionCheck, cautionScale, cautiousNodes } from "./caution.ts";
import { type CorrectedDecayOption, correctedDecayCheck, decayShare } from "./corrected-decay.ts";
import { decayScalars, nonZero, penalized, shrunk } from "./graph-terms.ts";
import type { ParamGroup } from "./optimizer.ts";
import { defineOptimizer, type OptimizerDefinition } from "./optimizer-definition.ts";
import type { UpdateGraphContext } from "./optimizer-graph.ts";
import { boolean, nonNegative, orNull } from "./option-checks.ts";

/** Options of {@link adopt}. */
export type AdoptOptions = AdamOptions &
  CautionOption &
  CorrectedDecayOption & {
    /** Normalised gradients are limited by (t - 1) to this power, >= 0; null: they are not. */
    readonly clipExp: number | null;
    /** Weight decay shrinks the weights instead of adding to the gradient. */
    readonly decoupled: boolean;
  };

/**
 * ADOPT (Taniguchi et al., arXiv:2411.02853).
 *
 * g += wd·p; first update: v = g², nothing moves; then (decoupled: p *= 1 - lr·wd)
 * n = g / max(√v, eps) within ±(t - 1)^clipExp; m = β₁m + (1 - β₁)n; p -= lr·m; v = β₂v + (1 - β₂)g²
 *
 * timm's factory drops `betas` for the adopt family; here they count.
 *
 * @see timm `timm/optim/adopt.py`
 */
export const adopt: OptimizerDefinition<AdoptOptions, AdamSlots> = defineOptimizer<AdoptOptions, AdamSlots>({
  name: "adopt",
  lr: 1e-3,
  defaults: {
    betas: [0.9, 0.9999],
    eps: 1e-6,
    clipExp: 0.333,
    decoupled: false,
    correctedWeightDecay: false,
    caution: false,
  },
  checks: {
    ...adamChecks,
    clipExp: orNull(nonNegative),
    decoupled: boolean,
    ...correctedDecayCheck,
    ...cautionCheck,
  },
  createSlots: createAdamSlots,
  loop({ data: p }, g, { exp_avg: m, exp_avg_sq: v }, group, step) {
    const { lr, weightDecay, betas, eps, decoupled, caution } = group;
    const [beta1, beta2] = betas;
    const l2 = decoupled ? 0 : weightDecay;
    if (step === 1) {
      for (let i = 0; i < p.length; i++) v[i] = ((g[i] ?? 0) + l2 * (p[i] ?? 0)) ** 2;
      return;
    }
    const keep = decoupled ? 1 - decayShare(group) : 1;
    const limit = largest(group, step);
    let agreeing = 0;
    for (let i = 0; i < p.length; i++) {
      const w = p[i] ?? 0;
      const d = (g[i] ?? 0) + l2 * w;
      const square = v[i] ?? 0;
      const normed = d / Math.max(Math.sqrt(square), eps);
      const mean = beta1 * (m[i] ?? 0) + (1 - beta1) * Math.min(Math.max(normed, -limit), limit);
      m[i] = mean;
      v[i] = beta2 * square + (1 - beta2) * d * d;
      if (!caution) p[i] = w * keep - lr * mean;
      else if (mean * d > 0) agreeing++;
    }
    if (!caution) return;
    const size = lr * cautionScale(agreeing, p.length);
    for (let i = 0; i < p.length; i++) {
      const w = p[i] ?? 0;
      const mean = m[i] ?? 0;
      p[i] = w * keep - (mean * ((g[i] ?? 0) + l2 * w) > 0 ? size * mean : 0);
    }
  },
  graph: {
    scalars(group, step) {
      const { lr, betas, eps } = group;
      const limit = Math.min(largest(group, step), 1e30);
      const common = { ...decayScalars(group), keep: 1 - decayShare(group), lr, limit };
      // In the first update only v changes; the gradient divided by 1 stays a number.
      return step === 1
        ? { ...common, keep: 1, lr: 0, floor: 1, share: 0, past: 0, present: 1 }
        : { ...common, floor: nonZero(eps), share: 1 - betas[0], past: betas[1], present: 1 - betas[1] };
    },
    build(context) {
      const { builder, math, group, data, grad, slots, scalar } = context;
      const { decoupled, clipExp, caution } = group;
      const d = decoupled ? grad : penalized(context);
      const floored = builder.op("Max", [math.unary("Sqrt", slots.exp_avg_sq), scalar("floor")]);
      const normed = math.div(d, floored);
      const limited = clipExp === null ? normed : within(context, normed, scalar("limit"));
      const exp_avg = math.add(slots.exp_avg, math.mul(math.sub(limited, slots.exp_avg), scalar("share")));
      const squares = math.mul(math.mul(d, d), scalar("present"));
      const exp_avg_sq = math.add(math.mul(slots.exp_avg_sq, scalar("past")), squares);
      const u = caution ? cautiousNodes(context, exp_avg, d) : exp_avg;
      const w = decoupled ? shrunk(context) : data;
      return { data: math.sub(w, math.mul(u, scalar("lr"))), slots: { exp_avg, exp_avg_sq } };
    },
  },
  torch: {
    step: "tensor",
    group: () => ({ maximize: false, foreach: false, capturable: false, differentiable: false }),
  },
});

/** {@link adopt} with decoupled weight decay. */
export const adoptw: OptimizerDefinition<AdoptOptions, AdamSlots> = defineOptimizer({
  ...adopt,
  name: "adoptw",
  defaults: { ...adopt.defaults, decoupled: true },
});

/** Cautious {@link adopt}. */
export const cadopt: OptimizerDefinition<AdoptOptions, AdamSlots> = defineOptimizer({
  ...adopt,
  name: "cadopt",
  defaults: { ...adopt.defaults, caution: true },
});

/** Cautious {@link adoptw}. */
export const cadoptw: OptimizerDefinition<AdoptOptions, AdamSlots> = defineOptimizer({
  ...adoptw,
  name: "cadoptw",
  defaults: { ...adoptw.defaults, caution: true },
});

/** {@link adoptw} with weight decay by the square of the learning rate. */
export const adoptc: OptimizerDefinition<AdoptOptions, AdamSlots> = defineOptimizer({
  ...adoptw,
  name: "adoptc",
  defaults: { ...adoptw.defaults, correctedWeightDecay: true },
});

/** Cautious {@link adoptc}. */
export const cadoptc: OptimizerDefinition<AdoptOptions, AdamSlots> = defineOptimizer({
  ...adoptc,
  name: "cadoptc",
  defaults: { ...adoptc.defaults, caution: true },
});

/** x within ±limit. */
function within(
  { builder, math }: Pick<UpdateGraphContext<unknown, unknown>, "builder" | "math">,
  x: Value,
  limit: Value,
): Value {
  return builder.op("Min", [builder.op("Max", [x, math.sub(0, limit)]), limit]);
}

/** Limit on normalised gradients. */
function largest({ clipExp }: ParamGroup & AdoptOptions, step: number): number {
  return clipExp === null ? Number.POSITIVE_INFINITY : (step - 1) ** clipExp;
}
