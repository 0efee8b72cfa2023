/** AdamW as timm's own class computes it, which can be cautious. */
import { type AdamOptions, type AdamSlots, adamChecks, adamMeans, adamScalars, adamw } from "./adam.ts";
import { type CautionOption, cautionCheck, cautious, cautiousNodes } from "./caution.ts";
import { type CorrectedDecayOption, correctedDecayCheck, decayShare } from "./corrected-decay.ts";
import { shrunk } from "./graph-terms.ts";
import { defineOptimizer, type OptimizerDefinition } from "./optimizer-definition.ts";
import { scratch } from "./scratch.ts";
import { timmGroup, torchGroup } from "./torch-groups.ts";

/** Options of {@link adamwlegacy}. */
export type AdamwLegacyOptions = AdamOptions & CautionOption & CorrectedDecayOption;

/**
 * AdamW of timm: as {@link adamw}, and with `caution` by a {@link cautious} step.
 *
 * p *= 1 - lr·wd; m, v as in Adam; u = m / (√v / √(1 - β₂ᵗ) + eps); p -= lr / (1 - β₁ᵗ) · u
 *
 * @see timm `timm/optim/adamw.py`
 */
export const adamwlegacy: OptimizerDefinition<AdamwLegacyOptions, AdamSlots> = defineOptimizer<
  AdamwLegacyOptions,
  AdamSlots
>({
  name: "adamwlegacy",
  lr: 1e-3,
  lrScaling: "sqrt",
  torch: { step: "tensor", group: () => ({ amsgrad: false, ...torchGroup, ...timmGroup }) },
  defaults: { ...adamw.defaults, caution: false, correctedWeightDecay: false },
  checks: { ...adamChecks, ...cautionCheck, ...correctedDecayCheck },
  createSlots: adamw.createSlots,
  loop(parameter, g, slots, group, step) {
    if (!group.caution) {
      const weightDecay = group.lr > 0 ? decayShare(group) / group.lr : 0;
      return adamw.loop(parameter, g, slots, { ...group, weightDecay }, step, 1);
    }
    const { data: p } = parameter;
    const { exp_avg: m, exp_avg_sq: v } = slots;
    const { lr, betas, eps } = group;
    const [beta1, beta2] = betas;
    const u = scratch(p.length);
    const correction = 1 / Math.sqrt(1 - beta2 ** step);
    for (let i = 0; i < p.length; i++) {
      const d = g[i] ?? 0;
      const mean = beta1 * (m[i] ?? 0) + (1 - beta1) * d;
      const square = beta2 * (v[i] ?? 0) + (1 - beta2) * d * d;
      m[i] = mean;
      v[i] = square;
      u[i] = mean / (Math.sqrt(square) * correction + eps);
    }
    cautious(u, g);
    const keep = 1 - decayShare(group);
    const size = lr / (1 - beta1 ** step);
    for (let i = 0; i < p.length; i++) p[i] = (p[i] ?? 0) * keep - size * (u[i] ?? 0);
  },
  graph: {
    scalars: adamScalars,
    build(context) {
      const { math, group, grad, scalar } = context;
      const slots = adamMeans(context, grad);
      const root = math.add(math.unary("Sqrt", slots.exp_avg_sq), scalar("eps"));
      const change = math.mul(math.div(slots.exp_avg, root), scalar("stepSize"));
      const moved = group.caution ? cautiousNodes(context, change) : change;
      return { data: math.sub(shrunk(context), moved), slots };
    },
  },
});

/** Cautious {@link adamwlegacy}. */
export const cadamw: OptimizerDefinition<AdamwLegacyOptions, AdamSlots> = defineOptimizer({
  ...adamwlegacy,
  name: "cadamw",
  defaults: { ...adamwlegacy.defaults, caution: true },
});

/** {@link adamwlegacy} with weight decay by the square of the learning rate. */
export const adamc: OptimizerDefinition<AdamwLegacyOptions, AdamSlots> = defineOptimizer({
  ...adamwlegacy,
  name: "adamc",
  defaults: { ...adamwlegacy.defaults, correctedWeightDecay: true },
});

/** Cautious {@link adamc}. */
export const cadamc: OptimizerDefinition<AdamwLegacyOptions, AdamSlots> = defineOptimizer({
  ...adamc,
  name: "cadamc",
  defaults: { ...adamc.defaults, caution: true },
});
