/** Convolutions as products, where that is faster than the kernel for convolutions. */
import { int, ints, readInt } from "../../graph/attributes.ts";
import type { Node, Value } from "../../graph/graph.ts";
import { window2d } from "../../graph/shapes/window.ts";
import { elementCount, float32, int64 } from "../../graph/tensor.ts";
import { columnsOf, paddedTaps, type TapWindow, windowCount } from "./columns.ts";
import type { Rewriting } from "./rewriting.ts";

/** Bytes of columns up to which a convolution is a product with them. */
const largestColumns = 2 ** 28;

/** Rows of columns from this length on are worth making even where nothing else needs them. */
const longRow = 1152;

/** Columns up to this size are worth making for rows of any length: the gradient by the filters needs them too. */
const smallColumns = 2 ** 27;

/** A convolution without groups. */
export interface Convolution {
  /** float32 [B, C, H, W]. */
  readonly x: Value;
  /** float32 [K, C, R, S]. */
  readonly w: Value;
  /** With `reversed`: the filters are turned by 180 degrees. */
  readonly window: TapWindow;
}

/** A forward convolution; undefined: the node stays as it is. */
export function convolution(
  rewriting: Rewriting,
  { inputs, attributes }: Node,
  maxBytes: number,
): Value | undefined {
  if (readInt(attributes, "group", 1) !== 1) return undefined;
  const [xName = "", wName = "", biasName = ""] = inputs;
  const [x, w] = [rewriting.value(xName), rewriting.value(wName)];
  if (x.shape.length !== 4) return undefined;
  const conv = { x, w, window: window2d(attributes, w.shape.slice(2)) };
  if (rewriting.fewBytes || !isProduct(conv, maxBytes)) return undefined;
  return productWithColumns(rewriting, conv, biasName === "" ? null : rewriting.value(biasName));
}

/** w * x, float32 [B, K, Ho, Wo]. */
export function convolve(rewriting: Rewriting, conv: Convolution, maxBytes: number): Value {
  if (!rewriting.fewBytes && isProduct(conv, maxBytes)) return productWithColumns(rewriting, conv, null);
  const { x, w, window } = conv;
  const { builder, math } = rewriting;
  const isPointwise = [...window.kernel, ...window.strides].every((size) => size === 1);
  const padded = isPointwise && hasPadsBehindAlone(window);
  const y = builder.op("Conv", [x, window.reversed ? reversed(rewriting, w) : w], {
    kernel_shape: ints(...window.kernel),
    strides: ints(...window.strides),
    dilations: ints(...window.dilations),
    ...(!padded && { pads: ints(...window.pads) }),
    group: int(1),
  });
  if (!padded) return y;
  const [, , bottom, right] = window.pads;
  return builder.op("Pad", [
    y,
    builder.constant(int64([8], [0, 0, 0, 0, 0, 0, bottom, right])),
    math.constant(0),
  ]);
}

/**
 * Whether zeros lie behind the input alone. The provider takes a convolution of one tap for a product then, and forgets
 * them: they go behind its output.
 */
export function hasPadsBehindAlone({ pads: [top, left, bottom, right] }: Pick<TapWindow, "pads">): boolean {
  return top + left === 0 && bottom + right > 0;
}

/** Filters turned by 180 degrees. */
export function reversed({ builder }: Rewriting, w: Value): Value {
  const [, , height = 0, width = 0] = w.shape;
  if (height * width === 1) return w;
  const vector = (...values: number[]) => builder.constant(int64([2], values));
  const beyond = -(2 ** 31) + 1;
  return builder.op("Slice", [
    w,
    vector(height - 1, width - 1),
    vector(beyond, beyond),
    vector(2, 3),
    vector(-1, -1),
  ]);
}

function isProduct({ x, w, window }: Convolution, maxBytes: number): boolean {
  const [batch = 0, , height = 0, width = 0] = x.shape;
  const [, channels = 0] = w.shape;
  const positions = windowCount(window, 0, height) * windowCount(window, 1, width);
  const taps = elementCount(window.kernel);
  if (taps === 1 && window.strides.every((step) => step === 1)) {
    // The kernel for convolutions is a product of rows of pixels, whose length must divide.
    return positions % 4 !== 0 && window.pads.every((pixels) => pixels === 0);
  }
  const bytes = 4 * batch * positions * paddedTaps(taps, channels) * channels;
  const limit = channels * taps >= longRow ? largestColumns : smallColumns;
  return bytes <= Math.min(limit, maxBytes);
}

function productWithColumns(rewriting: Rewriting, { x, w, window }: Convolution, bias: Value | null): Value {
  const { math } = rewriting;
  const [batch = 0, , height = 0, width = 0] = x.shape;
  const [filters = 0] = w.shape;
  const seen = columnsOf(rewriting, x, window);
  const [, positions = 0, length = 0] = seen.shape;
  const product = math.matMul(
    math.reshape(seen, [batch * positions, length]),
    filtersAsColumns(rewriting, w, length),
  );
  const perImage = math.reshape(bias ? math.add(product, bias) : product, [batch, positions, filters]);
  const size = [windowCount(window, 0, height), windowCount(window, 1, width)];
  return math.reshape(math.transpose(perImage, [0, 2, 1]), [batch, filters, ...size]);
}

/** [K, C, R, S] -> [T C, K], zeros for taps that are made up. */
function filtersAsColumns({ builder, math }: Rewriting, w: Value, length: number): Value {
  const [filters = 0, channels = 0, height = 0, width = 0] = w.shape;
  const matrix = math.reshape(math.transpose(w, [2, 3, 1, 0]), [height * width * channels, filters]);
  const missing = length - height * width * channels;
  if (missing === 0) return matrix;
  return builder.op("Pad", [
    matrix,
    builder.constant(int64([4], [0, 0, missing, 0])),
    builder.constant(float32([], [0])),
  ]);
}
