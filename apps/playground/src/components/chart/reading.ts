/** Rates at a t, in words. */
import type { Curve } from "../../schedule/curve.ts";

/**
 * A rate as a person reads it, to seven digits.
 *
 * @example
 * rateText(0.1 + 0.2); // => "0.3"
 */
export function rateText(rate: number): string {
  return String(Number(rate.toPrecision(7)));
}

/** The rates of each group at t, e.g. `0.1 · 0.01`. */
export function ratesText(curve: Curve, t: number): string {
  return t < curve.length ? curve.ratesAt(t).map(rateText).join(" · ") : "ended";
}

/** All that a chart shows at t, e.g. `epoch 3: step 0.1; cosine 0.0981`. */
export function readingText(
  curves: readonly { readonly label: string; readonly curve: Curve }[],
  { t, unit }: { readonly t: number; readonly unit: "epoch" | "update" },
): string {
  const parts = curves.map(({ label, curve }) => `${label} ${ratesText(curve, t)}`);
  return `${unit} ${t}: ${parts.join("; ")}`;
}
