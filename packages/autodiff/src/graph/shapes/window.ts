/** Sliding windows: convolutions and pools. */
import { readInt, readInts, readText } from "../attributes.ts";
import type { Attributes } from "../graph.ts";
import {
  commonType,
  covers,
  describe,
  formatShape,
  type OpCall,
  rankedInput,
  requiredInput,
  type ShapeRule,
  type ShapeRules,
  shapedInput,
} from "./shape-rule.ts";

/** The geometry of a two-dimensional sliding window, each pair [vertical, horizontal], in pixels. */
export interface Window2d {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  /** [top, left, bottom, right]. */
  readonly pads: readonly [number, number, number, number];
  readonly ceilMode: boolean;
}

/**
 * Reads a window from the attributes of a convolution or a pool.
 *
 * @param attributes - `kernel_shape`, `strides`, `dilations`, `pads`, `ceil_mode`, each optional.
 * @param kernel - [height, width] where the attributes do not tell.
 */
export function window2d(attributes: Attributes, kernel: readonly number[] = [1, 1]): Window2d {
  const [kernelHeight = 1, kernelWidth = 1] = readInts(attributes, "kernel_shape", kernel);
  const [strideY = 1, strideX = 1] = readInts(attributes, "strides", [1, 1]);
  const [dilationY = 1, dilationX = 1] = readInts(attributes, "dilations", [1, 1]);
  const [top = 0, left = 0, bottom = 0, right = 0] = readInts(attributes, "pads", [0, 0, 0, 0]);
  return {
    kernel: [kernelHeight, kernelWidth],
    strides: [strideY, strideX],
    dilations: [dilationY, dilationX],
    pads: [top, left, bottom, right],
    ceilMode: readInt(attributes, "ceil_mode", 0) === 1,
  };
}

/** Number of window positions along one axis: 0 vertical, 1 horizontal. */
export function windowCount(window: Window2d, axis: 0 | 1, size: number): number {
  const extent = (window.kernel[axis] - 1) * window.dilations[axis] + 1;
  const before = window.pads[axis];
  const steps = (size + before + window.pads[axis === 0 ? 2 : 3] - extent) / window.strides[axis];
  if (!window.ceilMode) return Math.floor(steps) + 1;
  const count = Math.ceil(steps) + 1;
  // A last window that would start in the padding is left out.
  return (count - 1) * window.strides[axis] >= size + before ? count - 1 : count;
}

/** Conv: x [B, C, H, W], w [K, C/groups, R, S], optional b [K] -> [B, K, Ho, Wo]. */
export const conv: ShapeRule = (call) => {
  const x = rankedInput(call, 0, 4);
  const w = rankedInput(call, 1, 4);
  const [batch = 0, channels = 0] = x.shape;
  const [filters = 0, , kernelHeight = 0, kernelWidth = 0] = w.shape;
  const groups = readInt(call.attributes, "group", 1);
  const expected = [filters, channels / groups, kernelHeight, kernelWidth];
  commonType(call);
  if (w.shape[1] !== expected[1] || filters % groups !== 0) {
    throw new RangeError(
      `${describe(call)}: weight must have shape [K, C/groups, R, S] = ${formatShape(expected)}, got ${formatShape(w.shape)}`,
    );
  }
  if (call.inputs[2]) shapedInput(call, 2, "bias", [filters]);
  checkKernel(call, [kernelHeight, kernelWidth]);
  return [{ dtype: x.dtype, shape: [batch, filters, ...spatialShape(call, [kernelHeight, kernelWidth])] }];
};

/** ConvTranspose: x [B, C, H, W], w [C, K/groups, R, S] -> [B, K, Ho, Wo]. */
export const convTranspose: ShapeRule = (call) => {
  const x = rankedInput(call, 0, 4);
  const w = rankedInput(call, 1, 4);
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape;
  const [, perGroup = 0, kernelHeight = 0, kernelWidth = 0] = w.shape;
  const groups = readInt(call.attributes, "group", 1);
  const filters = perGroup * groups;
  if (w.shape[0] !== channels || channels % groups !== 0) {
    throw new RangeError(
      `${describe(call)}: weight must have shape [C, K/groups, R, S] with C = ${channels} in ${groups} groups, got ${formatShape(w.shape)}`,
    );
  }
  if (call.inputs[2]) shapedInput(call, 2, "bias", [filters]);
  commonType(call);
  checkGeometry(call);
  checkKernel(call, [kernelHeight, kernelWidth]);
  const { kernel, strides, dilations, pads } = window2d(call.attributes, [kernelHeight, kernelWidth]);
  const [extraY = 0, extraX = 0] = readInts(call.attributes, "output_padding", [0, 0]);
  return [
    {
      dtype: x.dtype,
      shape: [
        batch,
        filters,
        (height - 1) * strides[0] + (kernel[0] - 1) * dilations[0] + 1 - pads[0] - pads[2] + extraY,
        (width - 1) * strides[1] + (kernel[1] - 1) * dilations[1] + 1 - pads[1] - pads[3] + extraX,
      ],
    },
  ];
};

/** MaxPool and AveragePool: x [B, C, H, W] -> [B, C, Ho, Wo]; MaxPool's second output: int64 indices. */
export const pool: ShapeRule = (call) => {
  const x = rankedInput(call, 0, 4);
  if (!("kernel_shape" in call.attributes)) {
    throw new RangeError(`${describe(call)}: attribute kernel_shape must be given, got none`);
  }
  if (readInt(call.attributes, "storage_order", 0) !== 0) {
    throw new RangeError(`${describe(call)}: attribute storage_order must be 0, got 1; leave it out`);
  }
  const shape = [...x.shape.slice(0, 2), ...spatialShape(call)];
  return [
    { dtype: x.dtype, shape },
    { dtype: "int64", shape },
  ];
};

/** GlobalAveragePool: x [B, C, H, W] -> [B, C, 1, 1]. */
export const globalPool: ShapeRule = (call) => {
  const x = requiredInput(call, 0);
  return [{ dtype: x.dtype, shape: x.shape.map((size, axis) => (axis < 2 ? size : 1)) }];
};

function spatialShape(call: OpCall, kernel?: readonly number[]): readonly number[] {
  const autoPad = readText(call.attributes, "auto_pad", "NOTSET");
  if (autoPad !== "NOTSET") {
    throw new RangeError(`${describe(call)}: auto_pad must be NOTSET, got ${autoPad}; give pads instead`);
  }
  checkGeometry(call);
  const { shape } = requiredInput(call, 0);
  const window = window2d(call.attributes, kernel);
  const [, , height = 0, width = 0] = shape;
  const result = [windowCount(window, 0, height), windowCount(window, 1, width)];
  if (!result.every((size) => size > 0)) {
    throw new RangeError(
      `${describe(call)}: the padded input must be at least as large as the window ${formatShape(window.kernel)}, got ${formatShape(shape)}`,
    );
  }
  return result;
}

/** Attributes of a window -> number of entries in two dimensions. */
const lengths = { kernel_shape: 2, strides: 2, dilations: 2, output_padding: 2, pads: 4 } as const;

function checkGeometry(call: OpCall): void {
  for (const [name, length] of Object.entries(lengths)) {
    const values = readInts(call.attributes, name, new Array(length).fill(0));
    if (values.length === length) continue;
    throw new RangeError(
      `${describe(call)}: attribute ${name} must have ${length} entries, got ${formatShape(values)}`,
    );
  }
}

function checkKernel(call: OpCall, kernel: readonly number[]): void {
  const given = readInts(call.attributes, "kernel_shape", kernel);
  if (given.join() === kernel.join()) return;
  throw new RangeError(
    `${describe(call)}: attribute kernel_shape must be that of the weight, ${formatShape(kernel)}, got ${formatShape(given)}`,
  );
}

/** Operator -> shape rule. */
export const windowShapes: ShapeRules = {
  ...covers(pool, "AveragePool", "MaxPool"),
  ...covers(globalPool, "GlobalAveragePool", "GlobalMaxPool"),
  ...covers(conv, "Conv", "com.microsoft.FusedConv"),
  ConvTranspose: convTranspose,
};
