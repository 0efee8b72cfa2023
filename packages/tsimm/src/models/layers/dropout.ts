/** Regularisation by random masks, which a training step feeds; evaluation knows nothing of them. */
import type { Value } from "@tsimm/autodiff";
import type { Layers } from "./layers.ts";

/**
 * Dropout: in training each element of x is 0 with probability `rate`, else divided by 1 - rate.
 *
 * @param rate - In [0, 1).
 */
export function dropout(layers: Layers, module: string, x: Value, rate: number): Value {
  return masked(layers, module, x, rate, x.shape);
}

/**
 * Drop path, also called stochastic depth: in training the whole branch of an image is 0 with probability
 * `rate`, else divided by 1 - rate (Huang et al., arXiv:1603.09382).
 *
 * @param x - A residual branch before it is added, [B, ..].
 * @param rate - In [0, 1).
 */
export function dropPath(layers: Layers, module: string, x: Value, rate: number): Value {
  return masked(
    layers,
    module,
    x,
    rate,
    x.shape.map((size, axis) => (axis === 0 ? size : 1)),
  );
}

/**
 * Drop-path rate of each of a model's blocks: from 0 at the first to `rate` at the last, in equal steps.
 *
 * @param depths - Blocks per stage.
 * @example
 * dropPathRates(0.2, [2, 3]).map((rate) => rate.toFixed(2)); // => ["0.00", "0.05", "0.10", "0.15", "0.20"]
 */
export function dropPathRates(rate: number, depths: readonly number[]): number[] {
  const blocks = depths.reduce((sum, depth) => sum + depth, 0);
  return Array.from({ length: blocks }, (_, index) => (index === 0 ? 0 : rate * (index / (blocks - 1))));
}

function masked(layers: Layers, module: string, x: Value, rate: number, shape: readonly number[]): Value {
  if (!layers.training || rate === 0) return x;
  const mask = layers.mask({ name: `${module}.mask`, keep: 1 - rate }, shape);
  return layers.op("Mul", [x, mask]);
}
