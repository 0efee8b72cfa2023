/** Preprocessing that an ONNX file tells in its metadata. */
import type { PretrainedConfig } from "../model.ts";
import { parseOnnxMetadata } from "../onnx-metadata.ts";
import { imageNet } from "../preprocessing.ts";
import type { ImageInput } from "./image-input.ts";

/** Side of images in pixels where neither file nor user says it. */
const DEFAULT_SIDE = 224;

/** Preprocessing, and where its mean and standard deviation come from. */
export interface FilePreprocessing {
  readonly config: PretrainedConfig;
  /** `file`: its metadata; `default`: ImageNet's. */
  readonly source: "file" | "default";
}

/** Keys under which exporters write mean and standard deviation. */
const KEYS = [
  ["mean", "std"],
  ["image_mean", "image_std"],
  ["pixel_mean", "pixel_std"],
] as const;

/** Class names in the metadata of a file that `tsimm train` or `exportOnnx` wrote; null: it has none. */
export function fileClassNames(metadata: Readonly<Record<string, string>>): readonly string[] | null {
  const names = parsed(metadata["class_names"] ?? "");
  return Array.isArray(names) && names.every((name) => typeof name === "string") ? names : null;
}

/**
 * Preprocessing for a file's images: size and channels of its input; the rest from its metadata, tsimm's own or lists
 * under {@link KEYS}, of pixels in 0 to 1 or 0 to 255; else that of ImageNet.
 *
 * @param size - Height and width in pixels, where the file leaves them open; null: 224.
 */
export function filePreprocessing(
  metadata: Readonly<Record<string, string>>,
  input: ImageInput,
  size: readonly [number, number] | null,
): FilePreprocessing {
  const own = ownConfig(metadata);
  const [, ownHeight, ownWidth] = own?.inputSize ?? [];
  const inputSize = [
    input.channels,
    input.height ?? size?.[0] ?? ownHeight ?? DEFAULT_SIDE,
    input.width ?? size?.[1] ?? ownWidth ?? DEFAULT_SIDE,
  ] as const;
  const config = own ?? imageNet;
  const found = own ?? normalization(metadata, input.channels);
  const { mean, std } = found ?? imageNet;
  return {
    config: {
      ...config,
      inputSize,
      mean: perChannel(mean, input.channels),
      std: perChannel(std, input.channels),
    },
    source: found === null ? "default" : "file",
  };
}

function ownConfig(metadata: Readonly<Record<string, string>>): PretrainedConfig | null {
  try {
    return parseOnnxMetadata("filePreprocessing", metadata).dataConfig;
  } catch {
    return null;
  }
}

function normalization(
  metadata: Readonly<Record<string, string>>,
  channels: number,
): Pick<PretrainedConfig, "mean" | "std"> | null {
  for (const [meanKey, stdKey] of KEYS) {
    const [mean, std] = [numbers(metadata[meanKey]), numbers(metadata[stdKey])];
    const fits = (list: readonly number[]) => list.length === 1 || list.length === channels;
    if (!mean || !std || !fits(mean) || !fits(std) || !std.every((value) => value > 0)) continue;
    // Written for bytes.
    const scale = std.some((value) => value > 2) ? 255 : 1;
    return { mean: mean.map((value) => value / scale), std: std.map((value) => value / scale) };
  }
  return null;
}

/** A JSON list, or numbers between commas or spaces. */
function numbers(text: string | undefined): readonly number[] | null {
  if (text === undefined) return null;
  const json = parsed(text);
  const list = Array.isArray(json)
    ? json
    : text
        .split(/[\s,]+/)
        .filter((part) => part !== "")
        .map(Number);
  return list.length > 0 && list.every((value) => typeof value === "number" && Number.isFinite(value))
    ? list
    : null;
}

function perChannel(values: readonly number[], channels: number): readonly number[] {
  if (values.length === channels) return values;
  const average = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Array.from({ length: channels }, () => average);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
