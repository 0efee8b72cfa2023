/** The vision transformers by name, each with the preprocessing of timm's default weights for it. */
import { activationOption, integerOption, numberOption } from "../config-option.ts";
import { defineModelFamily, type ModelFamily } from "../model-family.ts";
import { imageNet, inception } from "../preprocessing.ts";
import { type VisionTransformerConfig, visionTransformer } from "./vision-transformer.ts";

const pretrainedCfg = { ...imageNet, ...inception, cropPct: 0.9 };

const deit = { ...imageNet, cropPct: 0.9 };

const clip = {
  ...imageNet,
  cropPct: 0.95,
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
};

const tiny = { patchSize: 16, embedDim: 192, depth: 12, numHeads: 3 };
const small = { patchSize: 16, embedDim: 384, depth: 12, numHeads: 6 };
const base = { patchSize: 16, embedDim: 768, depth: 12, numHeads: 12 };
const third = { layerScale: 1e-6, patchPositions: true, pretrainedCfg: deit };

const configs: Readonly<Record<string, VisionTransformerConfig>> = {
  vit_tiny_patch16_224: { ...tiny, pretrainedCfg },
  vit_small_patch16_224: { ...small, pretrainedCfg },
  vit_small_patch32_224: { ...small, patchSize: 32, pretrainedCfg },
  vit_base_patch16_224: { ...base, pretrainedCfg },
  vit_base_patch32_224: { ...base, patchSize: 32, pretrainedCfg },
  deit_tiny_patch16_224: { ...tiny, pretrainedCfg: deit },
  deit_small_patch16_224: { ...small, pretrainedCfg: deit },
  deit_base_patch16_224: { ...base, pretrainedCfg: deit },
  deit_tiny_distilled_patch16_224: { ...tiny, distilled: true, pretrainedCfg: deit },
  deit_small_distilled_patch16_224: { ...small, distilled: true, pretrainedCfg: deit },
  deit_base_distilled_patch16_224: { ...base, distilled: true, pretrainedCfg: deit },
  deit3_small_patch16_224: { ...small, ...third },
  deit3_medium_patch16_224: { ...small, embedDim: 512, numHeads: 8, ...third },
  deit3_base_patch16_224: { ...base, ...third },
  vit_base_patch16_clip_224: { ...base, preNorm: true, normEps: 1e-5, pretrainedCfg: clip },
  test_vit: {
    patchSize: 16,
    embedDim: 64,
    depth: 6,
    numHeads: 2,
    mlpRatio: 3,
    pretrainedCfg: { ...pretrainedCfg, inputSize: [3, 160, 160], cropPct: 0.95 },
  },
};

/** Every vision transformer. */
export const visionTransformers: ModelFamily<VisionTransformerConfig> = defineModelFamily({
  name: "vision_transformer",
  models: configs,
  options: {
    ...{ patchSize: integerOption(1), embedDim: integerOption(1), depth: integerOption(1) },
    ...{ numHeads: integerOption(1), mlpRatio: numberOption(0), actLayer: activationOption },
  },
  create: visionTransformer,
});
