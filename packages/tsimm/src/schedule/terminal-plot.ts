/** Draws curves with the characters of a terminal. */
import { inspect } from "node:util";
import { rateLabel } from "./rate-label.ts";

/** A curve. */
export interface TerminalSeries {
  /** Named below the plot, where there is more than one curve. */
  readonly label: string;
  /** Values at t = 0, 1, 2 …; each holds until the next. */
  readonly values: Float64Array;
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
const COLORS = ["blue", "red", "green", "magenta", "yellow", "cyan"] as const;
const Y_TICKS = 4;
const LEAST_TICK_DISTANCE = 8;

/**
 * Draws curves, each in its own kind of line, so that they can be told apart without colours.
 *
 * @param series - At least one; the first is drawn on top.
 * @param options - Title, size and scale.
 * @returns Lines of text without line ends.
 */
export function terminalPlot(series: readonly TerminalSeries[], options: TerminalPlotOptions): string[] {
  const { title, xLabel, height = 17, log = false } = options;
  const length = Math.max(...series.map(({ values }) => values.length));
  const scale = yScale(series, height, log);
  const labels = new Map(scale.ticks.map((value) => [scale.rowOf(value), rateLabel(value)]));
  const labelWidth = Math.max(...[...labels.values()].map((label) => label.length));
  const width = options.width - labelWidth - 2;
  const cells = Array.from({ length: height }, () => Array<string>(width).fill(" "));
  const paint = paintWith(options.color ?? false);
  for (const [index, { values }] of [...series.entries()].reverse()) {
    drawCurve(cells, rowsOf(values, length, width, scale.rowOf), penOf(index), (text) => paint(index, text));
  }
  const rows = cells.map((row, i) => {
    const label = labels.get(i);
    return `${(label ?? "").padStart(labelWidth)} ${label === undefined ? "│" : "┤"}${row.join("")}`.trimEnd();
  });
  const legend = series.map(({ label }, i) => `${paint(i, penOf(i).charAt(0).repeat(2))} ${label}`);
  return [
    title,
    ...rows,
    ...xAxis(length, width, xLabel).map((line) => " ".repeat(labelWidth + 1) + line),
    ...(series.length > 1 ? [`${" ".repeat(labelWidth + 2)}${legend.join("   ")}`] : []),
  ];
}

interface YScale {
  /** Line of a value, counted from the top; null: none. */
  rowOf(value: number): number | null;
  readonly ticks: readonly number[];
}

function yScale(series: readonly TerminalSeries[], height: number, log: boolean): YScale {
  const drawn = series.flatMap(({ values }) => extremes(values, log));
  const low = Math.min(...drawn, ...(log ? [] : [0]));
  const high = Math.max(...drawn);
  const place = log ? Math.log10 : (value: number) => value;
  const span = place(high) - place(low) || 1;
  return {
    rowOf(value) {
      const share = (place(high) - place(value)) / span;
      return Number.isFinite(share) ? Math.round(share * (height - 1)) : null;
    },
    ticks: log
      ? [low, high, ...powersOfTen(low, high)]
      : Array.from({ length: Y_TICKS + 1 }, (_, i) => low + (i / Y_TICKS) * (high - low)),
  };
}

function powersOfTen(low: number, high: number): number[] {
  const first = Math.ceil(Math.log10(low));
  const count = Math.floor(Math.log10(high)) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => Number(`1e${first + i}`));
}

/** Smallest and largest of the values that can be drawn. */
function extremes(values: Float64Array, log: boolean): number[] {
  const drawn = log ? values.filter((value) => value > 0) : values;
  if (drawn.length === 0) return log ? [1] : [0];
  return [drawn.reduce((a, b) => Math.min(a, b)), drawn.reduce((a, b) => Math.max(a, b))];
}

/** The line of the curve in each column; null where it has none. */
function rowsOf(
  values: Float64Array,
  length: number,
  width: number,
  rowOf: YScale["rowOf"],
): (number | null)[] {
  return Array.from({ length: width }, (_, column) => {
    const value = values[Math.floor((column * length) / width)];
    return value === undefined ? null : rowOf(value);
  });
}

function drawCurve(
  cells: string[][],
  rows: readonly (number | null)[],
  pen: string,
  paint: (text: string) => string,
): void {
  const put = (row: number, column: number, part: number) => {
    const line = cells[row];
    if (line !== undefined) line[column] = paint(pen.charAt(part));
  };
  rows.forEach((row, column) => {
    const before = rows[column - 1] ?? row;
    if (row === null || before === null) return;
    const down = row > before;
    put(row, column, row === before ? 0 : down ? 4 : 5);
    if (row !== before) put(before, column, down ? 2 : 3);
    for (let between = Math.min(row, before) + 1; between < Math.max(row, before); between++) {
      put(between, column, 1);
    }
  });
}

/** The axis, and the line of its numbers. */
function xAxis(length: number, width: number, label: string): string[] {
  const axis = Array<string>(width).fill("─");
  const numbers = Array<string>(width + 1).fill(" ");
  const room = width - label.length - 1;
  const step = roundStep(length / Math.max(2, Math.floor(width / LEAST_TICK_DISTANCE)));
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

/** The next of 1, 2, 5, 10, 20, 50 … */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least) ?? 10 * power;
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
