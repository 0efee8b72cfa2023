/** `tsimm predict`. */
import { Command, InvalidArgumentError, Option } from "commander";
import { checkValues } from "../../recipe/check-arguments.ts";
import { builtInNames } from "../../recipe/generated/built-ins.ts";
import { commandHeads } from "../command-heads.ts";
import { addFlagOptions, type FlagTable, givenFlags } from "../flag-options.ts";
import { predictFlags } from "../flags/predict-flags.ts";

/** Options of the command beside those of tables. */
export interface PredictOptions {
  readonly checkpoint: readonly string[];
  /** Absent: what the task says by itself. */
  readonly topk?: number;
  readonly engine: string;
  /** false: plain weights. */
  readonly ema: boolean;
}

/** The command that tells what a model says of images. */
export function predictCommand(): Command {
  const rows: FlagTable = Object.entries(predictFlags);
  const command = new Command("predict")
    .description(commandHeads.predict.description)
    .argument("<images...>", "image files, or folders of them")
    .requiredOption(
      "--checkpoint <file>",
      "model.onnx or a .safetensors file of a run, or its folder, or a .pth.tar of timm's train.py; a moving average of the weights is taken where there is one; given again: the mean of the answers of all",
      (file: string, before: readonly string[] | undefined) => [...(before ?? []), file],
    )
    .option(
      "--topk <int>",
      "answers per image (default: 1 class; with several labels those that hold; all numbers)",
      positiveInteger,
    )
    .addOption(
      new Option("--engine <name>", "where the model runs").choices(builtInNames.engine).default("auto"),
    )
    .option("--no-ema", "take the plain weights, also where there is a moving average");
  addFlagOptions(command, rows);
  return command.action(async (images: string[], options: PredictOptions) => {
    const given = givenFlags(command, rows);
    checkValues("predict", rows, given);
    const { predictImages } = await import("../predict-images.ts");
    await predictImages(images, options, given);
  });
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError("It must be an integer >= 1.");
  return value;
}
