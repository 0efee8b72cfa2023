/** The `config.json` of a model's repository or folder, as timm writes it. */
import { z } from "zod";
import { printable } from "../../text/printable.ts";
import { suggestion } from "../../text/suggestion.ts";
import type { PretrainedWeightsConfig } from "../model.ts";
import { imageNet } from "../preprocessing.ts";
import { isModel, listModels, type ModelOptions, modelConfigNames } from "../registry.ts";

/** What a repository says of its model. */
export interface RepositoryConfig {
  /** Name of a registered model. */
  readonly arch: string;
  readonly config: PretrainedWeightsConfig;
  /** Options that the model is made with. */
  readonly options: ModelOptions;
}

const size = z.tuple([z.int().min(1).max(16), z.int().min(1).max(16384), z.int().min(1).max(16384)]);
const perChannel = z.array(z.number()).min(1).max(16);
const crop = z.number().gt(0).max(2);

const preprocessing = z.object({
  input_size: size.optional(),
  test_input_size: size.nullish(),
  fixed_input_size: z.boolean().nullish(),
  interpolation: z.string().max(50).optional(),
  crop_pct: crop.optional(),
  test_crop_pct: crop.nullish(),
  crop_mode: z.string().max(50).optional(),
  mean: perChannel.optional(),
  std: perChannel.optional(),
  num_classes: z.int().min(0).max(1e6).nullish(),
  tag: z.string().max(200).nullish(),
  label_names: z.array(z.string().max(1000)).max(1e6).nullish(),
});

const schema = z.object({
  architecture: z.string().max(200),
  num_classes: z.int().min(0).max(1e6).nullish(),
  label_names: z.array(z.string().max(1000)).max(1e6).nullish(),
  model_args: z.record(z.string().max(100), z.unknown()).nullish(),
  pretrained_cfg: preprocessing.nullish(),
});

/** Options of `model_args` that every model takes, in camel case. */
const GENERAL: readonly (keyof ModelOptions)[] = [
  ...(["numClasses", "inChans", "imgSize", "globalPool", "dropRate", "dropPathRate"] as const),
  ...(["bnMomentum", "bnEps", "zeroInitLast"] as const),
];

/**
 * Reads a `config.json`: data of somebody else.
 *
 * @param text - The file.
 * @param where - The file in errors.
 * @throws Error that names the first entry that is wrong, or the model that is not known.
 */
export function parseRepositoryConfig(text: string, where: string): RepositoryConfig {
  const entry = checked(text, where);
  const arch = entry.architecture.split(".")[0] ?? "";
  if (!isModel(arch)) {
    throw new Error(
      `${where}: architecture must be a model that is known here, got "${printable(arch)}"${suggestion(arch, listModels())}; tsimm models lists them`,
    );
  }
  // Older files have all in one object.
  const config = entry.pretrained_cfg ?? preprocessing.parse(JSON.parse(text));
  const numClasses = entry.num_classes ?? config.num_classes ?? undefined;
  const labelNames = entry.label_names ?? config.label_names ?? undefined;
  return {
    arch,
    config: {
      inputSize: config.input_size ?? imageNet.inputSize,
      interpolation: config.interpolation === "bilinear" ? "bilinear" : "bicubic",
      cropPct: Math.min(config.crop_pct ?? imageNet.cropPct, 1),
      cropMode: cropModeOf(config.crop_mode),
      mean: config.mean ?? imageNet.mean,
      std: config.std ?? imageNet.std,
      ...(config.test_input_size ? { testInputSize: config.test_input_size } : {}),
      ...(config.test_crop_pct ? { testCropPct: config.test_crop_pct } : {}),
      ...(config.fixed_input_size ? { fixedInputSize: true } : {}),
      ...(config.tag ? { tag: config.tag } : {}),
      ...(numClasses === undefined ? {} : { numClasses }),
      ...(labelNames === undefined ? {} : { labelNames }),
    },
    options: modelOptions(arch, entry.model_args ?? {}, where),
  };
}

function checked(text: string, where: string): z.infer<typeof schema> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Error(`${where} must be JSON (${printable((error as Error).message)})`);
  }
  const result = schema.safeParse(json);
  const legacy = result.success && !result.data.pretrained_cfg ? preprocessing.safeParse(json) : null;
  const error = result.success ? legacy?.error : result.error;
  const issue = error?.issues[0];
  if (result.success && issue === undefined) return result.data;
  const at = issue?.path.join(".") || "the file";
  throw new Error(
    printable(`${where}: ${at} must be as timm writes it (${issue?.message ?? "it is wrong"})`),
  );
}

function cropModeOf(mode: string | undefined): PretrainedWeightsConfig["cropMode"] {
  return mode === "squash" || mode === "border" ? mode : "center";
}

/**
 * Arguments of timm's constructor as options of a model here.
 *
 * @param where - The file in errors.
 * @throws Error that names the first one that is not known.
 */
export function modelOptions(
  arch: string,
  args: Readonly<Record<string, unknown>>,
  where: string,
): ModelOptions {
  const options: Record<string, unknown> = {};
  const config: Record<string, unknown> = {};
  const own = modelConfigNames(arch);
  for (const [key, given] of Object.entries(args)) {
    if (given === null) continue;
    const name = key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    // Sizes may be pairs.
    const isPair = name === "imgSize" && Array.isArray(given) && given.length === 2 && given[0] === given[1];
    const value = isPair ? given[0] : given;
    if (own.includes(name)) config[name] = value;
    else if (GENERAL.some((known) => known === name)) options[name] = value;
    else {
      const known = [...GENERAL, ...own].join(", ");
      throw new Error(
        printable(
          `${where}: model_args must be among ${known}, got ${key} ${JSON.stringify(value)?.slice(0, 100)}`,
        ),
      );
    }
  }
  return Object.keys(config).length === 0
    ? options
    : { ...options, config: config as ModelOptions["config"] };
}
