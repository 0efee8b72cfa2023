/** The DenseNets by name, each with the preprocessing of timm's default weights for it. */
import { defineModelFamily, type ModelFamily } from "../model-family.ts";
import { imageNet } from "../preprocessing.ts";
import { type DenseNetConfig, densenet } from "./densenet.ts";

const configs: Readonly<Record<string, DenseNetConfig>> = {
  densenet121: { growthRate: 32, depths: [6, 12, 24, 16], pretrainedCfg: imageNet },
  densenet161: { growthRate: 48, depths: [6, 12, 36, 24], pretrainedCfg: imageNet },
  densenet169: { growthRate: 32, depths: [6, 12, 32, 32], pretrainedCfg: imageNet },
  densenet201: { growthRate: 32, depths: [6, 12, 48, 32], pretrainedCfg: imageNet },
};

/** Every DenseNet. */
export const densenets: ModelFamily<DenseNetConfig> = defineModelFamily({
  name: "densenet",
  models: configs,
  create: densenet,
});
