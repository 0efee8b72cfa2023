/** Short names for the operators that gradient rules and losses are written in. */
import { int, ints } from "./attributes.ts";
import type { GraphBuilder } from "./builder.ts";
import { dataTypeCode } from "./data-type.ts";
import type { DataType, Value } from "./graph.ts";
import { float32, int64 } from "./tensor.ts";

/**
 * Arithmetic on the float32 values of one builder; numbers stand for scalar constants, shapes broadcast.
 *
 * @example
 * const builder = new GraphBuilder("square");
 * const x = builder.input("x", "float32", [2, 3]);
 * const { mul, sum } = arithmetic(builder);
 * sum(mul(x, x), [1]).shape; // => [2]
 */
export interface Arithmetic {
  /** a + b. */
  add(a: Operand, b: Operand): Value;
  /** a - b. */
  sub(a: Operand, b: Operand): Value;
  /** a b, element by element. */
  mul(a: Operand, b: Operand): Value;
  /** a / b. */
  div(a: Operand, b: Operand): Value;
  /** A scalar. */
  constant(value: number): Value;
  /** `a` where the condition, bool, holds, else `b`. */
  where(condition: Value, a: Operand, b: Operand): Value;
  /** Where x > 0, bool. */
  positive(x: Value): Value;
  /** The node is left out where the type is the same. */
  cast(x: Value, dtype: DataType): Value;
  /** An operator of one input without attributes: `unary("Exp", x)`. */
  unary(op: string, x: Value): Value;
  /** By broadcasting. */
  expand(x: Value, shape: readonly number[]): Value;
  /** Sum over `axes`, which vanish unless `keep`. */
  sum(x: Value, axes: readonly number[], keep?: boolean): Value;
  /** The same elements under another shape; the node is left out where the shape is the same. */
  reshape(x: Value, shape: readonly number[]): Value;
  /** Axis i of the result is axis `perm[i]` of x. */
  transpose(x: Value, perm: readonly number[]): Value;
  /** Matrix product of the last two axes, either side transposed first. */
  matMul(a: Value, b: Value, transposed?: { readonly a?: boolean; readonly b?: boolean }): Value;
}

/** A value, or a number that stands for a scalar constant. */
export type Operand = Value | number;

/**
 * The arithmetic of a builder, in which losses and gradient rules are written.
 *
 * @example
 * const builder = new GraphBuilder("distance");
 * const a = builder.input("a", "float32", [4, 3]);
 * const b = builder.input("b", "float32", [3]);
 * const math = arithmetic(builder);
 * math.unary("Abs", math.sub(a, b)).shape; // => [4, 3]
 */
export function arithmetic(builder: GraphBuilder): Arithmetic {
  const value = (operand: Operand) =>
    typeof operand === "number" ? builder.constant(float32([], [operand])) : operand;
  const transpose = (x: Value, perm: readonly number[]) =>
    builder.op("Transpose", [x], { perm: ints(...perm) });
  const swapped = (x: Value) => transpose(x, lastTwoSwapped(x.shape.length));
  const binary = (op: string) => (a: Operand, b: Operand) => builder.op(op, [value(a), value(b)]);
  return {
    add: binary("Add"),
    sub: binary("Sub"),
    mul: binary("Mul"),
    div: binary("Div"),
    constant: value,
    where: (condition, a, b) => builder.op("Where", [condition, value(a), value(b)]),
    positive: (x) => builder.op("Greater", [x, value(0)]),
    cast: (x, dtype) => (x.dtype === dtype ? x : builder.op("Cast", [x], { to: int(dataTypeCode(dtype)) })),
    unary: (op, x) => builder.op(op, [x]),
    expand: (x, shape) =>
      x.shape.join() === shape.join()
        ? x
        : builder.op("Expand", [x, builder.constant(int64([shape.length], shape))]),
    sum: (x, axes, keep = false) =>
      builder.op("ReduceSum", [x, builder.constant(int64([axes.length], axes))], {
        keepdims: int(keep ? 1 : 0),
      }),
    reshape: (x, shape) =>
      x.shape.join() === shape.join()
        ? x
        : builder.op("Reshape", [x, builder.constant(int64([shape.length], shape))]),
    transpose,
    matMul: (a, b, { a: transA = false, b: transB = false } = {}) =>
      builder.op("MatMul", [transA ? swapped(a) : a, transB ? swapped(b) : b]),
  };
}

/** The permutation of a value's axes that transposes its last two. */
export function lastTwoSwapped(rank: number): readonly number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return [...axes.slice(0, -2), ...axes.slice(-2).reverse()];
}
