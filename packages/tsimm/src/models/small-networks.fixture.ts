/** Networks with few channels and blocks that have, together, every part of the models that are built in. */
import type { Architecture } from "./architecture.ts";
import { buildModel } from "./build-model.ts";
import { alone, edge, inverted, universal } from "./families/block-rows.ts";
import { densenet } from "./families/densenet.ts";
import { efficientnet } from "./families/efficientnet.ts";
import { resnet } from "./families/resnet.ts";
import { swinTransformer } from "./families/swin-transformer.ts";
import { vgg } from "./families/vgg.ts";
import { visionTransformer } from "./families/vision-transformer.ts";
import { silu } from "./layers/activation.ts";
import type { Model } from "./model.ts";
import type { ArchitectureOptions } from "./model-family.ts";
import { imageNet } from "./preprocessing.ts";

const pretrainedCfg = imageNet;
const parts = { expandKernel: [1, 1], projectKernel: [1, 1] };
const transformer = { patchSize: 8, embedDim: 24, depth: 2, numHeads: 2, pretrainedCfg };

const networks: Readonly<Record<string, (options: ArchitectureOptions) => Architecture>> = {
  squeezed: (options) =>
    resnet(
      "squeezed",
      {
        block: ["basic", "basic", "bottleneck", "basic"],
        layers: [1, 1, 1, 1],
        channels: [16, 16, 8, 16],
        ...{ squeeze: true, pretrainedCfg },
      },
      options,
    ),
  mixed: (options) =>
    efficientnet(
      "mixed",
      {
        stages: [
          [alone([1, 3, 1, 16], { shortcut: true })],
          [edge([1, 3, 2, 24], 4, { expanded: 16, shortcut: false }), edge([1, 3, 1, 24], 2)],
          [
            inverted([1, [3, 5, 7], 2, 40], 3, { ...parts, seRatio: 0.5 }),
            inverted([1, [3, 5], 1, 40], 3, { seRatio: 0.25 }),
          ],
        ],
        ...{ stemChannels: 16, headChannels: 48, activation: silu, squeeze: "efficient" },
        ...{ tensorFlow: true, pretrainedCfg },
      },
      options,
    ),
  universal: (options) =>
    efficientnet(
      "universal",
      {
        stages: [
          [alone([1, 3, 2, 16])],
          [
            universal([5, 5], [2, 24], 3),
            universal([0, 3], [1, 24], 2),
            universal([3, 0], [1, 24], 4),
            universal([0, 0], [1, 24], 2),
          ],
        ],
        ...{ stemChannels: 8, headChannels: 32, afterPool: "norm", activation: silu, squeeze: "efficient" },
        pretrainedCfg,
      },
      options,
    ),
  distilled: (options) => visionTransformer("distilled", { ...transformer, distilled: true }, options),
  deit3: (options) =>
    visionTransformer("deit3", { ...transformer, layerScale: 1e-6, patchPositions: true }, options),
  // Its grids of 11 and 6 tokens do not divide into windows of 4.
  swin: (options) =>
    swinTransformer(
      "swin",
      { embedDim: 16, depths: [2, 2], numHeads: [1, 2], windowSize: 4, pretrainedCfg },
      options,
    ),
  densenet: (options) => densenet("densenet", { growthRate: 8, depths: [2, 2], pretrainedCfg }, options),
  // Its map of 9 pixels is larger than the kernel before the classifier.
  vgg: (options) => vgg("vgg", { stages: [[8], [16]], norm: true, hidden: 24, pretrainedCfg }, options),
};

/** Names of the networks. */
export const smallNetworks: readonly string[] = Object.keys(networks);

/** One of them for 10 classes and images of this side, without drop path. */
export function createSmall(name: string, side: number): Model {
  const options = { inChans: 3, imgSize: side, dropPathRate: 0, globalPool: null, zeroInitLast: true };
  const architecture = networks[name]?.(options);
  if (architecture === undefined) throw new Error(`no network ${name}`);
  return buildModel(architecture, { numClasses: 10, seed: 1 });
}
