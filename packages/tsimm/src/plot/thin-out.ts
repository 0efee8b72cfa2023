/** A point of a line; a y that is null or not finite is a gap. */
type Point = readonly [x: number, y: number | null];

/**
 * Leaves out points that a picture cannot show: of each of `columns` equal stretches the first, the lowest, the
 * highest and the last stay, so that a line drawn that many pixels wide looks the same.
 *
 * @param points - In ascending x; gaps are kept as they are met.
 * @param columns - An integer > 0.
 * @returns At most 4 × `columns` points; all of them if there are no more than that.
 * @example
 * const points = Array.from({ length: 10000 }, (_, x) => [x, Math.sin(x / 1000)]);
 * thinOut(points, 100).length; // => 203
 * @see U. Jugel et al., "M4: a visualization-oriented time series data aggregation", 2014
 */
export function thinOut(points: readonly Point[], columns: number): readonly Point[] {
  if (points.length <= 4 * columns) return points;
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * points.length) / columns);
    const to = Math.floor(((column + 1) * points.length) / columns);
    return extremePoints(points, from, to);
  }).flat();
}

function extremePoints(points: readonly Point[], from: number, to: number): Point[] {
  let lowest = from;
  let highest = from;
  for (let i = from + 1; i < to; i++) {
    if (yOf(points, i) < yOf(points, lowest)) lowest = i;
    if (yOf(points, i) > yOf(points, highest)) highest = i;
  }
  const kept = new Set([from, lowest, highest, to - 1].sort((a, b) => a - b));
  return [...kept].flatMap((i) => points.slice(i, i + 1));
}

function yOf(points: readonly Point[], index: number): number {
  return points[index]?.[1] ?? Number.NaN;
}
