/** `--aug-splits`: several images of each sample in a batch, and the flags that treat them apart. */
import type { Model } from "../models/model.ts";
import { UsageError } from "../usage-error.ts";
import type { TrainArguments } from "./arguments.ts";

type SplitArguments = Pick<
  TrainArguments,
  | "augSplits"
  | "splitBn"
  | "resplit"
  | "jsdLoss"
  | "batchSize"
  | "mixup"
  | "cutmix"
  | "cutmixMinmax"
  | "noAug"
  | "headOnly"
>;

/**
 * Refuses flags of splits that do not go together.
 *
 * @throws UsageError
 */
export function checkSplits(args: SplitArguments): void {
  const { augSplits, splitBn, resplit, jsdLoss, batchSize } = args;
  if (augSplits === 1) {
    throw new UsageError(
      "train: --aug-splits must be 0 or 2 and more, got 1; one split is every image as it is",
    );
  }
  if (augSplits > 0) checkWithSplits(args);
  if (jsdLoss && augSplits === 0) {
    throw new UsageError(
      "train: --jsd-loss must come with --aug-splits, got true without it; pass --aug-splits 3",
    );
  }
  if (splitBn && augSplits === 0 && !resplit) {
    throw new UsageError("train: --split-bn must come with --aug-splits or --resplit, got true without them");
  }
  if (splitBn && augSplits === 0 && batchSize % 2 !== 0) {
    throw new UsageError(`train: --batch-size must be even with --split-bn and --resplit, got ${batchSize}`);
  }
}

function checkWithSplits({ augSplits, mixup, cutmix, cutmixMinmax, noAug, headOnly }: SplitArguments): void {
  const mixes = mixup > 0 || cutmix > 0 || cutmixMinmax !== null;
  const other = mixes ? "--mixup and --cutmix" : noAug ? "--no-aug" : headOnly ? "--head-only" : null;
  if (other === null) return;
  throw new UsageError(`train: --aug-splits must be left out with ${other}, got ${augSplits}`);
}

/** Images that a training batch has. */
export function imagesOfBatch({
  batchSize,
  augSplits,
}: Pick<TrainArguments, "batchSize" | "augSplits">): number {
  return batchSize * Math.max(1, augSplits);
}

/** Equal parts of a batch, the first of which is not erased in; 0: all are. */
export function erasingSplits({ augSplits, resplit }: Pick<TrainArguments, "augSplits" | "resplit">): number {
  return resplit ? augSplits || 2 : 0;
}

/**
 * Gives a model batch normalizations for each split where `--split-bn` asks for them.
 *
 * @throws UsageError if it has none, or cannot have more.
 */
export function splitModel(
  model: Model,
  { splitBn, augSplits }: Pick<TrainArguments, "splitBn" | "augSplits">,
): void {
  if (!splitBn) return;
  if (model.splitBatchNorms === undefined || model.batchNormalizations.length === 0) {
    throw new UsageError(
      `train: --split-bn must be left out for ${model.name}, got true; it has no batch normalization to split`,
    );
  }
  const splits = Math.max(augSplits, 2);
  model.splitBatchNorms(splits);
  Object.assign(model, { options: { ...model.options, splitBn: splits } });
}
