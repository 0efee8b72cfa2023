/** Ways to compute the gradient of a convolution by its filters. */
import { filterGradient } from "../../gradients/window/conv-filters.ts";
import { arithmetic } from "../../graph/arithmetic.ts";
import { int } from "../../graph/attributes.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import { elementCount, int64 } from "../../graph/tensor.ts";
import { columnsFit, columnsOf } from "./columns.ts";
import { type ConvShapes, isDepthwise, positionCount, tapCount } from "./conv-shapes.ts";
import { depthwiseFilterGradient } from "./depthwise-filters.ts";
import { splitTapsFilterGradient, splitTapsFit, splitTapsGain } from "./split-taps-filters.ts";
import type { ConvValues, Way } from "./way.ts";

type Given = Pick<ConvValues, "x" | "dy" | "joinedColumns">;

/** Name -> way to sum, for each filter and tap, dy times the pixel that the tap saw. */
export const filterWays: Readonly<Record<string, Way<Given>>> = {
  /** A convolution of x by dy. */
  convolution: {
    serves: () => true,
    build: (builder, { w, window, groups }, { x, dy }) =>
      filterGradient(builder, { x, gradient: dy, weightShape: w, window, groups }),
  },
  /** A convolution of each plane by its own gradient. */
  depthwise: {
    serves: isDepthwise,
    build: (builder, { window }, { x, dy }) => depthwiseFilterGradient(builder, dy, x, window),
  },
  /** A product per image of dy and what its windows see. */
  columns: {
    serves: fits,
    build(builder, shapes, given) {
      const math = arithmetic(builder);
      const [dy, seen] = perImage(builder, shapes, given);
      return math.reshape(math.sum(math.matMul(dy, seen, { b: true }), [0]), shapes.w);
    },
  },
  /** The product the other way round: it packs dy in place of the columns. */
  "columns-transposed": {
    serves: fits,
    build(builder, shapes, given) {
      const math = arithmetic(builder);
      const [dy, seen] = perImage(builder, shapes, given);
      const product = math.sum(math.matMul(seen, dy, { b: true }), [0]);
      return math.reshape(math.transpose(product, [0, 2, 1]), shapes.w);
    },
  },
  /** A product per image, rows of taps on one side and columns of taps on the other. */
  "split-taps": {
    serves: splitTapsFit,
    build: (builder, shapes, { x, dy }) => splitTapsFilterGradient(builder, shapes, x, dy),
  },
  /** One product of dy and what the windows of all images see. */
  "joined-columns": { serves: fits, build: productOfAllImages },
  /** The product per image, one image after the other: the columns of one stay in the cache. */
  "columns-in-turn": inTurn(false),
  "columns-transposed-in-turn": inTurn(true),
};

/** Images up to which the graph does not grow too long. */
const mostInTurn = 64;

/** @param transposed - Packs dy in place of the columns. */
function inTurn(transposed: boolean): Way<Given> {
  return {
    serves: (shapes) => fits(shapes) && shapes.groups === 1 && (shapes.y[0] ?? 0) <= mostInTurn,
    build(builder, { w, y, window }, { x, dy }) {
      const math = arithmetic(builder);
      const [batch = 0, filters = 0, ...size] = y;
      const positions = elementCount(size);
      const taps = elementCount(w) / filters;
      const image = (value: Value, index: number) => {
        const [from, to, axis] = [index, index + 1, 0].map((at) => builder.constant(int64([1], [at])));
        return builder.op("Slice", [value, from ?? null, to ?? null, axis ?? null]);
      };
      let sum: Value | null = null;
      for (let index = 0; index < batch; index++) {
        const seen = math.reshape(columnsOf(builder, image(x, index), window), [taps, positions]);
        const gradient = math.reshape(image(dy, index), [filters, positions]);
        const factors = transposed ? [seen, gradient] : [gradient, seen];
        sum = builder.op("Gemm", sum === null ? factors : [...factors, sum], { transB: int(1) });
      }
      if (sum === null) throw new RangeError(`lower: batch must have images, got ${batch}`);
      return math.reshape(transposed ? math.transpose(sum, [1, 0]) : sum, w);
    },
  };
}

/** Filters from 2 up to this count are too few to make packing the columns for a product worthwhile. */
const fewFilters = 64;

/** The fixed way. */
export function fixedFilterWay(shapes: ConvShapes): string {
  const filters = (shapes.w[0] ?? 0) / shapes.groups;
  const positions = positionCount(shapes);
  if (isDepthwise(shapes) && (tapCount(shapes) > 9 || positions <= 100)) return "depthwise";
  if (!fits(shapes)) return "convolution";
  // The maps are so small that a product per image would be larger than its factors.
  if (positions < filters) return "joined-columns";
  if (splitTapsGain(shapes)) return "split-taps";
  return filters === 1 || filters > fewFilters ? "columns" : "columns-transposed";
}

function fits({ x: [, channels = 0], window }: ConvShapes): boolean {
  return columnsFit(channels, window.kernel);
}

/** dy [B, groups, K/groups, Ho Wo] and columns [B, groups, C/groups R S, Ho Wo]. */
function perImage(builder: GraphBuilder, shapes: ConvShapes, { x, dy }: Given): readonly [Value, Value] {
  const math = arithmetic(builder);
  const { w, y, window, groups } = shapes;
  const [batch = 0] = y;
  const [filters = 0, channels = 0] = w;
  const positions = positionCount(shapes);
  const taps = channels * tapCount(shapes);
  return [
    math.reshape(dy, [batch, groups, filters / groups, positions]),
    math.reshape(columnsOf(builder, x, window), [batch, groups, taps, positions]),
  ];
}

function productOfAllImages(builder: GraphBuilder, shapes: ConvShapes, { dy, joinedColumns }: Given): Value {
  const math = arithmetic(builder);
  const { w, y, groups } = shapes;
  const [batch = 0, filters = 0] = y;
  const positions = positionCount(shapes);
  const perFilter = math.transpose(math.reshape(dy, [batch, filters, positions]), [1, 0, 2]);
  const perGroup = math.reshape(perFilter, [groups, filters / groups, batch * positions]);
  return math.reshape(math.matMul(perGroup, joinedColumns(), { b: true }), w);
}
