/** Losses of regression, as graphs and as numbers. */
import { huber, type Loss, meanAbsoluteError, meanSquaredError } from "@tsimm/autodiff";

/** Name of a loss of regression. */
export type RegressionLoss = "mse" | "l1" | "huber";

/** A loss that is a mean over images and outputs. */
export interface LossOfDifferences {
  /** For training. */
  readonly graph: Loss;
  /** Loss of one difference between output and target. */
  readonly of: (difference: number) => number;
}

/** Losses by name; each is made from the delta of the Huber loss. */
export const regressionLosses: Readonly<Record<RegressionLoss, (delta: number) => LossOfDifferences>> = {
  mse: () => ({ graph: meanSquaredError(), of: (difference) => difference * difference }),
  l1: () => ({ graph: meanAbsoluteError(), of: Math.abs }),
  huber: (delta) => ({
    graph: huber({ delta }),
    of(difference) {
      const size = Math.abs(difference);
      return size <= delta ? 0.5 * size * size : delta * (size - 0.5 * delta);
    },
  }),
};
