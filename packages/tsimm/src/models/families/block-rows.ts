/** A short notation for the stages of EfficientNets and MobileNets, and how they grow. */
import { roundChannels } from "../layers/round-channels.ts";
import type { BlockRow } from "./efficientnet.ts";
import type { Kernel } from "./mixed-convolution.ts";

type More = Partial<BlockRow>;
type Sizes = readonly [repeats: number, kernel: Kernel, stride: number, channels: number];

/** Depthwise separable convolutions. */
export function separable([repeats, kernel, stride, channels]: Sizes, more: More = {}): BlockRow {
  return { kind: "separable", repeats, kernel, stride, channels, ...more };
}

/** Inverted residuals. */
export function inverted(
  [repeats, kernel, stride, channels]: Sizes,
  expansion: number,
  more: More = {},
): BlockRow {
  return { kind: "inverted", repeats, kernel, stride, expansion, channels, ...more };
}

/** Inverted residuals with fused convolutions. */
export function edge(sizes: Sizes, expansion: number, more: More = {}): BlockRow {
  return { ...inverted(sizes, expansion, more), kind: "edge" };
}

/** One universal inverted residual, by its two kernels, 0: none. */
export function universal(
  [startKernel, kernel]: readonly [number, number],
  [stride, channels]: readonly [number, number],
  expansion: number,
): BlockRow {
  return { kind: "universal", repeats: 1, startKernel, kernel, stride, expansion, channels };
}

/** Convolutions alone. */
export function alone([repeats, kernel, stride, channels]: Sizes, more: More = {}): BlockRow {
  return { kind: "conv", repeats, kernel, stride, channels, ...more };
}

/** Stages with `width` times the channels, in multiples of 8. */
export function widen(stages: readonly (readonly BlockRow[])[], width: number): BlockRow[][] {
  return stages.map((rows) =>
    rows.map((row) => ({
      ...row,
      channels: roundChannels(row.channels * width),
      ...(row.expanded === undefined ? {} : { expanded: roundChannels(row.expanded * width) }),
    })),
  );
}

/**
 * Stages with `depth` times the blocks, which go to a stage's last rows first.
 *
 * @param round - Makes the blocks of a stage a whole number; absent: up.
 */
export function deepen(
  stages: readonly (readonly BlockRow[])[],
  depth: number,
  round: (blocks: number) => number = Math.ceil,
): BlockRow[][] {
  return stages.map((rows) => {
    let left = rows.reduce((sum, { repeats }) => sum + repeats, 0);
    let scaled = Math.max(1, round(left * depth));
    const deepened = rows.toReversed().map((row) => {
      const repeats = Math.max(1, Math.round((row.repeats / left) * scaled));
      left -= row.repeats;
      scaled -= repeats;
      return { ...row, repeats };
    });
    return deepened.reverse();
  });
}
