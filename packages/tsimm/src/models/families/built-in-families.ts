/** The families of models that are built in. */
import type { ModelFamily } from "../model-family.ts";
import { convnexts } from "./convnext-configs.ts";
import { densenets } from "./densenet-configs.ts";
import { efficientnets } from "./efficientnet-configs.ts";
import { regnets } from "./regnet-configs.ts";
import { resnets } from "./resnet-configs.ts";
import { swinTransformers } from "./swin-transformer-configs.ts";
import { vggs } from "./vgg-configs.ts";
import { visionTransformers } from "./vision-transformer-configs.ts";

/** Every family that is built in: the one list of them; no `import * as`, as for optimizers. */
export const builtInFamilies: readonly ModelFamily[] = [
  convnexts,
  densenets,
  efficientnets,
  regnets,
  resnets,
  swinTransformers,
  vggs,
  visionTransformers,
];
