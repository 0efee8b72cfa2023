/** RMSprop as in PyTorch and as in TensorFlow 1. */

import type { Arithmetic, Value } from "@tsimm/autodiff";
import { type CautionOption, cautionCheck, cautionScale, cautiousNodes } from "./caution.ts";
import { type CorrectedDecayOption, correctedDecayCheck, decayShare } from "./corrected-decay.ts";
import { decayScalars, nonZero, penalized, runningMean, shrunk } from "./graph-terms.ts";
import { defineOptimizer, type OptimizerDefinition } from "./optimizer-definition.ts";
import { boolean, fraction, nonNegative, type OptionChecks } from "./option-checks.ts";
import { scratch } from "./scratch.ts";
import { timmGroup, torchGroup } from "./torch-groups.ts";

/** Options of {@link rmsprop}. */
export type RmspropOptions = {
  /** Decay of the mean of squared gradients, in [0, 1). */
  readonly alpha: number;
  /** Added to the denominator, >= 0. */
  readonly eps: number;
  /** Weight of the past steps, in [0, 1); 0: no buffer is kept. */
  readonly momentum: number;
};

/** Slots of {@link rmsprop} and {@link rmsproptf}. */
export type RmspropSlots = { readonly square_avg: Float32Array; readonly momentum_buffer?: Float32Array };

const checks: OptionChecks<RmspropOptions> = { alpha: fraction, eps: nonNegative, momentum: fraction };

function createSlots(
  { data }: { readonly data: Float32Array },
  momentum: number,
  square: number,
): RmspropSlots {
  const square_avg = new Float32Array(data.length).fill(square);
  return momentum === 0 ? { square_avg } : { square_avg, momentum_buffer: new Float32Array(data.length) };
}

/**
 * RMSprop with L2 penalty wd and momentum µ.
 *
 * g += wd·p; s = αs + (1 - α)g²; b = µb + g / (√s + eps); p -= lr·b
 *
 * @see PyTorch `torch/optim/rmsprop.py`
 */
export const rmsprop: OptimizerDefinition<RmspropOptions, RmspropSlots> = defineOptimizer({
  name: "rmsprop",
  lr: 1e-2,
  defaults: { alpha: 0.9, eps: 1e-8, momentum: 0.9 },
  checks,
  torch: { step: "number", group: () => ({ centered: false, ...torchGroup }) },
  createSlots: (parameter, { momentum }) => createSlots(parameter, momentum, 0),
  loop({ data: p }, g, { square_avg: s, momentum_buffer: b }, group) {
    const { lr, weightDecay, alpha, eps, momentum } = group;
    for (let i = 0; i < p.length; i++) {
      const w = p[i] ?? 0;
      const d = (g[i] ?? 0) + weightDecay * w;
      const square = alpha * (s[i] ?? 0) + (1 - alpha) * d * d;
      s[i] = square;
      let change = d / (Math.sqrt(square) + eps);
      if (b !== undefined) {
        change += momentum * (b[i] ?? 0);
        b[i] = change;
      }
      p[i] = w - lr * change;
    }
  },
  graph: {
    scalars: (group) => ({ ...decayScalars(group), lr: group.lr }),
    build(context) {
      const { math, group, data, slots, scalar } = context;
      const d = penalized(context);
      const square_avg = runningMean(math, slots.square_avg, math.mul(d, d), group.alpha);
      const scaled = math.div(d, math.add(math.unary("Sqrt", square_avg), nonZero(group.eps)));
      const { change, buffer } = withMomentum(math, scaled, group.momentum, slots.momentum_buffer);
      return {
        data: math.sub(data, math.mul(change, scalar("lr"))),
        slots: { square_avg, ...buffer },
      };
    },
  },
});

/** A change after the buffer of past ones, if there is one. */
function withMomentum(
  math: Arithmetic,
  change: Value,
  momentum: number,
  past: Value | undefined,
): { readonly change: Value; readonly buffer: { readonly momentum_buffer?: Value } } {
  if (past === undefined) return { change, buffer: {} };
  const next = math.add(math.mul(past, momentum), change);
  return { change: next, buffer: { momentum_buffer: next } };
}

/** Options of {@link rmsproptf}. */
export type RmsproptfOptions = RmspropOptions &
  CautionOption &
  CorrectedDecayOption & {
    /** Weight decay shrinks the weights instead of adding to the gradient. */
    readonly decoupledDecay: boolean;
  };

/**
 * RMSprop as TensorFlow 1 computes it: eps below the root, mean square from 1, learning rate in the buffer.
 *
 * g += wd·p (decoupled: p *= 1 - lr·wd); s += (1 - α)(g² - s); b = µb + lr·g / √(s + eps); p -= b,
 * with `caution` and momentum by a {@link cautious} b
 *
 * @see timm `timm/optim/rmsprop_tf.py`
 */
export const rmsproptf: OptimizerDefinition<RmsproptfOptions, RmspropSlots> = defineOptimizer({
  name: "rmsproptf",
  lr: 1e-2,
  torch: { step: "tensor", group: () => ({ centered: false, lr_in_momentum: true, ...timmGroup }) },
  defaults: {
    alpha: 0.9,
    eps: 1e-10,
    momentum: 0.9,
    decoupledDecay: false,
    caution: false,
    correctedWeightDecay: false,
  },
  checks: { ...checks, decoupledDecay: boolean, ...cautionCheck, ...correctedDecayCheck },
  createSlots: (parameter, { momentum }) => createSlots(parameter, momentum, 1),
  loop({ data: p }, g, { square_avg: s, momentum_buffer: b }, group) {
    const { lr, weightDecay, alpha, eps, momentum, decoupledDecay, caution } = group;
    const u = caution && b !== undefined ? scratch(p.length) : null;
    let count = 0;
    const keep = decoupledDecay ? 1 - decayShare(group) : 1;
    const l2 = decoupledDecay ? 0 : weightDecay;
    for (let i = 0; i < p.length; i++) {
      const w = (p[i] ?? 0) * keep;
      const d = (g[i] ?? 0) + l2 * w;
      const past = s[i] ?? 0;
      const square = past + (1 - alpha) * (d * d - past);
      s[i] = square;
      let change = (lr * d) / Math.sqrt(square + eps);
      if (b !== undefined) {
        change += momentum * (b[i] ?? 0);
        b[i] = change;
      }
      if (u === null) p[i] = w - change;
      else if (change * d > 0) {
        u[i] = change;
        count++;
      } else u[i] = 0;
    }
    if (u === null) return;
    const scale = cautionScale(count, p.length);
    for (let i = 0; i < p.length; i++) p[i] = (p[i] ?? 0) * keep - scale * (u[i] ?? 0);
  },
  graph: {
    scalars: (group) => ({ ...decayScalars(group), lr: group.lr }),
    build(context) {
      const { math, group, data, grad, slots, scalar } = context;
      const { alpha, eps, momentum, decoupledDecay, caution } = group;
      const w = decoupledDecay ? shrunk(context) : data;
      const d = decoupledDecay ? grad : penalized(context);
      const square_avg = runningMean(math, slots.square_avg, math.mul(d, d), alpha);
      const root = math.unary("Sqrt", math.add(square_avg, nonZero(eps)));
      const scaled = math.div(math.mul(d, scalar("lr")), root);
      const { change, buffer } = withMomentum(math, scaled, momentum, slots.momentum_buffer);
      const moved = caution && momentum !== 0 ? cautiousNodes(context, change, d) : change;
      return { data: math.sub(w, moved), slots: { square_avg, ...buffer } };
    },
  },
});

/** Cautious {@link rmsproptf}. */
export const crmsproptf: OptimizerDefinition<RmsproptfOptions, RmspropSlots> = defineOptimizer({
  ...rmsproptf,
  name: "crmsproptf",
  defaults: { ...rmsproptf.defaults, caution: true },
});

/** {@link rmsproptf} with decoupled weight decay by the square of the learning rate. */
export const rmsproptfc: OptimizerDefinition<RmsproptfOptions, RmspropSlots> = defineOptimizer({
  ...rmsproptf,
  name: "rmsproptfc",
  defaults: { ...rmsproptf.defaults, decoupledDecay: true, correctedWeightDecay: true },
});
