/** The preprocessing that training writes beside weights. */
import { z } from "zod";
import type { SafeTensorsMetadata } from "../../weights/safetensors.ts";
import type { PretrainedConfig } from "../model.ts";

/** What training says of weights. */
export interface SavedPreprocessing {
  readonly dataConfig: PretrainedConfig;
  readonly classNames: readonly string[];
}

const perChannel = z.array(z.number()).min(1).max(16);

const schema = z.object({
  arch: z.string(),
  classNames: z.array(z.string()),
  dataConfig: z.object({
    inputSize: z.tuple([z.int().min(1), z.int().min(1), z.int().min(1)]),
    interpolation: z.enum(["bilinear", "bicubic"]),
    cropPct: z.number().gt(0).max(1),
    cropMode: z.enum(["center", "squash", "border"]),
    mean: perChannel,
    std: perChannel,
  }),
});

/**
 * Reads the `tsimm` entry of a file's metadata.
 *
 * @param arch - Model that the weights are for.
 * @returns null: there is none, or it is of another model.
 */
export function savedPreprocessing(metadata: SafeTensorsMetadata, arch: string): SavedPreprocessing | null {
  let entry: unknown;
  try {
    entry = JSON.parse(metadata["tsimm"] ?? "null");
  } catch {
    return null;
  }
  const { model } = (entry ?? {}) as { model?: object };
  // The whole state of a run names its model in an entry of its own.
  const result = schema.safeParse(model === undefined ? entry : { ...(entry as object), ...model });
  if (!result.success || result.data.arch !== arch) return null;
  const { dataConfig, classNames } = result.data;
  return { dataConfig, classNames };
}
