/** Adan: Adam that looks ahead along the change of the gradient. */
import { type CautionOption, cautionCheck, cautionScale, cautiousNodes } from "./caution.ts";
import { decayScalars, nonZero, runningMean, shrunk } from "./graph-terms.ts";
import { defineOptimizer, type OptimizerDefinition } from "./optimizer-definition.ts";
import { boolean, nonNegative, threeFractions } from "./option-checks.ts";

/** Options of {@link adan}. */
export type AdanOptions = CautionOption & {
  /** Decay of the means of gradient, its change, and the square of both, each in [0, 1). */
  readonly betas: readonly [number, number, number];
  /** Added to the denominator, >= 0. */
  readonly eps: number;
  /** Weight decay shrinks the weights before the step, instead of dividing them after it. */
  readonly noProx: boolean;
};

/** Slots of {@link adan}; `neg_pre_grad` is the gradient of the update before, times -1. */
export type AdanSlots = {
  readonly exp_avg: Float32Array;
  readonly exp_avg_sq: Float32Array;
  readonly exp_avg_diff: Float32Array;
  readonly neg_pre_grad: Float32Array;
};

/**
 * Adan (Xie et al., arXiv:2208.06677).
 *
 * h = g - previous g, 0 at first; m = β₁m + (1 - β₁)g; d = β₂d + (1 - β₂)h; n = β₃n + (1 - β₃)(g + β₂h)²;
 * u = (m / (1 - β₁ᵗ) + β₂d / (1 - β₂ᵗ)) / (√n / √(1 - β₃ᵗ) + eps); p = (p - lr·u) / (1 + lr·wd), with `noProx`
 * p = p (1 - lr·wd) - lr·u. Caution looks at m alone. β are timm's: 1 - β of the paper.
 *
 * @see timm `timm/optim/adan.py`
 */
export const adan: OptimizerDefinition<AdanOptions, AdanSlots> = defineOptimizer<AdanOptions, AdanSlots>({
  name: "adan",
  lr: 1e-3,
  lrScaling: "sqrt",
  defaults: { betas: [0.98, 0.92, 0.99], eps: 1e-8, noProx: false, caution: false },
  checks: { betas: threeFractions, eps: nonNegative, noProx: boolean, ...cautionCheck },
  createSlots({ data }) {
    const zeros = () => new Float32Array(data.length);
    return { exp_avg: zeros(), exp_avg_sq: zeros(), exp_avg_diff: zeros(), neg_pre_grad: zeros() };
  },
  loop({ data: p }, g, slots, group, step) {
    const { exp_avg: m, exp_avg_sq: n, exp_avg_diff: change, neg_pre_grad: past } = slots;
    const { lr, weightDecay, betas, eps, noProx, caution } = group;
    const [beta1, beta2, beta3] = betas;
    const size = lr / (1 - beta1 ** step);
    const changeSize = (lr * beta2) / (1 - beta2 ** step);
    const correction = 1 / Math.sqrt(1 - beta3 ** step);
    const keep = noProx ? 1 - lr * weightDecay : 1;
    const shrink = noProx ? 1 : 1 / (1 + lr * weightDecay);
    const scale = caution ? agreement(m, g, beta1) : 1;
    for (let i = 0; i < p.length; i++) {
      const d = g[i] ?? 0;
      const difference = step === 1 ? 0 : d + (past[i] ?? 0);
      const ahead = d + beta2 * difference;
      const mean = beta1 * (m[i] ?? 0) + (1 - beta1) * d;
      const meanChange = beta2 * (change[i] ?? 0) + (1 - beta2) * difference;
      const square = beta3 * (n[i] ?? 0) + (1 - beta3) * ahead * ahead;
      m[i] = mean;
      change[i] = meanChange;
      n[i] = square;
      past[i] = -d;
      const along = caution && !(mean * d > 0) ? 0 : scale * mean;
      const u = (size * along + changeSize * meanChange) / (Math.sqrt(square) * correction + eps);
      p[i] = ((p[i] ?? 0) * keep - u) * shrink;
    }
  },
  graph: {
    scalars(group, step) {
      const { lr, weightDecay, betas, eps } = group;
      const [beta1, beta2, beta3] = betas;
      // As in Adam: the correction of n stands in the factors of its root.
      const root = Math.sqrt(1 - beta3 ** step);
      return {
        ...decayScalars(group),
        shrink: 1 / (1 + lr * weightDecay),
        size: (lr / (1 - beta1 ** step)) * root,
        changeSize: ((lr * beta2) / (1 - beta2 ** step)) * root,
        eps: nonZero(eps) * root,
        // 0 in the first update, which has no gradient before it.
        later: step === 1 ? 0 : 1,
      };
    },
    build(context) {
      const { math, group, data, grad, slots, scalar } = context;
      const [beta1, beta2, beta3] = group.betas;
      const difference = math.mul(math.add(grad, slots.neg_pre_grad), scalar("later"));
      const ahead = math.add(grad, math.mul(difference, beta2));
      const exp_avg = runningMean(math, slots.exp_avg, grad, beta1);
      const exp_avg_diff = runningMean(math, slots.exp_avg_diff, difference, beta2);
      const exp_avg_sq = runningMean(math, slots.exp_avg_sq, math.mul(ahead, ahead), beta3);
      const along = group.caution ? cautiousNodes(context, exp_avg) : exp_avg;
      const moved = math.add(math.mul(along, scalar("size")), math.mul(exp_avg_diff, scalar("changeSize")));
      const u = math.div(moved, math.add(math.unary("Sqrt", exp_avg_sq), scalar("eps")));
      const next = math.sub(group.noProx ? shrunk(context) : data, u);
      const shrinks = !group.noProx && group.weightDecay !== 0;
      return {
        data: shrinks ? math.mul(next, scalar("shrink")) : next,
        slots: { exp_avg, exp_avg_sq, exp_avg_diff, neg_pre_grad: math.sub(0, grad) },
      };
    },
  },
  torch: { step: "group number", group: () => ({ foreach: null }) },
});

/** {@link adan} whose weight decay shrinks the weights before the step. */
export const adanw: OptimizerDefinition<AdanOptions, AdanSlots> = defineOptimizer({
  ...adan,
  name: "adanw",
  defaults: { ...adan.defaults, noProx: true },
});

/** Cautious {@link adan}. */
export const cadan: OptimizerDefinition<AdanOptions, AdanSlots> = defineOptimizer({
  ...adan,
  name: "cadan",
  defaults: { ...adan.defaults, caution: true },
});

/** Cautious {@link adanw}. */
export const cadanw: OptimizerDefinition<AdanOptions, AdanSlots> = defineOptimizer({
  ...adanw,
  name: "cadanw",
  defaults: { ...adanw.defaults, caution: true },
});

/** Factor on the elements of the next mean gradient that agree with the gradient. */
function agreement(m: Float32Array, g: Float32Array, beta1: number): number {
  let count = 0;
  for (let i = 0; i < g.length; i++) {
    const d = g[i] ?? 0;
    if ((beta1 * (m[i] ?? 0) + (1 - beta1) * d) * d > 0) count++;
  }
  return cautionScale(count, g.length);
}
