/** The Swin transformers by name, each with the preprocessing of timm's default weights for it. */
import { defineModelFamily, type ModelFamily } from "../model-family.ts";
import { imageNet } from "../preprocessing.ts";
import { type SwinTransformerConfig, swinTransformer } from "./swin-transformer.ts";

const shared = { windowSize: 7, pretrainedCfg: { ...imageNet, cropPct: 0.9 } };
const narrow = { embedDim: 96, numHeads: [3, 6, 12, 24] };

const configs: Readonly<Record<string, SwinTransformerConfig>> = {
  swin_tiny_patch4_window7_224: { ...shared, ...narrow, depths: [2, 2, 6, 2] },
  swin_small_patch4_window7_224: { ...shared, ...narrow, depths: [2, 2, 18, 2] },
  swin_base_patch4_window7_224: { ...shared, embedDim: 128, numHeads: [4, 8, 16, 32], depths: [2, 2, 18, 2] },
};

/** Every Swin transformer. */
export const swinTransformers: ModelFamily<SwinTransformerConfig> = defineModelFamily({
  name: "swin_transformer",
  models: configs,
  dropPathRate: 0.1,
  create: swinTransformer,
});
