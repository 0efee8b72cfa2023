/** What happens to a decoded image before it joins a batch. */
import { checkIsObject, checkOptionNames } from "../../option-names.ts";
import { type EvaluationTransformOptions, evaluationTransform } from "./evaluation-transform.ts";
import type { Transform } from "./image.ts";
import { type TrainingTransformOptions, trainingTransform } from "./training-transform.ts";

/** A transform as plain data, which can be sent to another thread. */
export type TransformOptions =
  | ({ readonly training: true } & TrainingTransformOptions)
  | ({ readonly training: false } & EvaluationTransformOptions);

const trainingNames: { readonly [K in "training" | keyof Required<TrainingTransformOptions>]: true } = {
  ...{ training: true, inputSize: true, noAug: true, scale: true, ratio: true, hflip: true, vflip: true },
  ...{ colorJitter: true, trainInterpolation: true, trainCropMode: true, aa: true, colorJitterProb: true },
  ...{ grayscaleProb: true, gaussianBlurProb: true, mean: true },
};
const evaluationNames: { readonly [K in "training" | keyof Required<EvaluationTransformOptions>]: true } = {
  ...{ training: true, inputSize: true, cropPct: true, cropMode: true, interpolation: true, mean: true },
};

/**
 * Makes the transform that the options describe.
 *
 * @param options - `training: true` with the options of {@link trainingTransform}, or `training: false` with
 * those of {@link evaluationTransform}.
 * @returns A transform whose images are uint8 [H, W, C] of the given `inputSize`.
 * @throws RangeError if an option is out of range.
 * @see timm `timm/data/transforms_factory.py`, `create_transform`
 */
export function createTransform(options: TransformOptions): Transform {
  checkIsObject("createTransform", options);
  if (options.training) {
    checkOptionNames("createTransform", options, trainingNames);
    return trainingTransform(options);
  }
  checkOptionNames("createTransform", options, evaluationNames);
  return evaluationTransform(options);
}
