/** The RegNets by name, each with the preprocessing of timm's default weights for it. */
import { defineModelFamily, type ModelFamily } from "../model-family.ts";
import { imageNet } from "../preprocessing.ts";
import { type RegNetConfig, regnet } from "./regnet.ts";

/** Width 24 + 36.44 per block, rounded to powers of 2.49 and multiples of 8. */
const design200 = { depths: [1, 1, 4, 7], widths: [24, 56, 152, 368], groupWidth: 8 };

const configs: Readonly<Record<string, RegNetConfig>> = {
  regnetx_002: { ...design200, pretrainedCfg: imageNet },
  regnety_002: { ...design200, seRatio: 0.25, pretrainedCfg: imageNet },
};

/** Every RegNet. */
export const regnets: ModelFamily<RegNetConfig> = defineModelFamily({
  name: "regnet",
  models: configs,
  create: regnet,
});
