/** What files of weights say of their model. */
import { z } from "zod";
import type { PretrainedConfig } from "../models/model.ts";
import { type ModelEntry, modelEntrySchema } from "../models/model-entry.ts";
import { DEFAULT_TASK } from "../task/default-task.ts";
import { dataConfigSchema, type RunState, type TaskEntry } from "./run-state.ts";

/** Enough to create the model and to tell what its outputs are. */
export interface WeightsDescription {
  readonly model: ModelEntry;
  readonly task: TaskEntry;
  readonly dataConfig: PretrainedConfig;
}

const weightsEntry = z.object({
  classNames: z.array(z.string()),
  dataConfig: dataConfigSchema,
  task: z.object({ name: z.string(), settings: z.record(z.string(), z.unknown()) }).optional(),
});

/**
 * Reads the `tsimm` entry of a `<role>.safetensors` or `<role>.ema.safetensors` file.
 *
 * @returns null if it is not one that training wrote.
 */
export function parseWeightsEntry(entry: unknown): WeightsDescription | null {
  const model = modelEntrySchema.safeParse(entry);
  const rest = weightsEntry.safeParse(entry);
  if (!model.success || !rest.success) return null;
  const { classNames, dataConfig, task = { name: DEFAULT_TASK, settings: {} } } = rest.data;
  return { model: model.data, task: { ...task, outputNames: classNames }, dataConfig };
}

/** The same of a `<role>.resume.safetensors` file. */
export function describeState({ model, task, dataConfig }: RunState): WeightsDescription {
  return { model, task, dataConfig };
}
