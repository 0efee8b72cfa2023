/** MARS: Adam or Lion on gradients whose variance is reduced. */
import { adamChecks, createAdamSlots } from "./adam.ts";
import { cautionCheck, cautious } from "./caution.ts";
import { marsGraph } from "./mars-graph.ts";
import { type MarsOptions, type MarsSlots, marsRule } from "./mars-rule.ts";
import { defineOptimizer, type OptimizerDefinition } from "./optimizer-definition.ts";
import { boolean, nonNegative, oneOf, orNull, twoFractions } from "./option-checks.ts";
import { scratch } from "./scratch.ts";

/**
 * MARS (Yuan et al., arXiv:2411.10438), in timm's form without a second gradient of the same batch.
 *
 * c = g + γ β₁ / (1 - β₁) (g - last g), in the first update c = g; later c /= max(1, ‖c‖);
 * m = β₁m + (1 - β₁)c; v = β₂v + (1 - β₂)c²; u = m / (1 - β₁ᵗ) / (√v / √(1 - β₂ᵗ) + eps), as `lion` u = sign(m);
 * with `caution` {@link cautious}; p -= lr (wd·p + u). Tensors with one dimension, unless `optimize1d`: c = g, u of Adam
 * with `betas1d`. `lr1dFactor`: as in timm, where it acts on these alone.
 *
 * @see timm `timm/optim/mars.py`
 */
export const mars: OptimizerDefinition<MarsOptions, MarsSlots> = defineOptimizer<MarsOptions, MarsSlots>({
  name: "mars",
  lr: 3e-3,
  defaults: {
    betas: [0.9, 0.99],
    eps: 1e-8,
    gamma: 0.025,
    marsType: "adamw",
    optimize1d: false,
    lr1dFactor: 1,
    betas1d: null,
    caution: false,
  },
  checks: {
    ...adamChecks,
    gamma: nonNegative,
    marsType: oneOf("adamw", "lion"),
    optimize1d: boolean,
    lr1dFactor: nonNegative,
    betas1d: orNull(twoFractions),
    ...cautionCheck,
  },
  createSlots: (parameter) => ({
    ...createAdamSlots(parameter),
    last_grad: new Float32Array(parameter.data.length),
  }),
  loop({ data: p, shape }, g, { exp_avg: m, exp_avg_sq: v, last_grad }, group, step) {
    const { reduces, sign, betas, lr } = marsRule(shape, group);
    const { weightDecay, eps, gamma, caution } = group;
    const [beta1, beta2] = betas;
    const c = scratch(p.length);
    const weight = reduces && step > 1 ? gamma * (beta1 / (1 - beta1)) : 0;
    let squares = 0;
    for (let i = 0; i < p.length; i++) {
      const d = g[i] ?? 0;
      const reduced = d + weight * (d - (last_grad[i] ?? 0));
      c[i] = reduced;
      squares += reduced * reduced;
    }
    const scale = reduces && step > 1 ? 1 / Math.max(1, Math.sqrt(squares)) : 1;
    const correction = 1 / Math.sqrt(1 - beta2 ** step);
    for (let i = 0; i < p.length; i++) {
      const d = scale * (c[i] ?? 0);
      const mean = beta1 * (m[i] ?? 0) + (1 - beta1) * d;
      m[i] = mean;
      if (sign) {
        c[i] = Math.sign(mean);
        continue;
      }
      const square = beta2 * (v[i] ?? 0) + (1 - beta2) * d * d;
      v[i] = square;
      c[i] = mean / (Math.sqrt(square) * correction + eps);
    }
    if (caution) cautious(c, g);
    const keep = 1 - lr * weightDecay;
    // As a sign, a cautious mean is one again.
    const size = sign ? lr : lr / (1 - beta1 ** step);
    for (let i = 0; i < p.length; i++) {
      const u = c[i] ?? 0;
      p[i] = (p[i] ?? 0) * keep - size * (sign ? Math.sign(u) : u);
    }
    last_grad.set(g);
  },
  torch: { step: "number", group: ({ betas, betas1d }) => ({ betas_1d: betas1d ?? betas }) },
  graph: marsGraph,
});

/** Cautious {@link mars}. */
export const cmars: OptimizerDefinition<MarsOptions, MarsSlots> = defineOptimizer({
  ...mars,
  name: "cmars",
  defaults: { ...mars.defaults, caution: true },
});
