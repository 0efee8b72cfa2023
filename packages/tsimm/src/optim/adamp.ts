/** AdamP: Adam with projected steps. */
import {
  type AdamOptions,
  type AdamSlots,
  adamChecks,
  adamMeans,
  adamScalars,
  createAdamSlots,
} from "./adam.ts";
import { type CautionOption, cautionCheck } from "./caution.ts";
import { runningMean } from "./graph-terms.ts";
import { defineOptimizer, type OptimizerDefinition } from "./optimizer-definition.ts";
import { boolean } from "./option-checks.ts";
import { type ProjectionOptions, project, projectionChecks } from "./projection.ts";
import { projectedDecay, projectNodes } from "./projection-graph.ts";
import { scratch } from "./scratch.ts";

/** Options of {@link adamp}. */
export type AdampOptions = AdamOptions &
  ProjectionOptions &
  CautionOption & {
    /** Look ahead along the mean gradient. */
    readonly nesterov: boolean;
  };

/**
 * AdamP (Heo et al., arXiv:2006.08217).
 *
 * m, v as in Adam; m' = β₁m + (1 - β₁)g with Nesterov, else m; u = m' / (√v / √(1 - β₂ᵗ) + eps), without its part along the
 * weights where g is nearly across them; p *= 1 - lr·wd, there 1 - lr·wd·wdRatio; p -= lr / (1 - β₁ᵗ) · u
 *
 * @see timm `timm/optim/adamp.py`
 */
export const adamp: OptimizerDefinition<AdampOptions, AdamSlots> = defineOptimizer<AdampOptions, AdamSlots>({
  name: "adamp",
  lr: 1e-3,
  lrScaling: "sqrt",
  defaults: { betas: [0.9, 0.999], eps: 1e-8, delta: 0.1, wdRatio: 0.01, nesterov: true, caution: false },
  checks: { ...projectionChecks, ...adamChecks, ...cautionCheck, nesterov: boolean },
  createSlots: createAdamSlots,
  loop(parameter, g, { exp_avg: m, exp_avg_sq: v }, group, step) {
    const { data: p } = parameter;
    const { lr, weightDecay, betas, eps, nesterov, wdRatio } = group;
    const [beta1, beta2] = betas;
    const correction = 1 / Math.sqrt(1 - beta2 ** step);
    const ofGradient = nesterov ? 1 - beta1 : 0;
    const ofMean = nesterov ? beta1 : 1;
    const u = scratch(p.length);
    for (let i = 0; i < p.length; i++) {
      const d = g[i] ?? 0;
      const mean = beta1 * (m[i] ?? 0) + (1 - beta1) * d;
      const square = beta2 * (v[i] ?? 0) + (1 - beta2) * d * d;
      m[i] = mean;
      v[i] = square;
      u[i] = (ofMean * mean + ofGradient * d) / (Math.sqrt(square) * correction + eps);
    }
    const keep = 1 - lr * weightDecay * (project(u, parameter, g, group) ? wdRatio : 1);
    const size = lr / (1 - beta1 ** step);
    for (let i = 0; i < p.length; i++) p[i] = (p[i] ?? 0) * keep - size * (u[i] ?? 0);
  },
  graph: {
    scalars(group, step) {
      const { lr, weightDecay } = group;
      return { ...adamScalars(group, step), decay: lr * weightDecay };
    },
    build(context) {
      const { math, group, grad, scalar } = context;
      const slots = adamMeans(context, grad);
      const { exp_avg } = slots;
      const mean = group.nesterov ? runningMean(math, exp_avg, grad, group.betas[0]) : exp_avg;
      const root = math.add(math.unary("Sqrt", slots.exp_avg_sq), scalar("eps"));
      const { step, projected } = projectNodes(context, math.div(mean, root));
      const w = projectedDecay(context, projected);
      return { data: math.sub(w, math.mul(step, scalar("stepSize"))), slots };
    },
  },
  torch: { step: "number" },
});

/** Cautious {@link adamp}. */
export const cadamp: OptimizerDefinition<AdampOptions, AdamSlots> = defineOptimizer({
  ...adamp,
  name: "cadamp",
  defaults: { ...adamp.defaults, caution: true },
});
