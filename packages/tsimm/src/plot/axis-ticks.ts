/** Round numbers on an axis. */

/**
 * The least of … 0.1, 0.2, 0.5, 1, 2, 5, 10 … that is not below `least`.
 *
 * @param least - > 0.
 * @example
 * roundStep(0.03); // => 0.05
 */
export function roundStep(least: number): number {
  const exponent = Math.floor(Math.log10(least));
  const steps = [1, 2, 5, 10, 20].map((factor) => Number(`${factor}e${exponent}`));
  return steps.find((step) => step >= least * (1 - 1e-9)) ?? least;
}

/**
 * Multiples of a 1-2-5 step from the last one not above `low` to the first one not below `high`.
 *
 * @param low - Least value on the axis.
 * @param high - Greatest value, > `low`.
 * @param most - Most intervals, an integer > 0.
 * @example
 * linearTicks(0, 0.093, 6); // => [0, 0.02, 0.04, 0.06, 0.08, 0.1]
 */
export function linearTicks(low: number, high: number, most: number): number[] {
  // The ends may add an interval each.
  for (let least = (high - low) / most; ; least *= 1.5) {
    const step = roundStep(least);
    const first = Math.floor(low / step + 1e-9);
    const last = Math.ceil(high / step - 1e-9);
    if (last - first > most) continue;
    if (!Number.isFinite(last * step)) return [low, high];
    return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  }
}

/**
 * Powers of ten, or of a short axis 1, 2 and 5 times these, from the last one not above `low` to the first one
 * not below `high`.
 *
 * @param low - Least value on the axis, > 0.
 * @param high - Greatest value, > `low`.
 * @param most - Most intervals, an integer > 0.
 * @example
 * logTicks(0.03, 0.4, 6); // => [0.02, 0.05, 0.1, 0.2, 0.5]
 */
export function logTicks(low: number, high: number, most: number): number[] {
  const [first, last] = [Math.floor(Math.log10(low) + 1e-9), Math.ceil(Math.log10(high) - 1e-9)];
  const fine = Array.from({ length: last - first + 1 }, (_, i) => first + i).flatMap((exponent) =>
    [1, 2, 5].map((factor) => Number(`${factor}e${exponent}`)),
  );
  const from = fine.findLastIndex((tick) => tick <= low * (1 + 1e-9));
  const to = fine.findIndex((tick) => tick >= high * (1 - 1e-9));
  if (to - from <= most) return fine.slice(from, to + 1);
  const step = Math.ceil((last - first) / most);
  const count = Math.ceil((last - first) / step);
  return Array.from({ length: count + 1 }, (_, i) => Number(`1e${first + i * step}`));
}
