/** SGDP: SGD with projected steps. */
import { type CautionOption, cautionCheck } from "./caution.ts";
import { defineOptimizer, type OptimizerDefinition } from "./optimizer-definition.ts";
import { fraction } from "./option-checks.ts";
import { type ProjectionOptions, project, projectionChecks } from "./projection.ts";
import { projectedDecay, projectNodes } from "./projection-graph.ts";
import { scratch } from "./scratch.ts";
import { type SgdOptions, sgdChecks } from "./sgd.ts";

/** Options of {@link sgdp}. */
export type SgdpOptions = SgdOptions &
  ProjectionOptions &
  CautionOption & {
    /** Share of a gradient that the buffer does not take, in [0, 1). */
    readonly dampening: number;
  };

/** Slots of {@link sgdp}: the buffer, kept without momentum too. */
export type SgdpSlots = { readonly momentum: Float32Array };

/**
 * SGDP with momentum µ (Heo et al., arXiv:2006.08217).
 *
 * b = µb + (1 - dampening)g; u = g + µb with Nesterov, else b, without its part along the weights where g is nearly across
 * them; p *= 1 - lr·wd / (1 - µ), there 1 - lr·wd·wdRatio / (1 - µ); p -= lr·u
 *
 * timm's class has no learning rate of its own; here it is that of SGD.
 *
 * @see timm `timm/optim/sgdp.py`
 */
export const sgdp: OptimizerDefinition<SgdpOptions, SgdpSlots> = defineOptimizer<SgdpOptions, SgdpSlots>({
  name: "sgdp",
  lr: 1e-3,
  defaults: {
    momentum: 0.9,
    nesterov: true,
    dampening: 0,
    eps: 1e-8,
    delta: 0.1,
    wdRatio: 0.1,
    caution: false,
  },
  checks: { ...sgdChecks, ...projectionChecks, ...cautionCheck, dampening: fraction },
  createSlots: ({ data }) => ({ momentum: new Float32Array(data.length) }),
  loop(parameter, g, { momentum: b }, group) {
    const { data: p } = parameter;
    const { lr, momentum, nesterov, dampening, wdRatio } = group;
    const ofGradient = nesterov ? 1 : 0;
    const ofBuffer = nesterov ? momentum : 1;
    const u = scratch(p.length);
    for (let i = 0; i < p.length; i++) {
      const d = g[i] ?? 0;
      const moved = momentum * (b[i] ?? 0) + (1 - dampening) * d;
      b[i] = moved;
      u[i] = ofGradient * d + ofBuffer * moved;
    }
    const keep = 1 - lost(group) * (project(u, parameter, g, group) ? wdRatio : 1);
    for (let i = 0; i < p.length; i++) p[i] = (p[i] ?? 0) * keep - lr * (u[i] ?? 0);
  },
  graph: {
    scalars: (group) => ({ lr: group.lr, decay: lost(group) }),
    build(context) {
      const { math, group, grad, slots, scalar } = context;
      const { momentum, nesterov, dampening } = group;
      const taken = dampening === 0 ? grad : math.mul(grad, 1 - dampening);
      const buffer = math.add(math.mul(slots.momentum, momentum), taken);
      const ahead = nesterov ? math.add(grad, math.mul(buffer, momentum)) : buffer;
      const { step, projected } = projectNodes(context, ahead);
      const w = projectedDecay(context, projected);
      return { data: math.sub(w, math.mul(step, scalar("lr"))), slots: { momentum: buffer } };
    },
  },
  torch: { step: "none" },
});

/** Cautious {@link sgdp}. */
export const csgdp: OptimizerDefinition<SgdpOptions, SgdpSlots> = defineOptimizer({
  ...sgdp,
  name: "csgdp",
  defaults: { ...sgdp.defaults, caution: true },
});

/** Share of the weights that weight decay takes in an update. */
function lost({ lr, weightDecay, momentum }: { lr: number; weightDecay: number; momentum: number }): number {
  return (lr * weightDecay) / (1 - momentum);
}
