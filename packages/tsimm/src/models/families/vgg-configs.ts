/** The VGGs by name, each with the preprocessing of timm's default weights for it. */
import type { PretrainedConfig } from "../model.ts";
import { defineModelFamily, type ModelFamily } from "../model-family.ts";
import { imageNet } from "../preprocessing.ts";
import { type VggConfig, vgg } from "./vgg.ts";

const pretrainedCfg: PretrainedConfig = { ...imageNet, interpolation: "bilinear" };

/** Convolutions per stage of each depth. */
const depths = {
  vgg11: [1, 1, 2, 2, 2],
  vgg13: [2, 2, 2, 2, 2],
  vgg16: [2, 2, 3, 3, 3],
  vgg19: [2, 2, 4, 4, 4],
};
const widths = [64, 128, 256, 512, 512];

const configs: Readonly<Record<string, VggConfig>> = Object.fromEntries(
  Object.entries(depths).flatMap(([name, counts]) => {
    const stages = counts.map((count, stage) => new Array<number>(count).fill(widths[stage] ?? 0));
    const config = { stages, hidden: 4096, pretrainedCfg };
    return [
      [name, config],
      [`${name}_bn`, { ...config, norm: true }],
    ];
  }),
);

/** Every VGG. */
export const vggs: ModelFamily<VggConfig> = defineModelFamily({
  name: "vgg",
  models: configs,
  create: vgg,
});
