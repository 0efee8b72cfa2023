/** Adafactor. */

import { l2Norm } from "./norm.ts";
import type { ParamGroup } from "./optimizer.ts";
import type { UpdateRule } from "./update-rule.ts";

/** Options of {@link adafactor}. */
export type AdafactorOptions = {
  /** Added to squared gradients, >= 0. */
  readonly eps: number;
  /** Smallest size of a tensor that its step is taken relative to, >= 0. */
  readonly epsScale: number;
  /** Largest root mean square of a step before the learning rate, > 0. */
  readonly clipThreshold: number;
  /** Power of the update's number that gives the weight of a new square, < 0. */
  readonly decayRate: number;
  /** The learning rate follows from the update's number and the size of each tensor. */
  readonly relativeStep: boolean;
};

/** Slots of {@link adafactor}: running means of squares, by rows and columns where the tensor is factored. */
export type AdafactorSlots =
  | { readonly exp_avg_sq: Float32Array }
  | { readonly exp_avg_sq_row: Float32Array; readonly exp_avg_sq_col: Float32Array };

/** Dimensions up to this size are not factored. */
const largestUnfactored = 16;

/**
 * Adafactor (Shazeer and Stern, arXiv:1804.04235) without first moment.
 *
 * β = 1 - t^decayRate; q = g² + eps. Two dimensions of a tensor are factored where both exceed 16: row and
 * column are running means of q over the other one, u = g / √(row / mean(row)) / √column. Other tensors:
 * u = g / √(running mean of q). u /= max(1, rms(u) / clipThreshold); p -= lr·wd·p; p -= lr·u.
 * Without a learning rate lr = min(0.01, 1 / √t) · max(epsScale, rms(p)).
 *
 * @see timm `timm/optim/adafactor.py`
 */
export const adafactor: UpdateRule<AdafactorOptions, AdafactorSlots> = {
  lr: 0,
  defaults: { eps: 1e-30, epsScale: 1e-3, clipThreshold: 1, decayRate: -0.8, relativeStep: false },
  withoutLr: { relativeStep: true },
  createSlots({ shape, data }) {
    const layout = factor(shape);
    if (layout === null) return { exp_avg_sq: new Float32Array(data.length) };
    const { outer, columns, rows, inner } = layout;
    return {
      exp_avg_sq_row: new Float32Array(outer * columns * inner),
      exp_avg_sq_col: new Float32Array(outer * rows * inner),
    };
  },
  update({ shape, data: p }, g, slots, group, step) {
    const { weightDecay, eps, clipThreshold, decayRate } = group;
    if (group.relativeStep) group.lr = relativeLr(p, group, step);
    const share = step ** decayRate;
    const layout = factor(shape);
    let move: (keep: number, size: number) => number;
    if ("exp_avg_sq" in slots) {
      accumulate(g, slots.exp_avg_sq, eps, share);
      move = (keep, size) => moveDense(p, g, slots.exp_avg_sq, keep, size);
    } else {
      if (layout === null) throw new Error("adafactor: slots do not fit the tensor");
      const { exp_avg_sq_row: row, exp_avg_sq_col: column } = slots;
      accumulateFactored(g, row, column, layout, eps, share);
      move = (keep, size) => moveFactored(p, g, row, column, layout, keep, size);
    }
    // The first pass moves nothing; it measures the step.
    const rms = Math.sqrt(move(1, 0) / p.length);
    move(1 - group.lr * weightDecay, group.lr / Math.max(1, rms / clipThreshold));
  },
};

/** A tensor as [outer, columns, rows, inner]; columns and rows are the factored dimensions. */
interface Layout {
  readonly outer: number;
  readonly columns: number;
  readonly rows: number;
  readonly inner: number;
}

function factor(shape: readonly number[]): Layout | null {
  const product = (sizes: readonly number[]) => sizes.reduce((total, size) => total * size, 1);
  const at = (first: number): Layout | null => {
    const [columns = 0, rows = 0] = shape.slice(first, first + 2);
    if (columns <= largestUnfactored || rows <= largestUnfactored) return null;
    return { outer: product(shape.slice(0, first)), columns, rows, inner: product(shape.slice(first + 2)) };
  };
  if (shape.length < 2) return null;
  // A convolution's channels come first, a matrix in a stack of matrices last.
  return (shape.length > 2 ? at(0) : null) ?? at(shape.length - 2);
}

function relativeLr(p: Float32Array, { epsScale }: ParamGroup & AdafactorOptions, step: number): number {
  return Math.min(1e-2, 1 / Math.sqrt(step)) * Math.max(epsScale, l2Norm(p) / Math.sqrt(p.length));
}

function accumulate(g: Float32Array, mean: Float32Array, eps: number, share: number): void {
  for (let i = 0; i < g.length; i++) {
    const d = g[i] ?? 0;
    mean[i] = (1 - share) * (mean[i] ?? 0) + share * (d * d + eps);
  }
}

function accumulateFactored(
  g: Float32Array,
  row: Float32Array,
  column: Float32Array,
  { outer, columns, rows, inner }: Layout,
  eps: number,
  share: number,
): void {
  for (let i = 0; i < row.length; i++) row[i] = (1 - share) * (row[i] ?? 0);
  for (let i = 0; i < column.length; i++) column[i] = (1 - share) * (column[i] ?? 0);
  let at = 0;
  for (let o = 0; o < outer; o++) {
    for (let c = 0; c < columns; c++) {
      for (let r = 0; r < rows; r++) {
        const toRow = (o * columns + c) * inner;
        const toColumn = (o * rows + r) * inner;
        for (let i = 0; i < inner; i++) {
          const d = g[at++] ?? 0;
          const square = share * (d * d + eps);
          row[toRow + i] = (row[toRow + i] ?? 0) + square / rows;
          column[toColumn + i] = (column[toColumn + i] ?? 0) + square / columns;
        }
      }
    }
  }
}

/** p = keep·p - size·u; returns the sum of u². */
function moveDense(p: Float32Array, g: Float32Array, mean: Float32Array, keep: number, size: number): number {
  let squares = 0;
  for (let i = 0; i < p.length; i++) {
    const u = (g[i] ?? 0) / Math.sqrt(mean[i] ?? 0);
    squares += u * u;
    p[i] = (p[i] ?? 0) * keep - size * u;
  }
  return squares;
}

/** As {@link moveDense}, with means in factors. */
function moveFactored(
  p: Float32Array,
  g: Float32Array,
  row: Float32Array,
  column: Float32Array,
  { outer, columns, rows, inner }: Layout,
  keep: number,
  size: number,
): number {
  let squares = 0;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      let mean = 0;
      for (let c = 0; c < columns; c++) mean += (row[(o * columns + c) * inner + i] ?? 0) / columns;
      for (let c = 0; c < columns; c++) {
        const byRow = (row[(o * columns + c) * inner + i] ?? 0) / mean;
        for (let r = 0; r < rows; r++) {
          const at = ((o * columns + c) * rows + r) * inner + i;
          const u = (g[at] ?? 0) / Math.sqrt(byRow * (column[(o * rows + r) * inner + i] ?? 0));
          squares += u * u;
          p[at] = (p[at] ?? 0) * keep - size * u;
        }
      }
    }
  }
  return squares;
}
