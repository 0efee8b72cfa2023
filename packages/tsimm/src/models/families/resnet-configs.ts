/** The ResNets by name, each with the preprocessing of timm's default weights for it. */
import {
  activationOption,
  choiceOption,
  flagOption,
  integerOption,
  integersOption,
} from "../config-option.ts";
import type { PretrainedConfig } from "../model.ts";
import { defineModelFamily, type ModelFamily } from "../model-family.ts";
import { imageNet, inception } from "../preprocessing.ts";
import { type ResNetConfig, resnet } from "./resnet.ts";

/** Recipes A1 and A1H of "ResNet strikes back" (arXiv:2110.00476). */
const strikesBack: PretrainedConfig = { ...imageNet, cropPct: 0.95 };
const square = (size: number): PretrainedConfig["inputSize"] => [3, size, size];

/** Shrinks images 4 times before the first block and 32 times in all. */
const coarse = { smallestUsefulInput: 64 } as const;
const deep = { stem: [32, 32, 64], avgDown: true } as const;
const tiered = { stem: [24, 32, 64], avgDown: true } as const;
const groups = { block: "bottleneck", cardinality: 32, baseWidth: 4 } as const;
const squeezed = { ...coarse, squeeze: true } as const;
const squeezedGroups = { ...groups, squeeze: true } as const;

const configs: Readonly<Record<string, ResNetConfig>> = {
  resnet10t: {
    block: "basic",
    layers: [1, 1, 1, 1],
    ...tiered,
    pretrainedCfg: { ...imageNet, inputSize: square(176) },
  },
  resnet14t: {
    block: "bottleneck",
    layers: [1, 1, 1, 1],
    ...tiered,
    pretrainedCfg: { ...imageNet, inputSize: square(176) },
  },
  resnet18: { ...coarse, block: "basic", layers: [2, 2, 2, 2], pretrainedCfg: strikesBack },
  resnet18d: { block: "basic", layers: [2, 2, 2, 2], ...deep, pretrainedCfg: imageNet },
  resnet26: { ...coarse, block: "bottleneck", layers: [2, 2, 2, 2], pretrainedCfg: imageNet },
  resnet26d: { block: "bottleneck", layers: [2, 2, 2, 2], ...deep, pretrainedCfg: imageNet },
  resnet26t: {
    block: "bottleneck",
    layers: [2, 2, 2, 2],
    ...tiered,
    pretrainedCfg: { ...imageNet, inputSize: square(256), cropPct: 0.94 },
  },
  resnet34: { ...coarse, block: "basic", layers: [3, 4, 6, 3], pretrainedCfg: strikesBack },
  resnet34d: { block: "basic", layers: [3, 4, 6, 3], ...deep, pretrainedCfg: imageNet },
  resnet50: { ...coarse, block: "bottleneck", layers: [3, 4, 6, 3], pretrainedCfg: strikesBack },
  resnet50d: { block: "bottleneck", layers: [3, 4, 6, 3], ...deep, pretrainedCfg: imageNet },
  resnet50t: { block: "bottleneck", layers: [3, 4, 6, 3], ...tiered, pretrainedCfg: imageNet },
  resnet101: { ...coarse, block: "bottleneck", layers: [3, 4, 23, 3], pretrainedCfg: strikesBack },
  resnet101d: {
    block: "bottleneck",
    layers: [3, 4, 23, 3],
    ...deep,
    pretrainedCfg: { ...imageNet, inputSize: square(256), cropPct: 0.95 },
  },
  resnet152: { ...coarse, block: "bottleneck", layers: [3, 8, 36, 3], pretrainedCfg: strikesBack },
  resnext50_32x4d: {
    ...groups,
    layers: [3, 4, 6, 3],
    pretrainedCfg: strikesBack,
  },
  seresnet18: { ...squeezed, block: "basic", layers: [2, 2, 2, 2], pretrainedCfg: imageNet },
  seresnet34: { ...squeezed, block: "basic", layers: [3, 4, 6, 3], pretrainedCfg: imageNet },
  seresnet50: { ...squeezed, block: "bottleneck", layers: [3, 4, 6, 3], pretrainedCfg: strikesBack },
  seresnet101: { ...squeezed, block: "bottleneck", layers: [3, 4, 23, 3], pretrainedCfg: imageNet },
  seresnet152: { ...squeezed, block: "bottleneck", layers: [3, 8, 36, 3], pretrainedCfg: imageNet },
  seresnext26d_32x4d: { ...squeezedGroups, layers: [2, 2, 2, 2], ...deep, pretrainedCfg: imageNet },
  seresnext26t_32x4d: { ...squeezedGroups, layers: [2, 2, 2, 2], ...tiered, pretrainedCfg: imageNet },
  seresnext50_32x4d: { ...squeezedGroups, layers: [3, 4, 6, 3], pretrainedCfg: imageNet },
  test_resnet: {
    block: ["basic", "basic", "bottleneck", "basic"],
    layers: [1, 1, 1, 1],
    channels: [32, 48, 48, 96],
    stem: [16, 16, 32],
    avgDown: true,
    pretrainedCfg: {
      ...imageNet,
      ...inception,
      inputSize: square(160),
      interpolation: "bilinear",
      cropPct: 0.95,
    },
  },
  wide_resnet50_2: {
    block: "bottleneck",
    layers: [3, 4, 6, 3],
    baseWidth: 128,
    pretrainedCfg: imageNet,
  },
};

/** Every ResNet. */
export const resnets: ModelFamily<ResNetConfig> = defineModelFamily({
  name: "resnet",
  models: configs,
  options: {
    ...{ actLayer: activationOption, outputStride: choiceOption([8, 16, 32]) },
    ...{ layers: integersOption(4), channels: integersOption(4), avgDown: flagOption },
    ...{ stemType: choiceOption(["", "deep", "deep_tiered"]), stemWidth: integerOption(4) },
    ...{ cardinality: integerOption(1), baseWidth: integerOption(1) },
  },
  create: resnet,
});
