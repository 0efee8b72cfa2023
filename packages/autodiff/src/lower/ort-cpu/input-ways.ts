/** Ways to compute the gradient of a convolution by its input. */
import { spreadWindows } from "../../gradients/window/spread-windows.ts";
import { arithmetic } from "../../graph/arithmetic.ts";
import { int, ints } from "../../graph/attributes.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import type { Window2d } from "../../graph/shapes/window.ts";
import { elementCount } from "../../graph/tensor.ts";
import { blockedConv, blockedName, blockedPlanes, blocks, turnedBlockedFilters } from "./blocked-channels.ts";
import { addColumns, columnsFit } from "./columns.ts";
import { type ConvShapes, isDepthwise, positionCount, tapCount } from "./conv-shapes.ts";
import { reversal } from "./reversal.ts";
import type { ConvValues, Way } from "./way.ts";

type Given = Pick<ConvValues, "w" | "dy">;

/** Name -> way to compute the adjoint of x -> w * x. */
export const inputWays: Readonly<Record<string, Way<Given>>> = {
  /** It serves every stride. */
  "transposed-convolution": {
    serves: () => true,
    build: (builder, { x: [, , height = 0, width = 0], window, groups }, { w, dy }) =>
      spreadWindows(builder, dy, w, window, [height, width], groups),
  },
  /** A convolution by the filters turned around with the roles of their channels swapped. */
  "turned-filters": {
    serves: turns,
    build: (builder, { window, groups }, { w, dy }) =>
      builder.op("Conv", [dy, turnedFilters(builder, w, groups)], {
        kernel_shape: ints(...window.kernel),
        dilations: ints(...window.dilations),
        pads: ints(...turnedPads(window)),
        group: int(groups),
      }),
  },
  /** One product for all images, whose columns are then added up. */
  "joined-columns": { serves: joins, build: productOfAllImages },
  ...Object.fromEntries(blocks.map((block) => [blockedName(block), blockedWay(block)])),
};

/** Maps of this many positions are so small that reading the filters again for each image takes longest. */
const fewPositions = 25;

/** The fixed way. */
export function fixedInputWay(shapes: ConvShapes): string {
  const isSmall = positionCount(shapes) <= fewPositions && tapCount(shapes) > 1;
  if (isSmall && joins(shapes)) return "joined-columns";
  // About twice as fast.
  return turns(shapes) ? "turned-filters" : "transposed-convolution";
}

function turns({ window }: ConvShapes): boolean {
  return window.strides.every((stride) => stride === 1) && turnedPads(window).every((pixels) => pixels >= 0);
}

/** A convolution by turned filters on channels in blocks. */
function blockedWay(block: number): Way<Given> {
  return {
    serves: (shapes) =>
      turns(shapes) &&
      (isDepthwise(shapes) || shapes.groups === 1) &&
      [shapes.w[0] ?? 0, shapes.x[1] ?? 0].every((channels) => channels % block === 0),
    build(builder, shapes, { w, dy }) {
      const { window, groups } = shapes;
      const filters = isDepthwise(shapes)
        ? blockedPlanes(builder, w, block, true)
        : turnedBlockedFilters(builder, w, block);
      return blockedConv(builder, dy, filters, {
        window: { ...window, strides: [1, 1], pads: turnedPads(window) },
        ...{ groups, block },
      });
    },
  };
}

function joins({ x: [, channels = 0], window, groups }: ConvShapes): boolean {
  return groups === 1 && columnsFit(channels, window.kernel);
}

function turnedPads({ kernel, dilations, pads: [top, left, bottom, right] }: Window2d): Window2d["pads"] {
  const [vertical, horizontal] = [(kernel[0] - 1) * dilations[0], (kernel[1] - 1) * dilations[1]];
  return [vertical - top, horizontal - left, vertical - bottom, horizontal - right];
}

function productOfAllImages(
  builder: GraphBuilder,
  { x: [, , height = 0, width = 0], window }: ConvShapes,
  { w, dy }: Given,
): Value {
  const math = arithmetic(builder);
  const [batch = 0, filters = 0, rows = 0, columns = 0] = dy.shape;
  const [, ...kernel] = w.shape;
  const taps = elementCount(kernel);
  const perFilter = math.transpose(math.reshape(dy, [batch, filters, rows * columns]), [1, 0, 2]);
  const product = math.matMul(
    math.reshape(w, [filters, taps]),
    math.reshape(perFilter, [filters, batch * rows * columns]),
    { a: true },
  );
  const perImage = math.transpose(math.reshape(product, [taps, batch, rows * columns]), [1, 0, 2]);
  const seen = math.reshape(perImage, [batch, taps, rows, columns]);
  return addColumns(builder, seen, window, [height, width]);
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
