/** EfficientNets and MobileNetV3 by name, each with the preprocessing of timm's default weights for it. */

import { hardSwish, relu, relu6, silu } from "../layers/activation.ts";
import { defineModelFamily, type ModelFamily } from "../model-family.ts";
import { imageNet } from "../preprocessing.ts";
import { type BlockRow, type EfficientNetConfig, efficientnet } from "./efficientnet.ts";

/** Stages of B0, at 1.0 times width and depth. */
function efficientStages(more: Pick<BlockRow, "seRatio">): BlockRow[][] {
  const row = (repeats: number, kernel: number, stride: number, channels: number): BlockRow[] => [
    { kind: "inverted", repeats, kernel, stride, expansion: 6, channels, ...more },
  ];
  return [
    [{ kind: "separable", repeats: 1, kernel: 3, channels: 16, ...more }],
    row(2, 3, 2, 24),
    row(2, 5, 2, 40),
    row(3, 3, 2, 80),
    row(3, 5, 1, 112),
    row(4, 5, 2, 192),
    row(1, 3, 1, 320),
  ];
}

const seRatio = 0.25;

const mobileSmall: BlockRow[][] = [
  [{ kind: "separable", repeats: 1, kernel: 3, stride: 2, channels: 16, seRatio, activation: relu }],
  [
    { kind: "inverted", repeats: 1, kernel: 3, stride: 2, expansion: 4.5, channels: 24, activation: relu },
    { kind: "inverted", repeats: 1, kernel: 3, expansion: 3.67, channels: 24, activation: relu },
  ],
  [
    { kind: "inverted", repeats: 1, kernel: 5, stride: 2, expansion: 4, channels: 40, seRatio },
    { kind: "inverted", repeats: 2, kernel: 5, expansion: 6, channels: 40, seRatio },
  ],
  [{ kind: "inverted", repeats: 2, kernel: 5, expansion: 3, channels: 48, seRatio }],
  [{ kind: "inverted", repeats: 3, kernel: 5, stride: 2, expansion: 6, channels: 96, seRatio }],
  [{ kind: "conv", repeats: 1, kernel: 1, channels: 576 }],
];

const mobileLarge: BlockRow[][] = [
  [{ kind: "separable", repeats: 1, kernel: 3, channels: 16, activation: relu }],
  [
    { kind: "inverted", repeats: 1, kernel: 3, stride: 2, expansion: 4, channels: 24, activation: relu },
    { kind: "inverted", repeats: 1, kernel: 3, expansion: 3, channels: 24, activation: relu },
  ],
  [
    {
      kind: "inverted",
      repeats: 3,
      kernel: 5,
      stride: 2,
      expansion: 3,
      channels: 40,
      seRatio,
      activation: relu,
    },
  ],
  [
    { kind: "inverted", repeats: 1, kernel: 3, stride: 2, expansion: 6, channels: 80 },
    { kind: "inverted", repeats: 1, kernel: 3, expansion: 2.5, channels: 80 },
    { kind: "inverted", repeats: 2, kernel: 3, expansion: 2.3, channels: 80 },
  ],
  [{ kind: "inverted", repeats: 2, kernel: 3, expansion: 6, channels: 112, seRatio }],
  [{ kind: "inverted", repeats: 3, kernel: 5, stride: 2, expansion: 6, channels: 160, seRatio }],
  [{ kind: "conv", repeats: 1, kernel: 1, channels: 960 }],
];

/** Every kind of block once or twice. */
const tiny: BlockRow[][] = [
  [{ kind: "conv", repeats: 1, kernel: 3, channels: 16 }],
  [{ kind: "edge", repeats: 1, kernel: 3, stride: 2, expansion: 4, channels: 24 }],
  [{ kind: "edge", repeats: 1, kernel: 3, stride: 2, expansion: 4, channels: 32 }],
  [{ kind: "inverted", repeats: 1, kernel: 3, stride: 2, expansion: 4, channels: 48, seRatio }],
  [{ kind: "inverted", repeats: 1, kernel: 3, stride: 2, expansion: 4, channels: 64, seRatio }],
];

const mobile = { stemChannels: 16, poolFirst: true, activation: hardSwish, squeeze: "mobile" } as const;
const efficient = { stemChannels: 32, headChannels: 1280, squeeze: "efficient" } as const;

const configs: Readonly<Record<string, EfficientNetConfig>> = {
  efficientnet_b0: {
    ...efficient,
    stages: efficientStages({ seRatio }),
    activation: silu,
    pretrainedCfg: imageNet,
  },
  efficientnet_lite0: {
    ...efficient,
    stages: efficientStages({}),
    activation: relu6,
    pretrainedCfg: imageNet,
  },
  mobilenetv3_large_100: { ...mobile, stages: mobileLarge, headChannels: 1280, pretrainedCfg: imageNet },
  mobilenetv3_small_100: { ...mobile, stages: mobileSmall, headChannels: 1024, pretrainedCfg: imageNet },
  test_efficientnet: {
    ...{ stages: tiny, stemChannels: 24, headChannels: 256, activation: silu, squeeze: "efficient" },
    pretrainedCfg: { ...imageNet, inputSize: [3, 160, 160], cropPct: 0.95 },
  },
};

/** Every EfficientNet and MobileNetV3. */
export const efficientnets: ModelFamily<EfficientNetConfig> = defineModelFamily({
  name: "efficientnet",
  models: configs,
  create: efficientnet,
});
