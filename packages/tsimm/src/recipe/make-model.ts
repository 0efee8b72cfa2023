/** The model of a run. */
import type { Model, PretrainedConfig } from "../models/model.ts";
import { buildStart } from "../models/pretrained/create-model.ts";
import { safeModelName } from "../models/pretrained/model-name.ts";
import type { ModelStart } from "../models/pretrained/model-start.ts";
import { UsageError } from "../usage-error.ts";
import type { TrainArguments } from "./arguments.ts";
import { inputChannels } from "./data-config.ts";
import { fromFlags } from "./from-flags.ts";
import { globalPoolOf } from "./global-pool.ts";
import type { Log } from "./log.ts";
import { namingModelKwargs, withModelKwargs } from "./model-kwargs.ts";

/**
 * Outputs of a run's model.
 *
 * @param names - Classes or outputs of the data.
 * @returns `names`, or more where `--num-classes` asks for more.
 * @throws UsageError if it asks for fewer.
 */
export function outputNames({ numClasses }: TrainArguments, names: readonly string[]): readonly string[] {
  if (numClasses === null || numClasses === names.length) return names;
  if (numClasses < names.length) {
    throw new UsageError(
      `train: --num-classes must be at least the ${names.length} of the training folder, got ${numClasses}`,
    );
  }
  return Array.from({ length: numClasses }, (_, index) => names[index] ?? String(index));
}

/**
 * Creates the model that the arguments name, with initial weights.
 *
 * @param start - What its name stands for.
 * @param outputs - Numbers that it yields for an image.
 */
export function makeModel(
  args: TrainArguments,
  start: ModelStart,
  outputs: number,
  { info, warn }: Log,
): Model {
  if (args.dropConnect !== null) {
    warn(
      args.dropPath === null
        ? "--drop-connect is the old name of --drop-path and acts as it"
        : "--drop-connect is the old name of --drop-path, which is given too and wins",
    );
  }
  const options = withModelKwargs(start.arch, args, {
    numClasses: outputs,
    inChans: inputChannels(args),
    imgSize: args.inputSize?.[1] ?? args.imgSize,
    dropRate: args.drop,
    dropPathRate: args.dropPath ?? args.dropConnect,
    seed: args.seed,
    globalPool: globalPoolOf(args.gp),
    ...{ bnMomentum: args.bnMomentum, bnEps: args.bnEps },
  });
  const model = fromFlags("train", args, () =>
    namingModelKwargs(args.modelKwargs, () => buildStart("createModel", start, options)),
  );
  const count = model.parameters.reduce((sum, { data }) => sum + data.length, 0);
  info(`Model ${safeModelName(args.model)} created, param count:${count}`);
  return model;
}

/** Warns of images that are too small for the model. */
export function warnAboutSmallInput(
  { name, smallestUsefulInput = 0 }: Model,
  { inputSize }: PretrainedConfig,
  { warn }: Log,
): void {
  const side = Math.min(inputSize[1], inputSize[2]);
  if (side < smallestUsefulInput) {
    warn(
      `${name} shrinks its input 32 times and learns poorly from ${side} pixels; --img-size ${smallestUsefulInput} or more helps`,
    );
  }
}
