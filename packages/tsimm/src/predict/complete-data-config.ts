/** Preprocessing of a model, with changes. */
import { checkChoice, checkInputSize } from "../data/transforms/option-checks.ts";
import type { Model, PretrainedConfig, PretrainedWeightsConfig } from "../models/model.ts";
import { checkOptionNames } from "../option-names.ts";

const CHOICES = {
  interpolation: ["bilinear", "bicubic"],
  cropMode: ["center", "squash", "border"],
} as const;

/** Entries of {@link PretrainedWeightsConfig} that are no preprocessing of training. */
const OF_WEIGHTS: ReadonlySet<string> = new Set<keyof PretrainedWeightsConfig>([
  ...(["testInputSize", "testCropPct", "numClasses", "fixedInputSize"] as const),
  ...(["tag", "hfHubId", "labelNames"] as const),
]);

/**
 * The preprocessing of a model, with changes; a model of grey images takes the mean of its channels, as timm does.
 *
 * @param where - Function named in errors.
 * @param given - What differs from `pretrainedCfg`.
 * @throws RangeError for a value out of range, or one that does not fit the model's channels.
 * @example
 * const model = createModel("test_resnet", { inChans: 1 });
 * completeDataConfig("here", model, { inputSize: [1, 32, 32] }).mean; // => [0.5]
 */
export function completeDataConfig(
  where: string,
  { name, inChans, pretrainedCfg }: Model,
  given: Partial<PretrainedConfig>,
): PretrainedConfig {
  // What a model's own configuration says besides.
  const own = Object.entries(given).filter(([option]) => !OF_WEIGHTS.has(option));
  checkOptionNames<Partial<PretrainedConfig>>(where, Object.fromEntries(own), {
    ...{ inputSize: true, interpolation: true, cropPct: true, cropMode: true, mean: true, std: true },
  });
  const [, height, width] = pretrainedCfg.inputSize;
  const inputSize = given.inputSize ?? [inChans, height, width];
  checkInputSize(where, inputSize);
  if (inputSize[0] !== inChans) {
    throw new RangeError(
      `${where}: inputSize must have the ${inChans} channels of ${name}, got [${inputSize.join(", ")}]`,
    );
  }
  const { mean = perChannel(pretrainedCfg.mean, inChans), std = perChannel(pretrainedCfg.std, inChans) } =
    given;
  for (const [parameter, values] of Object.entries({ mean, std })) {
    const fits = values.every((value) => Number.isFinite(value) && (parameter === "mean" || value > 0));
    if (values.length === inChans && fits) continue;
    const allowed = parameter === "mean" ? "a number" : "a number > 0";
    throw new RangeError(
      `${where}: ${parameter} must be ${allowed} for each of the ${inChans} channels of ${name}, got [${values.join(", ")}]`,
    );
  }
  const { cropPct = pretrainedCfg.cropPct, interpolation = pretrainedCfg.interpolation } = given;
  const { cropMode = pretrainedCfg.cropMode } = given;
  if (!(cropPct > 0 && cropPct <= 1)) {
    throw new RangeError(`${where}: cropPct must be a number in (0, 1], got ${cropPct}`);
  }
  for (const [parameter, value] of Object.entries({ interpolation, cropMode })) {
    const words: readonly string[] = parameter === "cropMode" ? CHOICES.cropMode : CHOICES.interpolation;
    checkChoice(where, parameter, value, words);
  }
  return { inputSize, interpolation, cropPct, cropMode, mean, std };
}

function perChannel(values: readonly number[], channels: number): readonly number[] {
  if (values.length === channels) return values;
  const average = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Array.from({ length: channels }, () => average);
}
