/** The model of a run. */
import type { GlobalPool } from "../models/layers/classifier.ts";
import type { Model, PretrainedConfig } from "../models/model.ts";
import { buildStart } from "../models/pretrained/create-model.ts";
import { safeModelName } from "../models/pretrained/model-name.ts";
import type { ModelStart } from "../models/pretrained/model-start.ts";
import { suggestion } from "../text/suggestion.ts";
import { UsageError } from "../usage-error.ts";
import type { TrainArguments } from "./arguments.ts";
import { inputChannels } from "./data-config.ts";
import { fromFlags } from "./from-flags.ts";
import type { Log } from "./log.ts";
import { namingModelKwargs, withModelKwargs } from "./model-kwargs.ts";

/** Pools that leave one vector per image. */
const POOLS: readonly GlobalPool[] = ["avg", "fast", "max", "avgmax", "catavgmax", "token"];

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
    globalPool: poolOf(args.gp),
    ...{ bnMomentum: args.bnMomentum, bnEps: args.bnEps },
  });
  const model = fromFlags("train", args, () =>
    namingModelKwargs(args.modelKwargs, () => buildStart("createModel", start, options)),
  );
  const count = model.parameters.reduce((sum, { data }) => sum + data.length, 0);
  info(`Model ${safeModelName(args.model)} created, param count:${count}`);
  return model;
}

/** timm's fastavg, fastmax and their kind differ from avg and max in speed alone. */
function poolOf(gp: string | null): GlobalPool | null {
  if (gp === null) return null;
  const name = gp.replace(/^fast(?=.)/, "");
  const pool = POOLS.find((one) => one === name);
  if (pool !== undefined) return pool;
  throw new UsageError(`train: --gp must be one of ${POOLS.join(", ")}, got "${gp}"${suggestion(gp, POOLS)}`);
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
