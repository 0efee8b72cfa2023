/** The pretrained weights that timm names for a model, each with its preprocessing. */
import type { PretrainedWeightsConfig } from "../model.ts";
import { imageNet, inception } from "../preprocessing.ts";
import { convnext } from "./generated/convnext.ts";
import { deit } from "./generated/deit.ts";
import { densenet } from "./generated/densenet.ts";
import { efficientnet } from "./generated/efficientnet.ts";
import { mobilenetv3 } from "./generated/mobilenetv3.ts";
import { regnet } from "./generated/regnet.ts";
import { resnet } from "./generated/resnet.ts";
import { swin_transformer } from "./generated/swin-transformer.ts";
import { vgg } from "./generated/vgg.ts";
import { vision_transformer } from "./generated/vision-transformer.ts";
import type { PretrainedEntry, PretrainedTable } from "./pretrained-table.ts";

const tables: readonly PretrainedTable[] = [
  ...[convnext, deit, densenet, efficientnet, mobilenetv3, regnet, resnet, swin_transformer, vgg],
  vision_transformer,
];

const byModel = new Map(tables.flatMap((table) => Object.entries(table)));

/** Mean and standard deviation by the short name in the table. */
const normalizations = {
  half: inception,
  clip: { mean: [0.48145466, 0.4578275, 0.40821073], std: [0.26862954, 0.26130258, 0.27577711] },
  none: { mean: [0, 0, 0], std: [1, 1, 1] },
} as const;

/** Tags of a model in timm's order, the default first; none: timm has no such model. */
export function tagsOf(model: string): string[] {
  return Object.keys(byModel.get(model) ?? {});
}

/**
 * The configuration of a model's weights.
 *
 * @param tag - One of {@link tagsOf}; absent: the first.
 * @returns null: timm knows none.
 */
export function pretrainedConfig(
  model: string,
  tag: string = tagsOf(model)[0] ?? "",
): PretrainedWeightsConfig | null {
  const entry = byModel.get(model)?.[tag];
  return entry === undefined ? null : decoded(model, tag, entry);
}

/** Address of weights that are there as a pickle only; null: there are others, or none. */
export function pickleAddress(model: string, tag: string): string | null {
  return byModel.get(model)?.[tag]?.url ?? null;
}

function decoded(model: string, tag: string, entry: PretrainedEntry): PretrainedWeightsConfig {
  const { size = 224, crop, testSize, testCrop, interpolation, mode, norm, classes = 1000, fixed } = entry;
  const { hub = `timm/${model}.${tag}` } = entry;
  return {
    ...imageNet,
    ...(norm === undefined ? {} : normalizations[norm]),
    inputSize: [3, size, size],
    ...(crop === undefined ? {} : { cropPct: crop }),
    ...(interpolation === undefined ? {} : { interpolation }),
    ...(mode === undefined ? {} : { cropMode: mode }),
    ...(testSize === undefined ? {} : { testInputSize: [3, testSize, testSize] }),
    ...(testCrop === undefined ? {} : { testCropPct: testCrop }),
    numClasses: classes,
    ...(fixed === undefined ? {} : { fixedInputSize: fixed }),
    ...(tag === "" ? {} : { tag }),
    ...(hub === null ? {} : { hfHubId: hub }),
  };
}
