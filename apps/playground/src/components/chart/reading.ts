/** Rates at a t, in words. */
import type { Curve } from "../../schedule/curve.ts";

/** Where a chart is read. */
export interface Reading {
  /** In the unit of the axis. */
  readonly t: number;
  readonly unit: "epoch" | "update";
  /** t of the axis in a t of a curve. */
  perT(curve: Curve): number;
}

/**
 * A rate as a person reads it, to seven digits.
 *
 * @example
 * rateText(0.1 + 0.2); // => "0.3"
 */
export function rateText(rate: number): string {
  return String(Number(rate.toPrecision(7)));
}

/** The rates of each group of a curve at a place of the chart; none once its run is over. */
export function ratesAt(curve: Curve, { t, perT }: Reading): readonly number[] {
  const own = Math.floor(t / perT(curve));
  return own < curve.length ? curve.ratesAt(own) : [];
}

/** All that a chart shows at a place, e.g. `epoch 3: step 0.1; cosine 0.0981`. */
export function readingText(
  curves: readonly { readonly label: string; readonly curve: Curve }[],
  reading: Reading,
): string {
  const parts = curves.map(({ label, curve }) => {
    const rates = ratesAt(curve, reading).map(rateText);
    return `${label} ${rates.length === 0 ? "has ended" : rates.join(", ")}`;
  });
  return `${reading.unit} ${reading.t}: ${parts.join("; ")}`;
}
