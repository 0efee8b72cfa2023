/** The model of a checkpoint by the arguments of timm's train.py in it. */
import { z } from "zod";
import { dataConfigSchema, outputNamesSchema } from "../checkpoint/run-state.ts";
import { CARRIED } from "../checkpoint/timm/carried.ts";
import { plainValue } from "../checkpoint/timm/plain-value.ts";
import type { WeightsDescription } from "../checkpoint/weights-description.ts";
import { keptOptions } from "../models/kept-options.ts";
import { modelEntrySchema } from "../models/model-entry.ts";
import { modelInfo } from "../models/pretrained/create-model.ts";
import { isModel } from "../models/pretrained/list-models.ts";
import { modelOptions } from "../models/pretrained/repository-config.ts";
import type { ModelOptions } from "../models/registry.ts";
import { DEFAULT_TASK } from "../task/default-task.ts";
import type { TorchValue } from "../weights/torch/torch-value.ts";

/** Classes of a model of timm's that is not told otherwise. */
const IMAGENET_CLASSES = 1000;

const side = z.int().min(1).max(16384);
const channels = z.int().min(1).max(4);
const perChannel = z.array(z.number()).min(1).max(4);

const schema = z.object({
  model: z.string().max(200),
  num_classes: z.int().min(1).max(1_000_000).nullish(),
  in_chans: channels.nullish(),
  img_size: side.nullish(),
  input_size: z.tuple([channels, side, side]).nullish(),
  crop_pct: z.number().nullish(),
  crop_mode: z.string().nullish(),
  interpolation: z.string().nullish(),
  mean: perChannel.nullish(),
  std: perChannel.nullish(),
  gp: z.string().nullish(),
  model_kwargs: z.record(z.string(), z.unknown()).nullish(),
  [CARRIED]: z.object({ classNames: outputNamesSchema }).nullish().catch(null),
});

/**
 * Model and preprocessing of a checkpoint, as timm derives them from the arguments; the names of classes are known
 * where the run began here.
 *
 * @param args - A dict or a namespace; of somebody else.
 * @returns null: they do not name a model that is known here.
 */
export function describeArguments(args: TorchValue): WeightsDescription | null {
  const parsed = schema.safeParse(plainValue(args));
  if (!parsed.success || !isModel(parsed.data.model)) return null;
  const given = parsed.data;
  const [arch = ""] = given.model.split(".");
  const pool = given.gp ? { global_pool: given.gp } : {};
  const options = optionsOf(arch, { ...given.model_kwargs, ...pool });
  const own = modelInfo(given.model).pretrainedCfg;
  const [inChans, height, width] = given.input_size ?? [];
  const [, ownHeight, ownWidth] = own.inputSize;
  const size = given.img_size ?? options?.imgSize;
  const dataConfig = dataConfigSchema.safeParse({
    ...own,
    inputSize: [given.in_chans ?? inChans ?? 3, height ?? size ?? ownHeight, width ?? size ?? ownWidth],
    ...(given.crop_pct ? { cropPct: given.crop_pct } : {}),
    ...(given.crop_mode ? { cropMode: given.crop_mode } : {}),
    // While training it may be "random".
    ...(isInterpolation(given.interpolation) ? { interpolation: given.interpolation } : {}),
    ...(given.mean ? { mean: given.mean } : {}),
    ...(given.std ? { std: given.std } : {}),
  });
  const kept = options && keptOptions(options);
  const numClasses = given.num_classes ?? own.numClasses ?? IMAGENET_CLASSES;
  const { classNames = [] } = given[CARRIED] ?? {};
  const model = modelEntrySchema.safeParse({
    arch,
    numClasses,
    inChans: dataConfig.data?.inputSize[0],
    ...(kept ? { options: kept } : {}),
  });
  if (options === null || !dataConfig.success || !model.success) return null;
  const outputNames = classNames.length === numClasses ? classNames : [];
  const task = { name: DEFAULT_TASK, settings: {}, outputNames };
  return { model: model.data, task, dataConfig: dataConfig.data };
}

/** null: the model is made with arguments that are not known here. */
function optionsOf(arch: string, args: Readonly<Record<string, unknown>>): ModelOptions | null {
  try {
    return modelOptions(arch, args, "describeArguments");
  } catch {
    return null;
  }
}

function isInterpolation(name: string | null | undefined): boolean {
  return name === "bilinear" || name === "bicubic";
}
