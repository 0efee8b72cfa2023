/** Checks of the images and the model that a caller of `train` brings. */
import { checkOptionNames } from "../option-names.ts";
import { checkPart } from "../train/check-parts.ts";
import { UsageError } from "../usage-error.ts";
import type { TrainArguments } from "./arguments.ts";
import type { TrainOptions } from "./train.ts";

/**
 * Refuses a data set or a model of another kind, and validation images of other classes.
 *
 * @throws TypeError for one of another kind, RangeError for an unknown key or for other classes.
 */
export function checkOwnParts(given: Partial<TrainArguments>, { dataset, model }: TrainOptions): void {
  if (model !== undefined) {
    checkPart("train", "model", model);
    checkHasWeights(given);
  }
  if (dataset === undefined) return;
  if (given.dataDir) {
    throw new UsageError(
      `train: --data-dir must be absent beside a dataset, got "${given.dataDir}"; leave one of them out`,
    );
  }
  checkOptionNames<NonNullable<TrainOptions["dataset"]>>("train: dataset", dataset, {
    ...{ training: true, validation: true },
  });
  const { training, validation } = dataset;
  checkImages("training", training);
  if (validation === undefined || validation === null) return;
  checkImages("validation", validation);
  const [own, others] = [training.classNames, validation.classNames].map((names) => JSON.stringify(names));
  if (own === others) return;
  throw new RangeError(
    `train: dataset.validation must have the class names of dataset.training in their order, ${own}, got ${others}`,
  );
}

/** A model of the caller's has its weights. */
function checkHasWeights({ pretrained, pretrainedPath }: Partial<TrainArguments>): void {
  const flag = pretrained ? "--pretrained" : pretrainedPath ? "--pretrained-path" : null;
  if (flag === null) return;
  throw new UsageError(
    `train: ${flag} must be absent beside a model, got both; create the model with ${pretrained ? "pretrained" : "pretrainedPath"}`,
  );
}

function checkImages(name: string, images: unknown): void {
  if (typeof images === "object" && images !== null) {
    const [classNames, samples, read] = ["classNames", "samples", "read"].map((key) =>
      Reflect.get(images, key),
    );
    if (Array.isArray(classNames) && Array.isArray(samples) && typeof read === "function") return;
  }
  throw new TypeError(
    `train: dataset.${name} must have classNames, samples and read, got ${typeof images} without them; make it by memoryDataset or openDataset`,
  );
}
