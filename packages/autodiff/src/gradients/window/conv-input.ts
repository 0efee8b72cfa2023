/** Gradient of a convolution by its input. */
import { arithmetic } from "../../graph/arithmetic.ts";
import { int, ints } from "../../graph/attributes.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import type { Window2d } from "../../graph/shapes/window.ts";
import { elementCount, float32 } from "../../graph/tensor.ts";
import { addColumns } from "./columns.ts";
import { spreadWindows } from "./spread-windows.ts";

/** Maps of this many positions are so small that reading the filters again for each image takes longest. */
const fewPositions = 25;

/**
 * The adjoint of x -> w * x.
 *
 * Over small maps one product serves all images, whose columns are then added up. Else, at stride 1, it is a convolution
 * by the filters turned around with the roles of their channels swapped, which runs about twice as fast as the transposed
 * convolution that serves every stride.
 *
 * @param gradient - float32 [B, K, Ho, Wo].
 * @param w - float32 [K, C/groups, R, S].
 * @param inputShape - [B, C, H, W].
 * @returns float32 [B, C, H, W].
 */
export function convInputGradient(
  builder: GraphBuilder,
  gradient: Value,
  w: Value,
  window: Window2d,
  inputShape: readonly number[],
  groups: number,
): Value {
  const [, , height = 0, width = 0] = inputShape;
  const { kernel, strides, dilations, pads } = window;
  const [, , rows = 0, columns = 0] = gradient.shape;
  if (groups === 1 && rows * columns <= fewPositions && elementCount(kernel) > 1) {
    return inputGradientOfAllImages(builder, gradient, w, window, [height, width]);
  }
  const full = [(kernel[0] - 1) * dilations[0], (kernel[1] - 1) * dilations[1]] as const;
  const [top, left, bottom, right] = pads;
  const turnedPads = [full[0] - top, full[1] - left, full[0] - bottom, full[1] - right];
  if (strides[0] !== 1 || strides[1] !== 1 || turnedPads.some((pixels) => pixels < 0)) {
    return spreadWindows(builder, gradient, w, window, [height, width], groups);
  }
  return builder.op("Conv", [gradient, turnedFilters(builder, w, groups)], {
    kernel_shape: ints(...kernel),
    dilations: ints(...dilations),
    pads: ints(...turnedPads),
    group: int(groups),
  });
}

function inputGradientOfAllImages(
  builder: GraphBuilder,
  gradient: Value,
  w: Value,
  window: Window2d,
  size: readonly [number, number],
): Value {
  const math = arithmetic(builder);
  const [batch = 0, filters = 0, rows = 0, columns = 0] = gradient.shape;
  const [, ...kernel] = w.shape;
  const taps = elementCount(kernel);
  const dy = math.transpose(math.reshape(gradient, [batch, filters, rows * columns]), [1, 0, 2]);
  const product = math.matMul(
    math.reshape(w, [filters, taps]),
    math.reshape(dy, [filters, batch * rows * columns]),
    { a: true },
  );
  const perImage = math.transpose(math.reshape(product, [taps, batch, rows * columns]), [1, 0, 2]);
  return addColumns(builder, math.reshape(perImage, [batch, taps, rows, columns]), window, size);
}

/** [K, C/groups, R, S] -> [C, K/groups, R, S], each filter turned by 180 degrees. */
function turnedFilters(builder: GraphBuilder, w: Value, groups: number): Value {
  const math = arithmetic(builder);
  const [filters = 0, channels = 0, rows = 0, columns = 0] = w.shape;
  const taps = rows * columns;
  const perGroup = filters / groups;
  const turnedShape = [groups * channels, perGroup, rows, columns];
  // A product with the reversal matrix runs on all threads, a Slice of step -1 on one.
  const reversed = (matrices: Value, transposed: boolean) =>
    taps === 1 ? matrices : math.matMul(matrices, builder.constant(reversal(taps)), { a: transposed });
  if (perGroup === 1)
    return math.reshape(reversed(math.reshape(w, [channels * groups, taps]), false), turnedShape);
  // A plain matrix is transposed several times as fast as one of a batch.
  const [shape, swap] =
    groups === 1
      ? [[filters], [1, 0]]
      : [
          [groups, perGroup],
          [0, 2, 1],
        ];
  const swapped = math.transpose(math.reshape(w, [...shape, channels * taps]), swap);
  const perChannel = math.reshape(swapped, [groups * channels, taps, perGroup]);
  return math.reshape(reversed(perChannel, true), turnedShape);
}

function reversal(size: number) {
  const matrix = new Float32Array(size * size);
  for (let row = 0; row < size; row++) matrix[row * size + (size - 1 - row)] = 1;
  return float32([size, size], matrix);
}
