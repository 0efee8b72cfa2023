/** Shapes of operators that pick and repeat elements. */
import { readInt } from "../attributes.ts";
import { sameAsInput } from "./broadcast.ts";
import {
  commonType,
  constantIntegers,
  covers,
  describe,
  formatShape,
  normalizeAxis,
  rankedInput,
  requiredInput,
  type ShapeRule,
  type ShapeRules,
} from "./shape-rule.ts";

/** Gather: the axis becomes the shape of the indices. */
export const gather: ShapeRule = (call) => {
  const { dtype, shape } = requiredInput(call, 0);
  const axis = normalizeAxis(call, readInt(call.attributes, "axis", 0), shape.length);
  return [
    { dtype, shape: [...shape.slice(0, axis), ...requiredInput(call, 1).shape, ...shape.slice(axis + 1)] },
  ];
};

/** GatherElements: the shape of the indices. */
export const gatherElements: ShapeRule = (call) => {
  const x = requiredInput(call, 0);
  const { shape } = rankedInput(call, 1, x.shape.length);
  normalizeAxis(call, readInt(call.attributes, "axis", 0), shape.length);
  return [{ dtype: x.dtype, shape }];
};

/** Tile: each axis times its count. */
export const tile: ShapeRule = (call) => {
  const { dtype, shape } = requiredInput(call, 0);
  const repeats = constantIntegers(call, 1);
  if (repeats.length !== shape.length) {
    throw new RangeError(
      `${describe(call)}: repeats must have ${shape.length} entries, got ${formatShape(repeats)}`,
    );
  }
  return [{ dtype, shape: shape.map((size, axis) => size * (repeats[axis] ?? 1)) }];
};

/** Split: sizes as an input, or `num_outputs` parts of which the last may be smaller. */
export const split: ShapeRule = (call) => {
  const { dtype, shape } = requiredInput(call, 0);
  const axis = normalizeAxis(call, readInt(call.attributes, "axis", 0), shape.length);
  const total = shape[axis] ?? 0;
  const count = readInt(call.attributes, "num_outputs", call.outputs);
  if (!(count <= call.outputs)) {
    throw new RangeError(
      `${describe(call)}: num_outputs must be ${call.outputs}, as many as there are, got ${count}`,
    );
  }
  const part = Math.ceil(total / count);
  const sizes = call.inputs[1]
    ? constantIntegers(call, 1)
    : Array.from({ length: count }, (_, index) => Math.min(part, total - index * part));
  if (sizes.reduce((sum, size) => sum + size, 0) !== total || sizes.some((size) => size < 0)) {
    throw new RangeError(`${describe(call)}: sizes must add up to ${total}, got ${formatShape(sizes)}`);
  }
  return sizes.map((size) => ({ dtype, shape: shape.map((whole, at) => (at === axis ? size : whole)) }));
};

/** Range from constant start to limit by a step: a list. */
export const range: ShapeRule = (call) => {
  const [start = 0, limit = 0, step = 1] = [0, 1, 2].flatMap((index) =>
    Array.from(call.constant(index)?.data ?? [], Number),
  );
  if (step === 0) throw new RangeError(`${describe(call)}: delta must not be 0, got 0`);
  for (const index of [0, 1, 2]) {
    if (call.constant(index)?.data.length === 1) continue;
    throw new RangeError(
      `${describe(call)}: input ${index} must be a constant number, since shapes are static`,
    );
  }
  const length = Math.max(0, Math.ceil((limit - start) / step));
  return [{ dtype: commonType(call), shape: [length] }];
};

/** ConstantOfShape: a constant shape, filled with the attribute `value`, float32 0 without it. */
export const constantOfShape: ShapeRule = (call) => {
  const value = call.attributes["value"];
  const dtype = value?.type === "tensor" ? value.value.dtype : "float32";
  return [{ dtype, shape: constantIntegers(call, 0) }];
};

/** GatherND: each list of indices names a slice. */
export const gatherNd: ShapeRule = (call) => {
  const { dtype, shape } = requiredInput(call, 0);
  const indices = requiredInput(call, 1).shape;
  const batch = readInt(call.attributes, "batch_dims", 0);
  const depth = indices.at(-1) ?? 0;
  if (!(batch >= 0 && batch + depth <= shape.length && indices.length > batch)) {
    throw new RangeError(
      `${describe(call)}: indices must name slices of ${formatShape(shape)}, got ${formatShape(indices)}`,
    );
  }
  return [{ dtype, shape: [...indices.slice(0, -1), ...shape.slice(batch + depth)] }];
};

/** TopK: the values and their int64 indices. */
export const topK: ShapeRule = (call) => {
  const { dtype, shape } = requiredInput(call, 0);
  const axis = normalizeAxis(call, readInt(call.attributes, "axis", -1), shape.length);
  const [count = 0] = constantIntegers(call, 1);
  if (!(count >= 0 && count <= (shape[axis] ?? 0))) {
    throw new RangeError(`${describe(call)}: k must be in [0, ${shape[axis]}], got ${count}`);
  }
  const result = shape.map((size, at) => (at === axis ? count : size));
  return [
    { dtype, shape: result },
    { dtype: "int64", shape: result },
  ];
};

/** ArgMax and ArgMin: int64, the axis kept at size 1 or gone. */
export const argExtremum: ShapeRule = (call) => {
  const { shape } = requiredInput(call, 0);
  const axis = normalizeAxis(call, readInt(call.attributes, "axis", 0), shape.length);
  const keep = readInt(call.attributes, "keepdims", 1) === 1;
  const result = keep ? shape.with(axis, 1) : shape.toSpliced(axis, 1);
  return [{ dtype: "int64", shape: result }];
};

/** Operator -> shape rule. */
export const indexingShapes: ShapeRules = {
  ...covers(argExtremum, "ArgMax", "ArgMin"),
  ...covers(sameAsInput, "ScatterElements", "ScatterND"),
  ConstantOfShape: constantOfShape,
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherNd,
  Range: range,
  Split: split,
  Tile: tile,
  TopK: topK,
};
