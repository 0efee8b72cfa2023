/** The RegNets by name, each with the preprocessing of timm's default weights for it. */
import type { PretrainedConfig } from "../model.ts";
import { defineModelFamily, type ModelFamily } from "../model-family.ts";
import { imageNet } from "../preprocessing.ts";
import { type RegNetConfig, regnet } from "./regnet.ts";

/** A design by its widths, which are `w0 + wa · block` rounded to powers of `wm` and to multiples of 8. */
type Design = Pick<RegNetConfig, "depths" | "widths" | "groupWidth">;

const x200: Design = { depths: [1, 1, 4, 7], widths: [24, 56, 152, 368], groupWidth: 8 };
const x400: Design = { depths: [1, 2, 7, 12], widths: [32, 64, 160, 384], groupWidth: 16 };
const x600: Design = { depths: [1, 3, 5, 7], widths: [48, 96, 240, 528], groupWidth: 24 };
const x800: Design = { depths: [1, 3, 7, 5], widths: [64, 128, 288, 672], groupWidth: 16 };
const x1600: Design = { depths: [2, 4, 10, 2], widths: [72, 168, 408, 912], groupWidth: 24 };
const y400: Design = { depths: [1, 3, 6, 6], widths: [48, 104, 208, 440], groupWidth: 8 };
const y600: Design = { depths: [1, 3, 7, 4], widths: [48, 112, 256, 608], groupWidth: 16 };
const y800: Design = { depths: [1, 3, 8, 2], widths: [64, 128, 320, 768], groupWidth: 16 };
const y1600: Design = { depths: [2, 6, 17, 2], widths: [48, 120, 336, 888], groupWidth: 24 };

/** Weights of torchvision's second recipe. */
const torchvision: PretrainedConfig = { ...imageNet, cropPct: 0.965 };
const seRatio = 0.25;

const configs: Readonly<Record<string, RegNetConfig>> = {
  regnetx_002: { ...x200, pretrainedCfg: imageNet },
  regnetx_004: { ...x400, pretrainedCfg: imageNet },
  regnetx_006: { ...x600, pretrainedCfg: imageNet },
  regnetx_008: { ...x800, pretrainedCfg: torchvision },
  regnetx_016: { ...x1600, pretrainedCfg: torchvision },
  regnety_002: { ...x200, seRatio, pretrainedCfg: imageNet },
  regnety_004: { ...y400, seRatio, pretrainedCfg: torchvision },
  regnety_006: { ...y600, seRatio, pretrainedCfg: imageNet },
  regnety_008: { ...y800, seRatio, pretrainedCfg: imageNet },
  regnety_016: { ...y1600, seRatio, pretrainedCfg: torchvision },
};

/** Every RegNet. */
export const regnets: ModelFamily<RegNetConfig> = defineModelFamily({
  name: "regnet",
  models: configs,
  create: regnet,
});
