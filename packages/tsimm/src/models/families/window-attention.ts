/** Attention within windows, and the merging of patches, of Swin transformers (Liu et al., arXiv:2103.14030). */
import { float32, int, int64, ints, type Value } from "@tsimm/autodiff";
import { normal } from "../initialization.ts";
import { type AttentionOptions, attention } from "../layers/attention.ts";
import type { Layers } from "../layers/layers.ts";
import { type LinearOptions, linear, reshape } from "../layers/linear.ts";
import { type LayerNormOptions, layerNorm } from "../layers/normalization.ts";
import {
  gridOrder,
  relativePositions,
  shiftMask,
  type WindowGrid,
  windowOrder,
} from "../layers/window-order.ts";

/** Options of {@link windowAttention}. */
export interface WindowAttentionOptions extends Omit<AttentionOptions, "adjust"> {
  readonly grid: WindowGrid;
}

/**
 * Multi-head self-attention within each window, with a trained bias by the distance of two tokens.
 *
 * @param x - Tokens row by row, [B, H · W, D].
 * @returns [B, H · W, D].
 */
export function windowAttention(
  layers: Layers,
  module: string,
  x: Value,
  { grid, numHeads, ...initialization }: WindowAttentionOptions,
): Value {
  const [, count = 0, width = 0] = x.shape;
  const area = grid.window[0] * grid.window[1];
  const order = windowOrder(grid);
  const isPadded = order.length > count;
  // One zero token stands for all padding.
  const ends = layers.builder.constant(int64([6], [0, 0, 0, 0, 1, 0]));
  const source = isPadded ? layers.op("Pad", [x, ends]) : x;
  const windows = reshape(layers, take(layers, source, order), [-1, area, width]);
  const bias = positionBias(layers, module, grid, numHeads);
  const adjust = (scores: Value) => {
    if (bias.shape.length === 3) return layers.op("Add", [scores, bias]);
    const perImage = reshape(layers, scores, [-1, ...bias.shape]);
    return reshape(layers, layers.op("Add", [perImage, bias]), [-1, numHeads, area, area]);
  };
  const mixed = attention(layers, module, windows, { numHeads, adjust, ...initialization });
  return take(layers, reshape(layers, mixed, [-1, order.length, width]), gridOrder(grid));
}

/** Tokens of x [B, N, D] at these places. */
function take(layers: Layers, x: Value, places: readonly number[]): Value {
  if (places.length === x.shape[1] && places.every((place, at) => place === at)) return x;
  return layers.op("Gather", [x, layers.builder.constant(int64([places.length], [...places]))], {
    axis: int(1),
  });
}

/** The bias of each head and pair of tokens, [heads, N, N]; of shifted windows with their mask, [windows, heads, N, N]. */
function positionBias(layers: Layers, module: string, grid: WindowGrid, numHeads: number): Value {
  const [height, width] = grid.window;
  const area = height * width;
  const rows = (2 * height - 1) * (2 * width - 1);
  const table = layers.parameter(`${module}.relative_position_bias_table`, [rows, numHeads], normal(0.02));
  const indices = layers.builder.constant(int64([area * area], relativePositions(grid.window)));
  const taken = layers.op("Transpose", [layers.op("Gather", [table, indices], { axis: int(0) })], {
    perm: ints(1, 0),
  });
  const bias = reshape(layers, taken, [numHeads, area, area]);
  if (grid.shift.every((tokens) => tokens === 0)) return bias;
  const mask = shiftMask(grid);
  const perWindow = layers.builder.constant(float32([mask.length / area ** 2, 1, area, area], mask));
  return layers.op("Add", [bias, perWindow]);
}

/** Options of {@link mergePatches}. */
export interface MergePatchesOptions extends Omit<LinearOptions, "features" | "bias"> {
  readonly norm: LayerNormOptions;
}

/** Halves the grid and doubles the width: tokens [B, H, W, D] to [B, H / 2, W / 2, 2 · D], odd sizes padded with zeros. */
export function mergePatches(
  layers: Layers,
  module: string,
  x: Value,
  { norm, ...initialization }: MergePatchesOptions,
): Value {
  const [, height = 0, width = 0, features = 0] = x.shape;
  const [down, right] = [height % 2, width % 2];
  const ends = layers.builder.constant(int64([8], [0, 0, 0, 0, 0, down, right, 0]));
  const whole = down + right > 0 ? layers.op("Pad", [x, ends]) : x;
  const [rows, columns] = [(height + down) / 2, (width + right) / 2];
  const pairs = reshape(layers, whole, [-1, rows, 2, columns, 2, features]);
  const joined = layers.op("Transpose", [pairs], { perm: ints(0, 1, 3, 4, 2, 5) });
  const tokens = reshape(layers, joined, [-1, rows, columns, 4 * features]);
  const y = layerNorm(layers, `${module}.norm`, tokens, norm);
  return linear(layers, `${module}.reduction`, y, { features: 2 * features, bias: false, ...initialization });
}
