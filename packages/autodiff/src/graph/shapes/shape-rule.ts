/** What a shape rule sees and yields, and the checks that rules share. */
import type { Attributes, DataType, Tensor, Value } from "../graph.ts";

/** Element type and static shape of one output. */
export interface ValueType {
  readonly dtype: DataType;
  readonly shape: readonly number[];
}

/** One application of an operator, before its outputs exist. */
export interface OpCall {
  readonly op: string;
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

/** Input `index` of a call; throws where it is absent. */
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
  return Array.from(constant.data, Number);
}

/** The operator and node of a call, as messages begin. */
export function describe(call: { readonly op: string; readonly name: string }): string {
  return `${call.op} "${call.name}"`;
}

/** A shape as messages show it: `[2, 3]`. */
export function formatShape(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

/** An axis counted from the end where negative; throws where it lies outside. */
export function normalizeAxis(call: OpCall, axis: number, rank: number): number {
  const normalized = axis < 0 ? axis + rank : axis;
  if (!(normalized >= 0 && normalized < Math.max(rank, 1))) {
    throw new RangeError(`${describe(call)}: axis must be in [${-rank}, ${rank - 1}], got ${axis}`);
  }
  return normalized;
}
