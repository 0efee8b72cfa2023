/** Gradient of a convolution by its filters. */
import { arithmetic } from "../../graph/arithmetic.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import { elementCount } from "../../graph/tensor.ts";
import { columnsOf } from "./columns.ts";
import type { ConvGradient } from "./conv-gradient.ts";
import { depthwiseWeightGradient } from "./depthwise-weight.ts";
import { splitTapsApply, splitTapsWeightGradient } from "./split-taps-weight.ts";

/** Filters from 2 up to this count are too few to make packing the columns for a product worthwhile. */
const fewFilters = 64;

/** Gradient by the filters, float32 [K, C/groups, R, S], and what was computed on the way. */
export interface ConvWeightGradient {
  readonly byWeight: Value;
  /** What each window of all images sees, float32 [groups, C/groups R S, B Ho Wo]; only of small maps. */
  readonly joinedColumns?: Value;
}

/**
 * The adjoint of w -> w * x: for each filter and tap, the sum over images and positions of dy times the pixel
 * that the tap saw.
 */
export function convWeightGradient(builder: GraphBuilder, conv: ConvGradient): ConvWeightGradient {
  const { gradient, x, window, weightShape, groups } = conv;
  const [filters = 0, channels = 0, height = 0, width = 0] = weightShape;
  const [, , rows = 0, columns = 0] = gradient.shape;
  const depthwise = filters === groups && channels === 1;
  if (depthwise && (height * width > 9 || rows * columns <= 100)) {
    return { byWeight: depthwiseWeightGradient(builder, gradient, x, window) };
  }
  if (!joinsImages(conv)) return { byWeight: productPerImage(builder, conv) };
  const joinedColumns = columnsOfAllImages(builder, conv);
  return { byWeight: productOfAllImages(builder, conv, joinedColumns), joinedColumns };
}

/** Whether the maps are so small that a product per image would be larger than its factors. */
function joinsImages({ gradient, weightShape: [filters = 0], groups }: ConvGradient): boolean {
  const [, , rows = 0, columns = 0] = gradient.shape;
  return rows * columns < filters / groups;
}

function productPerImage(builder: GraphBuilder, conv: ConvGradient): Value {
  const { gradient, x, window, weightShape, groups } = conv;
  if (splitTapsApply(conv)) return splitTapsWeightGradient(builder, conv);
  const math = arithmetic(builder);
  const [batch = 0, , rows = 0, columns = 0] = gradient.shape;
  const [filters = 0, ...kernel] = weightShape;
  const taps = elementCount(kernel);
  const perGroup = filters / groups;
  const dy = math.reshape(gradient, [batch, groups, perGroup, rows * columns]);
  const seen = math.reshape(columnsOf(builder, x, window), [batch, groups, taps, rows * columns]);
  if (perGroup === 1 || perGroup > fewFilters) {
    return math.reshape(math.sum(math.matMul(dy, seen, { b: true }), [0]), weightShape);
  }
  const transposed = math.sum(math.matMul(seen, dy, { b: true }), [0]);
  return math.reshape(math.transpose(transposed, [0, 2, 1]), weightShape);
}

function productOfAllImages(
  builder: GraphBuilder,
  { gradient, weightShape, groups }: ConvGradient,
  seen: Value,
): Value {
  const math = arithmetic(builder);
  const [batch = 0, filters = 0, rows = 0, columns = 0] = gradient.shape;
  const dy = math.transpose(math.reshape(gradient, [batch, filters, rows * columns]), [1, 0, 2]);
  const perGroup = math.reshape(dy, [groups, filters / groups, batch * rows * columns]);
  return math.reshape(math.matMul(perGroup, seen, { b: true }), weightShape);
}

function columnsOfAllImages(builder: GraphBuilder, { gradient, x, window, groups }: ConvGradient): Value {
  const math = arithmetic(builder);
  const seen = columnsOf(builder, x, window);
  const [batch = 0, taps = 0] = seen.shape;
  const [, , rows = 0, columns = 0] = gradient.shape;
  const perImage = math.reshape(seen, [batch, taps, rows * columns]);
  const shape = [groups, taps / groups, batch * rows * columns];
  return math.reshape(math.transpose(perImage, [1, 0, 2]), shape);
}
