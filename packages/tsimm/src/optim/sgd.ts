/** Stochastic gradient descent with momentum, plain or Nesterov's. */

import type { Value } from "@tsimm/autodiff";
import { type CautionOption, cautionCheck, cautious, cautiousNodes } from "./caution.ts";
import { type CorrectedDecayOption, correctedDecayCheck, decayShare } from "./corrected-decay.ts";
import { decayScalars, penalized, shrunk } from "./graph-terms.ts";
import { defineOptimizer, type OptimizerDefinition } from "./optimizer-definition.ts";
import type { UpdatedValues, UpdateGraphContext } from "./optimizer-graph.ts";
import { boolean, fraction, type OptionChecks } from "./option-checks.ts";
import { scratch } from "./scratch.ts";
import { timmGroup, torchGroup } from "./torch-groups.ts";

/** Options of {@link sgd} and {@link sgdw}. */
export type SgdOptions = {
  /** Weight of the past gradients, in [0, 1); 0: no buffer is kept. */
  readonly momentum: number;
  /** Look ahead along the buffer; has no effect without momentum. */
  readonly nesterov: boolean;
};

/** Checks of {@link SgdOptions}. */
export const sgdChecks: OptionChecks<SgdOptions> = { momentum: fraction, nesterov: boolean };

/** Slots of {@link sgd} and {@link sgdw}. */
export type SgdSlots = { readonly momentum_buffer?: Float32Array };

/** The buffer at 0, if there is momentum. */
export function createSgdSlots(
  { data }: { readonly data: Float32Array },
  { momentum }: Pick<SgdOptions, "momentum">,
): SgdSlots {
  return momentum === 0 ? {} : { momentum_buffer: new Float32Array(data.length) };
}

/**
 * SGD with momentum µ and L2 penalty wd, dampening 0.
 *
 * d = g + wd·p; b = µb + d; p -= lr (d + µb) with Nesterov, else lr·b; without momentum p -= lr·d.
 *
 * @see PyTorch `torch/optim/sgd.py`
 */
export const sgd: OptimizerDefinition<SgdOptions, SgdSlots> = defineOptimizer({
  name: "sgd",
  lr: 1e-3,
  defaults: { momentum: 0.9, nesterov: true },
  checks: sgdChecks,
  torch: { step: "none", group: () => ({ dampening: 0, ...torchGroup }) },
  createSlots: createSgdSlots,
  loop({ data }, grad, { momentum_buffer: buffer }, { lr, weightDecay, momentum, nesterov }) {
    sgdStep(data, grad, buffer, { l2: weightDecay, keep: 1, lr, momentum, nesterov });
  },
  graph: {
    scalars: (group) => ({ lr: group.lr, ...decayScalars(group) }),
    build: (context) => sgdNodes(context, context.data, penalized(context)),
  },
});

/** {@link sgd} under timm's other name. */
export const nesterov: OptimizerDefinition<SgdOptions, SgdSlots> = defineOptimizer({
  ...sgd,
  name: "nesterov",
});

/** SGD with plain momentum. */
export const momentum: OptimizerDefinition<SgdOptions, SgdSlots> = defineOptimizer({
  ...sgd,
  name: "momentum",
  defaults: { ...sgd.defaults, nesterov: false },
});

/** Options of {@link sgdw}. */
export type SgdwOptions = SgdOptions & CautionOption & CorrectedDecayOption;

/**
 * SGD with decoupled weight decay.
 *
 * p *= 1 - lr·wd; then as {@link sgd} without L2 penalty; with `caution` and momentum by a {@link cautious} step.
 *
 * @see timm `timm/optim/sgdw.py`
 */
export const sgdw: OptimizerDefinition<SgdwOptions, SgdSlots> = defineOptimizer({
  name: "sgdw",
  torch: { step: "none", group: () => ({ dampening: 0, ...torchGroup, ...timmGroup }) },
  lr: 1e-3,
  defaults: { ...sgd.defaults, caution: false, correctedWeightDecay: false },
  checks: { ...sgdChecks, ...cautionCheck, ...correctedDecayCheck },
  createSlots: createSgdSlots,
  loop({ data }, grad, { momentum_buffer: buffer }, group) {
    const { lr, momentum, nesterov, caution } = group;
    const step = { l2: 0, keep: 1 - decayShare(group), lr, momentum, nesterov };
    if (caution && buffer !== undefined) cautiousSgdStep(data, grad, buffer, step);
    else sgdStep(data, grad, buffer, step);
  },
  graph: {
    scalars: (group) => ({ lr: group.lr, ...decayScalars(group) }),
    build: (context) => sgdNodes(context, shrunk(context), context.grad, context.group.caution),
  },
});

/** {@link sgdw} under timm's other name. */
export const nesterovw: OptimizerDefinition<SgdwOptions, SgdSlots> = defineOptimizer({
  ...sgdw,
  name: "nesterovw",
});

/** Cautious {@link sgdw}. */
export const csgdw: OptimizerDefinition<SgdwOptions, SgdSlots> = defineOptimizer({
  ...sgdw,
  name: "csgdw",
  defaults: { ...sgdw.defaults, caution: true },
});

/** {@link sgdw} with weight decay by the square of the learning rate. */
export const sgdc: OptimizerDefinition<SgdwOptions, SgdSlots> = defineOptimizer({
  ...sgdw,
  name: "sgdc",
  defaults: { ...sgdw.defaults, correctedWeightDecay: true },
});

/** Cautious {@link sgdc}. */
export const csgdc: OptimizerDefinition<SgdwOptions, SgdSlots> = defineOptimizer({
  ...sgdc,
  name: "csgdc",
  defaults: { ...sgdc.defaults, caution: true },
});

interface SgdStep extends SgdOptions {
  readonly l2: number;
  /** Factor on the weights before the step. */
  readonly keep: number;
  readonly lr: number;
  /** Factor on the gradient together with its L2 penalty. */
  readonly trust?: number;
}

/** One step of SGD; `b` is the momentum buffer, if any. */
export function sgdStep(
  p: Float32Array,
  g: Float32Array,
  b: Float32Array | undefined,
  { l2, keep, lr, momentum, nesterov, trust = 1 }: SgdStep,
): void {
  if (b === undefined) {
    for (let i = 0; i < p.length; i++) {
      const w = (p[i] ?? 0) * keep;
      p[i] = w - lr * trust * ((g[i] ?? 0) + l2 * w);
    }
    return;
  }
  // The step is lr (a·d + c·b).
  const a = nesterov ? 1 : 0;
  const c = nesterov ? momentum : 1;
  for (let i = 0; i < p.length; i++) {
    const w = (p[i] ?? 0) * keep;
    const d = trust * ((g[i] ?? 0) + l2 * w);
    const moved = momentum * (b[i] ?? 0) + d;
    b[i] = moved;
    p[i] = w - lr * (a * d + c * moved);
  }
}

/** A cautious step of SGD without L2 penalty; `b` is the momentum buffer. */
function cautiousSgdStep(
  p: Float32Array,
  g: Float32Array,
  b: Float32Array,
  { keep, lr, momentum, nesterov }: SgdStep,
): void {
  const u = scratch(p.length);
  for (let i = 0; i < p.length; i++) {
    const d = g[i] ?? 0;
    const moved = momentum * (b[i] ?? 0) + d;
    b[i] = moved;
    u[i] = nesterov ? d + momentum * moved : moved;
  }
  cautious(u, g);
  for (let i = 0; i < p.length; i++) p[i] = (p[i] ?? 0) * keep - lr * (u[i] ?? 0);
}

/** {@link sgdStep} as nodes: weights w move along d, by the scalar `lr`. */
export function sgdNodes(
  context: UpdateGraphContext<SgdOptions, SgdSlots>,
  w: Value,
  d: Value,
  caution = false,
): UpdatedValues<SgdSlots> {
  const { math, group, slots, scalar } = context;
  const { momentum, nesterov } = group;
  const lr = scalar("lr");
  const past = slots.momentum_buffer;
  if (past === undefined) return { data: math.sub(w, math.mul(d, lr)), slots: {} };
  const buffer = math.add(math.mul(past, momentum), d);
  const ahead = nesterov ? math.add(d, math.mul(buffer, momentum)) : buffer;
  const step = caution ? cautiousNodes(context, ahead) : ahead;
  return { data: math.sub(w, math.mul(step, lr)), slots: { momentum_buffer: buffer } };
}
