/** The families of models that are built in. */
export { convnexts } from "./convnext-configs.ts";
export { efficientnets } from "./efficientnet-configs.ts";
export { regnets } from "./regnet-configs.ts";
export { resnets } from "./resnet-configs.ts";
export { visionTransformers } from "./vision-transformer-configs.ts";
