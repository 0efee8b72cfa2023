/** The task of a run, from its flags. */
import type { ImageDataset } from "../data/image-dataset.ts";
import type { Task, TaskDefinition } from "../task/task.ts";
import { findTask } from "../task/tasks.ts";
import { UsageError } from "../usage-error.ts";
import { separated, type TrainArguments } from "./arguments.ts";
import { showValue } from "./check-arguments.ts";
import { fromFlags, type ParameterFlags } from "./from-flags.ts";

/**
 * Makes the task that the arguments name.
 *
 * @param outputNames - Classes or outputs of the model.
 * @param training - Images to train on.
 * @throws UsageError for options of another task, or that the labels do not allow.
 */
export function makeTask(
  args: TrainArguments,
  outputNames: readonly string[],
  { samples, classNames }: Pick<ImageDataset, "samples" | "classNames">,
): Task {
  const definition = fromFlags("train", args, () => findTask("createTask", args.task));
  const { labels = "class" } = definition;
  if (labels !== "class" && outputNames.length !== classNames.length) {
    throw new UsageError(
      `train: --num-classes must be the ${classNames.length} of the labels for --task ${args.task}, got ${args.numClasses}; leave it out`,
    );
  }
  const context = { outputNames, trainingLabels: samples.map(({ label }) => label) };
  const options = taskOptions(definition, args);
  return fromFlags("train", args, () => definition.create(context, options), parameterFlags(definition));
}

/** Flags of each option of a task. */
function flagsOf({
  fromArguments = {},
  flags = {},
}: TaskDefinition): [option: string, flags: readonly string[]][] {
  const own = Object.keys(flags).map((option): [string, readonly string[]] => [option, [option]]);
  return [
    ...Object.entries(fromArguments).map(([option, names]): [string, readonly string[]] => [
      option,
      [names].flat(),
    ]),
    ...own,
  ];
}

/** Flags of the options of a task, as errors name them. */
function parameterFlags(definition: TaskDefinition): ParameterFlags {
  return Object.fromEntries(
    flagsOf(definition).map(([option, flags]) => [`${definition.name}.${option}`, flags]),
  );
}

/** The options of a task that flags set. */
function taskOptions(definition: TaskDefinition, args: TrainArguments): Record<string, unknown> {
  const given: Readonly<Record<string, unknown>> = { ...args };
  const options: Record<string, unknown> = {};
  for (const [option, flags] of flagsOf(definition)) {
    const [flag, other] = flags.filter((name) => (given[name] ?? null) !== null);
    if (flag === undefined) continue;
    if (other !== undefined) {
      throw new UsageError(
        `train: --${separated(other, "-")} must be absent beside --${separated(flag, "-")}, got ${showValue(given[other])}; both set the same weights`,
      );
    }
    options[option] = flag === "classWeights" ? classWeights(args.classWeights) : given[flag];
  }
  return options;
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
