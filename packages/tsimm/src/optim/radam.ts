/** Rectified Adam. */
import { type AdamOptions, type AdamSlots, adamChecks, adamMeans, createAdamSlots } from "./adam.ts";
import { decayScalars, nonZero, penalized } from "./graph-terms.ts";
import { defineOptimizer, type OptimizerDefinition } from "./optimizer-definition.ts";
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
  loop({ data: p }, g, { exp_avg: m, exp_avg_sq: v }, { lr, weightDecay, betas, eps }, step) {
    const [beta1, beta2] = betas;
    const rectification = rectify(beta2, step);
    const stepSize = lr / (1 - beta1 ** step);
    const adaptiveSize = stepSize * Math.sqrt(1 - beta2 ** step) * (rectification ?? 0);
    for (let i = 0; i < p.length; i++) {
      const w = p[i] ?? 0;
      const d = (g[i] ?? 0) + weightDecay * w;
      const mean = beta1 * (m[i] ?? 0) + (1 - beta1) * d;
      const square = beta2 * (v[i] ?? 0) + (1 - beta2) * d * d;
      m[i] = mean;
      v[i] = square;
      const size = rectification === null ? stepSize : adaptiveSize / (Math.sqrt(square) + eps);
      p[i] = w - size * mean;
    }
  },
  graph: {
    scalars(group, step) {
      const { lr, betas, eps } = group;
      const [beta1, beta2] = betas;
      const rectification = rectify(beta2, step);
      const stepSize = lr / (1 - beta1 ** step);
      const adaptiveSize = stepSize * Math.sqrt(1 - beta2 ** step) * (rectification ?? 0);
      // The step is size·m / (root·√v + offset).
      const terms =
        rectification === null
          ? { size: stepSize, root: 0, offset: 1 }
          : { size: adaptiveSize, root: 1, offset: nonZero(eps) };
      return { ...decayScalars(group), ...terms };
    },
    build(context) {
      const { math, data, scalar } = context;
      const slots = adamMeans(context, penalized(context));
      const root = math.mul(math.unary("Sqrt", slots.exp_avg_sq), scalar("root"));
      const change = math.div(math.mul(slots.exp_avg, scalar("size")), math.add(root, scalar("offset")));
      return { data: math.sub(data, change), slots };
    },
  },
});

/** The factor on the adaptive step, or null while the variance is not tractable. */
function rectify(beta2: number, step: number): number | null {
  const limit = 2 / (1 - beta2) - 1;
  const length = limit - (2 * step * beta2 ** step) / (1 - beta2 ** step);
  if (length <= 5) return null;
  return Math.sqrt(((length - 4) * (length - 2) * limit) / ((limit - 4) * (limit - 2) * length));
}
