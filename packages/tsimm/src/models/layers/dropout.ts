/** Regularisation by random masks, which a training step feeds; evaluation knows nothing of them. */
import type { Value } from "@tsimm/autodiff";
import type { Layers } from "./layers.ts";

/**
 * Dropout: in training each element of x is 0 with probability `rate`, else divided by 1 - rate.
 *
 * @param rate - In [0, 1).
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { dropout, Layers } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), true);
 * const x = layers.builder.input("x", "float32", [2, 16]);
 * dropout(layers, "head_drop", x, 0.25).shape; // => [2, 16]
 * layers.declarations.masks; // => [{ name: "head_drop.mask", keep: 0.75 }]
 * const evaluation = new Layers(new GraphBuilder("net"), false);
 * dropout(evaluation, "head_drop", x, 0.25) === x; // => true
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
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { conv, dropPath, Layers } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), true);
 * const x = layers.builder.input("x", "float32", [2, 16, 8, 8]);
 * const branch = conv(layers, "block.conv", x, { channels: 16, kernel: 3 });
 * layers.op("Add", [x, dropPath(layers, "block.drop_path", branch, 0.25)]).shape; // => [2, 16, 8, 8]
 * layers.builder.value("block.drop_path.mask").shape; // => [2, 1, 1, 1]
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
