/** Draws a run as it stands: progress, numbers, curves. */
import { stripVTControlCharacters } from "node:util";
import type { SummaryRow } from "../../checkpoint/read-summary.ts";
import { scientific, significant } from "../../listeners/log-format.ts";
import { metricText } from "../../listeners/log-lines.ts";
import { duration } from "../../listeners/run-clock.ts";
import { type TerminalSeries, terminalPlot } from "../../preview/terminal-plot.ts";
import { printable } from "../../text/printable.ts";
import { shortPath } from "../short-path.ts";
import { runTime } from "./epoch-clock.ts";
import { bestRow, type FollowedMetric, type FollowedMetrics, followedMetrics } from "./followed-metrics.ts";
import { epochsDone, isComplete, type RunView } from "./run-view.ts";

/** Options of {@link screenLines}. */
export interface ScreenOptions {
  /** Characters of a line. */
  readonly width: number;
  /** Lines at most; curves that find no room are left out. */
  readonly height: number;
  /** true: colours, for a terminal that has them. */
  readonly color?: boolean;
  /** Metric to rank by and to draw; absent: the run's own. */
  readonly metric?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Widest and narrowest bar. */
const BAR = { most: 24, least: 8 };
/** Characters of a plot, and from which on two stand beside each other where there is room for all above each other. */
const PLOT = { least: 38, wide: 64, most: 100 };
/** Characters between two plots. */
const GAP = 2;
/** Lines between the axes of a plot. */
const ROWS = { least: 7, most: 13 };
/** Lines of a plot beside these: a blank one, title, axis, numbers; the names of several curves are one more. */
const FRAME = 4;

/**
 * Draws a run.
 *
 * @throws UsageError if the run does not have the metric.
 */
export function screenLines(view: RunView, options: ScreenOptions): string[] {
  const { width, metric } = options;
  const metrics = followedMetrics(view, metric);
  const best = bestLine(view.rows, metrics.ranking);
  const top = [
    headline(view, width),
    progressLine(view, options),
    ...filled([...values(view.rows.at(-1), metrics), ...(best === null ? [] : [best])], width),
    ...(view.problem === null ? [] : [printable(view.problem)]),
  ]
    .map((line) => clipped(line, width))
    .slice(0, options.height);
  return [...top, ...curves(view, metrics.drawn, { ...options, height: options.height - top.length })];
}

function headline({ folder, plan: { model } }: RunView, width: number): string {
  const name = printable(shortPath(folder));
  // The end of a path tells more than its beginning.
  const end = name.length > width ? `…${name.slice(1 - width)}` : name;
  const both = model === null ? end : `${printable(model)} · ${end}`;
  return both.length > width ? end : both;
}

function progressLine(view: RunView, { width, now }: ScreenOptions): string {
  const total = view.plan.numEpochs;
  const done = epochsDone(view);
  const title = total === null ? `Epoch ${done}` : `Epoch ${done}/${total}`;
  const parts = timeParts(view, now);
  if (total === null) return fitted([title, ...parts], width);
  const share = Math.min(1, done / total);
  const percent = ` ${Math.floor(100 * share)} %`;
  const rest = parts.reduce((sum, part) => sum + part.length + 3, 0);
  const room = width - title.length - 1 - percent.length;
  const size = Math.max(BAR.least, Math.min(BAR.most, room - rest));
  const filled = Math.round(share * size);
  return fitted([`${title} ${"█".repeat(filled)}${"░".repeat(size - filled)}${percent}`, ...parts], width);
}

/** What there is to say of the time, the most important first. */
function timeParts(view: RunView, now: number): string[] {
  const { ends, plan, training, rows } = view;
  const { perEpoch, left, silent } = runTime(ends, now, plan.numEpochs);
  const isIdle = training === "ended" || training === "killed";
  return [
    ...(isIdle && !isComplete(view) ? [training === "killed" ? "killed" : "not training now"] : []),
    ...(rows.length === 0 ? ["no epoch is done yet"] : []),
    ...(left === null || isIdle ? [] : [`${duration(left)} left`]),
    ...(silent === null || isComplete(view) ? [] : [`last epoch ${duration(silent)} ago`]),
    ...(perEpoch === null ? [] : [`${duration(perEpoch)} an epoch`]),
  ];
}

/** As many parts as there is room for. */
function fitted(parts: readonly string[], width: number): string {
  return parts.reduce((line, part) => (line.length + part.length + 3 <= width ? `${line} | ${part}` : line));
}

function clipped(line: string, width: number): string {
  return line.length > width ? `${line.slice(0, width - 1)}…` : line;
}

/** The numbers of the newest epoch. */
function values(row: SummaryRow | undefined, { validation, drawn }: FollowedMetrics): string[] {
  if (row === undefined) return [];
  const shown = drawn === null || validation.includes(drawn) ? validation : [...validation, drawn];
  const metrics = shown.flatMap((metric) => {
    const value = metric.of(row);
    // There was no validation in this epoch.
    if (Number.isNaN(value) && row.validation === null) return [];
    return [
      `${metric.name === "loss" ? "validation loss" : printable(metric.label)} ${metricText(value, metric)}`,
    ];
  });
  return [
    ...(Number.isNaN(row.trainLoss) && metrics.length > 0 ? [] : [`loss ${significant(row.trainLoss)}`]),
    ...metrics,
    ...(Number.isNaN(row.lr) ? [] : [`lr ${scientific(row.lr)}`]),
  ];
}

/** All parts, on as many lines as they need. */
function filled(parts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const line = lines.at(-1);
    const fits = line !== undefined && line.length + part.length + 3 <= width;
    lines.splice(fits ? -1 : lines.length, 1, fits ? `${line} | ${part}` : part);
  }
  return lines;
}

/** The best epoch so far; null: there is none. */
export function bestLine(rows: readonly SummaryRow[], metric: FollowedMetric): string | null {
  const best = bestRow(rows, metric);
  if (best === null) return null;
  const label = metric.name === "loss" ? "validation loss" : printable(metric.label);
  return `best: ${label} ${metricText(metric.of(best), metric)} in epoch ${best.epoch + 1}`;
}

interface Curve {
  readonly title: string;
  readonly series: readonly TerminalSeries[];
}

/** Plots above each other, or two beside each other where the terminal is wide, or low. */
function curves(view: RunView, drawn: FollowedMetric | null, options: ScreenOptions): string[] {
  const { width, height, color = false } = options;
  if (width < PLOT.least) return [];
  const all = curvesOf(view.rows, drawn);
  const column = gridOf(all, 1, height);
  const isWide = width >= 2 * PLOT.wide + GAP;
  const isLow = column.length < all.length && width >= 2 * PLOT.least + GAP;
  const [perLine, grid] = isWide || isLow ? [2, gridOf(all, 2, height)] : [1, column];
  const size = {
    ...{ xLabel: "epoch", height: Math.min(ROWS.most, rowsOf(grid, height)), color },
    width: Math.min(PLOT.most, perLine === 2 ? (width - GAP) >> 1 : width),
  };
  return grid.flatMap((line) => {
    const plots = line.map(({ title, series }) => terminalPlot(series, { title, ...size }));
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
