/** Preprocessing of a run: flags beat the model's configuration. */
import type { PretrainedConfig } from "../models/model.ts";
import { UsageError } from "../usage-error.ts";
import type { TrainArguments } from "./arguments.ts";

type DataArguments = Pick<
  TrainArguments,
  "inputImgMode" | "inputSize" | "imgSize" | "inChans" | "cropPct" | "mean" | "std" | "interpolation"
>;

/**
 * Number of input channels: `--input-size`, else `--in-chans`, else 3.
 *
 * @throws UsageError unless it is 1 (grey) or 3 (RGB).
 */
export function inputChannels(args: DataArguments): number {
  const channels = args.inputSize?.[0] ?? args.inChans ?? 3;
  const flag = args.inputSize === null ? "--in-chans" : "the first value of --input-size";
  if (channels !== 1 && channels !== 3) {
    throw new UsageError(
      `train: ${flag} must be 1 (grey) or 3 (RGB), got ${channels}; images are read as one or the other`,
    );
  }
  checkImageMode(args.inputImgMode, channels, flag);
  return channels;
}

/** The mode says again what the channels say. */
function checkImageMode(mode: string | null, channels: 1 | 3, flag: string): void {
  if (mode === null || mode === (channels === 1 ? "L" : "RGB")) return;
  if (mode === "L" || mode === "RGB") {
    const cure = mode === "L" ? 1 : 3;
    throw new UsageError(
      `train: --input-img-mode must be ${channels === 1 ? "L" : "RGB"} for ${channels} channels, got "${mode}"; set ${flag} to ${cure}`,
    );
  }
  throw new UsageError(`train: --input-img-mode must be RGB or L (grey), got "${mode}"`);
}

/**
 * Resolves the preprocessing.
 *
 * A single mean or std value holds for every channel. A model with one input channel takes the average of an RGB
 * configuration.
 *
 * @throws UsageError if mean or std has neither one value nor one per channel.
 */
export function resolveDataConfig(args: DataArguments, model: PretrainedConfig): PretrainedConfig {
  const channels = inputChannels(args);
  const [, height, width] = args.inputSize ?? [channels, ...sides(args, model)];
  return {
    inputSize: [channels, height ?? 0, width ?? 0],
    interpolation: args.interpolation === "" ? model.interpolation : args.interpolation,
    cropPct: args.cropPct ?? model.cropPct,
    cropMode: model.cropMode,
    mean: perChannel("mean", args.mean, model.mean, channels),
    std: perChannel("std", args.std, model.std, channels),
  };
}

/** The configuration as the tab-indented list that timm logs. */
export function dataConfigLines(config: PretrainedConfig): string[] {
  const tuple = (values: readonly number[]) => `(${values.join(", ")})`;
  return [
    "Data processing configuration for current model + dataset:",
    `\tinput_size: ${tuple(config.inputSize)}`,
    `\tinterpolation: ${config.interpolation}`,
    `\tmean: ${tuple(config.mean)}`,
    `\tstd: ${tuple(config.std)}`,
    `\tcrop_pct: ${config.cropPct}`,
    `\tcrop_mode: ${config.cropMode}`,
  ];
}

function sides(args: DataArguments, model: PretrainedConfig): [number, number] {
  return args.imgSize === null ? [model.inputSize[1], model.inputSize[2]] : [args.imgSize, args.imgSize];
}

function perChannel(
  flag: "mean" | "std",
  given: readonly number[] | null,
  own: readonly number[],
  channels: number,
): readonly number[] {
  const values = given ?? own;
  if (values.length === channels) return values;
  const [first = 0] = values;
  if (values.length === 1) return Array.from({ length: channels }, () => first);
  if (given === null) {
    const average = own.reduce((sum, value) => sum + value, 0) / own.length;
    return Array.from({ length: channels }, () => average);
  }
  throw new UsageError(`train: --${flag} must have 1 or ${channels} values, got ${values.join(" ")}`);
}
