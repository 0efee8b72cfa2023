/** Draws curves with the characters of a terminal. */
import { inspect } from "node:util";
import { linearTicks, logTicks, roundStep } from "../plot/axis-ticks.ts";
import { tickLabels } from "../plot/tick-label.ts";

/** A curve. */
export interface TerminalSeries {
  /** Named below the plot, where there is more than one curve. */
  readonly label: string;
  /** Values, each of which holds until the next. */
  readonly values: Float64Array;
  /** Their t, ascending integers; absent: 0, 1, 2 … */
  readonly times?: readonly number[];
  /** End of the last value; absent: one after the last t. */
  readonly length?: number;
}

/** Options of {@link terminalPlot}. */
export interface TerminalPlotOptions {
  readonly title: string;
  /** Written at the end of the x axis. */
  readonly xLabel: string;
  /** Characters per line, at least 30. */
  readonly width: number;
  /** Lines between the axes, at least 5; absent: 17. */
  readonly height?: number;
  /** true: a logarithmic axis, on which values that are not > 0 leave a gap. */
  readonly log?: boolean;
  /** true: colours, for a terminal that has them. */
  readonly color?: boolean;
}

/** Characters of a curve: flat, upright, then the corners from the left down, up, and to the right down, up. */
const PENS = ["─│╮╯╰╭", "━┃┓┛┗┏", "═║╗╝╚╔", "╌╎╮╯╰╭"];
const FLAT = 0;
const UPRIGHT = 1;
const COLORS = ["blue", "red", "green", "magenta", "yellow", "cyan"] as const;
/** Lines from a tick of the y axis to the next, at least. */
const TICK_LINES = 3;
/** Characters from a tick of the x axis to the next, at least. */
const TICK_CHARACTERS = 8;

/**
 * Draws curves, each in its own kind of line, so that they can be told apart without colours.
 *
 * @param series - At least one; the first is drawn on top.
 * @param options - Title, size and scale.
 * @returns Lines of text without line ends.
 */
export function terminalPlot(series: readonly TerminalSeries[], options: TerminalPlotOptions): string[] {
  const { title, xLabel, height = 17, log = false } = options;
  const length = Math.max(...series.map(lengthOf));
  const scale = yScale(series, height, log);
  const texts = tickLabels(scale.ticks);
  const labels = new Map(scale.ticks.map((value, i) => [scale.rowOf(value), texts[i] ?? ""]));
  const labelWidth = Math.max(...[...labels.values()].map((label) => label.length));
  const width = options.width - labelWidth - 2;
  const curves = series.map((one) => drawCurve(columnsOf(one, length, width, scale.rowOf), height));
  const paint = paintWith(options.color ?? false);
  const cells = Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (_, column) => {
      const index = seriesAt(curves, row, column);
      return index < 0 ? " " : paint(index, penOf(index).charAt(curves[index]?.[row]?.[column] ?? 0));
    }),
  );
  const rows = cells.map((row, i) => {
    const label = labels.get(i);
    return `${(label ?? "").padStart(labelWidth)} ${label === undefined ? "│" : "┤"}${row.join("")}`.trimEnd();
  });
  const legend = series.map(({ label }, i) => `${paint(i, penOf(i).charAt(0).repeat(2))} ${label}`);
  // Two characters of a curve, a space, and three between two names.
  const fits = series.reduce((sum, { label }) => sum + label.length + 6, -3) <= width;
  const keys = series.length < 2 ? [] : fits ? [legend.join("   ")] : legend;
  return [
    title,
    ...rows,
    ...xAxis(length, width, xLabel).map((line) => " ".repeat(labelWidth + 1) + line),
    ...keys.map((line) => " ".repeat(labelWidth + 2) + line),
  ];
}

interface YScale {
  /** Line of a value, counted from the top; null: none. */
  rowOf(value: number): number | null;
  readonly ticks: readonly number[];
}

function yScale(series: readonly TerminalSeries[], height: number, log: boolean): YScale {
  const drawn = series.flatMap(({ values }) => extremes(values, log));
  const least = Math.min(...drawn, ...(log ? [] : [0]));
  const greatest = Math.max(...drawn, ...(log ? [] : [0]));
  const most = Math.max(1, Math.floor((height - 1) / TICK_LINES));
  const ticks = log
    ? logTicks(least, greatest, most)
    : linearTicks(least, greatest > least ? greatest : least + 1, most);
  const [low = 0, high = 1] = [ticks[0], ticks.at(-1)];
  const place = log ? Math.log10 : (value: number) => value;
  const span = place(high) - place(low) || 1;
  return {
    rowOf(value) {
      const share = (place(high) - place(value)) / span;
      return Number.isFinite(share) ? Math.round(share * (height - 1)) : null;
    },
    ticks,
  };
}

/** Smallest and largest of the values that can be drawn. */
function extremes(values: Float64Array, log: boolean): number[] {
  const drawn = log ? values.filter((value) => value > 0) : values;
  if (drawn.length === 0) return log ? [1] : [0];
  return [drawn.reduce((a, b) => Math.min(a, b)), drawn.reduce((a, b) => Math.max(a, b))];
}

/** A curve within a column. */
interface Column {
  /** Line at the start of the column. */
  readonly row: number;
  /** Uppermost and lowermost line in it. */
  readonly top: number;
  readonly bottom: number;
}

/** Where the curve is in each column; null where it is not. */
function columnsOf(
  series: TerminalSeries,
  length: number,
  width: number,
  rowOf: YScale["rowOf"],
): (Column | null)[] {
  const { values, times } = series;
  const end = lengthOf(series);
  const timeOf = (i: number) => (times === undefined ? i : (times[i] ?? end));
  let i = 0;
  return Array.from({ length: width }, (_, column) => {
    const from = Math.floor((column * length) / width);
    const to = Math.floor(((column + 1) * length) / width);
    if (from >= end || Math.max(to, from + 1) <= timeOf(0)) return null;
    while (i + 1 < values.length && timeOf(i + 1) <= from) i++;
    const row = rowOf(values[i] ?? Number.NaN);
    if (row === null) return null;
    const rows = [row];
    for (let k = i + 1; k < values.length && timeOf(k) < to; k++) rows.push(rowOf(values[k] ?? 0) ?? row);
    return { row, top: rows.reduce((a, b) => Math.min(a, b)), bottom: rows.reduce((a, b) => Math.max(a, b)) };
  });
}

function lengthOf({ values, times, length }: TerminalSeries): number {
  return length ?? (times?.at(-1) ?? values.length - 1) + 1;
}

/** For each line and column the part of a pen that a curve has there; null where it is not. */
type DrawnCurve = readonly (readonly (number | null)[])[];

function drawCurve(columns: readonly (Column | null)[], height: number): DrawnCurve {
  const parts = Array.from({ length: height }, () => Array<number | null>(columns.length).fill(null));
  const put = (row: number, column: number, part: number) => {
    const line = parts[row];
    if (line !== undefined) line[column] = part;
  };
  const upright = (from: number, to: number, column: number) => {
    for (let row = from; row <= to; row++) put(row, column, UPRIGHT);
  };
  columns.forEach((place, column) => {
    if (place === null) return;
    const { row, top, bottom } = place;
    const before = columns[column - 1]?.row ?? row;
    const after = columns[column + 1]?.row ?? row;
    // What lies on the way to the next column is drawn there; the rest sticks out.
    upright(top, Math.min(row, after, before) - 1, column);
    upright(Math.max(row, after, before) + 1, bottom, column);
    const down = row > before;
    put(row, column, row === before ? FLAT : down ? 4 : 5);
    if (row !== before) put(before, column, down ? 2 : 3);
    upright(Math.min(row, before) + 1, Math.max(row, before) - 1, column);
  });
  return parts;
}

/** Index of the curve to draw in a cell, -1: none. The first is on top; curves that lie on each other take turns. */
function seriesAt(curves: readonly DrawnCurve[], row: number, column: number): number {
  const partOf = (curve: DrawnCurve, up = 0, right = 0) => curve[row - up]?.[column + right] ?? null;
  const first = curves.findIndex((curve) => partOf(curve) !== null);
  const top = curves[first];
  if (top === undefined) return -1;
  const part = partOf(top);
  const goesOn = (curve: DrawnCurve) =>
    part === FLAT
      ? partOf(curve, 0, -1) === partOf(top, 0, -1) && partOf(curve, 0, 1) === partOf(top, 0, 1)
      : partOf(curve, -1) === partOf(top, -1) && partOf(curve, 1) === partOf(top, 1);
  const together = curves.flatMap((curve, i) => (partOf(curve) === part && goesOn(curve) ? [i] : []));
  return together[Math.floor(part === FLAT ? column / 2 : row) % together.length] ?? first;
}

/** The axis, and the line of its numbers. */
function xAxis(length: number, width: number, label: string): string[] {
  const axis = Array<string>(width).fill("─");
  const numbers = Array<string>(width + 1).fill(" ");
  const room = width - label.length - 1;
  const step = roundStep(Math.max(1, length / Math.max(2, Math.floor(width / TICK_CHARACTERS))));
  for (let t = 0; t < length; t += step) {
    const column = Math.ceil((t * width) / length);
    const text = String(t);
    if (column + 1 + text.length > room) break;
    axis[column] = "┬";
    for (let i = 0; i < text.length; i++) numbers[column + 1 + i] = text.charAt(i);
  }
  const end = numbers.join("").slice(0, room);
  return [`└${axis.join("")}`, `${end} ${label}`];
}

function penOf(index: number): string {
  return PENS[index % PENS.length] ?? "";
}

function paintWith(color: boolean): (index: number, text: string) => string {
  if (!color) return (_, text) => text;
  return (index, text) => {
    const [start, end] = inspect.colors[COLORS[index % COLORS.length] ?? "blue"] ?? [0, 0];
    return `\u001b[${start}m${text}\u001b[${end}m`;
  };
}
