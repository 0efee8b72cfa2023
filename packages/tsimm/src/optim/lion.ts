/** Lion. */

import { type CautionOption, cautionCheck, cautious, cautiousNodes } from "./caution.ts";
import { type CorrectedDecayOption, correctedDecayCheck, decayShare } from "./corrected-decay.ts";
import { decayScalars, runningMean, shrunk } from "./graph-terms.ts";
import { defineOptimizer, type OptimizerDefinition } from "./optimizer-definition.ts";
import { twoFractions } from "./option-checks.ts";
import { scratch } from "./scratch.ts";
import { timmGroup } from "./torch-groups.ts";

/** Options of {@link lion}. */
export type LionOptions = CautionOption &
  CorrectedDecayOption & {
    /** Weights of the past in the step and in the running mean, each in [0, 1). */
    readonly betas: readonly [number, number];
  };

/** Slots of {@link lion}: running mean of the gradient. */
export type LionSlots = { readonly exp_avg: Float32Array };

/**
 * Lion: every weight moves by the learning rate, only the sign is learnt (Chen et al., arXiv:2302.06675).
 *
 * p *= 1 - lr·wd; u = sign(β₁m + (1 - β₁)g), with `caution` {@link cautious}; p -= lr·u; m = β₂m + (1 - β₂)g
 *
 * @see timm `timm/optim/lion.py`
 */
export const lion: OptimizerDefinition<LionOptions, LionSlots> = defineOptimizer({
  name: "lion",
  lr: 1e-4,
  torch: { step: "none", group: () => ({ maximize: false, foreach: null, ...timmGroup }) },
  defaults: { betas: [0.9, 0.99], caution: false, correctedWeightDecay: false },
  checks: { betas: twoFractions, ...cautionCheck, ...correctedDecayCheck },
  createSlots: ({ data }) => ({ exp_avg: new Float32Array(data.length) }),
  loop({ data: p }, g, { exp_avg: m }, group) {
    const { lr, betas, caution } = group;
    const [beta1, beta2] = betas;
    const keep = 1 - decayShare(group);
    const u = caution ? scratch(p.length) : null;
    for (let i = 0; i < p.length; i++) {
      const d = g[i] ?? 0;
      const mean = m[i] ?? 0;
      const change = Math.sign(beta1 * mean + (1 - beta1) * d);
      if (u === null) p[i] = (p[i] ?? 0) * keep - lr * change;
      else u[i] = change;
      m[i] = beta2 * mean + (1 - beta2) * d;
    }
    if (u === null) return;
    cautious(u, g);
    for (let i = 0; i < p.length; i++) p[i] = (p[i] ?? 0) * keep - lr * (u[i] ?? 0);
  },
  graph: {
    scalars: (group) => ({ ...decayScalars(group), up: group.lr, down: -group.lr }),
    build(context) {
      const { builder, math, group, grad, slots, scalar } = context;
      const [beta1, beta2] = group.betas;
      const past = slots.exp_avg;
      const difference = math.sub(grad, past);
      const direction = runningMean(math, past, grad, beta1, difference);
      const exp_avg = runningMean(math, past, grad, beta2, difference);
      // The sign of 0 is 0, also where weights never had a gradient.
      const negative = builder.op("Less", [direction, math.constant(0)]);
      const step = math.where(
        math.positive(direction),
        scalar("up"),
        math.where(negative, scalar("down"), 0),
      );
      const moved = group.caution ? cautiousNodes(context, step) : step;
      return { data: math.sub(shrunk(context), moved), slots: { exp_avg } };
    },
  },
});

/** Cautious {@link lion}. */
export const clion: OptimizerDefinition<LionOptions, LionSlots> = defineOptimizer({
  ...lion,
  name: "clion",
  defaults: { ...lion.defaults, caution: true },
});

/** {@link lion} with weight decay by the square of the learning rate. */
export const lionc: OptimizerDefinition<LionOptions, LionSlots> = defineOptimizer({
  ...lion,
  name: "lionc",
  defaults: { ...lion.defaults, correctedWeightDecay: true },
});

/** Cautious {@link lionc}. */
export const clionc: OptimizerDefinition<LionOptions, LionSlots> = defineOptimizer({
  ...lionc,
  name: "clionc",
  defaults: { ...lionc.defaults, caution: true },
});
