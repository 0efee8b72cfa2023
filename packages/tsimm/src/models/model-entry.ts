/** A model as files name it: enough to create it again. */
import { z } from "zod";
import type { ConfigValue } from "./config-option.ts";
import type { KeptOptions } from "./kept-options.ts";
import type { Model } from "./model.ts";
import { isOnnxModel } from "./onnx/is-onnx-model.ts";

/** Name and options of a model. */
export interface ModelEntry {
  /** Name, as `createModel` takes it. */
  readonly arch: string;
  readonly numClasses: number;
  readonly inChans: number;
  /** Further options of `createModel`; absent: none. */
  readonly options?: KeptOptions | undefined;
  /** Of a model that is made of an ONNX file: the file, and what its head is. */
  readonly onnx?: OnnxEntry | undefined;
}

/** An ONNX file in files: it lies beside them. */
export interface OnnxEntry {
  /** Of the file. */
  readonly sha256: string;
  /** Value that was looked before for the head; null: the outputs. */
  readonly logits: string | null;
  /** Whether the head is not that of the file. */
  readonly newHead: boolean;
}

const configValue: z.ZodType<ConfigValue> = z.lazy(() =>
  z.union([
    z.union([z.null(), z.boolean(), z.number(), z.string()]),
    z.array(configValue),
    z.record(z.string(), configValue),
  ]),
);

/** {@link KeptOptions} in files. */
const keptOptionsSchema: z.ZodType<KeptOptions> = z.object({
  globalPool: z.enum(["avg", "fast", "max", "avgmax", "catavgmax", "token", ""]).optional(),
  bnMomentum: z.number().min(0).max(1).optional(),
  bnEps: z.number().positive().optional(),
  splitBn: z.number().int().min(2).optional(),
  config: z.record(z.string(), configValue).optional(),
});

/** {@link ModelEntry} in files. */
export const modelEntrySchema: z.ZodType<ModelEntry> = z.object({
  arch: z.string(),
  numClasses: z.number().int().min(1),
  inChans: z.number().int().min(1).max(4),
  options: keptOptionsSchema.optional(),
  onnx: z
    .object({
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      logits: z.string().nullable(),
      newHead: z.boolean(),
    })
    .optional(),
});

/** The entry of a model. */
export function modelEntry(model: Model): ModelEntry {
  const { name: arch, numClasses, inChans, options } = model;
  if (!isOnnxModel(model))
    return { arch, numClasses, inChans, ...(options === undefined ? {} : { options }) };
  const { sha256, from: logits, newHead } = model.onnx;
  return { arch, numClasses, inChans, onnx: { sha256, logits, newHead } };
}
