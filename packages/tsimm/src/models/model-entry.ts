/** A model as files name it: enough to create it again. */
import { z } from "zod";
import type { Model } from "./model.ts";

/** Name and options of a model. */
export interface ModelEntry {
  /** Name, as `createModel` takes it. */
  readonly arch: string;
  readonly numClasses: number;
  readonly inChans: number;
}

/** {@link ModelEntry} in files. */
export const modelEntrySchema: z.ZodType<ModelEntry> = z.object({
  arch: z.string(),
  numClasses: z.number().int().min(1),
  inChans: z.number().int().min(1).max(4),
});

/** The entry of a model. */
export function modelEntry({ name: arch, numClasses, inChans }: Model): ModelEntry {
  return { arch, numClasses, inChans };
}
