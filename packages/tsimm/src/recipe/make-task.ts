/** The task of a run, from its flags. */
import type { ImageDataset } from "../data/image-dataset.ts";
import type { Task, TaskDefinition } from "../task/task.ts";
import { findTask, listTasks } from "../task/tasks.ts";
import { UsageError } from "../usage-error.ts";
import { findFlag, separated, type TrainArguments } from "./arguments.ts";
import { showValue } from "./check-arguments.ts";
import { fromFlags } from "./from-flags.ts";

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
  refuseOtherTasks(definition, args);
  const { labels = "class" } = definition;
  if (labels !== "class" && outputNames.length !== classNames.length) {
    throw new UsageError(
      `train: --num-classes must be the ${classNames.length} of the labels for --task ${args.task}, got ${args.numClasses}; leave it out`,
    );
  }
  const context = { outputNames, trainingLabels: samples.map(({ label }) => label) };
  return fromFlags("train", args, () => definition.create(context, taskOptions(definition, args)));
}

/** Flags of each option of a task. */
function flagsOf({ fromArguments = {} }: TaskDefinition): [option: string, flags: readonly string[]][] {
  return Object.entries(fromArguments).map(([option, flags]) => [option, [flags].flat()]);
}

/** A flag that only other tasks have would be passed over. */
function refuseOtherTasks(definition: TaskDefinition, args: TrainArguments): void {
  const given: Readonly<Record<string, unknown>> = { ...args };
  const own = new Set(flagsOf(definition).flatMap(([, flags]) => flags));
  const tasks = listTasks().map((name) => findTask("createTask", name));
  for (const flag of new Set(tasks.flatMap(flagsOf).flatMap(([, flags]) => flags))) {
    const value = given[flag];
    const isOff = value === undefined || value === null || value === false || value === 0;
    if (own.has(flag) || isOff || value === findFlag(flag)?.default) continue;
    const others = tasks.filter((task) => flagsOf(task).some(([, flags]) => flags.includes(flag)));
    throw new UsageError(
      `train: --${separated(flag, "-")} must come with --task ${others.map(({ name }) => name).join(" or ")}, ` +
        `got ${showValue(value)} with ${definition.name}; leave it out`,
    );
  }
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
