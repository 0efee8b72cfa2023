/** Adam and AdamW. */

import type { Value } from "@tsimm/autodiff";
import { decayScalars, nonZero, penalized, runningMean, shrunk } from "./graph-terms.ts";
import type { ParamGroup } from "./optimizer.ts";
import { defineOptimizer, type OptimizerDefinition, type TorchLayout } from "./optimizer-definition.ts";
import type { UpdatedValues, UpdateGraphContext } from "./optimizer-graph.ts";
import { nonNegative, type OptionChecks, twoFractions } from "./option-checks.ts";
import { torchGroup } from "./torch-groups.ts";

/** Options of {@link adam} and {@link adamw}. */
export type AdamOptions = {
  /** Decay of the means of gradient and squared gradient, each in [0, 1). */
  readonly betas: readonly [number, number];
  /** Added to the denominator, >= 0. */
  readonly eps: number;
};

/** Slots of {@link adam} and {@link adamw}: running means of the gradient and of its square. */
export type AdamSlots = { readonly exp_avg: Float32Array; readonly exp_avg_sq: Float32Array };

const options: AdamOptions = { betas: [0.9, 0.999], eps: 1e-8 };

/** Checks of {@link AdamOptions}. */
export const adamChecks: OptionChecks<AdamOptions> = { betas: twoFractions, eps: nonNegative };

/** Both running means at 0. */
export function createAdamSlots({ data }: { readonly data: Float32Array }): AdamSlots {
  return { exp_avg: new Float32Array(data.length), exp_avg_sq: new Float32Array(data.length) };
}

/** PyTorch keeps both in one class from 2.6 on. */
const adamLayout = (decoupled: boolean): TorchLayout<AdamOptions> => ({
  step: "tensor",
  group: () => ({ amsgrad: false, decoupled_weight_decay: decoupled, ...torchGroup }),
});

/**
 * Adam with L2 penalty wd (Kingma and Ba, arXiv:1412.6980); t is the update's number.
 *
 * g += wd·p; m = β₁m + (1 - β₁)g; v = β₂v + (1 - β₂)g²;
 * p -= lr / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + eps)
 *
 * @see PyTorch `torch/optim/adam.py`
 */
export const adam: OptimizerDefinition<AdamOptions, AdamSlots> = defineOptimizer({
  name: "adam",
  lr: 1e-3,
  lrScaling: "sqrt",
  defaults: options,
  checks: adamChecks,
  torch: adamLayout(false),
  createSlots: createAdamSlots,
  loop({ data }, grad, slots, { lr, weightDecay, betas, eps }, step) {
    adamStep(data, grad, slots, { l2: weightDecay, keep: 1, lr, betas, eps, step });
  },
  graph: {
    scalars: adamScalars,
    build: (context) => adamNodes(context, context.data, penalized(context)),
  },
});

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, arXiv:1711.05101).
 *
 * p *= 1 - lr·wd; then as {@link adam} without L2 penalty.
 *
 * @see PyTorch `torch/optim/adamw.py`
 */
export const adamw: OptimizerDefinition<AdamOptions, AdamSlots> = defineOptimizer({
  name: "adamw",
  lr: 1e-3,
  lrScaling: "sqrt",
  defaults: options,
  checks: adamChecks,
  torch: adamLayout(true),
  createSlots: createAdamSlots,
  loop({ data }, grad, slots, { lr, weightDecay, betas, eps }, step) {
    adamStep(data, grad, slots, { l2: 0, keep: 1 - lr * weightDecay, lr, betas, eps, step });
  },
  graph: {
    scalars: adamScalars,
    build: (context) => adamNodes(context, shrunk(context), context.grad),
  },
});

interface AdamStep extends AdamOptions {
  readonly l2: number;
  /** Factor on the weights before the step. */
  readonly keep: number;
  readonly lr: number;
  readonly step: number;
}

function adamStep(p: Float32Array, g: Float32Array, slots: AdamSlots, options: AdamStep): void {
  const { exp_avg: m, exp_avg_sq: v } = slots;
  const { l2, keep, lr, eps, step } = options;
  const [beta1, beta2] = options.betas;
  const stepSize = lr / (1 - beta1 ** step);
  const correction = 1 / Math.sqrt(1 - beta2 ** step);
  for (let i = 0; i < p.length; i++) {
    const w = (p[i] ?? 0) * keep;
    const d = (g[i] ?? 0) + l2 * w;
    const mean = beta1 * (m[i] ?? 0) + (1 - beta1) * d;
    const square = beta2 * (v[i] ?? 0) + (1 - beta2) * d * d;
    m[i] = mean;
    v[i] = square;
    p[i] = w - (stepSize * mean) / (Math.sqrt(square) * correction + eps);
  }
}

/** Numbers of {@link adamNodes} and of weight decay. */
export function adamScalars(group: ParamGroup & AdamOptions, step: number): Readonly<Record<string, number>> {
  const { lr, betas, eps } = group;
  const [beta1, beta2] = betas;
  const root = Math.sqrt(1 - beta2 ** step);
  // stepSize·m / (√v / root + eps) = stepSize·root·m / (√v + eps·root)
  return { ...decayScalars(group), stepSize: (lr / (1 - beta1 ** step)) * root, eps: nonZero(eps) * root };
}

/** {@link AdamSlots} after a gradient d. */
export function adamMeans(
  { math, group, slots }: Pick<UpdateGraphContext<AdamOptions, AdamSlots>, "math" | "group" | "slots">,
  d: Value,
): UpdatedValues<AdamSlots>["slots"] {
  const [beta1, beta2] = group.betas;
  return {
    exp_avg: runningMean(math, slots.exp_avg, d, beta1),
    exp_avg_sq: runningMean(math, slots.exp_avg_sq, math.mul(d, d), beta2),
  };
}

function adamNodes(
  context: UpdateGraphContext<AdamOptions, AdamSlots>,
  w: Value,
  d: Value,
): UpdatedValues<AdamSlots> {
  const { math, scalar } = context;
  const slots = adamMeans(context, d);
  const root = math.add(math.unary("Sqrt", slots.exp_avg_sq), scalar("eps"));
  const change = math.mul(math.div(slots.exp_avg, root), scalar("stepSize"));
  return { data: math.sub(w, change), slots };
}
