/** Adafactor. */

import { adafactorGraph } from "./adafactor-graph.ts";
import {
  type AdafactorOptions,
  type AdafactorSlots,
  type FactoredShape,
  factor,
  factoredSlotShape,
  largestUnfactored,
  relativeStepSize,
} from "./adafactor-state.ts";
import { cautionCheck } from "./caution.ts";
import { l2Norm } from "./norm.ts";
import type { ParamGroup } from "./optimizer.ts";
import { defineOptimizer, type OptimizerDefinition } from "./optimizer-definition.ts";
import { boolean, negative, nonNegative, positive } from "./option-checks.ts";

/**
 * Adafactor (Shazeer and Stern, arXiv:1804.04235) without first moment.
 *
 * β = 1 - t^decayRate; q = g² + eps. Two dimensions of a tensor are factored where both exceed 16: row and
 * column are running means of q over the other one, u = g / √(row / mean(row)) / √column. Other tensors:
 * u = g / √(running mean of q). u /= max(1, rms(u) / clipThreshold); p -= lr·wd·p; p -= lr·u.
 * Without a learning rate lr = min(0.01, 1 / √t) · max(epsScale, rms(p)). `caution` changes nothing, as in timm, whose
 * factory leaves out the first moment that it would apply to.
 *
 * @see timm `timm/optim/adafactor.py`
 */
export const adafactor: OptimizerDefinition<AdafactorOptions, AdafactorSlots> = defineOptimizer<
  AdafactorOptions,
  AdafactorSlots
>({
  name: "adafactor",
  lr: 0,
  lrScaling: "sqrt",
  defaults: {
    eps: 1e-30,
    epsScale: 1e-3,
    clipThreshold: 1,
    decayRate: -0.8,
    relativeStep: false,
    caution: false,
  },
  checks: {
    eps: nonNegative,
    epsScale: nonNegative,
    clipThreshold: positive,
    decayRate: negative,
    relativeStep: boolean,
    ...cautionCheck,
  },
  withoutLr: { relativeStep: true },
  torch: {
    step: "number",
    shape: factoredSlotShape,
    state: () => ({ RMS: 0 }),
    group: () => ({
      ...{ beta1: null, scale_parameter: true, warmup_init: false },
      ...{ min_dim_size_to_factor: largestUnfactored },
    }),
  },
  createSlots({ shape, data }) {
    const layout = factor(shape);
    if (layout === null) return { exp_avg_sq: new Float32Array(data.length) };
    const { outer, columns, rows, inner } = layout;
    return {
      exp_avg_sq_row: new Float32Array(outer * columns * inner),
      exp_avg_sq_col: new Float32Array(outer * rows * inner),
    };
  },
  loop({ shape, data: p }, g, slots, group, step) {
    if (group.relativeStep) group.lr = relativeLr(p, group, step);
    const { lr, weightDecay, eps, clipThreshold, decayRate } = group;
    const change = { keep: 1 - lr * weightDecay, lr, eps, clipThreshold, share: step ** decayRate };
    const layout = factor(shape);
    const { exp_avg_sq, exp_avg_sq_row: row, exp_avg_sq_col: column } = slots;
    if (exp_avg_sq !== undefined) stepDense(p, g, exp_avg_sq, change);
    else if (layout !== null && row && column) stepFactored(p, g, row, column, layout, change);
    else throw new Error("adafactor: slots do not fit the tensor");
  },
  graph: adafactorGraph,
});

/** {@link adafactor} under timm's other name: without a first moment there is nothing to be cautious about. */
export const cadafactor: OptimizerDefinition<AdafactorOptions, AdafactorSlots> = defineOptimizer({
  ...adafactor,
  name: "cadafactor",
  defaults: { ...adafactor.defaults, caution: true },
});

interface Change extends Pick<AdafactorOptions, "eps" | "clipThreshold"> {
  /** Factor on the weights before the step. */
  readonly keep: number;
  readonly lr: number;
  /** Weight of the new square in the running means. */
  readonly share: number;
}

function relativeLr(p: Float32Array, { epsScale }: ParamGroup & AdafactorOptions, step: number): number {
  return relativeStepSize(step) * Math.max(epsScale, l2Norm(p) / Math.sqrt(p.length));
}

function stepDense(p: Float32Array, g: Float32Array, mean: Float32Array, change: Change): void {
  const { keep, eps, share } = change;
  let squares = 0;
  for (let i = 0; i < g.length; i++) {
    const d = g[i] ?? 0;
    const square = d * d;
    const next = (1 - share) * (mean[i] ?? 0) + share * (square + eps);
    mean[i] = next;
    squares += square / next;
  }
  const size = stepSize(squares, p.length, change);
  for (let i = 0; i < p.length; i++) {
    p[i] = (p[i] ?? 0) * keep - (size * (g[i] ?? 0)) / Math.sqrt(mean[i] ?? 0);
  }
}

/** The learning rate, less where the root mean square of the step passes the threshold. */
function stepSize(squares: number, count: number, { lr, clipThreshold }: Change): number {
  return lr / Math.max(1, Math.sqrt(squares / count) / clipThreshold);
}

function stepFactored(
  p: Float32Array,
  g: Float32Array,
  row: Float32Array,
  column: Float32Array,
  layout: FactoredShape,
  change: Change,
): void {
  const { outer, columns, rows, inner } = layout;
  accumulateFactored(g, row, column, layout, change);
  // u = g · byRow · byColumn: roots and quotients are taken per factor, not per weight.
  const byRow = rowScales(row, layout);
  const byColumn = Float64Array.from(column, (mean) => 1 / Math.sqrt(mean));
  let squares = 0;
  let at = 0;
  for (let o = 0; o < outer; o++) {
    for (let c = 0; c < columns; c++) {
      const ofRow = (o * columns + c) * inner;
      for (let r = 0; r < rows; r++) {
        const ofColumn = (o * rows + r) * inner;
        for (let i = 0; i < inner; i++) {
          const u = (g[at++] ?? 0) * (byRow[ofRow + i] ?? 0) * (byColumn[ofColumn + i] ?? 0);
          squares += u * u;
        }
      }
    }
  }
  const size = stepSize(squares, p.length, change);
  const { keep } = change;
  at = 0;
  for (let o = 0; o < outer; o++) {
    for (let c = 0; c < columns; c++) {
      const ofRow = (o * columns + c) * inner;
      for (let r = 0; r < rows; r++) {
        const ofColumn = (o * rows + r) * inner;
        for (let i = 0; i < inner; i++) {
          const u = (g[at] ?? 0) * (byRow[ofRow + i] ?? 0) * (byColumn[ofColumn + i] ?? 0);
          p[at] = (p[at] ?? 0) * keep - size * u;
          at++;
        }
      }
    }
  }
}

/** Takes g² + eps into the running means over rows and over columns. */
function accumulateFactored(
  g: Float32Array,
  row: Float32Array,
  column: Float32Array,
  { outer, columns, rows, inner }: FactoredShape,
  { eps, share }: Change,
): void {
  const rowSums = new Float64Array(row.length);
  const columnSums = new Float64Array(column.length);
  let at = 0;
  for (let o = 0; o < outer; o++) {
    for (let c = 0; c < columns; c++) {
      const toRow = (o * columns + c) * inner;
      for (let r = 0; r < rows; r++) {
        const toColumn = (o * rows + r) * inner;
        for (let i = 0; i < inner; i++) {
          const d = g[at++] ?? 0;
          const square = d * d + eps;
          rowSums[toRow + i] = (rowSums[toRow + i] ?? 0) + square;
          columnSums[toColumn + i] = (columnSums[toColumn + i] ?? 0) + square;
        }
      }
    }
  }
  blend(row, rowSums, share, share / rows);
  blend(column, columnSums, share, share / columns);
}

function blend(mean: Float32Array, sums: Float64Array, share: number, weight: number): void {
  for (let i = 0; i < mean.length; i++) mean[i] = (1 - share) * (mean[i] ?? 0) + weight * (sums[i] ?? 0);
}

/** 1 / √(row / mean of row over the columns). */
function rowScales(row: Float32Array, { outer, columns, inner }: FactoredShape): Float64Array {
  const scales = new Float64Array(row.length);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const first = o * columns * inner + i;
      let sum = 0;
      for (let c = 0; c < columns; c++) sum += row[first + c * inner] ?? 0;
      const mean = sum / columns;
      for (let c = 0; c < columns; c++) {
        scales[first + c * inner] = Math.sqrt(mean / (row[first + c * inner] ?? 0));
      }
    }
  }
  return scales;
}
