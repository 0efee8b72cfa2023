/** Gradient of a convolution by its filters. */
import { int, ints } from "../../graph/attributes.ts";
import type { Value } from "../../graph/graph.ts";
import type { Window2d } from "../../graph/shapes/window.ts";
import { elementCount, int64 } from "../../graph/tensor.ts";
import { columnsOf, paddedTaps } from "./columns.ts";
import { sumOfProducts, tilesOf } from "./products.ts";
import type { Rewriting } from "./rewriting.ts";

/** A convolution of which the gradient by the filters is wanted. */
export interface ConvGradient {
  /** Its input, float32 [B, C, H, W]. */
  readonly x: Value;
  /** Gradient by its output, float32 [B, K, Ho, Wo]. */
  readonly dy: Value;
  readonly window: Window2d;
  /** [K, C/groups, R, S]. */
  readonly weightShape: readonly number[];
  readonly groups: number;
}

/** dw[k, c, r, s] = sum over images and windows of dy[k] times the pixel of channel c that tap (r, s) saw. */
export function filterGradient(rewriting: Rewriting, conv: ConvGradient, maxBytes: number): Value {
  const { weightShape, window, groups } = conv;
  const [filters = 0, channels = 0, ...kernel] = weightShape;
  if (filters === groups && channels === 1) return depthwise(rewriting, conv);
  if (groups === 1 && elementCount(kernel) === 1 && window.pads.every((pixels) => pixels === 0)) {
    return pointwise(rewriting, conv);
  }
  return fitsSwappedAxes(conv, rewriting.fewBytes ? 0 : maxBytes)
    ? swappedAxes(rewriting, conv)
    : productOfColumns(rewriting, conv, maxBytes);
}

/** Tiles of a gradient from which a small device is kept busy. */
const fewestTiles = 32;

/** Whether the columns of all images would be larger than a limit, and a convolution without any has enough to do. */
function fitsSwappedAxes({ x, dy, window, weightShape, groups }: ConvGradient, maxBytes: number): boolean {
  const [filters = 0, ...perFilter] = weightShape;
  const [batch = 0, , rows = 0, columns = 0] = dy.shape;
  const bytes = 4 * batch * rows * columns * elementCount(perFilter);
  const isPlain = groups === 1 && window.dilations[1] === 1 && x.shape.length === 4;
  return isPlain && bytes > maxBytes && tilesOf(filters, elementCount(perFilter)) >= fewestTiles;
}

/**
 * A convolution of x by dy as the filters, images in the place of channels, strides and dilations in each other's.
 *
 * The channels of x stand side by side in its rows, innermost, so that every place of the convolution is a tap of a
 * channel, and no column is ever stored.
 */
function swappedAxes(rewriting: Rewriting, { x, dy, window, weightShape }: ConvGradient): Value {
  const { builder, math } = rewriting;
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape;
  const [, filters = 0, rows = 0, columns = 0] = dy.shape;
  const { kernel, strides, dilations, pads } = window;
  const interleaved = math.reshape(math.transpose(x, [0, 2, 3, 1]), [1, batch, height, width * channels]);
  // Padding behind that no tap sees is left out.
  const below = (rows - 1) * strides[0] + (kernel[0] - 1) * dilations[0] + 1 - height - pads[0];
  const right = (columns - 1) * strides[1] + kernel[1] - width - pads[1];
  const taps = builder.op("Conv", [interleaved, math.transpose(dy, [1, 0, 2, 3])], {
    kernel_shape: ints(rows, columns),
    strides: ints(dilations[0], 1),
    dilations: ints(strides[0], strides[1] * channels),
    pads: ints(pads[0], pads[1] * channels, Math.max(below, 0), Math.max(right, 0) * channels),
  });
  const [, , high = 0, wide = 0] = taps.shape;
  const perChannel = math.reshape(taps, [filters, high, wide / channels, channels]);
  const turned = math.transpose(perChannel, [0, 3, 1, 2]);
  return math.reshape(firstTaps(rewriting, turned, kernel), weightShape);
}

/** Each channel of each image is seen through its gradient as a filter, strides and dilations in each other's place. */
function depthwise(rewriting: Rewriting, { x, dy, window, weightShape }: ConvGradient): Value {
  const { builder, math } = rewriting;
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape;
  const [, , rows = 0, columns = 0] = dy.shape;
  const planes = batch * channels;
  const taps = builder.op(
    "Conv",
    [math.reshape(x, [1, planes, height, width]), math.reshape(dy, [planes, 1, rows, columns])],
    {
      kernel_shape: ints(rows, columns),
      strides: ints(...window.dilations),
      dilations: ints(...window.strides),
      pads: ints(...window.pads),
      group: int(planes),
    },
  );
  const seen = firstTaps(rewriting, taps, window.kernel);
  return math.reshape(
    math.sum(math.reshape(seen, [batch, channels * elementCount(window.kernel)]), [0]),
    weightShape,
  );
}

/** The product of dy and of what the single tap sees of x. */
function pointwise(rewriting: Rewriting, { x, dy, window, weightShape }: ConvGradient): Value {
  const { builder, math } = rewriting;
  const [batch = 0, filters = 0, rows = 0, columns = 0] = dy.shape;
  const [, channels = 0] = x.shape;
  const { strides } = window;
  const vector = (...values: number[]) => builder.constant(int64([2], values));
  const ends = vector((rows - 1) * strides[0] + 1, (columns - 1) * strides[1] + 1);
  const isWhole = x.shape[2] === rows && x.shape[3] === columns;
  const seen = isWhole ? x : builder.op("Slice", [x, vector(0, 0), ends, vector(2, 3), vector(...strides)]);
  const positions = rows * columns;
  const product = sumOfProducts(
    rewriting,
    math.reshape(dy, [batch, filters, positions]),
    math.transpose(math.reshape(seen, [batch, channels, positions]), [0, 2, 1]),
  );
  return math.reshape(product, weightShape);
}

/** The product of dy and of what each window of x sees as columns, images in parts whose columns have at most `maxBytes`. */
function productOfColumns(rewriting: Rewriting, conv: ConvGradient, maxBytes: number): Value {
  const { builder, math } = rewriting;
  const { x, dy, window, weightShape, groups } = conv;
  const [batch = 0, , height = 0, width = 0] = x.shape;
  const [filters = 0, channels = 0, ...kernel] = weightShape;
  const [, , rows = 0, columns = 0] = dy.shape;
  const taps = elementCount(kernel);
  const bytes = 4 * groups * channels * paddedTaps(taps, channels) * rows * columns;
  const part = partOf(batch, maxBytes / bytes);
  const slice = (value: Value, first: number) => {
    if (part === batch) return value;
    const vector = (at: number) => builder.constant(int64([1], [at]));
    return builder.op("Slice", [value, vector(first), vector(first + part), vector(0)]);
  };
  let sum: Value | undefined;
  for (let first = 0; first < batch; first += part) {
    const pixels = math.reshape(slice(x, first), [part * groups, channels, height, width]);
    const seen = columnsOf(rewriting, pixels, window);
    const gradient = math.reshape(slice(dy, first), [part * groups, filters / groups, rows * columns]);
    const product =
      groups === 1
        ? sumOfProducts(rewriting, gradient, seen)
        : sumPerGroup(rewriting, math.matMul(gradient, seen), groups);
    sum = sum ? math.add(sum, product) : product;
  }
  if (!sum) throw new RangeError(`lower: a convolution must have images, got shape [${x.shape}]`);
  const [, ...size] = weightShape;
  const perTap = math.reshape(
    firstColumns(
      rewriting,
      math.reshape(sum, [filters, elementCount(sum.shape) / filters]),
      elementCount(size),
    ),
    [filters, taps, channels],
  );
  return math.reshape(math.transpose(perTap, [0, 2, 1]), weightShape);
}

/** The largest divisor of a batch that is not above a limit. */
function partOf(batch: number, limit: number): number {
  for (let part = batch; part > 1; part--) if (batch % part === 0 && part <= limit) return part;
  return 1;
}

/** Products of images and groups [N G, K/G, T], summed over the images: [G, K/G, T]. */
function sumPerGroup({ math }: Rewriting, products: Value, groups: number): Value {
  const [planes = 0, ...rest] = products.shape;
  return math.sum(math.reshape(products, [planes / groups, groups, ...rest]), [0]);
}

/** The first columns of a matrix. */
function firstColumns({ builder }: Rewriting, matrix: Value, count: number): Value {
  if (matrix.shape[1] === count) return matrix;
  const vector = (at: number) => builder.constant(int64([1], [at]));
  return builder.op("Slice", [matrix, vector(0), vector(count), vector(1)]);
}

/** The first [R, S] places: where a stride leaves pixels at the far edges unseen, dy fits in more than there are taps. */
function firstTaps({ builder }: Rewriting, taps: Value, kernel: readonly [number, number]): Value {
  if (taps.shape[2] === kernel[0] && taps.shape[3] === kernel[1]) return taps;
  const vector = (...values: number[]) => builder.constant(int64([values.length], values));
  return builder.op("Slice", [taps, vector(0, 0), vector(...kernel), vector(2, 3)]);
}
