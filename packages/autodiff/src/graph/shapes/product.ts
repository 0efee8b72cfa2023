/** Shapes of matrix products. */
import { readInt } from "../attributes.ts";
import {
  commonType,
  covers,
  describe,
  formatShape,
  rankedInput,
  requiredInput,
  type ShapeRule,
  type ShapeRules,
} from "./shape-rule.ts";

/** Gemm: a [M, K] (or transposed), b [K, N] (or transposed), optional c -> [M, N]. */
export const gemm: ShapeRule = (call) => {
  const a = rankedInput(call, 0, 2);
  const b = rankedInput(call, 1, 2);
  const [rows = 0, inner = 0] = readInt(call.attributes, "transA", 0) ? [...a.shape].reverse() : a.shape;
  const [innerB = 0, columns = 0] = readInt(call.attributes, "transB", 0) ? [...b.shape].reverse() : b.shape;
  if (inner !== innerB) {
    throw new RangeError(
      `${describe(call)}: inner dimensions must agree, got ${formatShape(a.shape)} and ${formatShape(b.shape)}`,
    );
  }
  const c = call.inputs[2]?.shape ?? [];
  const fits = (size: number, axis: number) => size === 1 || size === [rows, columns].at(axis - c.length);
  if (c.length > 2 || !c.every(fits)) {
    throw new RangeError(
      `${describe(call)}: c must broadcast to ${formatShape([rows, columns])}, got ${formatShape(c)}`,
    );
  }
  return [{ dtype: commonType(call), shape: [rows, columns] }];
};

/** MatMul and FusedMatMul: the last two axes multiply, the others broadcast; a list is a row before, a column behind. */
export const matMul: ShapeRule = (call) => {
  const a = requiredInput(call, 0);
  const b = requiredInput(call, 1);
  if (a.shape.length < 1 || b.shape.length < 1) {
    throw new RangeError(
      `${describe(call)}: inputs must have at least 1 dimension, got ${formatShape(a.shape)} and ${formatShape(b.shape)}`,
    );
  }
  const left = a.shape.length === 1 ? [1, ...a.shape] : a.shape.slice(-2);
  const right = b.shape.length === 1 ? [...b.shape, 1] : b.shape.slice(-2);
  const [rows = 0, inner = 0] = readInt(call.attributes, "transA", 0) ? left.reverse() : left;
  const [innerB = 0, columns = 0] = readInt(call.attributes, "transB", 0) ? right.reverse() : right;
  const rank = Math.max(a.shape.length, b.shape.length, 2) - 2;
  const batch = Array.from({ length: rank }, (_, axis) => {
    const sizeA = a.shape[axis - rank + a.shape.length - 2] ?? 1;
    const sizeB = b.shape[axis - rank + b.shape.length - 2] ?? 1;
    return sizeA === sizeB || sizeB === 1 ? sizeA : sizeA === 1 ? sizeB : Number.NaN;
  });
  if (inner !== innerB || batch.some(Number.isNaN)) {
    throw new RangeError(
      `${describe(call)}: shapes must multiply, got ${formatShape(a.shape)} and ${formatShape(b.shape)}`,
    );
  }
  const ends = [...(a.shape.length === 1 ? [] : [rows]), ...(b.shape.length === 1 ? [] : [columns])];
  return [{ dtype: commonType(call), shape: [...batch, ...ends] }];
};

/** Operator -> shape rule. */
export const productShapes: ShapeRules = {
  ...covers(matMul, "MatMul", "com.microsoft.FusedMatMul"),
  Gemm: gemm,
};
