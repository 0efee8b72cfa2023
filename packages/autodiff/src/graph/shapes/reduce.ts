/** Shapes of reductions. */
import { readInt, readInts } from "../attributes.ts";
import { sameAsInput } from "./broadcast.ts";
import {
  constantIntegers,
  covers,
  normalizeAxis,
  type OpCall,
  requiredInput,
  type ShapeRule,
  type ShapeRules,
} from "./shape-rule.ts";

/** ReduceSum: axes are an input. */
export const reduceByInput: ShapeRule = (call) =>
  reduce(call, call.inputs[1] ? constantIntegers(call, 1) : []);

/** ReduceMean, ReduceMax: axes are an input from opset 18 on, an attribute before. */
export const reduceByEither: ShapeRule = (call) =>
  reduce(call, call.inputs[1] ? constantIntegers(call, 1) : readInts(call.attributes, "axes", []));

function reduce(call: OpCall, axes: readonly number[]) {
  const x = requiredInput(call, 0);
  const rank = x.shape.length;
  const reduced = new Set(axes.map((axis) => normalizeAxis(call, axis, rank)));
  const all = reduced.size === 0 && readInt(call.attributes, "noop_with_empty_axes", 0) === 0;
  const isReduced = (axis: number) => all || reduced.has(axis);
  const keep = readInt(call.attributes, "keepdims", 1) === 1;
  const shape = keep
    ? x.shape.map((size, axis) => (isReduced(axis) ? 1 : size))
    : x.shape.filter((_, axis) => !isReduced(axis));
  return [{ dtype: x.dtype, shape }];
}

const kinds = ["L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "SumSquare"];

/** Operator -> shape rule. */
export const reduceShapes: ShapeRules = {
  ...covers(reduceByEither, ...kinds.map((kind) => `Reduce${kind}`)),
  CumSum: sameAsInput,
  ReduceSum: reduceByInput,
};
