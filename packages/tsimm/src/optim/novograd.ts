/** NovoGrad: gradients by their norm, tensor by tensor. */
import type { Value } from "@tsimm/autodiff";
import { type AdamOptions, adamChecks } from "./adam.ts";
import { decayScalars, nonZero } from "./graph-terms.ts";
import { defineOptimizer, type OptimizerDefinition } from "./optimizer-definition.ts";
import { boolean } from "./option-checks.ts";

/** Options of {@link novograd}. */
export type NovogradOptions = AdamOptions & {
  /** A new gradient has the weight 1 - β₁ in the running mean, not 1. */
  readonly gradAveraging: boolean;
  /** Gradients are divided by the largest mean norm so far. */
  readonly amsgrad: boolean;
};

/** Slots of {@link novograd}: the running mean of the step, and numbers of the whole tensor. */
export type NovogradSlots = {
  readonly exp_avg: Float32Array;
  /** Running mean of the squared norm of the gradient, one number. */
  readonly exp_avg_sq: Float32Array;
  /** The largest of those, one number. */
  readonly max_exp_avg_sq?: Float32Array;
};

/**
 * NovoGrad (Ginsburg et al., arXiv:1905.11286) with L2 penalty wd behind the norm, as NVIDIA's.
 *
 * v = β₂v + (1 - β₂)‖g‖², ‖g‖² where v is 0; with `amsgrad` v' = max(v', v), else v' = v;
 * d = g / (√v' + eps) + wd·p; with `gradAveraging` d *= 1 - β₁; m = β₁m + d; p -= lr·m
 *
 * @see timm `timm/optim/nvnovograd.py`
 */
export const novograd: OptimizerDefinition<NovogradOptions, NovogradSlots> = defineOptimizer<
  NovogradOptions,
  NovogradSlots
>({
  name: "novograd",
  lr: 1e-3,
  defaults: { betas: [0.95, 0.98], eps: 1e-8, gradAveraging: false, amsgrad: false },
  checks: { ...adamChecks, gradAveraging: boolean, amsgrad: boolean },
  createSlots: ({ data }, { amsgrad }) => ({
    exp_avg: new Float32Array(data.length),
    exp_avg_sq: new Float32Array(1),
    ...(amsgrad ? { max_exp_avg_sq: new Float32Array(1) } : {}),
  }),
  loop({ data: p }, g, { exp_avg: m, exp_avg_sq, max_exp_avg_sq }, group) {
    const { lr, weightDecay, betas, eps, gradAveraging } = group;
    const [beta1, beta2] = betas;
    let norm = 0;
    for (let i = 0; i < g.length; i++) norm += (g[i] ?? 0) ** 2;
    const past = exp_avg_sq[0] ?? 0;
    let square = past === 0 ? norm : beta2 * past + (1 - beta2) * norm;
    exp_avg_sq[0] = square;
    if (max_exp_avg_sq !== undefined) {
      square = Math.max(max_exp_avg_sq[0] ?? 0, square);
      max_exp_avg_sq[0] = square;
    }
    const root = Math.sqrt(square) + eps;
    const share = gradAveraging ? 1 - beta1 : 1;
    for (let i = 0; i < p.length; i++) {
      const w = p[i] ?? 0;
      const moved = beta1 * (m[i] ?? 0) + share * ((g[i] ?? 0) / root + weightDecay * w);
      m[i] = moved;
      p[i] = w - lr * moved;
    }
  },
  graph: {
    scalars: (group) => ({ ...decayScalars(group), lr: group.lr }),
    build({ builder, math, group, data, grad, slots, slotVectors, vectors, scalar }) {
      const { weightDecay, betas, eps, gradAveraging } = group;
      const [beta1, beta2] = betas;
      // Numbers of tensors stand at the beginning of rows, whose rest is 0.
      const [, width] = slotVectors.exp_avg_sq.layout.shape;
      const marks = Float32Array.from({ length: width }, (_, i) => (i === 0 ? 1 : 0));
      const first = builder.constant({ dtype: "float32", shape: [1, width], data: marks });
      const inRows = (numbers: Value) => math.mul(math.reshape(numbers, [numbers.shape[0] ?? 0, 1]), first);
      const norm = vectors.sumSquares(grad);
      const past = math.sum(slots.exp_avg_sq, [1]);
      const blended = math.add(past, math.mul(math.sub(norm, past), 1 - beta2));
      const square = math.where(math.positive(past), blended, norm);
      const largest =
        slots.max_exp_avg_sq && builder.op("Max", [math.sum(slots.max_exp_avg_sq, [1]), square]);
      const root = math.add(math.unary("Sqrt", largest ?? square), nonZero(eps));
      const scaled = math.div(grad, vectors.spread(root));
      const d = weightDecay === 0 ? scaled : math.add(scaled, math.mul(data, scalar("decay")));
      const exp_avg = math.add(math.mul(slots.exp_avg, beta1), gradAveraging ? math.mul(d, 1 - beta1) : d);
      return {
        data: math.sub(data, math.mul(exp_avg, scalar("lr"))),
        slots: {
          ...{ exp_avg, exp_avg_sq: inRows(square) },
          ...(largest ? { max_exp_avg_sq: inRows(largest) } : {}),
        },
      };
    },
  },
  torch: { step: "number", shape: (slot) => (slot === "exp_avg" ? undefined : []) },
});
