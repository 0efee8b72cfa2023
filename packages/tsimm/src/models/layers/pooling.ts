/** Pooling, over windows and over whole maps. */
import { int, ints, type Value } from "@tsimm/autodiff";
import type { Layers } from "./layers.ts";

/** Maximum over 3×3 windows with stride 2, padded by 1. */
export function maxPool(layers: Layers, x: Value): Value {
  return layers.op("MaxPool", [x], {
    kernel_shape: ints(3, 3),
    strides: ints(2, 2),
    pads: ints(1, 1, 1, 1),
  });
}

/** Mean over stride×stride windows; windows that reach over the edge average what is inside. */
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

/** Mean over height and width: x [B, C, H, W] to [B, C, 1, 1]. */
export function globalAveragePool(layers: Layers, x: Value): Value {
  return layers.op("GlobalAveragePool", [x]);
}

/** Maximum over height and width: x [B, C, H, W] to [B, C, 1, 1]. */
export function globalMaxPool(layers: Layers, x: Value): Value {
  const [, , height = 1, width = 1] = x.shape;
  return layers.op("MaxPool", [x], { kernel_shape: ints(height, width) });
}

/** x [B, C, 1, 1] as [B, C]. */
export function flatten(layers: Layers, x: Value): Value {
  return layers.op("Flatten", [x], { axis: int(1) });
}
