/** The MobileNets by name, each with the preprocessing of timm's default weights for it. */
import { hardSwish, relu, relu6 } from "../layers/activation.ts";
import { roundChannels } from "../layers/round-channels.ts";
import { imageNet, inception } from "../preprocessing.ts";
import { alone, edge, inverted, separable, universal, widen } from "./block-rows.ts";
import type { BlockRow, EfficientNetConfig } from "./efficientnet.ts";

const second: BlockRow[][] = [
  [separable([1, 3, 1, 16])],
  [inverted([2, 3, 2, 24], 6)],
  [inverted([3, 3, 2, 32], 6)],
  [inverted([4, 3, 2, 64], 6)],
  [inverted([3, 3, 1, 96], 6)],
  [inverted([3, 3, 2, 160], 6)],
  [inverted([1, 3, 1, 320], 6)],
];

const mobile2 = (width: number): EfficientNetConfig => ({
  stages: widen(second, width),
  stemChannels: roundChannels(32 * width),
  headChannels: Math.max(1280, roundChannels(1280 * width)),
  ...{ activation: relu6, squeeze: "efficient", pretrainedCfg: imageNet },
});

const seRatio = 0.25;
const plain = { activation: relu };

const thirdSmall: BlockRow[][] = [
  [separable([1, 3, 2, 16], { seRatio, ...plain })],
  [inverted([1, 3, 2, 24], 4.5, plain), inverted([1, 3, 1, 24], 3.67, plain)],
  [inverted([1, 5, 2, 40], 4, { seRatio }), inverted([2, 5, 1, 40], 6, { seRatio })],
  [inverted([2, 5, 1, 48], 3, { seRatio })],
  [inverted([3, 5, 2, 96], 6, { seRatio })],
  [alone([1, 1, 1, 576])],
];

const thirdLarge: BlockRow[][] = [
  [separable([1, 3, 1, 16], plain)],
  [inverted([1, 3, 2, 24], 4, plain), inverted([1, 3, 1, 24], 3, plain)],
  [inverted([3, 5, 2, 40], 3, { seRatio, ...plain })],
  [inverted([1, 3, 2, 80], 6), inverted([1, 3, 1, 80], 2.5), inverted([2, 3, 1, 80], 2.3)],
  [inverted([2, 3, 1, 112], 6, { seRatio })],
  [inverted([3, 5, 2, 160], 6, { seRatio })],
  [alone([1, 1, 1, 960])],
];

const mobile3 = {
  stemChannels: 16,
  afterPool: "bias",
  activation: hardSwish,
  squeeze: "mobile",
  pretrainedCfg: imageNet,
} as const;

const fourthSmall: BlockRow[][] = [
  [alone([1, 3, 2, 32]), alone([1, 1, 1, 32])],
  [alone([1, 3, 2, 96]), alone([1, 1, 1, 64])],
  [
    universal([5, 5], [2, 96], 3),
    ...new Array<BlockRow>(4).fill(universal([0, 3], [1, 96], 2)),
    universal([3, 0], [1, 96], 4),
  ],
  [
    universal([3, 3], [2, 128], 6),
    universal([5, 5], [1, 128], 4),
    universal([0, 5], [1, 128], 4),
    universal([0, 5], [1, 128], 3),
    ...new Array<BlockRow>(2).fill(universal([0, 3], [1, 128], 4)),
  ],
  [alone([1, 1, 1, 960])],
];

const fourthMedium: BlockRow[][] = [
  [edge([1, 3, 2, 48], 4)],
  [universal([3, 5], [2, 80], 4), universal([3, 3], [1, 80], 2)],
  [
    universal([3, 5], [2, 160], 6),
    ...new Array<BlockRow>(2).fill(universal([3, 3], [1, 160], 4)),
    universal([3, 5], [1, 160], 4),
    universal([3, 3], [1, 160], 4),
    universal([3, 0], [1, 160], 4),
    universal([0, 0], [1, 160], 2),
    universal([3, 0], [1, 160], 4),
  ],
  [
    universal([5, 5], [2, 256], 6),
    universal([5, 5], [1, 256], 4),
    ...new Array<BlockRow>(2).fill(universal([3, 5], [1, 256], 4)),
    universal([0, 0], [1, 256], 4),
    universal([3, 0], [1, 256], 4),
    universal([3, 5], [1, 256], 2),
    universal([5, 5], [1, 256], 4),
    ...new Array<BlockRow>(2).fill(universal([0, 0], [1, 256], 4)),
    universal([5, 0], [1, 256], 2),
  ],
  [alone([1, 1, 1, 960])],
];

const mobile4 = {
  stemChannels: 32,
  headChannels: 1280,
  afterPool: "norm",
  activation: relu,
  squeeze: "efficient",
} as const;

/** Configurations of the MobileNets. */
export const mobilenets: Readonly<Record<string, EfficientNetConfig>> = {
  mobilenetv2_050: mobile2(0.5),
  mobilenetv2_100: mobile2(1),
  mobilenetv2_140: mobile2(1.4),
  mobilenetv3_large_100: { ...mobile3, stages: thirdLarge, headChannels: 1280 },
  mobilenetv3_small_050: { ...mobile3, stages: widen(thirdSmall, 0.5), headChannels: 1024 },
  mobilenetv3_small_075: { ...mobile3, stages: widen(thirdSmall, 0.75), headChannels: 1024 },
  mobilenetv3_small_100: { ...mobile3, stages: thirdSmall, headChannels: 1024 },
  mobilenetv4_conv_small: { ...mobile4, stages: fourthSmall, pretrainedCfg: imageNet },
  mobilenetv4_conv_small_050: {
    ...{ ...mobile4, stages: widen(fourthSmall, 0.5) },
    pretrainedCfg: { ...imageNet, ...inception },
  },
  mobilenetv4_conv_medium: {
    ...{ ...mobile4, stages: fourthMedium },
    pretrainedCfg: { ...imageNet, inputSize: [3, 256, 256], cropPct: 0.95 },
  },
};
