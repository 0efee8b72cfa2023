/** EfficientNets by name, each with the preprocessing of timm's default weights for it, and the whole family. */

import { activationOption } from "../config-option.ts";
import { relu, relu6, silu } from "../layers/activation.ts";
import { roundChannels } from "../layers/round-channels.ts";
import type { PretrainedConfig } from "../model.ts";
import { defineModelFamily, type ModelFamily } from "../model-family.ts";
import { imageNet, inception } from "../preprocessing.ts";
import { alone, deepen, edge, inverted, separable, widen } from "./block-rows.ts";
import { type BlockRow, type EfficientNetConfig, efficientnet } from "./efficientnet.ts";
import { mixnets } from "./mixnet-configs.ts";
import { mobilenets } from "./mobilenet-configs.ts";

const seRatio = 0.25;

/** Stages of B0, at 1.0 times width and depth. */
function efficientStages(more: Pick<BlockRow, "seRatio">): BlockRow[][] {
  return [
    [separable([1, 3, 1, 16], more)],
    [inverted([2, 3, 2, 24], 6, more)],
    [inverted([2, 5, 2, 40], 6, more)],
    [inverted([3, 3, 2, 80], 6, more)],
    [inverted([3, 5, 1, 112], 6, more)],
    [inverted([4, 5, 2, 192], 6, more)],
    [inverted([1, 3, 1, 320], 6, more)],
  ];
}

const efficient = { squeeze: "efficient", activation: silu } as const;

/** B1 and up: B0 at a width, a depth and an image size. */
const scaled = (width: number, depth: number, pretrainedCfg: PretrainedConfig): EfficientNetConfig => ({
  ...efficient,
  stages: widen(deepen(efficientStages({ seRatio }), depth), width),
  stemChannels: roundChannels(32 * width),
  headChannels: roundChannels(1280 * width),
  pretrainedCfg,
});

/** For accelerators without fast depthwise convolutions. */
const edgeStages: BlockRow[][] = [
  [edge([1, 3, 1, 24], 4, { expanded: 24, shortcut: false })],
  [edge([2, 3, 2, 32], 8)],
  [edge([4, 3, 2, 48], 8)],
  [inverted([5, 5, 2, 96], 8)],
  [inverted([4, 5, 1, 144], 8)],
  [inverted([2, 5, 2, 192], 8)],
];

const edges = { stemChannels: 32, headChannels: 1280, activation: relu, squeeze: "efficient" } as const;

const secondSmall: EfficientNetConfig = {
  ...efficient,
  stages: [
    [alone([2, 3, 1, 24], { shortcut: true })],
    [edge([4, 3, 2, 48], 4)],
    [edge([4, 3, 2, 64], 4)],
    [inverted([6, 3, 2, 128], 4, { seRatio })],
    [inverted([9, 3, 1, 160], 6, { seRatio })],
    [inverted([15, 3, 2, 256], 6, { seRatio })],
  ],
  ...{ stemChannels: 24, headChannels: 1280, pretrainedCfg: sized(288, 1) },
};

/** Every kind of block once or twice. */
const tiny: BlockRow[][] = [
  [alone([1, 3, 1, 16])],
  [edge([1, 3, 2, 24], 4)],
  [edge([1, 3, 2, 32], 4)],
  [inverted([1, 3, 2, 48], 4, { seRatio })],
  [inverted([1, 3, 2, 64], 4, { seRatio })],
];

const configs: Readonly<Record<string, EfficientNetConfig>> = {
  efficientnet_b0: scaled(1, 1, imageNet),
  efficientnet_b1: scaled(1, 1.1, { ...sized(240, 0.9), ...inception }),
  efficientnet_b2: scaled(1.1, 1.2, sized(256)),
  efficientnet_b3: scaled(1.2, 1.4, sized(288)),
  efficientnet_b4: scaled(1.4, 1.8, sized(320)),
  efficientnet_em: { ...edges, stages: deepen(edgeStages, 1.1), pretrainedCfg: sized(240, 0.882) },
  efficientnet_es: { ...edges, stages: edgeStages, pretrainedCfg: imageNet },
  efficientnet_lite0: {
    ...{ ...efficient, stages: efficientStages({}), stemChannels: 32, headChannels: 1280 },
    ...{ activation: relu6, pretrainedCfg: imageNet },
  },
  efficientnetv2_s: secondSmall,
  tf_efficientnetv2_s: {
    ...{ ...secondSmall, tensorFlow: true },
    pretrainedCfg: { ...sized(300, 1), ...inception },
  },
  test_efficientnet: {
    ...{ ...efficient, stages: tiny, stemChannels: 24, headChannels: 256, pretrainedCfg: sized(160, 0.95) },
  },
  ...mixnets,
  ...mobilenets,
};

function sized(side: number, cropPct: number = imageNet.cropPct): PretrainedConfig {
  return { ...imageNet, inputSize: [3, side, side], cropPct };
}

/** Every EfficientNet, MixNet and MobileNet. */
export const efficientnets: ModelFamily<EfficientNetConfig> = defineModelFamily({
  name: "efficientnet",
  models: configs,
  options: { actLayer: activationOption },
  create: (name, config, options) =>
    efficientnet(name, { ...config, activation: config.actLayer ?? config.activation }, options),
});
