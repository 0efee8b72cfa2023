/** Swin transformers (Liu et al., arXiv:2103.14030), after timm. */
import type { Value } from "@tsimm/autodiff";
import type { Architecture } from "../architecture.ts";
import { constant, normal, uniformFanIn } from "../initialization.ts";
import { type LayerOf, stemThenBlocks } from "../layer-order.ts";
import { gelu } from "../layers/activation.ts";
import { classify, globalPool } from "../layers/classifier.ts";
import { conv } from "../layers/convolution.ts";
import { dropPath, dropPathRates } from "../layers/dropout.ts";
import type { Layers } from "../layers/layers.ts";
import { linear, reshape } from "../layers/linear.ts";
import { layerNorm, toChannelsFirst, toChannelsLast } from "../layers/normalization.ts";
import { flatten } from "../layers/pooling.ts";
import type { WindowGrid } from "../layers/window-order.ts";
import type { PretrainedConfig } from "../model.ts";
import type { ArchitectureOptions } from "../model-family.ts";
import { mergePatches, windowAttention } from "./window-attention.ts";

/** What tells one Swin transformer from another. */
export interface SwinTransformerConfig {
  /** Width of a token in the first stage; each stage doubles it. */
  readonly embedDim: number;
  /** Blocks per stage. */
  readonly depths: readonly number[];
  /** Attention heads per stage. */
  readonly numHeads: readonly number[];
  /** Tokens along the side of a window, where the grid has as many. */
  readonly windowSize: number;
  readonly pretrainedCfg: PretrainedConfig;
}

/** Side of a patch in pixels. */
const patchSize = 4;
const norm = { eps: 1e-5 };

/** timm truncates at ±2, a hundred standard deviations away. */
const initialization = { initialize: normal(0.02), initializeBias: constant(0) };

/** The architecture of a Swin transformer; its position biases fit images of one size. */
export function swinTransformer(
  name: string,
  config: SwinTransformerConfig,
  { inChans, imgSize, dropPathRate }: ArchitectureOptions,
): Architecture {
  const { embedDim, depths, numHeads, windowSize, pretrainedCfg } = config;
  const size = imgSize ?? pretrainedCfg.inputSize[1];
  const least = patchSize * 2 ** (depths.length - 1);
  if (size < least) throw new RangeError(`${name}: imgSize must be an integer >= ${least}, got ${size}`);
  const dropRates = dropPathRates(dropPathRate, depths);
  return {
    name,
    inChans,
    numFeatures: embedDim * 2 ** (depths.length - 1),
    pretrainedCfg: { ...pretrainedCfg, inputSize: [3, size, size] },
    classifier: "head.fc",
    noWeightDecay: depths.flatMap((depth, stage) =>
      Array.from(
        { length: depth },
        (_, index) => `${blockName(stage, index)}.attn.relative_position_bias_table`,
      ),
    ),
    layerOf: layerOrder(depths),
    forwardFeatures(layers, images) {
      const [, , height, width] = images.shape;
      if (height !== size || width !== size) {
        throw new RangeError(
          `${name}: images must have ${size}×${size} pixels, got ${height}×${width}; create the model with imgSize`,
        );
      }
      const rates = dropRates.values();
      let x = embed(layers, images, embedDim);
      for (const [stage, depth] of depths.entries()) {
        if (stage > 0) x = mergePatches(layers, `layers.${stage}.downsample`, x, { norm, ...initialization });
        const windows = windowsOf(x, Math.floor(Math.floor(size / patchSize) / 2 ** stage), windowSize);
        for (let index = 0; index < depth; index++) {
          const shift = index % 2 === 1 ? windows.shift : ([0, 0] as const);
          const options = { grid: { ...windows, shift }, numHeads: numHeads[stage] ?? 1 };
          x = block(layers, blockName(stage, index), x, options, rates.next().value ?? 0);
        }
        layers.stage(`layers.${stage}`, patchSize * 2 ** stage, toChannelsFirst(layers, x));
      }
      return toChannelsFirst(layers, layerNorm(layers, "norm", x, norm));
    },
    forwardHead(layers, features, head) {
      const pooled = globalPool(layers, features, head.globalPool);
      const x = head.globalPool === "" ? pooled : flatten(layers, pooled);
      return classify(layers, "head.fc", x, head, { dropModule: "head.drop", ...initialization });
    },
  };
}

function blockName(stage: number, index: number): string {
  return `layers.${stage}.blocks.${index}`;
}

/** Images [B, C, H, W] as tokens [B, H / 4, W / 4, D]. */
function embed(layers: Layers, images: Value, embedDim: number): Value {
  const uniform = uniformFanIn((images.shape[1] ?? 0) * patchSize ** 2);
  const map = conv(layers, "patch_embed.proj", images, {
    ...{ channels: embedDim, kernel: patchSize, stride: patchSize, padding: 0 },
    ...{ bias: true, initialize: uniform, initializeBias: uniform },
  });
  return layerNorm(layers, "patch_embed.norm", toChannelsLast(layers, map), norm);
}

/**
 * Windows of a stage, those of its shifted blocks: one window is as large as the grid at most, and then not shifted.
 *
 * @param side - Tokens along the side of the grid by the image's size, which an odd grid before may have made one less.
 */
function windowsOf(
  { shape: [, height = 0, width = 0] }: Value,
  side: number,
  windowSize: number,
): WindowGrid {
  const window = Math.min(side, windowSize);
  const shift = side <= windowSize ? 0 : Math.floor(windowSize / 2);
  return { height, width, window: [window, window], shift: [shift, shift] };
}

/** Attention within windows, then two linear layers per token: tokens [B, H, W, D]. */
function block(
  layers: Layers,
  module: string,
  x: Value,
  options: { readonly grid: WindowGrid; readonly numHeads: number },
  dropRate: number,
): Value {
  const [, height = 0, width = 0, features = 0] = x.shape;
  const tokens = reshape(layers, x, [0, height * width, features]);
  let y = layerNorm(layers, `${module}.norm1`, tokens, norm);
  y = windowAttention(layers, `${module}.attn`, y, { ...options, ...initialization });
  const mixed = layers.op("Add", [tokens, dropPath(layers, `${module}.drop_path1`, y, dropRate)]);
  y = layerNorm(layers, `${module}.norm2`, mixed, norm);
  y = linear(layers, `${module}.mlp.fc1`, y, { features: 4 * features, ...initialization });
  y = linear(layers, `${module}.mlp.fc2`, gelu(layers, y), { features, ...initialization });
  const sum = layers.op("Add", [mixed, dropPath(layers, `${module}.drop_path2`, y, dropRate)]);
  return reshape(layers, sum, [0, height, width, features]);
}

/** A stage's merging goes with its first block, the last norm with the last block. */
function layerOrder(depths: readonly number[]): LayerOf {
  const layerOf = stemThenBlocks(/^patch_embed\./, /^layers\.(\d+)\.(?:downsample|blocks\.(\d+))\./);
  const last = [1, depths.length - 1, (depths.at(-1) ?? 1) - 1];
  return (name) => (name.startsWith("norm.") ? last : layerOf(name));
}
