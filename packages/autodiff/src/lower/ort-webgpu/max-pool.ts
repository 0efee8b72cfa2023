/** Pools with indices, which the WebGPU provider does not compute. */

import type { Derivation } from "../../gradients/derivation.ts";
import { ints } from "../../graph/attributes.ts";
import type { Node, Value } from "../../graph/graph.ts";
import { type Window2d, window2d } from "../../graph/shapes/window.ts";
import { elementCount, float32, int64 } from "../../graph/tensor.ts";
import { scatterOnto } from "./batch-normalization.ts";
import { once } from "./once.ts";
import type { Recipe } from "./recipe.ts";
import type { Rewriting } from "./rewriting.ts";

const lowest = -3.4028234663852886e38;

/**
 * A pool without its indices; which pixels won is found where a gradient asks. Where it rounds its size up, the padding
 * says so.
 */
export const pool: Recipe = (rewriting, node) => {
  const [y = "", indices = ""] = node.outputs;
  const [x] = rewriting.inputsOf(node);
  const window = window2d(node.attributes);
  const [, , rows = 0, columns = 0] = rewriting.old.values.get(y)?.shape ?? [];
  if (x?.shape.length !== 4 || (indices === "" && !window.ceilMode)) return false;
  const { storage_order: _order, ceil_mode: _ceil, ...attributes } = node.attributes;
  const [bottom, right] = farPads(window, x, [rows, columns]);
  const pads = window.ceilMode ? ints(window.pads[0], window.pads[1], bottom, right) : ints(...window.pads);
  rewriting.define(y, rewriting.builder.op("MaxPool", [x], { ...attributes, pads }));
  rewriting.define(indices, () => {
    throw new RangeError(
      `lower: node "${node.name}" (MaxPool with indices) does not run on WebGPU; use --engine native`,
    );
  });
  return true;
};

/** dy goes to the pixels that won; windows may overlap. */
export function poolGradient(
  rewriting: Rewriting,
  node: Node,
  { ofOutputs: [gradient = ""], ofInputs: [byX = ""] }: Derivation,
): void {
  const { math } = rewriting;
  const x = rewriting.value(node.inputs[0] ?? "");
  if (byX === "" || x.shape.length !== 4) return;
  const [batch = 0, channels = 0, ...rest] = x.shape;
  const scattered = once(() => {
    const pixels = winningPixels(rewriting, node, x, rewriting.value(node.outputs[0] ?? ""));
    return { pixels, values: math.reshape(rewriting.value(gradient), pixels.shape) };
  });
  rewriting.scattered.set(byX, scattered);
  rewriting.define(byX, () => {
    const zeros = math.expand(math.constant(0), [batch * channels, elementCount(rest)]);
    return scatterOnto(rewriting, math.reshape(zeros, x.shape), scattered());
  });
}

/**
 * The pixel that won each window: of several equal ones the first, row by row, as in PyTorch.
 *
 * Each tap of all windows at once, from the last to the first, is compared with the maxima; whoever comes last wins.
 *
 * @param x - float32 [B, C, H, W].
 * @param maxima - float32 [B, C, Ho, Wo].
 * @returns int32 [B C, Ho Wo], row times W plus column.
 */
export function winningPixels(rewriting: Rewriting, node: Node, x: Value, maxima: Value): Value {
  const { builder, math } = rewriting;
  const window = window2d(node.attributes);
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape;
  const [, , rows = 0, columns = 0] = maxima.shape;
  const tapOf = taps(rewriting, x, window, [rows, columns]);
  const pixels = pixelsOfTaps(window, [height, width], [rows, columns]);
  const constant = (data: Int32Array) =>
    builder.constant({ dtype: "int32", shape: [1, 1, rows, columns], data });
  let winners: Value | undefined;
  for (const [tap, data] of [...pixels.entries()].reverse()) {
    const here = constant(data);
    if (!winners) {
      winners = here;
      continue;
    }
    const seen = tapOf(tap);
    if (!seen) continue;
    winners = builder.op("Where", [builder.op("Equal", [seen, maxima]), here, winners]);
  }
  const shape = [batch, channels, rows, columns];
  const all = winners ?? constant(new Int32Array(rows * columns));
  const full = elementCount(all.shape) === elementCount(shape) ? all : math.expand(all, shape);
  return math.reshape(full, [batch * channels, rows * columns]);
}

/** How far the windows reach beyond x below and on the right. */
function farPads(
  { kernel, strides, dilations, pads }: Window2d,
  { shape }: Value,
  positions: readonly [number, number],
): readonly [number, number] {
  const beyond = (axis: 0 | 1) => {
    const reach = (positions[axis] - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1;
    return Math.max(reach - pads[axis] - (shape[2 + axis] ?? 0), 0);
  };
  return [beyond(0), beyond(1)];
}

/**
 * What one tap of all windows sees: every so many pixels of x from a first one on, with the lowest number where that is
 * outside. Taps that lie a stride apart see the same pixels, moved by a window.
 *
 * @returns By tap; undefined for one that sees no pixel.
 */
function taps(
  { builder }: Rewriting,
  x: Value,
  { kernel, strides, dilations, pads }: Window2d,
  positions: readonly [number, number],
): (tap: number) => Value | undefined {
  const vector = (...values: number[]) => builder.constant(int64([values.length], values));
  const slices = new Map<string, Value>();
  const along = (axis: 0 | 1, tap: number) => {
    const size = x.shape[2 + axis] ?? 0;
    const start = tap * dilations[axis] - pads[axis];
    const before = Math.max(Math.ceil(-start / strides[axis]), 0);
    const first = start + before * strides[axis];
    const count = Math.max(Math.ceil((size - first) / strides[axis]), 0);
    return { size, first, before, count, after: positions[axis] - before - count };
  };
  return (tap) => {
    const [tall, wide] = [along(0, Math.floor(tap / kernel[1])), along(1, tap % kernel[1])];
    if (tall.count * wide.count === 0) return undefined;
    const key = `${tall.first},${wide.first}`;
    const isWhole = tall.first + wide.first === 0 && strides[0] * strides[1] === 1;
    const seen =
      slices.get(key) ??
      (isWhole
        ? x
        : builder.op("Slice", [
            x,
            vector(tall.first, wide.first),
            vector(tall.size, wide.size),
            vector(2, 3),
            vector(...strides),
          ]));
    slices.set(key, seen);
    const widths = [0, 0, tall.before, wide.before, 0, 0, tall.after, wide.after];
    if (widths.every((pixels) => pixels === 0)) return seen;
    return builder.op("Pad", [seen, vector(...widths), builder.constant(float32([], [lowest]))]);
  };
}

/** By tap: the pixel that each window sees there; where that is padding, the first one that is none. */
function pixelsOfTaps(
  { kernel, strides, dilations, pads: [top, left] }: Window2d,
  [height, width]: readonly [number, number],
  [rows, columns]: readonly [number, number],
): readonly Int32Array[] {
  const along = (count: number, taps: number, stride: number, dilation: number, pad: number, size: number) =>
    Array.from({ length: count }, (_, at) => {
      const places = Array.from({ length: taps }, (_, tap) => at * stride - pad + tap * dilation);
      const inside = places.find((place) => place >= 0 && place < size) ?? 0;
      return places.map((place) => ({ place, inside, isInside: place >= 0 && place < size }));
    });
  const vertical = along(rows, kernel[0], strides[0], dilations[0], top, height);
  const horizontal = along(columns, kernel[1], strides[1], dilations[1], left, width);
  return Array.from({ length: elementCount(kernel) }, (_, tap) =>
    Int32Array.from(
      vertical.flatMap((tall) =>
        horizontal.map((wide) => {
          const y = tall[Math.floor(tap / kernel[1])];
          const x = wide[tap % kernel[1]];
          if (!y || !x) return 0;
          return y.isInside && x.isInside ? y.place * width + x.place : y.inside * width + x.inside;
        }),
      ),
    ),
  );
}
