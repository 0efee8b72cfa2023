/** Weight decay that follows the square of the learning rate. */
import type { ParamGroup } from "./optimizer.ts";
import { boolean, type OptionChecks } from "./option-checks.ts";

/** Option of optimizers with decoupled weight decay. */
export type CorrectedDecayOption = {
  /** Weight decay by lr² / the base rate in place of lr, so that weights keep their size while the rate falls. */
  readonly correctedWeightDecay: boolean;
};

/** Check of {@link CorrectedDecayOption}. */
export const correctedDecayCheck: OptionChecks<CorrectedDecayOption> = { correctedWeightDecay: boolean };

/**
 * Share of the weights that decoupled decay takes in an update: lr·wd, corrected lr²·wd / base (Defazio,
 * arXiv:2506.02285).
 *
 * The base is that of the schedule, without one the present rate; timm's is the rate at the optimizer's creation.
 */
export function decayShare({
  lr,
  initialLr = lr,
  weightDecay,
  correctedWeightDecay,
}: Pick<ParamGroup, "lr" | "initialLr" | "weightDecay"> & CorrectedDecayOption): number {
  const rate = correctedWeightDecay && initialLr > 0 ? lr ** 2 / initialLr : lr;
  return rate * weightDecay;
}
