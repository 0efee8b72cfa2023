/** The check of an exported file: its outputs beside those of the model. */
import { encodeModel, readMetadata } from "@tsimm/autodiff";
import type { PretrainedConfig } from "../models/model.ts";
import { parseOrigin } from "../models/onnx/origin-metadata.ts";
import { decodeClassifier } from "../models/onnx-file.ts";
import { keyedRandom } from "../random/keyed-random.ts";
import type { Engine } from "../runtime/engine.ts";
import type { TrainedModel } from "./trained-model.ts";

/** A comparison of an exported file with its model. */
export interface ExportCheck {
  /** Images that both have seen. */
  readonly images: number;
  /** Largest absolute difference of their outputs. */
  readonly difference: number;
  /** Largest absolute output. */
  readonly largest: number;
}

/** Share of the largest output that float32 may lose between two orders of the same sums. */
const TOLERANCE = 1e-3;

/**
 * Runs an exported file on random images, as any ONNX runtime would, and compares its outputs with those of the model.
 *
 * @param batchSizes - Batches to try, one after the other.
 * @throws Error if they differ by more than rounding explains, or are not finite.
 */
export async function checkExport(
  file: Uint8Array,
  trained: TrainedModel,
  {
    engine,
    dataConfig,
    batchSizes,
  }: {
    readonly engine: Engine;
    readonly dataConfig: PretrainedConfig;
    readonly batchSizes: readonly number[];
  },
): Promise<ExportCheck> {
  const isForeign = parseOrigin(readMetadata(file)) !== null;
  const whole = isForeign ? null : await engine.load(file);
  let [images, difference, largest] = [0, 0, 0];
  try {
    for (const batchSize of batchSizes) {
      const pixels = randomPixels(batchSize, dataConfig);
      const evaluation = await trained.compile(engine, { batchSize, dataConfig });
      const expected = await evaluation.run(pixels, batchSize).finally(() => evaluation.close());
      const input = normalised(pixels, batchSize, dataConfig);
      // The file of somebody else ends where it always has; what is read from it is compared.
      const session = whole ?? (await engine.load(encodeModel(decodeClassifier(file, batchSize).graph)));
      const [name = ""] = session.outputNames;
      const output = (await session.run({ input }))[name]?.data;
      if (whole === null) await session.close();
      if (!(output instanceof Float32Array) || output.length !== expected.length) {
        throw new Error("export: the file must give the outputs of the model, got others");
      }
      for (const [at, value] of output.entries()) {
        const one = Math.abs(value - (expected[at] ?? Number.NaN));
        difference = one > difference || Number.isNaN(one) ? one : difference;
        largest = Math.max(largest, Math.abs(value));
      }
      images += batchSize;
    }
  } finally {
    await whole?.close();
  }
  if (!(difference <= TOLERANCE * Math.max(1, largest))) {
    throw new Error(
      `export: the file must give the outputs of the model, got a difference of ${difference} where the largest is ${largest}; try another --engine`,
    );
  }
  return { images, difference, largest };
}

/** uint8 [B, H, W, C], the same each time. */
function randomPixels(
  batchSize: number,
  { inputSize: [channels, height, width] }: PretrainedConfig,
): Uint8Array {
  const random = keyedRandom(0, "augment");
  return Uint8Array.from({ length: batchSize * height * width * channels }, () => random.integer(256));
}

/** float32 [B, C, H, W], as the file takes it. */
function normalised(
  pixels: Uint8Array,
  batchSize: number,
  { inputSize: [channels, height, width], mean, std }: PretrainedConfig,
): { dtype: "float32"; shape: number[]; data: Float32Array } {
  const plane = height * width;
  const data = new Float32Array(pixels.length);
  for (let image = 0; image < batchSize; image++) {
    for (let at = 0; at < plane; at++) {
      for (let channel = 0; channel < channels; channel++) {
        const value = pixels[(image * plane + at) * channels + channel] ?? 0;
        const scaled = (value / 255 - (mean[channel] ?? 0)) / (std[channel] ?? 1);
        data[(image * channels + channel) * plane + at] = scaled;
      }
    }
  }
  return { dtype: "float32", shape: [batchSize, channels, height, width], data };
}
