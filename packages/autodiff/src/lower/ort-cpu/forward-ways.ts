/** Ways to compute a convolution. */
import { arithmetic } from "../../graph/arithmetic.ts";
import { int, ints } from "../../graph/attributes.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import {
  blockedConv,
  blockedFilters,
  blockedName,
  blockedPlanes,
  blocks,
  fillsBlocks,
} from "./blocked-channels.ts";
import { columnsFit } from "./columns.ts";
import { type ConvShapes, isDepthwise, tapCount } from "./conv-shapes.ts";
import { fixedFilterWay } from "./filter-ways.ts";
import type { ConvValues, Way } from "./way.ts";

type Given = Pick<ConvValues, "x" | "w" | "bias" | "joinedColumns">;

/** Name -> way to compute w * x + bias. */
export const forwardWays: Readonly<Record<string, Way<Given>>> = {
  /** ONNX Runtime's own kernel. */
  convolution: {
    serves: () => true,
    build: (builder, { window, groups }, { x, w, bias }) =>
      builder.op("Conv", bias ? [x, w, bias] : [x, w], {
        kernel_shape: ints(...window.kernel),
        strides: ints(...window.strides),
        dilations: ints(...window.dilations),
        pads: ints(...window.pads),
        group: int(groups),
      }),
  },
  /** One product of the filters with what the windows of all images see. */
  "joined-columns": {
    serves: ({ x: [, channels = 0], window }) => columnsFit(channels, window.kernel),
    build: productWithColumns,
  },
  ...Object.fromEntries(blocks.map((block) => [blockedName(block), blockedWay(block)])),
};

/**
 * The fixed way: the product where the gradient by the filters needs its columns.
 *
 * @param isTrained - Whether that gradient is wanted.
 */
export function fixedForwardWay(
  shapes: ConvShapes,
  { isTrained, hasBias }: { readonly isTrained: boolean; readonly hasBias: boolean },
): string {
  // Without taps around it, a pixel is no more than the convolution reads.
  const gains = isTrained && !hasBias && shapes.groups === 1 && tapCount(shapes) > 1;
  return gains && fixedFilterWay(shapes) === "joined-columns" ? "joined-columns" : "convolution";
}

/** A convolution on channels in blocks. */
function blockedWay(block: number): Way<Given> {
  return {
    serves(shapes) {
      const [filters = 0] = shapes.w;
      const [, channels = 0] = shapes.x;
      if (filters % block !== 0) return false;
      return isDepthwise(shapes) || (shapes.groups === 1 && fillsBlocks(channels, block));
    },
    build(builder, shapes, { x, w, bias }) {
      const { window, groups } = shapes;
      const filters = isDepthwise(shapes)
        ? blockedPlanes(builder, w, block, false)
        : blockedFilters(builder, w, block);
      return blockedConv(builder, x, filters, { window, groups, block, bias });
    },
  };
}

function productWithColumns(
  builder: GraphBuilder,
  { y, groups }: ConvShapes,
  { w, bias, joinedColumns }: Given,
): Value {
  const math = arithmetic(builder);
  const [batch = 0, filters = 0, rows = 0, columns = 0] = y;
  const seen = joinedColumns();
  const [, taps = 0, positions = 0] = seen.shape;
  // A plain product is a batch of one, without the loop over it.
  const [left, right] =
    groups === 1
      ? [
          [filters, taps],
          [taps, positions],
        ]
      : [[groups, filters / groups, taps], seen.shape];
  const product = math.matMul(math.reshape(w, left), math.reshape(seen, right));
  const perFilter = math.reshape(product, [filters, batch, rows * columns]);
  const value = math.reshape(math.transpose(perFilter, [1, 0, 2]), y);
  return bias ? math.add(value, math.reshape(bias, [filters, 1, 1])) : value;
}
