/** Where to look at a schedule that is too long to look at every t. */

/** Longest schedule of which every t is taken. */
const EVERY = 100_000;
/** Equal stretches of a longer one, before they are divided. */
const STRETCHES = 4096;
/** Most t taken between the ends of a stretch, and of all stretches together. */
const MOST = 128;
const MOST_OF_ALL = 100_000;
/** Share of a value by which a straight line may miss it. */
const TOLERANCE = 0.01;

/**
 * Every t of a short schedule. Of a long one enough that a rate held from each t to the next draws the same
 * curve: equal stretches, divided where the rates in them are on no straight line, down to the very t of a jump.
 *
 * @param length - Count of t, an integer >= 0.
 * @param marks - t to take in any case, with the one before, e.g. the end of the warm-up.
 * @param rateAt - The rate at t; called for long schedules only.
 * @param columns - Columns of the figure: equal stretches of a schedule that has more t than that, which together are
 *   divided at most four times as often. Absent: 4096 stretches of a schedule of more than 100,000 t.
 * @returns Ascending integers from 0 to `length` - 1, some ten thousands at most.
 * @example
 * sampleTimes(3, [], () => 0.1); // => [0, 1, 2]
 */
export function sampleTimes(
  length: number,
  marks: readonly number[],
  rateAt: (t: number) => number,
  columns?: number,
): number[] {
  const [every, stretches, most] =
    columns === undefined ? [EVERY, STRETCHES, MOST_OF_ALL] : [columns, columns, 4 * columns];
  if (length <= every) return Array.from({ length }, (_, t) => t);
  const stretch = (length - 1) / stretches;
  const grid = Array.from({ length: stretches + 1 }, (_, i) => Math.round(i * stretch));
  const marked = marks.slice(0, stretches).flatMap((mark) => [Math.ceil(mark) - 1, Math.ceil(mark)]);
  const points = [...new Set([...grid, ...marked])]
    .filter((t) => t >= 0 && t < length)
    .sort((a, b) => a - b)
    .map((t) => ({ t, rate: rateAt(t) }));
  let left = most;
  return points.flatMap((point, i) => {
    const next = points[i + 1];
    if (next === undefined) return [point.t];
    const between = divide(point, next, rateAt, { left: Math.min(MOST, left) });
    left -= between.length;
    return [point.t, ...between];
  });
}

interface Point {
  readonly t: number;
  readonly rate: number;
}

/** The t between two points that a line between the two misses. */
function divide(from: Point, to: Point, rateAt: (t: number) => number, budget: { left: number }): number[] {
  if (to.t - from.t < 2 || budget.left === 0) return [];
  const t = Math.floor((from.t + to.t) / 2);
  const rate = rateAt(t);
  const straight = from.rate + ((t - from.t) / (to.t - from.t)) * (to.rate - from.rate);
  const size = Math.max(Math.abs(from.rate), Math.abs(to.rate), Math.abs(rate));
  if (!(Math.abs(rate - straight) > TOLERANCE * size)) return [];
  budget.left--;
  const middle = { t, rate };
  return [...divide(from, middle, rateAt, budget), t, ...divide(middle, to, rateAt, budget)];
}
