/** AdaBelief: Adam by the variance of the gradient around its mean. */

import { type AdamOptions, adamChecks } from "./adam.ts";
import { decayScalars, nonZero, penalized, runningMean, shrunk } from "./graph-terms.ts";
import type { ParamGroup } from "./optimizer.ts";
import { defineOptimizer, type OptimizerDefinition } from "./optimizer-definition.ts";
import { boolean } from "./option-checks.ts";
import { rectification, smoothedLength } from "./rectification.ts";

/** Options of {@link adabelief}. */
export type AdabeliefOptions = AdamOptions & {
  /** The largest variance so far divides the step; without effect where it is rectified, as in timm. */
  readonly amsgrad: boolean;
  /** Weight decay shrinks the weights instead of adding to the gradient. */
  readonly decoupledDecay: boolean;
  /** Decoupled decay does not depend on the learning rate. */
  readonly fixedDecay: boolean;
  /** Steps are rectified as in RAdam. */
  readonly rectify: boolean;
  /** Where rectification cannot yet be, the mean gradient alone makes the step; else there is none. */
  readonly degeneratedToSgd: boolean;
};

/** Slots of {@link adabelief}: running means of the gradient and of its squared distance to that. */
export type AdabeliefSlots = {
  readonly exp_avg: Float32Array;
  readonly exp_avg_var: Float32Array;
  readonly max_exp_avg_var?: Float32Array;
};

/**
 * AdaBelief (Zhuang et al., arXiv:2010.07468).
 *
 * p *= 1 - lr·wd (not decoupled: g += wd·p); m = β₁m + (1 - β₁)g; s = β₂s + (1 - β₂)(g - m)² + eps;
 * p -= lr / (1 - β₁ᵗ) · m / (√s / √(1 - β₂ᵗ) + eps); rectified: as in RAdam, with s for v.
 * As in timm, eps is added to the running mean s itself.
 *
 * @see timm `timm/optim/adabelief.py`
 */
export const adabelief: OptimizerDefinition<AdabeliefOptions, AdabeliefSlots> = defineOptimizer<
  AdabeliefOptions,
  AdabeliefSlots
>({
  name: "adabelief",
  lr: 1e-3,
  lrScaling: "sqrt",
  defaults: {
    betas: [0.9, 0.999],
    eps: 1e-16,
    amsgrad: false,
    decoupledDecay: true,
    fixedDecay: false,
    rectify: false,
    degeneratedToSgd: true,
  },
  checks: {
    ...adamChecks,
    amsgrad: boolean,
    decoupledDecay: boolean,
    fixedDecay: boolean,
    rectify: boolean,
    degeneratedToSgd: boolean,
  },
  createSlots({ data }, { amsgrad }) {
    const zeros = () => new Float32Array(data.length);
    const means = { exp_avg: zeros(), exp_avg_var: zeros() };
    return amsgrad ? { ...means, max_exp_avg_var: zeros() } : means;
  },
  loop({ data: p }, g, { exp_avg: m, exp_avg_var: s, max_exp_avg_var: max }, group, step) {
    const { betas, eps, decoupledDecay, weightDecay, rectify } = group;
    const [beta1, beta2] = betas;
    const { size, root, offset } = stepTerms(group, step);
    const keep = decoupledDecay ? kept(group) : 1;
    const l2 = decoupledDecay ? 0 : weightDecay;
    for (let i = 0; i < p.length; i++) {
      const w = (p[i] ?? 0) * keep;
      const d = (g[i] ?? 0) + l2 * w;
      const mean = beta1 * (m[i] ?? 0) + (1 - beta1) * d;
      const residual = d - mean;
      const variance = beta2 * (s[i] ?? 0) + (1 - beta2) * residual * residual + eps;
      m[i] = mean;
      s[i] = variance;
      let divisor = variance;
      if (max !== undefined) {
        const largest = Math.max(max[i] ?? 0, variance);
        max[i] = largest;
        if (!rectify) divisor = largest;
      }
      p[i] = w - (size * mean) / (root * Math.sqrt(divisor) + offset);
    }
  },
  graph: {
    scalars(group, step) {
      const { size, root, offset } = stepTerms(group, step);
      return { ...decayScalars(group), keep: kept(group), size, root, offset: nonZero(offset) };
    },
    build(context) {
      const { builder, math, group, data, grad, slots, scalar } = context;
      const { betas, eps, decoupledDecay, rectify } = group;
      const [beta1, beta2] = betas;
      const w = decoupledDecay ? shrunk(context) : data;
      const d = decoupledDecay ? grad : penalized(context);
      const exp_avg = runningMean(math, slots.exp_avg, d, beta1);
      const residual = math.sub(d, exp_avg);
      const squares = math.mul(residual, residual);
      const exp_avg_var = math.add(runningMean(math, slots.exp_avg_var, squares, beta2), eps);
      const past = slots.max_exp_avg_var;
      const largest = past === undefined ? undefined : builder.op("Max", [past, exp_avg_var]);
      const root = math.unary("Sqrt", rectify ? exp_avg_var : (largest ?? exp_avg_var));
      const divisor = math.add(math.mul(root, scalar("root")), scalar("offset"));
      const change = math.div(math.mul(exp_avg, scalar("size")), divisor);
      const means = { exp_avg, exp_avg_var };
      return {
        data: math.sub(w, change),
        slots: largest === undefined ? means : { ...means, max_exp_avg_var: largest },
      };
    },
  },
  torch: {
    step: "number",
    // What timm keeps of rectification, by the last digit of the step; computed again where it is null.
    group: () => ({ buffer: Array.from({ length: 10 }, () => [null, null, null]) }),
  },
});

/** {@link adabelief} with rectified steps. */
export const radabelief: OptimizerDefinition<AdabeliefOptions, AdabeliefSlots> = defineOptimizer({
  ...adabelief,
  name: "radabelief",
  defaults: { ...adabelief.defaults, rectify: true },
});

type Group = ParamGroup & AdabeliefOptions;

/** Factor of decoupled decay on the weights. */
function kept({ lr, weightDecay, fixedDecay }: Group): number {
  return 1 - (fixedDecay ? weightDecay : lr * weightDecay);
}

/** The step is size·m / (root·√s + offset). */
function stepTerms(
  { lr, betas: [beta1, beta2], eps, rectify, degeneratedToSgd }: Group,
  step: number,
): { readonly size: number; readonly root: number; readonly offset: number } {
  const stepSize = lr / (1 - beta1 ** step);
  const correction = Math.sqrt(1 - beta2 ** step);
  if (!rectify) return { size: stepSize * correction, root: 1, offset: eps * correction };
  const length = smoothedLength(beta2, step);
  if (length >= 5) {
    return { size: stepSize * correction * rectification(beta2, length), root: 1, offset: eps };
  }
  return { size: degeneratedToSgd ? stepSize : 0, root: 0, offset: 1 };
}
