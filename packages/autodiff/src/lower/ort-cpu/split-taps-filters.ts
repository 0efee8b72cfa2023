/** Gradient of a convolution by its filters, the taps split between its two factors. */
import { arithmetic } from "../../graph/arithmetic.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import { columnsFit, columnsOf } from "./columns.ts";
import type { ConvShapes } from "./conv-shapes.ts";

/** Whether the convolution slides by single columns. */
export function splitTapsFit({ x, y, window }: ConvShapes): boolean {
  const [height, width] = window.kernel;
  const fit = columnsFit(x[1] ?? 0, [height, 1]) && columnsFit(y[1] ?? 0, [1, width]);
  return window.strides[1] === 1 && height > 1 && width > 1 && fit;
}

/** Whether the split fits, and takes less memory than columns for every tap. */
export function splitTapsGain(shapes: ConvShapes): boolean {
  const { x, y, w, window, groups } = shapes;
  const [filters = 0, channels = 0, height = 0, width = 0] = w;
  const padded = (x[3] ?? 0) + window.pads[1] + window.pads[3];
  const split = padded * (groups * channels * height + filters * width);
  const whole = (y[3] ?? 0) * groups * channels * height * width;
  return splitTapsFit(shapes) && split < whole;
}

/**
 * dw[k, c, r, s] = sum over i, j of dy[k, i, j - s] x[c, i + r, j], x padded: rows of taps select what is seen of x,
 * columns of taps shift dy, and one product multiplies all with all.
 *
 * That is R + S copies in place of R S, and a product of more rows.
 *
 * @param x - float32 [B, C, H, W].
 * @param dy - float32 [B, K, Ho, Wo].
 * @returns float32 [K, C/groups, R, S].
 */
export function splitTapsFilterGradient(
  builder: GraphBuilder,
  { w, window, groups }: ConvShapes,
  x: Value,
  dy: Value,
): Value {
  const math = arithmetic(builder);
  const { kernel, strides, dilations, pads } = window;
  const [filters = 0, channels = 0, height = 0, width = 0] = w;
  const seen = columnsOf(builder, x, {
    kernel: [kernel[0], 1],
    strides: [strides[0], 1],
    dilations: [dilations[0], 1],
    pads,
  });
  const reach = (width - 1) * dilations[1];
  // Shifts to the right: tap s of a reversed window of dy looks s to the left.
  const shifted = columnsOf(
    builder,
    dy,
    { kernel: [1, kernel[1]], strides: [1, 1], dilations: [1, dilations[1]], pads: [0, reach, 0, reach] },
    { reversed: true },
  );
  const [batch = 0, , rows = 0, columns = 0] = seen.shape;
  const grouped = (value: Value, length: number) =>
    math.reshape(value, [batch, groups, length, rows * columns]);
  const left = grouped(shifted, (filters / groups) * width);
  const right = grouped(seen, channels * height);
  const product = math.sum(math.matMul(left, right, { b: true }), [0]);
  const taps = math.transpose(math.reshape(product, [filters, width, channels * height]), [0, 2, 1]);
  return math.reshape(taps, w);
}
