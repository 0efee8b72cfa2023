/** Preprocessing of a validation: that of training, with changes. */
import type { PretrainedConfig } from "../models/model.ts";
import { UsageError } from "../usage-error.ts";
import type { TrainedModel } from "./trained-model.ts";

/** Changes of the preprocessing; what is absent stays. */
export interface EvaluationConfigOptions {
  /** Size and crop of the model's own configuration. */
  readonly useTestSize?: boolean | undefined;
  /** Side of the square input in pixels. */
  readonly imgSize?: number | undefined;
  readonly cropPct?: number | undefined;
  readonly cropMode?: PretrainedConfig["cropMode"] | undefined;
  readonly interpolation?: PretrainedConfig["interpolation"] | undefined;
  readonly mean?: readonly number[] | undefined;
  readonly std?: readonly number[] | undefined;
}

/** Preprocessing, and what differs from that of training. */
export interface EvaluationConfig {
  readonly dataConfig: PretrainedConfig;
  /** E.g. `crop_pct 0.875 -> 1`. */
  readonly changes: readonly string[];
}

/** Sizes of images that a model's configuration names for tests, where it does. */
interface TestSize {
  readonly testInputSize?: PretrainedConfig["inputSize"];
  readonly testCropPct?: number;
}

/**
 * Resolves the preprocessing.
 *
 * @param where - Command named in errors.
 * @throws UsageError for values that do not fit the model.
 */
export function evaluationConfig(
  where: string,
  { dataConfig, ownConfig }: Pick<TrainedModel, "dataConfig" | "ownConfig">,
  options: EvaluationConfigOptions,
): EvaluationConfig {
  const [channels] = dataConfig.inputSize;
  if (options.useTestSize && ownConfig === null) {
    throw new UsageError(
      `${where}: --use-test-size must be off for an ONNX file, got on; its size is fixed, take the .safetensors file`,
    );
  }
  const own: (PretrainedConfig & TestSize) | null = options.useTestSize ? ownConfig : null;
  const [, height, width] = own?.testInputSize ?? own?.inputSize ?? dataConfig.inputSize;
  const { imgSize } = options;
  const perChannel = (flag: "mean" | "std") => {
    const values = options[flag];
    if (values === undefined || values.length === channels) return values ?? dataConfig[flag];
    if (values.length === 1) return Array.from({ length: channels }, () => values[0] ?? 0);
    throw new UsageError(`${where}: --${flag} must have 1 or ${channels} values, got ${values.join(" ")}`);
  };
  const changed: PretrainedConfig = {
    inputSize: [channels, imgSize ?? height, imgSize ?? width],
    interpolation: options.interpolation ?? dataConfig.interpolation,
    cropPct: options.cropPct ?? own?.testCropPct ?? own?.cropPct ?? dataConfig.cropPct,
    cropMode: options.cropMode ?? dataConfig.cropMode,
    mean: perChannel("mean"),
    std: perChannel("std"),
  };
  return { dataConfig: changed, changes: changesOf(dataConfig, changed) };
}

const KEYS = {
  inputSize: "input_size",
  interpolation: "interpolation",
  cropPct: "crop_pct",
  cropMode: "crop_mode",
  mean: "mean",
  std: "std",
} as const satisfies Partial<Record<keyof PretrainedConfig, string>>;

function changesOf(before: PretrainedConfig, after: PretrainedConfig): string[] {
  const names = Object.keys(KEYS) as (keyof typeof KEYS)[];
  const text = (value: PretrainedConfig[keyof typeof KEYS]) =>
    typeof value === "object" ? `(${value.join(", ")})` : String(value);
  return names.flatMap((name) => {
    const [old, now] = [text(before[name]), text(after[name])];
    return old === now ? [] : [`${KEYS[name]} ${old} -> ${now}`];
  });
}
