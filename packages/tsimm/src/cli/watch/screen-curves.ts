/** Curves of a run in a terminal. */
import { stripVTControlCharacters } from "node:util";
import type { SummaryRow } from "../../checkpoint/read-summary.ts";
import { type TerminalSeries, terminalPlot } from "../../preview/terminal-plot.ts";
import { printable } from "../../text/printable.ts";
import type { FollowedMetric } from "./followed-metrics.ts";

/** Options of {@link screenCurves}. */
export interface ScreenCurvesOptions {
  /** Characters of a line. */
  readonly width: number;
  /** Lines at most; curves that find no room are left out. */
  readonly height: number;
  /** true: colours, for a terminal that has them. */
  readonly color?: boolean;
}

/** Characters of a plot, and from which on two stand beside each other where there is room for all above each other. */
const PLOT = { least: 38, wide: 64, most: 100 };
/** Characters between two plots. */
const GAP = 2;
/** Lines between the axes of a plot. */
const ROWS = { least: 7, most: 13 };
/** Lines of a plot beside these: a blank one, title, axis, numbers; the names of several curves are one more. */
const FRAME = 4;

interface Curve {
  readonly title: string;
  readonly series: readonly TerminalSeries[];
}

/**
 * Draws losses, metric and rate: above each other, or two beside each other where the terminal is wide, or low.
 *
 * @param drawn - The metric; null: there is none.
 */
export function screenCurves(
  rows: readonly SummaryRow[],
  drawn: FollowedMetric | null,
  { width, height, color = false }: ScreenCurvesOptions,
): string[] {
  if (width < PLOT.least) return [];
  const all = curvesOf(rows, drawn);
  const column = gridOf(all, 1, height);
  const isWide = width >= 2 * PLOT.wide + GAP;
  const isLow = column.length < all.length && width >= 2 * PLOT.least + GAP;
  const [perLine, grid] = isWide || isLow ? [2, gridOf(all, 2, height)] : [1, column];
  const size = {
    ...{ xLabel: "epoch", height: Math.min(ROWS.most, rowsOf(grid, height)), color },
    width: Math.min(PLOT.most, perLine === 2 ? (width - GAP) >> 1 : width),
  };
  return grid.flatMap((line) => {
    const plots = line.map(({ title, series }) =>
      // Beside the longest numbers a narrow plot names its curves in two lines: the first of them has room.
      terminalPlot(series, { title: title.slice(0, size.width), ...size }).slice(
        0,
        size.height + FRAME - 1 + (series.length > 1 ? 1 : 0),
      ),
    );
    return ["", ...besideEachOther(plots, size.width + GAP)];
  });
}

/** As many lines of plots as find room. */
function gridOf(all: readonly Curve[], perLine: number, height: number): readonly (readonly Curve[])[] {
  const grid = Array.from({ length: Math.ceil(all.length / perLine) }, (_, i) =>
    all.slice(i * perLine, (i + 1) * perLine),
  );
  const lines = grid.findLastIndex((_, i) => rowsOf(grid.slice(0, i + 1), height) >= ROWS.least) + 1;
  return grid.slice(0, lines);
}

/** Lines between the axes of each plot. */
function rowsOf(grid: readonly (readonly Curve[])[], height: number): number {
  const frames = grid.map(
    (line) => FRAME + Math.max(...line.map(({ series }) => (series.length > 1 ? 1 : 0))),
  );
  return Math.floor((height - frames.reduce((a, b) => a + b, 0)) / grid.length);
}

function curvesOf(rows: readonly SummaryRow[], drawn: FollowedMetric | null): Curve[] {
  const line = (label: string, of: (row: SummaryRow) => number): TerminalSeries[] => {
    const finite = rows.filter((row) => Number.isFinite(of(row)));
    const last = rows.at(-1)?.epoch ?? 0;
    const series = { label, values: Float64Array.from(finite, of), times: finite.map(({ epoch }) => epoch) };
    return finite.length === 0 ? [] : [{ ...series, length: last + 1 }];
  };
  const unit = drawn?.unit === "%" ? " (%)" : "";
  const all = [
    {
      title: "loss",
      series: [
        ...line("training", ({ trainLoss }) => trainLoss),
        ...line("validation", ({ validation }) => validation?.loss ?? Number.NaN),
      ],
    },
    ...(drawn === null ? [] : [{ title: `${printable(drawn.label)}${unit}`, series: line("", drawn.of) }]),
    { title: "learning rate", series: line("", ({ lr }) => lr) },
  ];
  return all.filter(({ series }) => series.length > 0);
}

/** Lines with colours in them have characters that take no room. */
function besideEachOther(plots: readonly (readonly string[])[], width: number): string[] {
  const [left = [], right] = plots;
  if (right === undefined) return [...left];
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i) => {
    const text = left[i] ?? "";
    const room = width - stripVTControlCharacters(text).length;
    return `${text}${" ".repeat(Math.max(0, room))}${right[i] ?? ""}`.trimEnd();
  });
}
