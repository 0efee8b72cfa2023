/** Shapes of operators that move elements without computing. */
import { readInt, readInts } from "../attributes.ts";
import { elementCount } from "../tensor.ts";
import { sameAsInput } from "./broadcast.ts";
import {
  commonType,
  constantIntegers,
  describe,
  formatShape,
  normalizeAxis,
  type OpCall,
  requiredInput,
  type ShapeRule,
  type ShapeRules,
} from "./shape-rule.ts";

/** Reshape: 0 keeps a dimension, one -1 takes what is left. */
export const reshape: ShapeRule = (call) => {
  const x = requiredInput(call, 0);
  const copies = readInt(call.attributes, "allowzero", 0) === 0;
  const target = constantIntegers(call, 1).map((size, axis) =>
    size === 0 && copies ? (x.shape[axis] ?? 0) : size,
  );
  const total = elementCount(x.shape);
  const known = elementCount(target.filter((size) => size !== -1));
  const shape = target.map((size) => (size === -1 ? total / known : size));
  if (elementCount(shape) !== total || !shape.every(Number.isInteger)) {
    throw new RangeError(
      `${describe(call)}: the new shape must hold ${total} elements, got ${formatShape(target)} for ${formatShape(x.shape)}`,
    );
  }
  return [{ dtype: x.dtype, shape }];
};

/** Flatten: all axes before `axis` become rows, the others columns. */
export const flatten: ShapeRule = (call) => {
  const x = requiredInput(call, 0);
  const axis = readInt(call.attributes, "axis", 1);
  const rank = x.shape.length;
  if (!(axis >= -rank && axis <= rank)) {
    throw new RangeError(`${describe(call)}: axis must be in [${-rank}, ${rank}], got ${axis}`);
  }
  const at = axis < 0 ? axis + rank : axis;
  return [{ dtype: x.dtype, shape: [elementCount(x.shape.slice(0, at)), elementCount(x.shape.slice(at))] }];
};

/** Transpose: axes permuted by `perm`, reversed without it. */
export const transpose: ShapeRule = (call) => {
  const x = requiredInput(call, 0);
  const perm = readInts(call.attributes, "perm", [...x.shape.keys()].reverse());
  const fits = (axis: number) => axis >= 0 && axis < x.shape.length;
  if (perm.length !== x.shape.length || new Set(perm).size !== perm.length || !perm.every(fits)) {
    throw new RangeError(
      `${describe(call)}: perm must permute ${x.shape.length} axes, got ${formatShape(perm)}`,
    );
  }
  return [{ dtype: x.dtype, shape: perm.map((axis) => x.shape[axis] ?? 0) }];
};

/** Concat along `axis`. */
export const concat: ShapeRule = (call) => {
  const first = requiredInput(call, 0);
  const axis = normalizeAxis(call, readInt(call.attributes, "axis", 0), first.shape.length);
  const shapes = call.inputs.map((_, index) => requiredInput(call, index).shape);
  for (const shape of shapes) {
    const differs = shape.some((size, at) => at !== axis && size !== first.shape[at]);
    if (shape.length !== first.shape.length || differs) {
      throw new RangeError(
        `${describe(call)}: inputs must agree outside of axis ${axis}, got ${formatShape(first.shape)} and ${formatShape(shape)}`,
      );
    }
  }
  const total = shapes.reduce((sum, shape) => sum + (shape[axis] ?? 0), 0);
  return [{ dtype: commonType(call), shape: first.shape.map((size, at) => (at === axis ? total : size)) }];
};

/** Slice by constant starts, ends, axes and steps. */
export const slice: ShapeRule = (call) => {
  const x = requiredInput(call, 0);
  const starts = constantIntegers(call, 1);
  const ends = constantIntegers(call, 2);
  const axes = call.inputs[3] ? constantIntegers(call, 3) : [...starts.keys()];
  const steps = call.inputs[4] ? constantIntegers(call, 4) : starts.map(() => 1);
  const shape = [...x.shape];
  if ([ends, axes, steps].some(({ length }) => length !== starts.length) || steps.includes(0)) {
    throw new RangeError(
      `${describe(call)}: starts, ends, axes and steps must be of one length, steps not 0, got ${[starts, ends, axes, steps].map(formatShape).join(", ")}`,
    );
  }
  for (const [index, axis] of axes.entries()) {
    const at = normalizeAxis(call, axis, shape.length);
    shape[at] = sliceLength(x.shape[at] ?? 0, starts[index] ?? 0, ends[index] ?? 0, steps[index] ?? 1);
  }
  return [{ dtype: x.dtype, shape }];
};

function sliceLength(size: number, start: number, end: number, step: number): number {
  const clamp = (position: number, low: number, high: number) =>
    Math.min(Math.max(position < 0 ? position + size : position, low), high);
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
  return Math.max(0, Math.ceil((clamp(end, low, high) - clamp(start, low, high)) / step));
}

/** Pad by constant [begins..., ends...], along all axes or those of a constant input. */
export const pad: ShapeRule = (call) => {
  const x = requiredInput(call, 0);
  const pads = constantIntegers(call, 1);
  const axes = call.inputs[3] ? constantIntegers(call, 3) : [...x.shape.keys()];
  const shape = [...x.shape];
  if (pads.length !== 2 * axes.length) {
    throw new RangeError(
      `${describe(call)}: pads must have ${2 * axes.length} entries, got ${formatShape(pads)}`,
    );
  }
  for (const [index, axis] of axes.entries()) {
    const at = normalizeAxis(call, axis, shape.length);
    shape[at] = (shape[at] ?? 0) + (pads[index] ?? 0) + (pads[index + axes.length] ?? 0);
  }
  return [{ dtype: x.dtype, shape }];
};

/** Expand to a constant shape, by broadcasting. */
export const expand: ShapeRule = (call) => {
  const x = requiredInput(call, 0);
  const target = constantIntegers(call, 1);
  const rank = Math.max(target.length, x.shape.length);
  const shape = Array.from({ length: rank }, (_, axis) => {
    const from = x.shape[axis - rank + x.shape.length] ?? 1;
    const to = target[axis - rank + target.length] ?? 1;
    if (from !== to && from !== 1 && to !== 1) {
      throw new RangeError(
        `${describe(call)}: shape must broadcast, got ${formatShape(x.shape)} and ${formatShape(target)}`,
      );
    }
    return from === 1 ? to : from;
  });
  return [{ dtype: x.dtype, shape }];
};

/** Squeeze: axes of size 1 go. */
export const squeeze: ShapeRule = (call) => {
  const x = requiredInput(call, 0);
  const axes = new Set(axesOf(call, x.shape.length));
  const goes = (size: number, axis: number) => (axes.size === 0 ? size === 1 : axes.has(axis));
  if ([...axes].some((axis) => x.shape[axis] !== 1)) {
    throw new RangeError(
      `${describe(call)}: axes must name dimensions of size 1, got ${formatShape([...axes])} for ${formatShape(x.shape)}`,
    );
  }
  return [{ dtype: x.dtype, shape: x.shape.filter((size, axis) => !goes(size, axis)) }];
};

/** Unsqueeze: axes of size 1 come. */
export const unsqueeze: ShapeRule = (call) => {
  const x = requiredInput(call, 0);
  const rank = x.shape.length + constantIntegers(call, 1).length;
  const axes = new Set(axesOf(call, rank));
  if (axes.size + x.shape.length !== rank) {
    throw new RangeError(
      `${describe(call)}: axes must differ, got ${formatShape(constantIntegers(call, 1))}`,
    );
  }
  const rest = x.shape.values();
  return [
    {
      dtype: x.dtype,
      shape: Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : Number(rest.next().value))),
    },
  ];
};

function axesOf(call: OpCall, rank: number): readonly number[] {
  if (!call.inputs[1]) return [];
  return constantIntegers(call, 1).map((axis) => normalizeAxis(call, axis, rank));
}

/** Operator -> shape rule. */
export const layoutShapes: ShapeRules = {
  Concat: concat,
  Expand: expand,
  Flatten: flatten,
  Pad: pad,
  Reshape: reshape,
  Slice: slice,
  Squeeze: squeeze,
  Transpose: transpose,
  Trilu: sameAsInput,
  Unsqueeze: unsqueeze,
};
