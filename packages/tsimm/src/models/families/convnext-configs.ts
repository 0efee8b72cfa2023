/** The ConvNeXts by name, each with the preprocessing of timm's default weights for it. */

import { activationOption, flagOption, integersOption, numberOption } from "../config-option.ts";
import { defineModelFamily, type ModelFamily } from "../model-family.ts";
import { imageNet, inception } from "../preprocessing.ts";
import { type ConvNeXtConfig, convnext } from "./convnext.ts";

const configs: Readonly<Record<string, ConvNeXtConfig>> = {
  convnext_atto: {
    depths: [2, 2, 6, 2],
    dims: [40, 80, 160, 320],
    convMlp: true,
    pretrainedCfg: imageNet,
  },
  convnext_femto: {
    depths: [2, 2, 6, 2],
    dims: [48, 96, 192, 384],
    convMlp: true,
    pretrainedCfg: imageNet,
  },
  convnext_pico: {
    depths: [2, 2, 6, 2],
    dims: [64, 128, 256, 512],
    convMlp: true,
    pretrainedCfg: imageNet,
  },
  convnext_nano: {
    depths: [2, 2, 8, 2],
    dims: [80, 160, 320, 640],
    convMlp: true,
    pretrainedCfg: { ...imageNet, cropPct: 0.95 },
  },
  convnext_tiny: {
    depths: [3, 3, 9, 3],
    dims: [96, 192, 384, 768],
    pretrainedCfg: { ...imageNet, cropPct: 0.95 },
  },
  convnext_small: {
    depths: [3, 3, 27, 3],
    dims: [96, 192, 384, 768],
    pretrainedCfg: { ...imageNet, cropPct: 0.95 },
  },
  convnext_base: {
    depths: [3, 3, 27, 3],
    dims: [128, 256, 512, 1024],
    pretrainedCfg: imageNet,
  },
  test_convnext: {
    depths: [1, 2, 4, 2],
    dims: [24, 32, 48, 64],
    normEps: 1e-5,
    tanhGelu: true,
    pretrainedCfg: { ...imageNet, ...inception, inputSize: [3, 160, 160], cropPct: 0.95 },
  },
};

/** Every ConvNeXt. */
export const convnexts: ModelFamily<ConvNeXtConfig> = defineModelFamily({
  name: "convnext",
  models: configs,
  options: {
    ...{ depths: integersOption(4), dims: integersOption(4), convMlp: flagOption },
    ...{ normEps: numberOption(0), actLayer: activationOption },
  },
  create: convnext,
});
