/** The MixNets by name, each with the preprocessing of timm's default weights for it. */
import { relu, silu } from "../layers/activation.ts";
import { roundChannels } from "../layers/round-channels.ts";
import { imageNet } from "../preprocessing.ts";
import { deepen, inverted, separable, widen } from "./block-rows.ts";
import type { BlockRow, EfficientNetConfig } from "./efficientnet.ts";

/** Both pointwise convolutions in two parts. */
const parted = { expandKernel: [1, 1], projectKernel: [1, 1] };
const projectParted = { projectKernel: [1, 1] };
const half = { seRatio: 0.5, activation: silu };
const quarter = { seRatio: 0.25, activation: silu };
const [two, three, four, five] = [
  [3, 5],
  [3, 5, 7],
  [3, 5, 7, 9],
  [3, 5, 7, 9, 11],
];

const small: BlockRow[][] = [
  [separable([1, 3, 1, 16])],
  [inverted([1, 3, 2, 24], 6, parted), inverted([1, 3, 1, 24], 3, parted)],
  [inverted([1, three, 2, 40], 6, half), inverted([3, two, 1, 40], 6, { ...parted, ...half })],
  [
    inverted([1, three, 2, 80], 6, { ...projectParted, ...quarter }),
    inverted([2, two, 1, 80], 6, { ...projectParted, ...quarter }),
  ],
  [
    inverted([1, three, 1, 120], 6, { ...parted, ...half }),
    inverted([2, four, 1, 120], 3, { ...parted, ...half }),
  ],
  [inverted([1, five, 2, 200], 6, half), inverted([2, four, 1, 200], 6, { ...projectParted, ...half })],
];

const medium: BlockRow[][] = [
  [separable([1, 3, 1, 24])],
  [inverted([1, three, 2, 32], 6, parted), inverted([1, 3, 1, 32], 3, parted)],
  [inverted([1, four, 2, 40], 6, half), inverted([3, two, 1, 40], 6, { ...parted, ...half })],
  [inverted([1, three, 2, 80], 6, quarter), inverted([3, four, 1, 80], 6, { ...parted, ...quarter })],
  [inverted([1, 3, 1, 120], 6, half), inverted([3, four, 1, 120], 3, { ...parted, ...half })],
  [inverted([1, four, 2, 200], 6, half), inverted([3, four, 1, 200], 6, { ...projectParted, ...half })],
];

const shared = {
  headChannels: 1536,
  activation: relu,
  squeeze: "efficient",
  pretrainedCfg: imageNet,
} as const;
const wider = (width: number, stages: BlockRow[][]): EfficientNetConfig => ({
  ...shared,
  stemChannels: roundChannels(24 * width),
  stages: widen(stages, width),
});

/** Configurations of the MixNets. */
export const mixnets: Readonly<Record<string, EfficientNetConfig>> = {
  mixnet_s: { ...shared, stemChannels: 16, stages: small },
  mixnet_m: wider(1, medium),
  mixnet_l: wider(1.3, medium),
  mixnet_xl: wider(1.6, deepen(medium, 1.2, Math.round)),
};
