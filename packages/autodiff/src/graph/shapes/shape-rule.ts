/** The interface of a shape rule, and checks that rules share. */
import type { Attributes, DataType, Tensor, Value } from "../graph.ts";
import { elementCount } from "../tensor.ts";

/** Element type and static shape of one output. */
export interface ValueType {
  readonly dtype: DataType;
  readonly shape: readonly number[];
}

/** One application of an operator, before its outputs exist. */
export interface OpCall {
  readonly op: string;
  /** Operator set; absent: `ai.onnx`. */
  readonly domain?: string;
  /** Name of the node, for messages. */
  readonly name: string;
  /** null stands for an absent optional input. */
  readonly inputs: readonly (Value | null)[];
  readonly attributes: Attributes;
  /** Number of outputs asked for. */
  readonly outputs: number;
  /** The value of input `index` where it is a constant of the graph. */
  constant(index: number): Tensor | undefined;
}

/** Infers the types of an operator's outputs, or throws a RangeError that names operator and node. */
export type ShapeRule = (call: OpCall) => readonly ValueType[];

/** Operator -> rule, with its domain in front where that is not `ai.onnx`: what a file of rules covers. */
export type ShapeRules = Readonly<Record<string, ShapeRule>>;

/** One rule for several operators. */
export function covers(rule: ShapeRule, ...ops: string[]): ShapeRules {
  return Object.fromEntries(ops.map((op) => [op, rule]));
}

/**
 * Input `index` of a call.
 *
 * @throws RangeError where it is absent.
 * @example
 * const x = { name: "x", dtype: "float32", shape: [2, 3] };
 * const call = { op: "Relu", name: "act", inputs: [x], attributes: {}, outputs: 1, constant: () => undefined };
 * requiredInput(call, 0).shape; // => [2, 3]
 */
export function requiredInput(call: OpCall, index: number): Value {
  const value = call.inputs[index];
  if (!value) throw new RangeError(`${describe(call)}: input ${index} must be given, got none`);
  return value;
}

/** Input `index` of a call, which must have `rank` dimensions. */
export function rankedInput(call: OpCall, index: number, rank: number): Value {
  const value = requiredInput(call, index);
  if (value.shape.length !== rank) {
    throw new RangeError(
      `${describe(call)}: input ${index} must have ${rank} dimensions, got ${formatShape(value.shape)}`,
    );
  }
  return value;
}

/** The integers of constant input `index`; throws where the graph does not hold them. */
export function constantIntegers(call: OpCall, index: number): readonly number[] {
  const constant = call.constant(index);
  if (!constant) {
    throw new RangeError(`${describe(call)}: input ${index} must be a constant, since shapes are static`);
  }
  if (constant.shape.length > 1 || constant.data.length > longestList) {
    throw new RangeError(
      `${describe(call)}: input ${index} must be a list of at most ${longestList} integers, got shape ${formatShape(constant.shape)}`,
    );
  }
  return Array.from(constant.data, Number);
}

/** A list of axes, sizes or positions is short: one entry per dimension or per part. */
const longestList = 65_536;

/** Throws unless all inputs that are given have the element type of input `first`, which it returns. */
export function commonType(call: OpCall, first = 0): DataType {
  const { dtype } = requiredInput(call, first);
  const other = call.inputs.slice(first).find((value) => value && value.dtype !== dtype);
  if (other) {
    throw new RangeError(
      `${describe(call)}: inputs must have one element type, got ${dtype} and ${other.dtype}; cast one of them`,
    );
  }
  return dtype;
}

/** Throws unless input `index` has the shape. */
export function shapedInput(call: OpCall, index: number, name: string, shape: readonly number[]): void {
  const given = requiredInput(call, index).shape;
  if (given.join() === shape.join()) return;
  throw new RangeError(
    `${describe(call)}: ${name} must have shape ${formatShape(shape)}, got ${formatShape(given)}`,
  );
}

/** The operator and node of a call, as messages begin. */
export function describe(call: { readonly op: string; readonly name: string }): string {
  return `${call.op} "${call.name}"`;
}

/** A shape as messages show it: `[2, 3]`, a long list cut. */
export function formatShape(shape: readonly number[]): string {
  const more = shape.length > 16 ? `, ... ${shape.length} in all` : "";
  return `[${shape.slice(0, 16).join(", ")}${more}]`;
}

/** No runtime has tensors of more dimensions. */
const largestRank = 64;

/**
 * Throws unless a shape is one that a tensor can have: integers >= 0, and a number of elements that is exact.
 *
 * @param subject - What has the shape, for the message.
 */
export function checkShape(subject: string, shape: readonly number[]): void {
  const fits = (size: number) => Number.isSafeInteger(size) && size >= 0;
  if (shape.length <= largestRank && shape.every(fits) && Number.isSafeInteger(elementCount(shape))) return;
  throw new RangeError(
    `${subject} must have at most ${largestRank} dimensions, integers >= 0, and less than 2^53 elements, got ${formatShape(shape)}`,
  );
}

/** An axis counted from the end where negative; throws where it lies outside. */
export function normalizeAxis(call: Pick<OpCall, "op" | "name">, axis: number, rank: number): number {
  const normalized = axis < 0 ? axis + rank : axis;
  if (!(normalized >= 0 && normalized < Math.max(rank, 1))) {
    throw new RangeError(`${describe(call)}: axis must be in [${-rank}, ${rank - 1}], got ${axis}`);
  }
  return normalized;
}
