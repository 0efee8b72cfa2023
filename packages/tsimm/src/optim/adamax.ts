/** AdaMax. */
import { type AdamOptions, adamChecks } from "./adam.ts";
import { decayScalars, nonZero, penalized, runningMean } from "./graph-terms.ts";
import { defineOptimizer, type OptimizerDefinition } from "./optimizer-definition.ts";
import { torchGroup } from "./torch-groups.ts";

/** Slots of {@link adamax}: running mean of the gradient and running maximum of its size. */
export type AdamaxSlots = { readonly exp_avg: Float32Array; readonly exp_inf: Float32Array };

/**
 * AdaMax with L2 penalty wd: Adam by the infinity norm (Kingma and Ba, arXiv:1412.6980).
 *
 * g += wd·p; m = β₁m + (1 - β₁)g; u = max(β₂u, |g| + eps); p -= lr / (1 - β₁ᵗ) · m / u
 *
 * @see PyTorch `torch/optim/adamax.py`
 */
export const adamax: OptimizerDefinition<AdamOptions, AdamaxSlots> = defineOptimizer({
  name: "adamax",
  lr: 2e-3,
  lrScaling: "sqrt",
  defaults: { betas: [0.9, 0.999], eps: 1e-8 },
  checks: adamChecks,
  torch: { step: "tensor", group: () => torchGroup },
  createSlots: ({ data }) => ({
    exp_avg: new Float32Array(data.length),
    exp_inf: new Float32Array(data.length),
  }),
  loop({ data: p }, g, { exp_avg: m, exp_inf: u }, { lr, weightDecay, betas, eps }, step) {
    const [beta1, beta2] = betas;
    const stepSize = lr / (1 - beta1 ** step);
    for (let i = 0; i < p.length; i++) {
      const w = p[i] ?? 0;
      const d = (g[i] ?? 0) + weightDecay * w;
      const mean = beta1 * (m[i] ?? 0) + (1 - beta1) * d;
      const largest = Math.max(beta2 * (u[i] ?? 0), Math.abs(d) + eps);
      m[i] = mean;
      u[i] = largest;
      p[i] = w - (stepSize * mean) / largest;
    }
  },
  graph: {
    scalars: (group, step) => ({
      ...decayScalars(group),
      stepSize: group.lr / (1 - group.betas[0] ** step),
    }),
    build(context) {
      const { builder, math, group, data, slots, scalar } = context;
      const [beta1, beta2] = group.betas;
      const d = penalized(context);
      const exp_avg = runningMean(math, slots.exp_avg, d, beta1);
      const size = math.add(math.unary("Abs", d), nonZero(group.eps));
      const exp_inf = builder.op("Max", [math.mul(slots.exp_inf, beta2), size]);
      const change = math.mul(math.div(exp_avg, exp_inf), scalar("stepSize"));
      return { data: math.sub(data, change), slots: { exp_avg, exp_inf } };
    },
  },
});
