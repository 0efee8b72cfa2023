import { tickLabel } from "../plot/tick-label.ts";

/**
 * A learning rate for people: four significant digits at most.
 *
 * @example
 * rateLabel(0.085355339); // => "0.08536"
 * rateLabel(0.00001); // => "1e-5"
 */
export function rateLabel(rate: number): string {
  return tickLabel(Number(rate.toPrecision(4)));
}
