/** Where lines of a figure lie on each other. */
import type { Series } from "./figure.ts";

/** A part of a line. */
export interface Stretch {
  readonly points: Series["points"];
  /** How many lines lie on each other here, this one included. */
  readonly count: number;
  /** Place of this line among them, from 0. */
  readonly rank: number;
}

/** Distance up to which lines lie on each other, in pixels. */
const CLOSE = 1;
/** Shortest stretch that counts, in pixels; lines that cross are close for less. */
const SHORTEST = 20;

/** What a figure looks like in pixels. */
export interface PixelFrame {
  /** x at the left and at the right edge. */
  readonly xDomain: readonly [number, number];
  /** Pixels from edge to edge. */
  readonly width: number;
  /** Pixels from the top; not finite: not drawn. */
  toPixels(y: number): number;
}

/**
 * Divides lines where they begin and cease to lie on each other.
 *
 * @param series - Lines; a dashed one shows the line below already and stays whole.
 * @param frame - Size of the figure.
 * @returns The stretches of each line from left to right; one with all points if it lies on no other.
 */
export function sharedStretches(
  series: readonly Series[],
  { xDomain: [left, right], width, toPixels }: PixelFrame,
): Stretch[][] {
  const columns = Math.max(1, Math.floor(width));
  const xOf = (column: number) => left + (column / columns) * (right - left);
  const heights = series.map((line) => {
    const height = heightOf(line, toPixels);
    return Float64Array.from({ length: columns }, (_, column) => height(xOf(column + 0.5)));
  });
  const groups = Array.from({ length: columns }, (_, column) => groupsIn(heights.map((ys) => ys[column])));
  return series.map((line, index) => {
    const ends: { from: number; to: number; members: readonly number[] }[] = [];
    const add = (from: number, to: number, members: readonly number[]) => {
      const before = ends.at(-1);
      if (before !== undefined && same(before.members, members)) before.to = to;
      else if (from < to) ends.push({ from, to, members });
    };
    for (let from = 0, to = 0; from < columns; from = to) {
      const members = groups[from]?.get(index) ?? [index];
      while (to < columns && same(groups[to]?.get(index) ?? [index], members)) to++;
      if (to - from < SHORTEST) {
        add(from, to, [index]);
        continue;
      }
      // The jumps by which lines meet and part are each line's own.
      const [first, last] = [from === 0 ? from : from + 1, to === columns ? to : to - 1];
      add(from, first, [index]);
      add(first, last, members);
      add(last, to, [index]);
    }
    if (ends.length === 1) {
      const members = ends[0]?.members ?? [index];
      return [{ points: line.points, count: members.length, rank: members.indexOf(index) }];
    }
    return ends.map(({ from, to, members }) => ({
      points: cut(
        line,
        from === 0 ? Number.NEGATIVE_INFINITY : xOf(from),
        to === columns ? Number.POSITIVE_INFINITY : xOf(to),
      ),
      count: members.length,
      rank: members.indexOf(index),
    }));
  });
}

/** Lines that are close to each other in a column, under each of them. */
function groupsIn(heights: readonly (number | undefined)[]): Map<number, readonly number[]> {
  const order = heights
    .flatMap((y, index) => (y !== undefined && Number.isFinite(y) ? [{ y, index }] : []))
    .sort((a, b) => a.y - b.y);
  const groups: { y: number; index: number }[][] = [];
  for (const one of order) {
    const group = groups.at(-1);
    if (group !== undefined && one.y - (group.at(-1)?.y ?? 0) <= CLOSE) group.push(one);
    else groups.push([one]);
  }
  return new Map(
    groups.flatMap((group) => {
      const members = group.map(({ index }) => index).sort((a, b) => a - b);
      return members.map((index) => [index, members] as const);
    }),
  );
}

function same(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

/** The height of a line at ascending x; NaN where it has none. */
function heightOf(line: Series, toPixels: (y: number) => number): (x: number) => number {
  if (line.dashed || line.curve === "step") return () => Number.NaN;
  let i = 0;
  return (x) => {
    while ((line.points[i + 1]?.[0] ?? Number.POSITIVE_INFINITY) <= x) i++;
    return toPixels(valueBetween(line, i, x) ?? Number.NaN);
  };
}

/** y at an x from point i on, before the next; null outside of the line and in a gap. */
function valueBetween({ points, curve }: Series, i: number, x: number): number | null {
  const [from, to] = [points[i], points[i + 1]];
  if (from === undefined || to === undefined || from[0] > x || from[1] === null) return null;
  if (curve === "step-after") return from[1];
  return to[1] === null ? null : from[1] + ((x - from[0]) / (to[0] - from[0])) * (to[1] - from[1]);
}

/** The points of a line from one x to another, with points of its own at both. */
function cut(line: Series, from: number, to: number): Series["points"] {
  const { points } = line;
  const inside = points.filter(([x]) => x >= from && x < to);
  const end = (x: number): [number, number | null][] => {
    if (!Number.isFinite(x)) return [];
    const before = points.findLastIndex((point) => point[0] < x);
    return before < 0 ? [] : [[x, valueBetween(line, before, x)]];
  };
  return [...end(from), ...inside, ...end(to)];
}
