/** Opens the model and the images of a validation. */
import { fashionMnistMini } from "../data/datasets/fashion-mnist-mini.ts";
import type { ImageDataset } from "../data/image-dataset.ts";
import { MissingSplitError } from "../data/split-files.ts";
import { type EvaluationConfig, evaluationConfig } from "../predict/evaluation-config.ts";
import { openPretrainedModel, type TrainedModel } from "../predict/trained-model.ts";
import { openValidationSet } from "../predict/validation-set.ts";
import type { TrainArguments } from "../recipe/arguments.ts";
import { flagMessage } from "../recipe/from-flags.ts";
import { DEFAULT_TASK } from "../task/default-task.ts";
import { findTask } from "../task/tasks.ts";
import { printable } from "../text/printable.ts";
import { UsageError } from "../usage-error.ts";
import type { ValidateOptions } from "./flags/validate-flags.ts";
import { info, warn } from "./log-lines.ts";
import { openModel } from "./open-model.ts";

const SPLIT = "validation";

/** A model, and the preprocessing that it is validated with. */
export interface ModelForValidation extends EvaluationConfig {
  readonly trained: TrainedModel;
}

/**
 * Opens a model at the size that the flags ask for; pretrained weights at the size that they are tested at.
 *
 * @param path - Its file; null: pretrained weights.
 * @throws UsageError for flags that do not fit the file; Error if it is no trained model.
 */
export async function openForValidation(
  path: string | null,
  options: ValidateOptions,
): Promise<ModelForValidation> {
  const open = (imgSize: number | undefined) =>
    path === null
      ? openPretrained(options, imgSize)
      : openModel("validate", path, { ...options, ...(imgSize === undefined ? {} : { imgSize }) });
  const trained = await open(options.imgSize);
  const useTestSize = options.useTestSize ?? path === null;
  const config = evaluationConfig("validate", trained, { ...options, useTestSize });
  const [, height] = config.dataConfig.inputSize;
  const isSized = options.imgSize !== undefined || height === trained.dataConfig.inputSize[1];
  // A model may be made for one size of images.
  return { ...config, trained: isSized ? trained : await open(height) };
}

async function openPretrained(
  { model = "", numClasses }: ValidateOptions,
  imgSize: number | undefined,
): Promise<TrainedModel> {
  try {
    return await openPretrainedModel(model, { numClasses, imgSize, onMessage: info });
  } catch (error) {
    const { message } = error as Error;
    throw new Error(message.replace(/^createModel: /, "validate: "), { cause: error });
  }
}

/**
 * Opens the images: those of the flags, or else of the run that the model is from.
 *
 * @param run - Arguments of that run, as far as they are known.
 * @throws UsageError if there are none, or their classes are not the model's.
 */
export async function openImages(
  { task, classNames, outputs }: TrainedModel,
  options: ValidateOptions,
  run: Partial<TrainArguments>,
): Promise<ImageDataset> {
  const { labels } = findTask("validate", task?.name ?? DEFAULT_TASK);
  const dataDir = placeOf(options, run);
  const split = options.split ?? (run.valSplit || SPLIT);
  try {
    return await openValidationSet("validate", {
      ...{ dataDir, split, labels, outputs, classNames },
      classMap: options.classMap ?? (run.classMap || undefined),
      imageColumn: options.imageColumn ?? (run.imageColumn || undefined),
      labelColumns: options.labelColumns ?? run.labelColumns ?? undefined,
      ...{ onInfo: info, onWarning: warn },
    });
  } catch (error) {
    if (error instanceof MissingSplitError && split !== SPLIT) {
      throw new UsageError(
        printable(
          `validate: --split must be a folder of ${dataDir}, got "${split}"; there is ${error.found}`,
        ),
        { cause: error },
      );
    }
    if (!(error instanceof RangeError)) throw error;
    const args = { dataDir, task: task?.name ?? DEFAULT_TASK };
    throw new UsageError(flagMessage(error.message, "validate", args), { cause: error });
  }
}

function placeOf({ dataDir }: ValidateOptions, run: Partial<TrainArguments>): string {
  if (dataDir !== undefined) return dataDir;
  const isKnown = Object.keys(run).length > 0;
  if (!isKnown) {
    throw new UsageError(
      "validate: DIR must be given for a checkpoint that lies in no run's folder: the folder with val/<class>/<image>",
    );
  }
  info(`Images of the run: ${run.dataDir ?? "the built-in ones"}`);
  return run.dataDir ?? fashionMnistMini;
}
