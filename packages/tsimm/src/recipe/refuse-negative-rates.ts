/** Refuses noise that makes learning rates negative. */
import { createScheduler } from "@tsimm/scheduler";
import { rateLabel } from "../preview/rate-label.ts";
import { UsageError } from "../usage-error.ts";
import type { TrainArguments } from "./arguments.ts";
import { fromFlags } from "./from-flags.ts";
import { learningRate } from "./learning-rate.ts";

/** No normal draw of float32 lies beyond: sqrt(2 × 24 × ln 2). */
const GREATEST_DRAW = 5.7682;

/** Options of the check: command and rates. */
export interface NegativeRatesOptions {
  /** Command, for the message. */
  readonly command: string;
  /** Updates in an epoch; null where t counts epochs. */
  readonly updatesPerEpoch: number | null;
  /** First t that will be trained; absent: 0, which has no noise. */
  readonly from?: number;
}

/**
 * A draw below -1 turns a rate negative, and training goes uphill. timm trains with it.
 *
 * @throws UsageError that names `--lr-noise-pct`, the first t with such a rate, and the rate.
 */
export function refuseNegativeRates(
  args: TrainArguments,
  { command, updatesPerEpoch, from = 0 }: NegativeRatesOptions,
): void {
  const { lrNoise, lrNoisePct, lrNoiseStd, schedOnUpdates } = args;
  if (lrNoise === null || lrNoisePct <= 1 || lrNoiseStd * GREATEST_DRAW <= 1) return;
  const { lr } = learningRate(args);
  const options = { updatesPerEpoch: updatesPerEpoch ?? 0 };
  const { scheduler, numEpochs } = fromFlags(command, args, () =>
    createScheduler({ ...args, lr }, { paramGroups: [{ lr }] }, options),
  );
  const length = schedOnUpdates ? numEpochs * options.updatesPerEpoch : numEpochs;
  for (let t = Math.max(1, from); t < length; t++) {
    const draw = scheduler.noiseAt(t) ?? 0;
    if (draw >= -1) continue;
    // Plateau follows a metric; its rate is positive whatever that is.
    const [value = lr] = (schedOnUpdates ? scheduler.getUpdateValues(t) : scheduler.getEpochValues(t)) ?? [];
    const rate = value + value * draw;
    if (!(rate < 0)) continue;
    const unit = schedOnUpdates ? "update" : "epoch";
    throw new UsageError(
      `${command}: --lr-noise-pct must be such that no learning rate is below 0, got ${lrNoisePct}: ${unit} ${t} ` +
        `would have ${rateLabel(rate)}; pass 1 or less, or --lr-noise-std 0.17 or less`,
    );
  }
}
