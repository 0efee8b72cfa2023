/** Options and slots of Adafactor, and the two dimensions by which it factors a tensor. */

import type { CautionOption } from "./caution.ts";

/** Options of Adafactor. */
export type AdafactorOptions = CautionOption & {
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

/** Slots of Adafactor: running means of squares, by rows and columns where the tensor is factored. */
export type AdafactorSlots = {
  readonly exp_avg_sq?: Float32Array;
  readonly exp_avg_sq_row?: Float32Array;
  readonly exp_avg_sq_col?: Float32Array;
};

/** Dimensions up to this size are not factored. */
export const largestUnfactored = 16;

/** A tensor as [outer, columns, rows, inner]; columns and rows are the factored dimensions. */
export interface FactoredShape {
  readonly outer: number;
  readonly columns: number;
  readonly rows: number;
  readonly inner: number;
}

/** The dimensions of a tensor by which it is factored; null: it is not. */
export function factor(shape: readonly number[]): FactoredShape | null {
  const product = (sizes: readonly number[]) => sizes.reduce((total, size) => total * size, 1);
  const at = (first: number): FactoredShape | null => {
    if (!factorsAt(shape, first)) return null;
    const [columns = 0, rows = 0] = shape.slice(first, first + 2);
    return { outer: product(shape.slice(0, first)), columns, rows, inner: product(shape.slice(first + 2)) };
  };
  if (shape.length < 2) return null;
  // A convolution's channels come first, a matrix in a stack of matrices last.
  return (shape.length > 2 ? at(0) : null) ?? at(shape.length - 2);
}

/** Whether two dimensions, one beside the other, are factored. */
function factorsAt(shape: readonly number[], first: number): boolean {
  const [columns = 0, rows = 0] = shape.slice(first, first + 2);
  return columns > largestUnfactored && rows > largestUnfactored;
}

/**
 * The shape of a slot of a factored tensor: without the dimension that is averaged over.
 *
 * @returns undefined: the slot has the tensor's shape.
 */
export function factoredSlotShape(slot: string, shape: readonly number[]): readonly number[] | undefined {
  const first = shape.length > 2 && factorsAt(shape, 0) ? 0 : shape.length - 2;
  if (slot === "exp_avg_sq_row") return shape.toSpliced(first + 1, 1);
  return slot === "exp_avg_sq_col" ? shape.toSpliced(first, 1) : undefined;
}

/** The learning rate of an update, relative to the size of a tensor. */
export function relativeStepSize(step: number): number {
  return Math.min(1e-2, 1 / Math.sqrt(step));
}
