/** Batch and layer normalization. */
import { float, float32, int, int64, ints, type Value } from "@tsimm/autodiff";
import { constant } from "../initialization.ts";
import type { Layers } from "./layers.ts";

/** Options of {@link batchNorm}. */
export interface BatchNormOptions {
  /** Initial weight. */
  readonly initialWeight?: number;
  /** Added to the variance; PyTorch's default is 1e-5. */
  readonly eps?: number;
  /** Weight of a new batch in the running statistics; PyTorch's default is 0.1. */
  readonly momentum?: number;
}

/**
 * Batch normalization over the channels of x [B, C, H, W]; its node has the name of the module. In training the parts of
 * a batch have one each where the model says so: the first the module's, the others `<module>.aux_bn.<n>`.
 *
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { batchNorm, Layers } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), false);
 * const x = layers.builder.input("x", "float32", [2, 3, 32, 32]);
 * batchNorm(layers, "bn", x).shape; // => [2, 3, 32, 32]
 * layers.declarations.batchNormalizations; // => [{ module: "bn", channels: 3, momentum: 0.1 }]
 */
export function batchNorm(layers: Layers, module: string, x: Value, options: BatchNormOptions = {}): Value {
  const { splits = 1 } = layers.batchNorms;
  if (splits === 1 || !layers.training) return normalizeBatch(layers, module, x, options);
  const [batch = 0] = x.shape;
  if (batch % splits !== 0) {
    throw new RangeError(`${module}: batch must be a multiple of its ${splits} splits, got ${batch} images`);
  }
  const sizes = layers.builder.constant(int64([splits], new Array(splits).fill(batch / splits)));
  const parts = layers.builder.ops("Split", [x, sizes], { axis: int(0) }, splits);
  const normalized = parts.map((part, split) =>
    normalizeBatch(layers, split === 0 ? module : `${module}.aux_bn.${split - 1}`, part, options),
  );
  return layers.op("Concat", normalized, { axis: int(0) });
}

/** Normalization of one batch, or of one part of it. */
function normalizeBatch(layers: Layers, module: string, x: Value, options: BatchNormOptions): Value {
  const { builder } = layers;
  const { initialWeight = 1, eps = 1e-5, momentum = 0.1 } = { ...options, ...layers.batchNorms };
  const channels = x.shape[1] ?? 0;
  const weight = layers.parameter(`${module}.weight`, [channels], constant(initialWeight));
  const bias = layers.parameter(`${module}.bias`, [channels], constant(0));
  layers.batchNormalization({ module, channels, momentum });
  const named = { name: module };
  const epsilon = float(eps);
  if (!layers.training) {
    const running = ["running_mean", "running_var"].map((name) =>
      builder.input(`${module}.${name}`, "float32", [channels]),
    );
    return builder.op("BatchNormalization", [x, weight, bias, ...running], { epsilon }, named);
  }
  // With momentum 0 the operator's running statistics are those of the batch, whatever they were before.
  const ignored = [0, 1].map((value) =>
    builder.constant(float32([channels], new Float32Array(channels).fill(value))),
  );
  const attributes = { epsilon, momentum: float(0), training_mode: int(1) };
  const [y = x] = builder.ops("BatchNormalization", [x, weight, bias, ...ignored], attributes, 3, named);
  return y;
}

/** Options of {@link layerNorm}. */
export interface LayerNormOptions {
  /** Added to the variance; timm's models use 1e-6. */
  readonly eps?: number;
}

/**
 * Layer normalization over the last axis of x [.., D]; its node has the name of the module.
 *
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { layerNorm, Layers } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), false);
 * const tokens = layers.builder.input("tokens", "float32", [2, 10, 16]);
 * layerNorm(layers, "norm", tokens).shape; // => [2, 10, 16]
 * layers.declarations.parameters.map(({ name, shape }) => `${name} ${shape}`); // => ["norm.weight 16", "norm.bias 16"]
 */
export function layerNorm(
  layers: Layers,
  module: string,
  x: Value,
  { eps = 1e-6 }: LayerNormOptions = {},
): Value {
  const width = x.shape.at(-1) ?? 0;
  const weight = layers.parameter(`${module}.weight`, [width], constant(1));
  const bias = layers.parameter(`${module}.bias`, [width], constant(0));
  const attributes = { axis: int(-1), epsilon: float(eps) };
  return layers.op("LayerNormalization", [x, weight, bias], attributes, { name: module });
}

/**
 * Layer normalization over the channels of each pixel of x [B, C, H, W].
 *
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { layerNorm2d, Layers } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), false);
 * const x = layers.builder.input("x", "float32", [2, 16, 8, 8]);
 * layerNorm2d(layers, "norm", x, { eps: 1e-5 }).shape; // => [2, 16, 8, 8]
 * layers.declarations.parameters.map(({ name, shape }) => `${name} ${shape}`); // => ["norm.weight 16", "norm.bias 16"]
 */
export function layerNorm2d(layers: Layers, module: string, x: Value, options?: LayerNormOptions): Value {
  return toChannelsFirst(layers, layerNorm(layers, module, toChannelsLast(layers, x), options));
}

/**
 * x [B, C, H, W] as [B, H, W, C].
 *
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { Layers, toChannelsLast } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), false);
 * const x = layers.builder.input("x", "float32", [2, 16, 8, 4]);
 * toChannelsLast(layers, x).shape; // => [2, 8, 4, 16]
 */
export function toChannelsLast(layers: Layers, x: Value): Value {
  return layers.op("Transpose", [x], { perm: ints(0, 2, 3, 1) });
}

/**
 * x [B, H, W, C] as [B, C, H, W].
 *
 * @example
 * import { GraphBuilder } from "@tsimm/autodiff";
 * import { Layers, toChannelsFirst } from "tsimm/layers";
 *
 * const layers = new Layers(new GraphBuilder("net"), false);
 * const x = layers.builder.input("x", "float32", [2, 8, 4, 16]);
 * toChannelsFirst(layers, x).shape; // => [2, 16, 8, 4]
 */
export function toChannelsFirst(layers: Layers, x: Value): Value {
  return layers.op("Transpose", [x], { perm: ints(0, 3, 1, 2) });
}
