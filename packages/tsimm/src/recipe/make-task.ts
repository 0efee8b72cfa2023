/** The task of a run, from its flags. */
import type { ImageDataset } from "../data/image-dataset.ts";
import type { Task, TaskDefinition } from "../task/task.ts";
import { findTask } from "../task/tasks.ts";
import { UsageError } from "../usage-error.ts";
import type { TrainArguments } from "./arguments.ts";
import { fromFlags, type ParameterFlags } from "./from-flags.ts";

/**
 * Makes the task that the arguments name.
 *
 * @param outputNames - Classes or outputs of the model.
 * @param training - Images to train on.
 */
export function makeTask(
  args: TrainArguments,
  outputNames: readonly string[],
  { samples }: Pick<ImageDataset, "samples">,
): Task {
  const definition = fromFlags("train", args, () => findTask("createTask", args.task));
  const context = { outputNames, trainingLabels: samples.map(({ label }) => label) };
  const options = taskOptions(definition, args);
  return fromFlags("train", args, () => definition.create(context, options), parameterFlags(definition));
}

/** Flags of the options of a task, as errors name them. */
function parameterFlags({ name, fromArguments = {} }: TaskDefinition): ParameterFlags {
  return Object.fromEntries(
    Object.entries(fromArguments).map(([option, flag]) => [`${name}.${option}`, [flag]]),
  );
}

/** The options of a task that flags set. */
function taskOptions(
  { fromArguments = {}, flags = {} }: TaskDefinition,
  args: TrainArguments,
): Record<string, unknown> {
  const given: Readonly<Record<string, unknown>> = { ...args };
  const own = Object.keys(flags).map((option) => [option, option] as const);
  const rows = [...Object.entries(fromArguments), ...own].map(([option, flag]) => {
    const value = given[flag];
    return [option, flag === "classWeights" ? classWeights(args.classWeights) : value] as const;
  });
  return Object.fromEntries(rows.filter(([, value]) => value !== undefined));
}

/**
 * `--class-weights`: `balanced`, or `name=weight` for some of the classes.
 *
 * @throws UsageError for a word that is neither.
 */
export function classWeights(words: readonly string[] | null): "balanced" | Record<string, number> | null {
  if (words === null || words.length === 0) return null;
  if (words.length === 1 && words[0] === "balanced") return "balanced";
  const weights: [string, number][] = words.map((word) => {
    const at = word.lastIndexOf("=");
    const weight = word.slice(at + 1).trim() === "" ? Number.NaN : Number(word.slice(at + 1));
    if (at < 1 || !(weight > 0 && Number.isFinite(weight))) {
      throw new UsageError(
        `train: --class-weights must be balanced, or words such as cat=1 dog=3.5 with weights > 0, got "${word}"`,
      );
    }
    return [word.slice(0, at), weight];
  });
  return Object.fromEntries(weights);
}
