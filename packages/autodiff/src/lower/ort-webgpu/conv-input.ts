/** Gradient of a convolution by its input. */

import { spreadWindows } from "../../gradients/window/spread-windows.ts";
import { int, ints, text } from "../../graph/attributes.ts";
import type { Value } from "../../graph/graph.ts";
import type { Window2d } from "../../graph/shapes/window.ts";
import { elementCount, float32, int64 } from "../../graph/tensor.ts";
import type { TapWindow } from "./columns.ts";
import { convolve, reversed } from "./convolution.ts";
import type { Rewriting } from "./rewriting.ts";

/** A convolution of which the gradient by the input is wanted. */
export interface ConvInputGradient {
  /** Gradient by its output, float32 [B, K, Ho, Wo]. */
  readonly dy: Value;
  /** Filters, float32 [K, C/groups, R, S]. */
  readonly w: Value;
  readonly window: Window2d;
  readonly groups: number;
  /** [H, W]. */
  readonly size: readonly [number, number];
  /** Of the largest tensor that is made up on the way. */
  readonly maxBytes: number;
}

/** The adjoint of x -> w * x, float32 [B, C, H, W]: a convolution wherever there is one. */
export function inputGradient(rewriting: Rewriting, conv: ConvInputGradient): Value {
  const { dy, w, window, groups, size } = conv;
  const { kernel, strides, pads } = window;
  const isUnit = strides[0] === 1 && strides[1] === 1;
  const isPointwise = elementCount(kernel) === 1 && pads.every((pixels) => pixels === 0);
  const found = isUnit
    ? unitStride(rewriting, conv)
    : groups === 1 && isPointwise
      ? spreadPixels(
          rewriting,
          unitStride(rewriting, { ...conv, window: { ...window, strides: [1, 1] } }),
          window,
          size,
        )
      : groups === 1
        ? phases(rewriting, conv)
        : undefined;
  return found ?? spreadWindows(rewriting.builder, dy, w, window, size, groups);
}

/** The convolution by the filters turned around, the roles of their channels swapped. */
function unitStride(
  rewriting: Rewriting,
  { dy, w, window, groups, maxBytes }: ConvInputGradient,
): Value | undefined {
  const { builder } = rewriting;
  const { kernel, dilations, pads } = window;
  const full = [(kernel[0] - 1) * dilations[0], (kernel[1] - 1) * dilations[1]] as const;
  const [top, left, bottom, right] = pads;
  const turnedPads = [full[0] - top, full[1] - left, full[0] - bottom, full[1] - right];
  if (turnedPads.some((pixels) => pixels < 0)) return undefined;
  const turned = swapChannels(rewriting, w, groups);
  const seen = {
    kernel,
    strides: [1, 1],
    dilations,
    pads: [turnedPads[0] ?? 0, turnedPads[1] ?? 0, turnedPads[2] ?? 0, turnedPads[3] ?? 0],
    reversed: true,
  } as const;
  if (groups === 1) return convolve(rewriting, { x: dy, w: turned, window: seen }, maxBytes);
  return builder.op("Conv", [dy, reversed(rewriting, turned)], {
    kernel_shape: ints(...kernel),
    dilations: ints(...dilations),
    pads: ints(...turnedPads),
    group: int(groups),
  });
}

/** [K, C/groups, R, S] -> [C, K/groups, R, S]. */
function swapChannels({ math }: Rewriting, w: Value, groups: number): Value {
  const [filters = 0, channels = 0, ...kernel] = w.shape;
  const perGroup = filters / groups;
  if (perGroup === 1) return math.reshape(w, [groups * channels, 1, ...kernel]);
  if (groups === 1) return math.transpose(w, [1, 0, 2, 3]);
  const grouped = math.reshape(w, [groups, perGroup, channels, ...kernel]);
  return math.reshape(math.transpose(grouped, [0, 2, 1, 3, 4]), [groups * channels, perGroup, ...kernel]);
}

/** Pixels apart from each other by the strides, zeros between them. */
function spreadPixels(
  rewriting: Rewriting,
  value: Value | undefined,
  { strides }: Window2d,
  size: readonly [number, number],
): Value | undefined {
  if (!value) return undefined;
  const { builder, math } = rewriting;
  const [batch = 0, channels = 0, rows = 0, columns = 0] = value.shape;
  const pads = builder.constant(int64([10], [0, 0, 0, 0, 0, 0, 0, strides[0] - 1, 0, strides[1] - 1]));
  const apart = builder.op("Pad", [
    math.reshape(value, [batch * channels, rows, 1, columns, 1]),
    pads,
    builder.constant(float32([], [0])),
  ]);
  const spread = math.reshape(apart, [batch, channels, rows * strides[0], columns * strides[1]]);
  return fitted(rewriting, spread, size);
}

/** Cut, or filled up with zeros, at the far edges. */
function fitted({ builder }: Rewriting, value: Value, [height, width]: readonly [number, number]): Value {
  const [, , high = 0, wide = 0] = value.shape;
  if (high === height && wide === width) return value;
  const pads = [0, 0, 0, 0, 0, 0, height - high, width - wide];
  return builder.op("Pad", [value, builder.constant(int64([8], pads)), builder.constant(float32([], [0]))]);
}

/**
 * Every phase of the stride, strides[0] strides[1] of them, sees its own taps: one convolution yields them all as
 * channels, which are then put side by side.
 *
 * Pixel m stride + phase receives from window m + d through tap phase + pad - d stride.
 *
 * @returns undefined for geometries that it does not serve.
 */
function phases(
  rewriting: Rewriting,
  { dy, w, window, size, maxBytes }: ConvInputGradient,
): Value | undefined {
  const { builder, math } = rewriting;
  const { kernel, strides, dilations, pads } = window;
  const [stride] = strides;
  if (strides[1] !== stride || dilations[0] !== 1 || dilations[1] !== 1) return undefined;
  const [filters = 0, channels = 0] = w.shape;
  const along = (axis: 0 | 1) => {
    const pad = pads[axis];
    const last = Math.ceil(pad / stride);
    const first = Math.floor((pad + stride - kernel[axis]) / stride);
    const windows = dy.shape[2 + axis] ?? 0;
    const places = Math.ceil(size[axis] / stride);
    return {
      offsets: last - first + 1,
      before: stride * last - pad,
      after: pad - stride * first + stride - kernel[axis],
      padBefore: -first,
      padAfter: places - 1 + last - (windows - 1),
    };
  };
  const [tall, wide] = [along(0), along(1)];
  if ([tall, wide].some(({ padBefore, padAfter }) => padBefore < 0 || padAfter < 0)) return undefined;
  const widths = [0, 0, tall.before, wide.before, 0, 0, tall.after, wide.after];
  const padded = builder.op("Pad", [
    w,
    builder.constant(int64([8], widths)),
    builder.constant(float32([], [0])),
  ]);
  const split = math.reshape(padded, [filters, channels, tall.offsets, stride, wide.offsets, stride]);
  const perPhase = math.reshape(math.transpose(split, [1, 3, 5, 0, 2, 4]), [
    channels * stride * stride,
    filters,
    tall.offsets,
    wide.offsets,
  ]);
  // A convolution of one tap is taken for a product whatever its padding behind: zeros go behind its output.
  const isPointwise = tall.offsets * wide.offsets === 1 && tall.padBefore + wide.padBefore === 0;
  const perPlace: TapWindow = {
    kernel: [tall.offsets, wide.offsets],
    strides: [1, 1],
    dilations: [1, 1],
    pads: isPointwise ? [0, 0, 0, 0] : [tall.padBefore, wide.padBefore, tall.padAfter, wide.padAfter],
    reversed: true,
  };
  const places = convolve(rewriting, { x: dy, w: perPhase, window: perPlace }, maxBytes);
  const pixels = builder.op("DepthToSpace", [places], { blocksize: int(stride), mode: text("CRD") });
  return fitted(rewriting, pixels, size);
}
