/**
 * Convolutions on channels in blocks, the layout of ONNX Runtime's fastest kernels.
 *
 * The runtime itself takes them only where filters are constants. In a training graph the filters are brought into
 * blocks anew in each step, which costs little beside the images.
 */
import { arithmetic } from "../../graph/arithmetic.ts";
import { int, ints } from "../../graph/attributes.ts";
import { GraphBuilder } from "../../graph/builder.ts";
import type { Graph, Value } from "../../graph/graph.ts";
import { BLOCKED_DOMAIN } from "../../graph/shapes/blocked.ts";
import type { Window2d } from "../../graph/shapes/window.ts";
import { reversal } from "./reversal.ts";

/** A convolution of filters in blocks. */
export interface BlockedConv {
  readonly window: Pick<Window2d, "kernel" | "strides" | "dilations" | "pads">;
  readonly groups: number;
  /** Channels in a block: floats in a vector register of the processor. */
  readonly block: number;
  /** [K]; absent or null: none. */
  readonly bias?: Value | null;
}

/** Blocks that there are kernels for, by processor. */
export const blocks = [8, 16] as const;

/** Name of the way that computes on channels in blocks. */
export function blockedName(block: number): string {
  return `blocked-${block}`;
}

/**
 * Channels in a block of a way; null for a way without blocks. Where the processor has blocks of another length, such a
 * way yields wrong numbers or ends the process.
 *
 * @example
 * blockOf("blocked-16"); // => 16
 * blockOf("joined-columns"); // => null
 */
export function blockOf(way: string): number | null {
  return blocks.find((block) => way === blockedName(block)) ?? null;
}

/**
 * A graph whose output `y` has as many channels as a block of the processor that runs it; the engine refuses it where
 * there are no such kernels.
 *
 * @example
 * const probe = blockProbe();
 * probe.inputs; // => [{ name: "x", dtype: "float32", shape: [1, 4, 1, 1] }]
 * probe.nodes.map(({ op }) => op); // => ["ReorderInput"]
 */
export function blockProbe(): Graph {
  const builder = new GraphBuilder("block probe");
  const x = builder.input("x", "float32", [1, 4, 1, 1]);
  builder.output(builder.op("ReorderInput", [x], { channels_last: int(0) }, { domain: BLOCKED_DOMAIN }), "y");
  return builder.build();
}

/** Whether so many channels fill blocks, or are too few for one: the kernels take these as they are. */
export function fillsBlocks(channels: number, block: number): boolean {
  return channels % block === 0 || channels < block;
}

/**
 * The convolution of x by filters that are in blocks already.
 *
 * @param x - float32 [B, C, H, W].
 * @param filters - From {@link blockedFilters}, {@link turnedBlockedFilters} or {@link blockedPlanes}.
 * @returns float32 [B, K, Ho, Wo].
 */
export function blockedConv(
  builder: GraphBuilder,
  x: Value,
  filters: Value,
  { window, groups, block, bias }: BlockedConv,
): Value {
  const [, channels = 0] = x.shape;
  const domain = { domain: BLOCKED_DOMAIN };
  const blockedX = channels < block ? x : builder.op("ReorderInput", [x], { channels_last: int(0) }, domain);
  const y = builder.op(
    "Conv",
    bias ? [blockedX, filters, bias] : [blockedX, filters],
    {
      kernel_shape: ints(...window.kernel),
      strides: ints(...window.strides),
      dilations: ints(...window.dilations),
      pads: ints(...window.pads),
      group: int(groups),
    },
    domain,
  );
  return builder.op("ReorderOutput", [y], { channels: int(filters.shape[0] ?? 0) }, domain);
}

/** Filters [K, C, R, S] in blocks: in memory [K/block, C/block, R, S, block of C, block of K]. */
export function blockedFilters(builder: GraphBuilder, w: Value, block: number): Value {
  const math = arithmetic(builder);
  const [filters = 0, channels = 0, rows = 0, columns = 0] = w.shape;
  const taps = rows * columns;
  const outer = math.reshape(w, [filters / block, block, channels * taps]);
  const filtersLast = math.transpose(outer, [0, 2, 1]);
  if (taps === 1 || channels < block) return math.reshape(filtersLast, w.shape);
  const perBlock = math.reshape(filtersLast, [(filters * channels) / block ** 2, block, taps, block]);
  return math.reshape(math.transpose(perBlock, [0, 2, 1, 3]), w.shape);
}

/** The filters of the adjoint, [C, K, R, S], each turned by 180 degrees, in blocks. */
export function turnedBlockedFilters(builder: GraphBuilder, w: Value, block: number): Value {
  const math = arithmetic(builder);
  const [filters = 0, channels = 0, rows = 0, columns = 0] = w.shape;
  const taps = rows * columns;
  // A plain matrix is transposed several times as fast as one of a batch.
  const swapped = math.transpose(math.reshape(w, [filters, channels * taps]), [1, 0]);
  const perBlock = math.reshape(swapped, [channels / block, block, taps * filters]);
  const channelsLast = math.transpose(perBlock, [0, 2, 1]);
  const perTap = math.reshape(channelsLast, [channels / block, taps, filters / block, block ** 2]);
  const tapsInner = taps === 1 ? perTap : math.transpose(perTap, [0, 2, 1, 3]);
  const shape = [(channels * filters) / block ** 2, taps, block ** 2];
  return math.reshape(reversedTaps(builder, math.reshape(tapsInner, shape)), [
    channels,
    filters,
    rows,
    columns,
  ]);
}

/**
 * Filters [C, 1, R, S] of a depthwise convolution in blocks: in memory [C/block, R, S, block].
 *
 * @param turned - Each filter is turned by 180 degrees.
 */
export function blockedPlanes(builder: GraphBuilder, w: Value, block: number, turned: boolean): Value {
  const math = arithmetic(builder);
  const [channels = 0, , rows = 0, columns = 0] = w.shape;
  const perBlock = math.reshape(w, [channels / block, block, rows * columns]);
  const channelsLast = math.transpose(perBlock, [0, 2, 1]);
  return math.reshape(turned ? reversedTaps(builder, channelsLast) : channelsLast, w.shape);
}

/** [.., taps, n] with the taps from the last to the first: a product, since a Slice of step -1 runs on one thread. */
function reversedTaps(builder: GraphBuilder, filters: Value): Value {
  const [, taps = 0] = filters.shape;
  return taps === 1 ? filters : arithmetic(builder).matMul(builder.constant(reversal(taps)), filters);
}
