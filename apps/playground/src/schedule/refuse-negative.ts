import type { SimulatedSchedule, TrainArguments } from "tsimm/plot";

/**
 * Refuses noise that makes a rate negative, as training does.
 *
 * @param schedule - Its rates; of a very long run those that are drawn.
 * @throws RangeError that names `--lr-noise-pct`, the first such t and its rate.
 */
export function refuseNegative(
  { times, rates, unit }: SimulatedSchedule,
  { lrNoisePct }: Partial<TrainArguments>,
): void {
  const first = rates.findIndex((rate) => rate < 0);
  if (first < 0) return;
  throw new RangeError(
    `--lr-noise-pct must be such that no learning rate is below 0, got ${lrNoisePct}: ${unit} ${times[first]} would have ` +
      `${Number(rates[first]?.toPrecision(4))}; pass 1 or less, or --lr-noise-std 0.17 or less`,
  );
}
