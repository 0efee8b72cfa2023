/** The images of a run: its data sets, and the loaders on them. */
import type { Loader } from "../data/batch.ts";
import { checkLabels } from "../data/check-labels.ts";
import { type ImageDataset, type OpenDatasetOptions, openDataset } from "../data/dataset.ts";
import { fashionMnistMini } from "../data/datasets/fashion-mnist-mini.ts";
import { createDecodePool } from "../data/decode-pool.ts";
import { checkDataset, type LabelKind, labelKindOf } from "../data/image-dataset.ts";
import { createLoader } from "../data/loader.ts";
import { labelCounts } from "../data/sampling.ts";
import { MissingSplitError } from "../data/split-files.ts";
import type { TransformOptions } from "../data/transforms/transform.ts";
import { unevenWarning } from "../data/uneven-classes.ts";
import type { PretrainedConfig } from "../models/model.ts";
import { findTask } from "../task/tasks.ts";
import { printable } from "../text/printable.ts";
import { UsageError } from "../usage-error.ts";
import { separated, type TrainArguments, trainFlags } from "./arguments.ts";
import { absolutePlace } from "./data-place.ts";
import { flagMessage, fromFlags } from "./from-flags.ts";
import type { Log } from "./log.ts";

/** Training and validation images. */
export interface TrainingData {
  readonly training: ImageDataset;
  /** null: `--val-split ''`. */
  readonly validation: ImageDataset | null;
}

/** Loaders on {@link TrainingData}. */
export interface TrainingLoaders {
  readonly trainLoader: Loader;
  readonly valLoader: Loader | null;
  /** Ends the decoding threads. */
  close(): Promise<void>;
}

/** What the model's outputs stand for: one of them, several. */
const NOUNS: Readonly<Record<LabelKind, readonly [string, string]>> = {
  class: ["class", "classes"],
  multi: ["label", "labels"],
  number: ["output", "outputs"],
};

/** Classes that the log lists one by one. */
const LISTED_CLASSES = 20;

/** Opens one split; where a name that was given is no folder, the error is about its flag. */
async function openSplit(
  name: "trainSplit" | "valSplit",
  args: TrainArguments,
  options: Omit<OpenDatasetOptions, "split">,
): Promise<ImageDataset> {
  const split = args[name];
  try {
    return await openDataset({ ...options, split });
  } catch (error) {
    if (!(error instanceof MissingSplitError) || split === trainFlags[name].default)
      throw explained(error, args);
    throw new UsageError(
      printable(
        `train: --${separated(name, "-")} must be a folder of ${options.dataDir}, got "${split}"; there is ${error.found}`,
      ),
      { cause: error },
    );
  }
}

/** An error of usage for what a flag alone says wrong: the kind of the labels, or the names of columns. */
function explained(error: unknown, args: TrainArguments): unknown {
  if (!(error instanceof RangeError)) return error;
  const message = flagMessage(error.message, "train", args);
  const isUsage = /^train: --(task|image-column|label-columns) must/.test(message);
  return isUsage ? new UsageError(message, { cause: error }) : error;
}

/**
 * Opens what `--data-dir` names, or the built-in images, and logs what is in it.
 *
 * @param own - Images of the caller's; null: those of the arguments.
 */
export async function openData(
  args: TrainArguments,
  own: TrainingData | null,
  log: Log,
): Promise<TrainingData> {
  if (own !== null) checkOwn(own, args);
  const data = own ?? (await openSplits(args, log));
  const { training, validation } = data;
  const { classNames } = training;
  const images = validation === null ? "no validation" : `${validation.samples.length} validation images`;
  const kind = labelKindOf(training);
  const outputs = `${classNames.length} ${NOUNS[kind][classNames.length === 1 ? 0 : 1]}`;
  log.info(`Data: ${training.samples.length} training images, ${images}, ${outputs}`);
  const counts = kind === "number" ? null : labelCounts(training);
  for (const line of classTable(classNames, counts)) log.info(line);
  const warning = counts === null ? null : unevenWarning(counts, classNames);
  if (warning !== null && !args.balancedSampling && args.classWeights === null) log.warn(warning);
  return data;
}

/** Refuses images of the caller's that are not for the task, before anything is written. */
function checkOwn({ training, validation }: TrainingData, args: TrainArguments): void {
  const { labels: kind } = fromFlags("train", args, () => findTask("createTask", args.task));
  const { classNames } = training;
  for (const [name, dataset] of Object.entries({ training, validation })) {
    if (dataset === null) continue;
    checkDataset(`train: dataset.${name}`, dataset);
    const { samples } = dataset;
    if (samples.length === 0) {
      throw new RangeError(`train: dataset.${name} must have at least one image, got none`);
    }
    if (kind === undefined) continue;
    const labels = samples.map(({ label }) => label);
    checkLabels(`train: dataset.${name}`, labels, { kind, outputs: classNames.length });
  }
}

async function openSplits(args: TrainArguments, { info, warn }: Log): Promise<TrainingData> {
  if (args.dataDir === null) {
    info(
      "No data folder given: training on the built-in images, a subset of Fashion-MNIST (10 classes, 28x28)",
    );
  }
  const { labels } = fromFlags("train", args, () => findTask("createTask", args.task));
  const shared = {
    dataDir: args.dataDir === null ? fashionMnistMini : absolutePlace(args.dataDir),
    classMap: args.classMap === "" ? undefined : args.classMap,
    imageColumn: args.imageColumn === "" ? undefined : args.imageColumn,
    labelColumns: args.labelColumns ?? undefined,
    labels,
    onInfo: info,
    onWarning: warn,
  };
  const training = await openSplit("trainSplit", args, shared);
  const { classNames } = training;
  const validation =
    args.valSplit === "" ? null : await openSplit("valSplit", args, { ...shared, classNames });
  return { training, validation };
}

/** Makes the loaders: training shuffled and augmented, validation in order. */
export function createLoaders(
  { training, validation }: TrainingData,
  args: TrainArguments,
  dataConfig: PretrainedConfig,
  { warn }: Log,
): TrainingLoaders {
  const { seed, maxBadImages } = args;
  const pool = createDecodePool(args.workers);
  const shared = { seed, pool, maxBadImages, onWarning: warn };
  const trainLoader = createLoader(training, {
    ...shared,
    batchSize: args.batchSize,
    ...(args.balancedSampling ? { sampling: "balanced" as const } : {}),
    augRepeats: args.augRepeats,
    augSplits: args.augSplits,
    transform: trainingTransformOf(args, dataConfig),
  });
  const valLoader =
    validation === null
      ? null
      : createLoader(validation, {
          ...shared,
          batchSize: args.validationBatchSize ?? args.batchSize,
          transform: evaluationTransformOf(dataConfig),
        });
  return { trainLoader, valLoader, close: () => pool.close() };
}

/** The transform of training images that the arguments ask for. */
export function trainingTransformOf(
  args: TrainArguments,
  { inputSize, mean }: PretrainedConfig,
): TransformOptions {
  const { noAug, hflip, vflip, colorJitter } = args;
  return {
    training: true,
    ...{ inputSize, noAug, hflip, vflip, colorJitter, mean },
    trainCropMode: args.trainCropMode ?? undefined,
    aa: args.aa ?? undefined,
    colorJitterProb: args.colorJitterProb ?? undefined,
    grayscaleProb: args.grayscaleProb ?? undefined,
    gaussianBlurProb: args.gaussianBlurProb ?? undefined,
    scale: args.scale,
    ratio: args.ratio,
    trainInterpolation: args.trainInterpolation,
  };
}

/** The transform of validation images. */
export function evaluationTransformOf({
  inputSize,
  interpolation,
  cropPct,
  cropMode,
  mean,
}: PretrainedConfig): TransformOptions {
  return { training: false, inputSize, interpolation, cropPct, cropMode, mean };
}

/** @param counts - Images of each class; null: outputs have none. */
function classTable(classNames: readonly string[], counts: readonly number[] | null): string[] {
  const lines = classNames
    .slice(0, LISTED_CLASSES)
    .map((name, index) => `\t${index}: ${printable(name)}${counts === null ? "" : ` (${counts[index]})`}`);
  const rest = classNames.length - LISTED_CLASSES;
  return rest > 0 ? [...lines, `\t... and ${rest} more`] : lines;
}
