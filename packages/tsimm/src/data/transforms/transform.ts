/** What happens to a decoded image before it joins a batch. */
import { type EvaluationTransformOptions, evaluationTransform } from "./evaluation-transform.ts";
import type { Transform } from "./image.ts";
import { type TrainingTransformOptions, trainingTransform } from "./training-transform.ts";

/** A transform as plain data, which can be sent to another thread. */
export type TransformOptions =
  | ({ readonly training: true } & TrainingTransformOptions)
  | ({ readonly training: false } & EvaluationTransformOptions);

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
  return options.training ? trainingTransform(options) : evaluationTransform(options);
}
