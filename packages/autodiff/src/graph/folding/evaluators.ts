/** Operators that graphs use to compute shapes, on constants. Shapes and types of results are inferred elsewhere. */

import { readInt, readInts } from "../attributes.ts";
import type { Attributes, Tensor } from "../graph.ts";
import type { ValueType } from "../shapes/shape-rule.ts";
import { at, fromPositions, fromTensor, type NumberArray } from "./array.ts";

/** What an evaluator sees. */
export interface Evaluation {
  readonly attributes: Attributes;
  readonly inputs: readonly (NumberArray | null)[];
  /** Type and shape of the result. */
  readonly type: ValueType;
  /** Input `index`, empty where it is absent. */
  input(index: number): NumberArray;
}

/** Computes the elements of an operator's only output. */
export type Evaluator = (evaluation: Evaluation) => readonly number[];

const elementwise =
  (of: (...values: number[]) => number): Evaluator =>
  ({ inputs, type, input }) =>
    fromPositions(type.dtype, type.shape, (position) =>
      of(...inputs.map((_, index) => at(input(index), position))),
    ).data;

const sameElements: Evaluator = ({ input }) => input(0).data;

/** Integer division cuts towards 0. */
const divide: Evaluator = (evaluation) => {
  const whole = evaluation.type.dtype !== "float32" && evaluation.type.dtype !== "float64";
  return elementwise((a, b) => (whole ? Math.trunc(a / b) : a / b))(evaluation);
};

const gather: Evaluator = ({ attributes, type, input }) => {
  const [x, indices] = [input(0), input(1)];
  const axis = fromEnd(readInt(attributes, "axis", 0), x.shape.length);
  const rank = indices.shape.length;
  const size = x.shape[axis] ?? 1;
  return fromPositions(type.dtype, type.shape, (position) => {
    const index = fromEnd(at(indices, position.slice(axis, axis + rank)), size);
    return at(x, [...position.slice(0, axis), index, ...position.slice(axis + rank)]);
  }).data;
};

const concat: Evaluator = ({ attributes, inputs, type, input }) => {
  const axis = fromEnd(readInt(attributes, "axis", 0), type.shape.length);
  return fromPositions(type.dtype, type.shape, (position) => {
    let offset = position[axis] ?? 0;
    let index = 0;
    while (index < inputs.length - 1 && offset >= (input(index).shape[axis] ?? 0)) {
      offset -= input(index).shape[axis] ?? 0;
      index += 1;
    }
    return at(input(index), position.with(axis, offset));
  }).data;
};

const slice: Evaluator = ({ inputs, type, input }) => {
  const x = input(0);
  const starts = input(1).data;
  const axes = inputs[3] ? input(3).data : [...starts.keys()];
  const steps = inputs[4] ? input(4).data : starts.map(() => 1);
  return fromPositions(type.dtype, type.shape, (position) => {
    const from = [...position];
    for (const [index, given] of axes.entries()) {
      const axis = fromEnd(given, x.shape.length);
      const size = x.shape[axis] ?? 1;
      const step = steps[index] ?? 1;
      const start = Math.min(Math.max(fromEnd(starts[index] ?? 0, size), 0), step > 0 ? size : size - 1);
      from[axis] = start + step * (position[axis] ?? 0);
    }
    return at(x, from);
  }).data;
};

const transpose: Evaluator = ({ attributes, type, input }) => {
  const x = input(0);
  const perm = readInts(attributes, "perm", [...x.shape.keys()].reverse());
  return fromPositions(type.dtype, type.shape, (position) =>
    at(
      x,
      x.shape.map((_, axis) => position[perm.indexOf(axis)] ?? 0),
    ),
  ).data;
};

const range: Evaluator = ({ type, input }) => {
  const [start = 0] = input(0).data;
  const [step = 1] = input(2).data;
  return Array.from({ length: type.shape[0] ?? 0 }, (_, index) => start + index * step);
};

const constantOfShape: Evaluator = ({ attributes, type }) => {
  const value: Tensor | undefined =
    attributes["value"]?.type === "tensor" ? attributes["value"].value : undefined;
  return fromPositions(type.dtype, type.shape, () => (value ? (fromTensor(value).data[0] ?? 0) : 0)).data;
};

/** Product of all elements. */
const product: Evaluator = ({ input }) => [input(0).data.reduce((result, value) => result * value, 1)];

function fromEnd(index: number, size: number): number {
  return index < 0 ? index + size : index;
}

/** Operator -> how its constants are computed. */
export const evaluators: ReadonlyMap<string, Evaluator> = new Map<string, Evaluator>([
  ["Add", elementwise((a, b = 0) => a + b)],
  ["Sub", elementwise((a, b = 0) => a - b)],
  ["Mul", elementwise((a, b = 0) => a * b)],
  ["Div", divide],
  ["Mod", elementwise((a, b = 1) => ((a % b) + b) % b)],
  ["Neg", elementwise((a) => -a)],
  ["Abs", elementwise(Math.abs)],
  ["Floor", elementwise(Math.floor)],
  ["Ceil", elementwise(Math.ceil)],
  ["Sqrt", elementwise(Math.sqrt)],
  ["Min", elementwise(Math.min)],
  ["Max", elementwise(Math.max)],
  ["Equal", elementwise((a, b) => Number(a === b))],
  ["Less", elementwise((a, b = 0) => Number(a < b))],
  ["Greater", elementwise((a, b = 0) => Number(a > b))],
  ["And", elementwise((a, b = 0) => a * b)],
  ["Or", elementwise((a, b = 0) => Math.max(a, b))],
  ["Not", elementwise((a) => 1 - a)],
  ["Where", elementwise((condition, a = 0, b = 0) => (condition ? a : b))],
  [
    "Expand",
    ({ type, input }) => fromPositions(type.dtype, type.shape, (position) => at(input(0), position)).data,
  ],
  ...["Identity", "Cast", "Reshape", "Squeeze", "Unsqueeze", "Flatten"].map(
    (op) => [op, sameElements] as const,
  ),
  ["Gather", gather],
  ["Concat", concat],
  ["Slice", slice],
  ["Transpose", transpose],
  ["Range", range],
  ["ConstantOfShape", constantOfShape],
  ["ReduceProd", product],
]);
