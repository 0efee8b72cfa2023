/** Draws a run as it stands: progress, numbers, curves. */
import type { SummaryRow } from "../../checkpoint/read-summary.ts";
import { scientific, significant } from "../../listeners/log-format.ts";
import { metricText } from "../../listeners/log-lines.ts";
import { duration } from "../../listeners/run-clock.ts";
import { printable } from "../../text/printable.ts";
import { shortPath } from "../short-path.ts";
import { runTime } from "./epoch-clock.ts";
import { bestRow, type FollowedMetric, type FollowedMetrics, followedMetrics } from "./followed-metrics.ts";
import { epochsDone, isComplete, type RunView } from "./run-view.ts";
import { type ScreenCurvesOptions, screenCurves } from "./screen-curves.ts";

/** Options of {@link screenLines}. */
export interface ScreenOptions extends ScreenCurvesOptions {
  /** Metric to rank by and to draw; absent: the run's own. */
  readonly metric?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Widest and narrowest bar. */
const BAR = { most: 24, least: 8 };
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
  return [
    ...top,
    ...screenCurves(view.rows, metrics.drawn, { ...options, height: options.height - top.length }),
  ];
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
  const title = total === null ? `${done} ${done === 1 ? "epoch" : "epochs"}` : `${done}/${total} epochs`;
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
  return `best: ${label} ${metricText(metric.of(best), metric)} in epoch ${best.epoch}`;
}
