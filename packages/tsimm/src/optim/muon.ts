/** Muon and AdaMuon: matrices move by the orthogonal matrix that is nearest to their momentum. */
import { adamChecks, adamw } from "./adam.ts";
import { coefficientsCheck, coefficientsOf } from "./muon-coefficients.ts";
import { muonGraph } from "./muon-graph.ts";
import { type MuonOptions, type MuonSlots, type MuonTensor, muonTensor } from "./muon-options.ts";
import { nadamw } from "./nadam.ts";
import { l2Norm } from "./norm.ts";
import type { ParamGroup } from "./optimizer.ts";
import { defineOptimizer, type OptimizerDefinition } from "./optimizer-definition.ts";
import {
  boolean,
  fraction,
  integerFrom,
  nonNegative,
  type OptionChecks,
  oneOf,
  orNull,
  positive,
} from "./option-checks.ts";
import { orthogonalize } from "./orthogonalize.ts";
import { scratch } from "./scratch.ts";

const defaults: MuonOptions = {
  momentum: 0.9,
  nesterov: false,
  nsSteps: 5,
  nsCoefficients: "quintic",
  eps: 1e-7,
  safetyFactor: 1,
  adjustLrFn: "match_rms_adamw",
  convMode: "flatten",
  normalizeSpatial: true,
  fallbackLrScale: 1,
  betas: [0.9, 0.95],
  scaleEps: false,
  useFallback: false,
};

const checks: OptionChecks<MuonOptions> = {
  ...adamChecks,
  momentum: fraction,
  nesterov: boolean,
  nsSteps: integerFrom(1, 100),
  nsCoefficients: coefficientsCheck,
  safetyFactor: positive,
  adjustLrFn: orNull(oneOf("match_rms_adamw", "original", "rms_to_rms")),
  convMode: oneOf("flatten", "batched"),
  normalizeSpatial: boolean,
  fallbackLrScale: nonNegative,
  scaleEps: boolean,
  useFallback: boolean,
};

/**
 * Muon (Jordan, kellerjordan.github.io/posts/muon), with AdamW for what is no matrix.
 *
 * m += (1 - µ)(g - m); with Nesterov u = g + µ(m - g), else u = m; X = u / max(safetyFactor ‖u‖, eps), as a matrix [out, all
 * else]; `nsSteps` times X = aX + bXXᵀX + c(XXᵀ)²X; p *= 1 - lr·wd; p -= lr·s·X; s = 0.2 √max(rows, columns)
 * (`match_rms_adamw`), √max(1, rows / columns) (`original`) or √(rows / columns) (`rms_to_rms`).
 *
 * Tensors with less than two dimensions above 1, with a first or second dimension of 1, with less than 4 rows or columns or
 * one 128 times the other, and groups with `useFallback` are moved by AdamW, with Nesterov by NAdamW, at lr ·
 * `fallbackLrScale`. timm iterates in bfloat16, here it is float64 on a CPU and float32 on a device: steps of timm
 * are 0.6 % away from these.
 *
 * @see timm `timm/optim/muon.py`
 */
export const muon: OptimizerDefinition<MuonOptions, MuonSlots> = defineMuon("muon", false, {});

/** {@link muon} with Nesterov's momentum, and NAdamW for what is no matrix. */
export const nmuon: OptimizerDefinition<MuonOptions, MuonSlots> = defineMuon("nmuon", false, {
  nesterov: true,
});

/**
 * AdaMuon (Si et al., arXiv:2507.11005): {@link muon} whose steps are divided by the root of their running mean square.
 *
 * X as in Muon; v = β₂v + (1 - β₂)X²; `match_rms_adamw`: u = X / (√v + eps), p -= lr · 0.2 √(n k) · u / (‖u‖ + eps), n and k
 * the last two dimensions of the tensor, of a convolution those of its kernel, as in timm; else p -= lr·s·u,
 * u = X / (√(v / (1 - β₂ᵗ)) + eps), s = √(n / k) (`rms_to_rms`) or 1 / √k (`rsqrt_in`).
 *
 * @see timm `timm/optim/muon.py`
 */
export const adamuon: OptimizerDefinition<MuonOptions, MuonSlots> = defineMuon("adamuon", true, {});

/** {@link adamuon} with Nesterov's momentum, and NAdamW for what is no matrix. */
export const nadamuon: OptimizerDefinition<MuonOptions, MuonSlots> = defineMuon("nadamuon", true, {
  nesterov: true,
});

function defineMuon(
  name: string,
  isAdaptive: boolean,
  options: Partial<MuonOptions>,
): OptimizerDefinition<MuonOptions, MuonSlots> {
  const adjustLrFn = isAdaptive
    ? orNull(oneOf("match_rms_adamw", "rms_to_rms", "rsqrt_in"))
    : checks.adjustLrFn;
  return defineOptimizer<MuonOptions, MuonSlots>({
    name,
    lr: 0.02,
    lrScaling: isAdaptive ? "sqrt" : "linear",
    defaults: { ...defaults, ...options },
    checks: { ...checks, adjustLrFn },
    createSlots({ shape, data: { length } }, group) {
      const slot = () => new Float32Array(length);
      if (muonTensor(shape, group, isAdaptive) === null) return { exp_avg: slot(), exp_avg_sq: slot() };
      return isAdaptive ? { momentum_buffer: slot(), exp_avg_sq: slot() } : { momentum_buffer: slot() };
    },
    loop(parameter, g, slots, group, step) {
      const { shape, data: p } = parameter;
      const { momentum_buffer, exp_avg, exp_avg_sq } = slots;
      const tensor = muonTensor(shape, group, isAdaptive);
      if (tensor === null && exp_avg && exp_avg_sq) {
        const rule = group.nesterov ? nadamw : adamw;
        const fallback = { ...group, lr: group.lr * group.fallbackLrScale, caution: false };
        rule.loop(parameter, g, { exp_avg, exp_avg_sq }, fallback, step, 1);
      } else if (tensor !== null && momentum_buffer) {
        const u = orthogonalStep(g, momentum_buffer, tensor, group);
        let size = group.lr * tensor.lrScale;
        if (isAdaptive && exp_avg_sq) size *= adapt(u, exp_avg_sq, group, step);
        const keep = 1 - group.lr * group.weightDecay;
        for (let i = 0; i < p.length; i++) p[i] = (p[i] ?? 0) * keep - size * (u[i] ?? 0);
      } else throw new Error(`${name}: slots do not fit the tensor`);
    },
    graph: muonGraph(isAdaptive),
    torch: {
      step: "tensor",
      state: (shape, options) => ({ use_muon: muonTensor(shape, options, isAdaptive) !== null }),
      group: () => ({ algo: isAdaptive ? "adamuon" : "muon", capturable: false, verbose: false }),
    },
  });
}

/** The step before its learning rate, in shared room; the gradient goes into the running mean m. */
function orthogonalStep(
  g: Float32Array,
  m: Float32Array,
  { matrices, eps }: MuonTensor,
  group: ParamGroup & MuonOptions,
): Float32Array {
  const { momentum, nesterov, nsSteps, nsCoefficients, safetyFactor, scaleEps } = group;
  const u = scratch(g.length);
  for (let i = 0; i < g.length; i++) {
    const d = g[i] ?? 0;
    const past = m[i] ?? 0;
    const mean = past + (1 - momentum) * (d - past);
    m[i] = mean;
    u[i] = nesterov ? d + momentum * (mean - d) : mean;
  }
  orthogonalize(u, matrices, coefficientsOf(nsCoefficients, nsSteps), (norm) => {
    const limit = norm * safetyFactor;
    return 1 / (scaleEps ? limit + eps : Math.max(limit, eps));
  });
  return u;
}

/** Divides a step by the root of its running mean square v; returns a factor on the learning rate. */
function adapt(u: Float32Array, v: Float32Array, group: ParamGroup & MuonOptions, step: number): number {
  const { betas, eps, adjustLrFn } = group;
  const [, beta2] = betas;
  const isNormed = adjustLrFn === "match_rms_adamw";
  const correction = isNormed ? 1 : 1 / (1 - beta2 ** step);
  for (let i = 0; i < v.length; i++) {
    const x = u[i] ?? 0;
    const square = beta2 * (v[i] ?? 0) + (1 - beta2) * x * x;
    v[i] = square;
    u[i] = x / (Math.sqrt(square * correction) + Math.max(eps, Number.MIN_VALUE));
  }
  return isNormed ? 1 / (l2Norm(u, 0, v.length) + eps) : 1;
}
