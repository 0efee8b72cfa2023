import type { GradientRule } from "../gradient-rule.ts";

/**
 * y = x, as in evaluation.
 *
 * @throws RangeError in training mode: the mask would be drawn by the runtime, out of the reach of any seed.
 */
export const dropout: GradientRule = ({ name, gradient, inputs, builder }) => {
  const training = inputs[2];
  if (training && builder.constantOf(training.name)?.data[0] !== 0) {
    throw new RangeError(
      `Dropout "${name}": training_mode must be false, got true; multiply by a mask that is fed as an input`,
    );
  }
  return [gradient];
};
