/** Ranges and ticks of a figure's axes. */
import { linearTicks, logTicks, roundStep } from "./axis-ticks.ts";
import type { Figure, Panel } from "./figure.ts";

/** The points of a panel's lines that can be drawn. */
export function finitePoints(panel: Panel): [x: number, y: number][] {
  return panel.series.flatMap(({ points }) =>
    points.flatMap(([x, y]): [number, number][] =>
      y !== null && Number.isFinite(y) && !(panel.yScale === "log" && y <= 0) ? [[x, y]] : [],
    ),
  );
}

/** x at the left and right edge of a figure. */
export function xDomainOf({ xDomain, panels }: Figure): readonly [number, number] {
  return xDomain ?? extent(panels.flatMap(finitePoints).map(([x]) => x));
}

/**
 * Ticks of a panel's y axis, from edge to edge.
 *
 * @param most - Most intervals, > 0.
 */
export function yTicksOf(panel: Panel, most: number): number[] {
  const log = panel.yScale === "log";
  const included = (panel.yIncludes ?? []).filter((y) => Number.isFinite(y) && !(log && y <= 0));
  const values = [...finitePoints(panel).map(([, y]) => y), ...included];
  // A flat line has no range of its own; 0 to 100 % fits one at 100 %.
  const isFlat = values.every((value) => value === values[0]);
  if ((panel.fromZero || isFlat) && !log) values.push(0);
  const [low, high] = extent(values);
  if (log) return logTicks(low > 0 ? low : high / 10, high, most);
  return linearTicks(low, high, most);
}

/**
 * Ticks inside of an x axis. Epochs and updates are whole numbers: on a linear axis there are none between them.
 *
 * @param most - Most intervals, > 0.
 */
export function xTicksOf(
  [low, high]: readonly [number, number],
  scale: "linear" | "log",
  most: number,
): number[] {
  if (scale === "log") {
    return logTicks(low, high, most).filter((tick) => tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9));
  }
  const step = roundStep(Math.max(1, (high - low) / most));
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
}

/** Smallest and largest value; a range of no length is widened, as an axis needs one. */
function extent(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  if (low < high) return [low, high];
  return low === 0 ? [0, 1] : [low - Math.abs(low) / 2, high + Math.abs(high) / 2];
}
