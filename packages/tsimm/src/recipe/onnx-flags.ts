/** Flags beside an ONNX file as the model. */
import type { ModelDescription } from "@tsimm/autodiff";
import { type ImageInput, imageInput } from "../models/onnx/image-input.ts";
import { UsageError } from "../usage-error.ts";
import { separated, type TrainArguments } from "./arguments.ts";

/** Flags that say how a model of tsimm is made. */
const ofArchitectures = ["drop", "dropPath", "dropConnect", "layerDecay", "pretrainedPath"] as const;

/**
 * Refuses flags that a file cannot follow.
 *
 * @throws UsageError
 */
export function checkOnnxFlags(args: TrainArguments): void {
  for (const name of ofArchitectures) {
    const value = args[name];
    if (value === null || value === 0 || value === "") continue;
    throw new UsageError(
      `train: --${separated(name, "-")} must be left out for an ONNX file, got ${value}; its graph stays as it is`,
    );
  }
}

/**
 * Refuses sizes of images that the file does not take.
 *
 * @throws UsageError
 */
export function checkOnnxInput(args: TrainArguments, description: ModelDescription): void {
  const input = imageInput(description);
  if ("problem" in input) return;
  const { imgSize, inputSize, inChans } = args;
  const channels = inputSize?.[0] ?? inChans;
  if (channels !== null && channels !== input.channels) {
    const flag = inputSize === null ? "--in-chans" : "the first value of --input-size";
    throw misfit(flag, input.channels, channels, input);
  }
  const [, height, width] = inputSize ?? [0, imgSize, imgSize];
  const flag = inputSize === null ? "--img-size" : "--input-size";
  for (const [given, own] of [
    [height, input.height],
    [width, input.width],
  ] as const) {
    if (given && own !== null && given !== own) throw misfit(flag, own, given, input);
  }
}

function misfit(flag: string, own: number, given: number, { name }: ImageInput): UsageError {
  return new UsageError(
    `train: ${flag} must be ${own} as the file fixes it in "${name}", got ${given}; leave it out`,
  );
}
