/** LARS and LARC: SGD with a trust ratio per tensor. */

import type { Value } from "@tsimm/autodiff";
import { decayScalars, nonZero, penalized } from "./graph-terms.ts";
import { defineOptimizer, type OptimizerDefinition } from "./optimizer-definition.ts";
import type { UpdateGraphContext } from "./optimizer-graph.ts";
import { boolean, nonNegative } from "./option-checks.ts";
import { createSgdSlots, type SgdOptions, type SgdSlots, sgdChecks, sgdNodes, sgdStep } from "./sgd.ts";

/** Options of {@link lars}. */
export type LarsOptions = SgdOptions & {
  /** Step relative to the norm of the weights, >= 0. */
  readonly trustCoeff: number;
  /** Added to the denominator of the ratio, >= 0. */
  readonly eps: number;
  /** LARC: the ratio takes no tensor further than the learning rate alone. */
  readonly trustClip: boolean;
  /** Tensors without weight decay have a trust ratio too. */
  readonly alwaysAdapt: boolean;
};

/**
 * LARS (You et al., arXiv:1708.03888).
 *
 * r = trustCoeff ‖p‖ / (‖g‖ + wd ‖p‖ + eps), 1 where a norm is 0, with `trustClip` min(r / lr, 1);
 * then SGD with momentum on r (g + wd·p). Tensors without weight decay: plain SGD with momentum.
 *
 * @see timm `timm/optim/lars.py`
 */
export const lars: OptimizerDefinition<LarsOptions, SgdSlots> = defineOptimizer({
  name: "lars",
  lr: 1,
  defaults: {
    momentum: 0.9,
    nesterov: false,
    trustCoeff: 1e-3,
    eps: 1e-8,
    trustClip: false,
    alwaysAdapt: false,
  },
  checks: {
    ...sgdChecks,
    trustCoeff: nonNegative,
    eps: nonNegative,
    trustClip: boolean,
    alwaysAdapt: boolean,
  },
  torch: { step: "none", group: () => ({ dampening: 0 }) },
  createSlots: createSgdSlots,
  loop({ data }, grad, { momentum_buffer: buffer }, group) {
    const { lr, weightDecay, momentum, nesterov, trustClip, alwaysAdapt } = group;
    const adapts = weightDecay !== 0 || alwaysAdapt;
    const ratio = adapts ? trustRatio(data, grad, group) : 1;
    const trust = adapts && trustClip ? Math.min(ratio / lr, 1) : ratio;
    sgdStep(data, grad, buffer, { l2: weightDecay, keep: 1, lr, momentum, nesterov, trust });
  },
  graph: {
    scalars: (group) => ({ ...decayScalars(group), lr: group.lr, perLr: 1 / nonZero(group.lr) }),
    build(context) {
      const { math, group, data, vectors } = context;
      const d = penalized(context);
      const adapts = group.weightDecay !== 0 || group.alwaysAdapt;
      return sgdNodes(context, data, adapts ? math.mul(d, vectors.spread(trustRatios(context))) : d);
    },
  },
});

/** LARC (You et al., arXiv:1708.03888): {@link lars} that takes no tensor further than the learning rate alone. */
export const larc: OptimizerDefinition<LarsOptions, SgdSlots> = defineOptimizer({
  ...lars,
  name: "larc",
  defaults: { ...lars.defaults, trustClip: true },
});

/** {@link lars} with Nesterov's momentum. */
export const nlars: OptimizerDefinition<LarsOptions, SgdSlots> = defineOptimizer({
  ...lars,
  name: "nlars",
  defaults: { ...lars.defaults, nesterov: true },
});

/** {@link larc} with Nesterov's momentum. */
export const nlarc: OptimizerDefinition<LarsOptions, SgdSlots> = defineOptimizer({
  ...lars,
  name: "nlarc",
  defaults: { ...lars.defaults, nesterov: true, trustClip: true },
});

function trustRatio(
  data: Float32Array,
  grad: Float32Array,
  { weightDecay, trustCoeff, eps }: Pick<LarsOptions, "trustCoeff" | "eps"> & { weightDecay: number },
): number {
  // Both norms in one loop: each sum waits for its last addition, the two do not wait for each other.
  let ofWeights = 0;
  let ofGradient = 0;
  for (let i = 0; i < data.length; i++) {
    const w = data[i] ?? 0;
    const g = grad[i] ?? 0;
    ofWeights += w * w;
    ofGradient += g * g;
  }
  const [weights, gradient] = [Math.sqrt(ofWeights), Math.sqrt(ofGradient)];
  if (!(weights > 0 && gradient > 0)) return 1;
  return (trustCoeff * weights) / (gradient + weights * weightDecay + eps);
}

/** The ratio of each tensor, [tensors]. */
function trustRatios({
  builder,
  math,
  group,
  data,
  grad,
  vectors,
  scalar,
}: UpdateGraphContext<LarsOptions, SgdSlots>): Value {
  const { weightDecay, trustCoeff, eps, trustClip } = group;
  const norms = (vector: Value) => math.unary("Sqrt", vectors.sumSquares(vector));
  const [weights, gradient] = [norms(data), norms(grad)];
  const penalty = weightDecay === 0 ? gradient : math.add(gradient, math.mul(weights, scalar("decay")));
  const quotient = math.div(math.mul(weights, trustCoeff), math.add(penalty, nonZero(eps)));
  const ratio = math.where(math.positive(weights), math.where(math.positive(gradient), quotient, 1), 1);
  return trustClip ? builder.op("Min", [math.mul(ratio, scalar("perLr")), math.constant(1)]) : ratio;
}
