/** The vision transformers by name, each with the preprocessing of timm's default weights for it. */
import { activationOption, integerOption, numberOption } from "../config-option.ts";
import { defineModelFamily, type ModelFamily } from "../model-family.ts";
import { imageNet, inception } from "../preprocessing.ts";
import { type VisionTransformerConfig, visionTransformer } from "./vision-transformer.ts";

const pretrainedCfg = { ...imageNet, ...inception, cropPct: 0.9 };

const configs: Readonly<Record<string, VisionTransformerConfig>> = {
  vit_tiny_patch16_224: { patchSize: 16, embedDim: 192, depth: 12, numHeads: 3, pretrainedCfg },
  vit_small_patch16_224: { patchSize: 16, embedDim: 384, depth: 12, numHeads: 6, pretrainedCfg },
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
