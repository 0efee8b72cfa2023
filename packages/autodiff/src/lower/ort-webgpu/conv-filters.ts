/** Gradient of a convolution by its filters. */
import { int, ints } from "../../graph/attributes.ts";
import type { Value } from "../../graph/graph.ts";
import type { Window2d } from "../../graph/shapes/window.ts";
import { elementCount, float32, int64 } from "../../graph/tensor.ts";
import { enoughTiles, productOverImages, tilesOf } from "./products.ts";
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
  const tiles = tilesOf(filters, channels * elementCount(kernel));
  if (groups === 1 && window.dilations[1] === 1 && tiles >= enoughTiles) return swappedAxes(rewriting, conv);
  return productOfColumns(rewriting, conv, maxBytes);
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
  const product = productOverImages(
    rewriting,
    math.reshape(dy, [batch, filters, positions]),
    math.reshape(seen, [batch, channels, positions]),
  );
  return math.reshape(product, weightShape);
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
  // What no tap sees at the far edges is cut off the padding, as far as there is any.
  const seen = [
    (rows - 1) * strides[0] + (kernel[0] - 1) * dilations[0] + 1,
    (columns - 1) * strides[1] + kernel[1],
  ] as const;
  const below = Math.max(seen[0] - height - pads[0], 0);
  const right = Math.max(seen[1] - width - pads[1], 0);
  const taps = builder.op("Conv", [interleaved, math.transpose(dy, [1, 0, 2, 3])], {
    kernel_shape: ints(rows, columns),
    strides: ints(dilations[0], 1),
    dilations: ints(strides[0], strides[1] * channels),
    pads: ints(pads[0], pads[1] * channels, below, right * channels),
  });
  const [, , high = 0, wide = 0] = taps.shape;
  const perChannel = math.reshape(taps, [filters, high, wide / channels, channels]);
  const turned = math.transpose(perChannel, [0, 3, 1, 2]);
  return math.reshape(firstTaps(rewriting, turned, kernel), weightShape);
}

/** The product of dy and of what each window of x sees as columns, in parts of at most `maxBytes`. */
function productOfColumns(rewriting: Rewriting, conv: ConvGradient, maxBytes: number): Value {
  const { builder, math } = rewriting;
  const { x, dy, window, weightShape, groups } = conv;
  const [batch = 0, channels = 0] = x.shape;
  const [, filters = 0, rows = 0, columns = 0] = dy.shape;
  const taps = elementCount(window.kernel);
  const bytes = 4 * channels * taps * rows * columns;
  const part = Math.max(Math.min(Math.floor(maxBytes / bytes), batch), 1);
  const slice = (value: Value, first: number) => {
    if (part === batch) return value;
    const vector = (at: number) => builder.constant(int64([1], [at]));
    return builder.op("Slice", [value, vector(first), vector(Math.min(first + part, batch)), vector(0)]);
  };
  let sum: Value | undefined;
  for (let first = 0; first < batch; first += part) {
    const seen = columnsOf(rewriting, slice(x, first), window);
    const gradient = slice(dy, first);
    const [images = 0] = gradient.shape;
    const product = productPerGroup(
      rewriting,
      math.reshape(gradient, [images * groups, filters / groups, rows * columns]),
      math.reshape(seen, [images * groups, (channels / groups) * taps, rows * columns]),
      groups,
    );
    sum = sum ? math.add(sum, product) : product;
  }
  if (!sum) throw new RangeError(`lower: a convolution must have images, got shape [${x.shape}]`);
  return math.reshape(sum, weightShape);
}

/** dy [N G, K/G, P] times columns [N G, T, P], summed over N: [G, K/G, T]. */
function productPerGroup(rewriting: Rewriting, dy: Value, seen: Value, groups: number): Value {
  const { math } = rewriting;
  if (groups === 1) return productOverImages(rewriting, dy, seen);
  const [planes = 0, filters = 0] = dy.shape;
  const taps = seen.shape[1] ?? 0;
  const perImage = (value: Value) => math.reshape(value, [planes / groups, groups, ...value.shape.slice(1)]);
  const sum = (value: Value) => math.sum(perImage(value), [0]);
  return filters > taps
    ? sum(math.matMul(dy, math.transpose(seen, [0, 2, 1])))
    : math.transpose(sum(math.matMul(seen, math.transpose(dy, [0, 2, 1]))), [0, 2, 1]);
}

/** What each window sees, [B, C R S, Ho, Wo]: a depthwise convolution by one-hot filters. */
function columnsOf({ builder }: Rewriting, x: Value, { kernel, strides, dilations, pads }: Window2d): Value {
  const [, channels = 0] = x.shape;
  const taps = elementCount(kernel);
  const oneHot = new Float32Array(channels * taps * taps);
  for (let filter = 0; filter < channels * taps; filter++) oneHot[filter * taps + (filter % taps)] = 1;
  return builder.op("Conv", [x, builder.constant(float32([channels * taps, 1, ...kernel], oneHot))], {
    kernel_shape: ints(...kernel),
    strides: ints(...strides),
    dilations: ints(...dilations),
    pads: ints(...pads),
    group: int(channels),
  });
}

/** The first [R, S] places: where a stride leaves pixels at the far edges unseen, dy fits in more than there are taps. */
function firstTaps({ builder }: Rewriting, taps: Value, kernel: readonly [number, number]): Value {
  if (taps.shape[2] === kernel[0] && taps.shape[3] === kernel[1]) return taps;
  const vector = (...values: number[]) => builder.constant(int64([values.length], values));
  return builder.op("Slice", [taps, vector(0, 0), vector(...kernel), vector(2, 3)]);
}
