/** The schedule of a run that exists, from its `args.yaml`. */

import { openDataset } from "../data/dataset.ts";
import { findTask } from "../task/tasks.ts";
import { printable } from "../text/printable.ts";
import { UsageError } from "../usage-error.ts";
import type { ArgumentName, TrainArguments } from "./arguments.ts";
import { absolutePlace } from "./data-place.ts";
import { fromFlags } from "./from-flags.ts";
import { readConfiguration } from "./read-configuration.ts";
import { resolveArguments } from "./resolve-arguments.ts";

/** The schedule of a run. */
export interface RunSchedule {
  /** Arguments that the schedule comes from. */
  readonly given: Partial<TrainArguments>;
  /** Updates in an epoch and how they are known, where the schedule needs them; null: it does not, or they are not known. */
  readonly updates: { readonly perEpoch: number; readonly explanation: string } | null;
}

/** Options of {@link readRunSchedule}. */
export interface RunScheduleOptions {
  /** Arguments that a schedule comes from. */
  readonly names: readonly ArgumentName[];
  /** Arguments that beat those of the file. */
  readonly flags: Partial<TrainArguments>;
  /** Updates in an epoch that are known from elsewhere; null: none. */
  readonly asked: number | null;
}

/**
 * Reads the schedule of a run, with the updates in an epoch of its images where t counts updates.
 *
 * @param file - The `args.yaml` of a run, timm's or ours.
 * @throws UsageError for a file that is none, or images that cannot be counted.
 */
export async function readRunSchedule(file: string, options: RunScheduleOptions): Promise<RunSchedule> {
  const { names, flags, asked } = options;
  const inFile = (await readConfiguration(file).catch(inOwnWords)).given;
  const own = Object.entries(inFile).filter(([name]) => names.some((known) => known === name));
  const given: Partial<TrainArguments> = { ...Object.fromEntries(own), ...flags };
  const args = resolveArguments(inFile, flags);
  const updates = args.schedOnUpdates && asked === null ? await countUpdates(args) : null;
  return { given, updates };
}

function inOwnWords(error: unknown): never {
  if (!(error instanceof UsageError)) throw error;
  throw new UsageError(error.message.replace(/^train:/, "schedule:"), { cause: error });
}

/** Whole batches of the training images, by the batches of an update. */
async function countUpdates(args: TrainArguments): Promise<RunSchedule["updates"]> {
  const { dataDir, trainSplit, classMap, imageColumn, labelColumns, batchSize, gradAccumSteps } = args;
  if (dataDir === null) return null;
  const { labels } = fromFlags("schedule", args, () => findTask("createTask", args.task));
  const { samples } = await openDataset({
    ...{ dataDir: absolutePlace(dataDir), split: trainSplit, labels },
    ...(classMap === "" ? {} : { classMap }),
    ...(imageColumn === "" ? {} : { imageColumn }),
    ...(labelColumns === null ? {} : { labelColumns }),
    onInfo() {},
    onWarning() {},
  }).catch((error: Error) => {
    const [reason] = error.message.replace(/^openDataset: /, "").split("; ");
    const text = `schedule: --updates-per-epoch must be given where the images cannot be counted (${reason})`;
    throw new UsageError(printable(text), { cause: error });
  });
  const perEpoch = Math.max(1, Math.ceil(Math.floor(samples.length / batchSize) / gradAccumSteps));
  const steps = gradAccumSteps === 1 ? "" : `, ${gradAccumSteps} to an update`;
  const explanation = `${perEpoch} updates in an epoch: ${samples.length} images of ${printable(dataDir)} in batches of ${batchSize}${steps}, in one process`;
  return { perEpoch, explanation };
}
