/** The metadata of an exported model: names of the outputs, preprocessing, task. */
import type { PretrainedConfig } from "./model.ts";

/** A task, as a file names it. */
export interface TaskNote {
  /** Name of its definition. */
  readonly name: string;
  /** JSON values that describe outputs with it. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** What a file says of its model. */
export interface OnnxMetadata {
  /** Name of the model. */
  readonly architecture: string;
  /** Names of the classes or outputs. */
  readonly classNames: readonly string[];
  readonly dataConfig: PretrainedConfig;
  /** Whether the weights are a moving average. */
  readonly average: boolean;
  /** The task; absent: plain classification. */
  readonly task?: TaskNote | undefined;
}

const INTERPOLATIONS = ["bilinear", "bicubic"] as const;
const CROP_MODES = ["center", "squash", "border"] as const;
const WEIGHTS = ["plain", "ema"] as const;

/**
 * The entries of a file: `architecture`, `class_names` (JSON list), `input_size` (JSON [C, H, W]), `mean`, `std` (JSON
 * lists for pixels divided by 255), `interpolation`, `crop_pct`, `crop_mode`; `weights` "ema" for a moving average;
 * `task` and `task_settings` (JSON) of another task than plain classification.
 */
export function formatOnnxMetadata(parts: OnnxMetadata): Record<string, string> {
  const { architecture, classNames, dataConfig, average, task } = parts;
  return {
    architecture,
    class_names: JSON.stringify(classNames),
    input_size: JSON.stringify(dataConfig.inputSize),
    mean: JSON.stringify(dataConfig.mean),
    std: JSON.stringify(dataConfig.std),
    interpolation: dataConfig.interpolation,
    crop_pct: String(dataConfig.cropPct),
    crop_mode: dataConfig.cropMode,
    ...(average ? { weights: "ema" } : {}),
    ...(task === undefined ? {} : { task: task.name, task_settings: JSON.stringify(task.settings) }),
  };
}

/**
 * Reads the entries of {@link formatOnnxMetadata}.
 *
 * @param where - Function named in errors.
 * @throws Error that names the first entry that is missing or wrong.
 */
export function parseOnnxMetadata(where: string, metadata: Readonly<Record<string, string>>): OnnxMetadata {
  const wrong = (key: string) =>
    new Error(`${where}: the model must carry tsimm's metadata, but ${key} is missing or wrong`);
  const text = (key: string): string => {
    const value = metadata[key];
    if (value === undefined) throw wrong(key);
    return value;
  };
  const choice = <T extends string>(key: string, choices: readonly T[], value = text(key)): T => {
    const found = choices.find((one) => one === value);
    if (found === undefined) throw wrong(key);
    return found;
  };
  const json = <T>(key: string, is: (value: unknown) => value is T): T => {
    const value = parsed(text(key));
    if (!is(value)) throw wrong(key);
    return value;
  };
  const cropPct = Number(text("crop_pct"));
  if (!Number.isFinite(cropPct)) throw wrong("crop_pct");
  return {
    architecture: text("architecture"),
    classNames: json("class_names", isTexts),
    dataConfig: {
      inputSize: json("input_size", isSize),
      mean: json("mean", isNumbers),
      std: json("std", isNumbers),
      interpolation: choice("interpolation", INTERPOLATIONS),
      cropPct,
      cropMode: choice("crop_mode", CROP_MODES),
    },
    average: choice("weights", WEIGHTS, metadata["weights"] ?? "plain") === "ema",
    ...(metadata["task"] === undefined
      ? {}
      : {
          task: {
            name: metadata["task"],
            settings: metadata["task_settings"] === undefined ? {} : json("task_settings", isRecord),
          },
        }),
  };
}

/** undefined if the text is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((one) => typeof one === "number");
}

function isSize(value: unknown): value is [number, number, number] {
  return isNumbers(value) && value.length === 3;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
