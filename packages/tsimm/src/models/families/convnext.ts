/** ConvNeXt (Liu et al., arXiv:2201.03545), after timm. */
import type { Value } from "@tsimm/autodiff";
import type { Architecture } from "../architecture.ts";
import { constant, normal } from "../initialization.ts";
import { stemThenBlocks } from "../layer-order.ts";
import { type Activation, gelu, geluTanh } from "../layers/activation.ts";
import { classify, type GlobalPool, globalPool } from "../layers/classifier.ts";
import { conv } from "../layers/convolution.ts";
import { dropPath, dropPathRates } from "../layers/dropout.ts";
import type { Layers } from "../layers/layers.ts";
import { linear, reshape } from "../layers/linear.ts";
import { layerNorm, layerNorm2d, toChannelsFirst, toChannelsLast } from "../layers/normalization.ts";
import { flatten } from "../layers/pooling.ts";
import type { PretrainedConfig } from "../model.ts";
import type { ArchitectureOptions } from "../model-family.ts";

/** What tells one ConvNeXt from another. */
export interface ConvNeXtConfig {
  /** Blocks per stage. */
  readonly depths: readonly number[];
  /** Channels per stage. */
  readonly dims: readonly number[];
  /** The weights of each block's two linear layers have the shape of 1×1 convolutions. */
  readonly convMlp?: boolean;
  /** Added to the variance of layer normalizations; absent: 1e-6. */
  readonly normEps?: number;
  /** GELU by tanh instead of the exact one. */
  readonly tanhGelu?: boolean;
  /** Takes the place of GELU; absent: it stays. */
  readonly actLayer?: Activation;
  readonly pretrainedCfg: PretrainedConfig;
}

/** The norm before the classifier is as wide as one map. */
const pools: readonly GlobalPool[] = ["avg", "fast", "max", "avgmax", ""];

/** timm truncates at ±2, a hundred standard deviations away. */
const initialization = { initialize: normal(0.02), initializeBias: constant(0) };

/** The architecture of a ConvNeXt. */
export function convnext(name: string, config: ConvNeXtConfig, options: ArchitectureOptions): Architecture {
  const { depths, dims, normEps: eps = 1e-6, pretrainedCfg } = config;
  const { inChans, dropPathRate } = options;
  const dropRates = dropPathRates(dropPathRate, depths);
  return {
    name,
    inChans,
    numFeatures: dims.at(-1) ?? 0,
    pretrainedCfg,
    classifier: "head.fc",
    globalPools: pools,
    layerOf: stemThenBlocks(/^stem\./, /^stages\.(\d+)\.(?:downsample|blocks\.(\d+))/),
    forwardFeatures(layers, images) {
      const rates = dropRates.values();
      let x = patches(layers, "stem.0", images, dims[0] ?? 0, 4);
      x = layerNorm2d(layers, "stem.1", x, { eps });
      for (const [stage, depth] of depths.entries()) {
        const module = `stages.${stage}`;
        if (stage > 0) {
          x = layerNorm2d(layers, `${module}.downsample.0`, x, { eps });
          x = patches(layers, `${module}.downsample.1`, x, dims[stage] ?? 0, 2);
        }
        for (let index = 0; index < depth; index++) {
          x = block(layers, `${module}.blocks.${index}`, x, config, rates.next().value ?? 0);
        }
        layers.stage(module, 4 * 2 ** stage, x);
      }
      return x;
    },
    forwardHead(layers, features, head) {
      const pooled = globalPool(layers, features, head.globalPool);
      if (head.globalPool === "") return layerNorm2d(layers, "head.norm", pooled, { eps });
      const x = layerNorm(layers, "head.norm", flatten(layers, pooled), { eps });
      return classify(layers, "head.fc", x, head, { dropModule: "head.drop", ...initialization });
    },
  };
}

/** Convolution of patches that do not overlap. */
function patches(layers: Layers, module: string, x: Value, channels: number, size: number): Value {
  const shape = { channels, kernel: size, stride: size, padding: 0, bias: true };
  return conv(layers, module, x, { ...shape, ...initialization });
}

/** Spatial mixing per channel, then two linear layers per pixel, scaled and added. */
function block(
  layers: Layers,
  module: string,
  x: Value,
  { convMlp = false, normEps: eps = 1e-6, tanhGelu, actLayer }: ConvNeXtConfig,
  dropRate: number,
): Value {
  const [, channels = 0, height = 0, width = 0] = x.shape;
  const scale = layers.parameter(`${module}.gamma`, [channels], constant(1e-6));
  const depthwise = { channels, kernel: 7, groups: channels, bias: true, ...initialization };
  let y = toChannelsLast(layers, conv(layers, `${module}.conv_dw`, x, depthwise));
  y = reshape(layers, y, [-1, channels]);
  y = layerNorm(layers, `${module}.norm`, y, { eps });
  const mlp = { asConv: convMlp, ...initialization };
  y = linear(layers, `${module}.mlp.fc1`, y, { features: 4 * channels, ...mlp });
  const activate = actLayer ?? (tanhGelu ? geluTanh : gelu);
  y = activate(layers, y);
  y = linear(layers, `${module}.mlp.fc2`, y, { features: channels, ...mlp });
  y = reshape(layers, layers.op("Mul", [y, scale]), [-1, height, width, channels]);
  return layers.op("Add", [dropPath(layers, `${module}.drop_path`, toChannelsFirst(layers, y), dropRate), x]);
}
