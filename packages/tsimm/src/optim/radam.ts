/** Rectified Adam. */

import type { Value } from "@tsimm/autodiff";
import { type AdamOptions, type AdamSlots, adamChecks, adamMeans, createAdamSlots } from "./adam.ts";
import { decayScalars, nonZero, penalized, shrunk } from "./graph-terms.ts";
import type { ParamGroup } from "./optimizer.ts";
import { defineOptimizer, type OptimizerDefinition } from "./optimizer-definition.ts";
import type { UpdatedValues, UpdateGraphContext } from "./optimizer-graph.ts";
import { rectification, smoothedLength } from "./rectification.ts";
import { torchGroup } from "./torch-groups.ts";

/**
 * RAdam with L2 penalty wd: Adam that moves by the mean gradient alone until the variance is worth using
 * (Liu et al., arXiv:1908.03265).
 *
 * g += wd·p; m, v as in Adam; m' = m / (1 - β₁ᵗ); ρ∞ = 2 / (1 - β₂) - 1; ρ = ρ∞ - 2t β₂ᵗ / (1 - β₂ᵗ);
 * ρ > 5: p -= lr m' √(1 - β₂ᵗ) / (√v + eps) · √((ρ - 4)(ρ - 2)ρ∞ / ((ρ∞ - 4)(ρ∞ - 2)ρ)); else p -= lr m'
 *
 * @see PyTorch `torch/optim/radam.py`
 */
export const radam: OptimizerDefinition<AdamOptions, AdamSlots> = defineOptimizer({
  name: "radam",
  lr: 1e-3,
  lrScaling: "sqrt",
  defaults: { betas: [0.9, 0.999], eps: 1e-8 },
  checks: adamChecks,
  torch: { step: "tensor", group: () => ({ decoupled_weight_decay: false, ...torchGroup }) },
  createSlots: createAdamSlots,
  loop({ data }, grad, slots, { lr, weightDecay, betas, eps }, step) {
    radamStep(data, grad, slots, { l2: weightDecay, keep: 1, lr, betas, eps, step });
  },
  graph: {
    scalars: radamScalars,
    build: (context) => radamNodes(context, context.data, penalized(context)),
  },
});

/**
 * RAdam with decoupled weight decay.
 *
 * p *= 1 - lr·wd; then as {@link radam} without L2 penalty.
 *
 * @see PyTorch `torch/optim/radam.py`, `decoupled_weight_decay`; from 2.1 on
 */
export const radamw: OptimizerDefinition<AdamOptions, AdamSlots> = defineOptimizer({
  ...radam,
  name: "radamw",
  loop({ data }, grad, slots, { lr, weightDecay, betas, eps }, step) {
    radamStep(data, grad, slots, { l2: 0, keep: 1 - lr * weightDecay, lr, betas, eps, step });
  },
  graph: {
    scalars: radamScalars,
    build: (context) => radamNodes(context, shrunk(context), context.grad),
  },
  torch: { step: "tensor", group: () => ({ decoupled_weight_decay: true, ...torchGroup }) },
});

interface RadamStep extends AdamOptions {
  readonly l2: number;
  /** Factor on the weights before the step. */
  readonly keep: number;
  readonly lr: number;
  readonly step: number;
}

function radamStep(p: Float32Array, g: Float32Array, slots: AdamSlots, options: RadamStep): void {
  const { exp_avg: m, exp_avg_sq: v } = slots;
  const { l2, keep, lr, eps, step } = options;
  const [beta1, beta2] = options.betas;
  const rectified = rectify(beta2, step);
  const stepSize = lr / (1 - beta1 ** step);
  const adaptiveSize = stepSize * Math.sqrt(1 - beta2 ** step) * (rectified ?? 0);
  for (let i = 0; i < p.length; i++) {
    const w = (p[i] ?? 0) * keep;
    const d = (g[i] ?? 0) + l2 * w;
    const mean = beta1 * (m[i] ?? 0) + (1 - beta1) * d;
    const square = beta2 * (v[i] ?? 0) + (1 - beta2) * d * d;
    m[i] = mean;
    v[i] = square;
    const size = rectified === null ? stepSize : adaptiveSize / (Math.sqrt(square) + eps);
    p[i] = w - size * mean;
  }
}

function radamScalars(group: ParamGroup & AdamOptions, step: number): Readonly<Record<string, number>> {
  const { lr, betas, eps } = group;
  const [beta1, beta2] = betas;
  const rectified = rectify(beta2, step);
  const stepSize = lr / (1 - beta1 ** step);
  const adaptiveSize = stepSize * Math.sqrt(1 - beta2 ** step) * (rectified ?? 0);
  // The step is size·m / (root·√v + offset).
  const terms =
    rectified === null
      ? { size: stepSize, root: 0, offset: 1 }
      : { size: adaptiveSize, root: 1, offset: nonZero(eps) };
  return { ...decayScalars(group), ...terms };
}

function radamNodes(
  context: UpdateGraphContext<AdamOptions, AdamSlots>,
  w: Value,
  d: Value,
): UpdatedValues<AdamSlots> {
  const { math, scalar } = context;
  const slots = adamMeans(context, d);
  const root = math.mul(math.unary("Sqrt", slots.exp_avg_sq), scalar("root"));
  const change = math.div(math.mul(slots.exp_avg, scalar("size")), math.add(root, scalar("offset")));
  return { data: math.sub(w, change), slots };
}

/** The factor on the adaptive step, or null while the variance is not tractable. */
function rectify(beta2: number, step: number): number | null {
  const length = smoothedLength(beta2, step);
  return length > 5 ? rectification(beta2, length) : null;
}
