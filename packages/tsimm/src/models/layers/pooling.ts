/** Pooling, over windows and over whole maps. */
import { float32, int, ints, type Value } from "@tsimm/autodiff";
import type { Layers } from "./layers.ts";

/**
 * Maximum over 3×3 windows with stride 2, padded by 1.
 *
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { Layers, maxPool } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), false);
 * const x = layers.builder.input("x", "float32", [2, 16, 32, 32]);
 * maxPool(layers, x).shape; // => [2, 16, 16, 16]
 */
export function maxPool(layers: Layers, x: Value): Value {
  return layers.op("MaxPool", [x], {
    kernel_shape: ints(3, 3),
    strides: ints(2, 2),
    pads: ints(1, 1, 1, 1),
  });
}

/**
 * Mean over stride×stride windows; windows that reach over the edge average what is inside.
 *
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { averagePool, Layers } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), false);
 * const x = layers.builder.input("x", "float32", [2, 16, 9, 9]);
 * averagePool(layers, x, 2).shape; // => [2, 16, 5, 5]
 */
export function averagePool(layers: Layers, x: Value, stride: number): Value {
  return layers.op("AveragePool", [x], {
    kernel_shape: ints(stride, stride),
    strides: ints(stride, stride),
    ceil_mode: int(1),
    count_include_pad: int(0),
  });
}

/** Mean of every pixel, the next ones to the right and below; zeros beyond the edge count. */
export function averageNext(layers: Layers, x: Value): Value {
  return layers.op("AveragePool", [x], {
    kernel_shape: ints(2, 2),
    strides: ints(1, 1),
    pads: ints(0, 0, 1, 1),
    count_include_pad: int(1),
  });
}

/**
 * Mean over height and width: x [B, C, H, W] to [B, C, 1, 1].
 *
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { flatten, globalAveragePool, Layers } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), false);
 * const x = layers.builder.input("x", "float32", [2, 16, 8, 8]);
 * const pooled = globalAveragePool(layers, x);
 * pooled.shape; // => [2, 16, 1, 1]
 * flatten(layers, pooled).shape; // => [2, 16]
 */
export function globalAveragePool(layers: Layers, x: Value): Value {
  return layers.op("GlobalAveragePool", [x]);
}

/**
 * Maximum over height and width: x [B, C, H, W] to [B, C, 1, 1].
 *
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { globalMaxPool, Layers } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), false);
 * const x = layers.builder.input("x", "float32", [2, 16, 8, 8]);
 * globalMaxPool(layers, x).shape; // => [2, 16, 1, 1]
 */
export function globalMaxPool(layers: Layers, x: Value): Value {
  const [, , height = 1, width = 1] = x.shape;
  return layers.op("MaxPool", [x], { kernel_shape: ints(height, width) });
}

/**
 * x [B, C, 1, 1] as [B, C].
 *
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { flatten, globalPool, Layers } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), false);
 * const x = layers.builder.input("x", "float32", [2, 16, 8, 8]);
 * flatten(layers, globalPool(layers, x, "avg")).shape; // => [2, 16]
 */
export function flatten(layers: Layers, x: Value): Value {
  return layers.op("Flatten", [x], { axis: int(1) });
}

/**
 * Mean over windows that are shared out over an axis, as PyTorch's `adaptive_avg_pool2d`: x [B, C, H, W] to
 * [B, C, sizes[0], sizes[1]], larger or smaller than before.
 */
export function spreadAveragePool(
  layers: Layers,
  x: Value,
  [height, width]: readonly [number, number],
): Value {
  const transposed = (value: Value) => layers.op("Transpose", [value], { perm: ints(0, 1, 3, 2) });
  const y = spread(layers, x, width);
  return y.shape[2] === height ? y : transposed(spread(layers, transposed(y), height));
}

/** The same along the last axis, as a product with a matrix of shares. */
function spread(layers: Layers, x: Value, size: number): Value {
  const from = x.shape.at(-1) ?? 0;
  if (from === size) return x;
  const shares = new Float32Array(from * size);
  for (let to = 0; to < size; to++) {
    const [start, end] = [Math.floor((to * from) / size), Math.ceil(((to + 1) * from) / size)];
    for (let at = start; at < end; at++) shares[at * size + to] = 1 / (end - start);
  }
  return layers.op("MatMul", [x, layers.builder.constant(float32([from, size], shares))]);
}
