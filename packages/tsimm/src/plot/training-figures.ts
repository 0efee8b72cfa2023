/** The figures of a run: its schedule and its curves. */
import { checkOptionNames } from "../option-names.ts";
import type { Figure, Panel, Series } from "./figure.ts";
import { thinOut } from "./thin-out.ts";

/** Wider than a figure is, in pixels of the sharpest screens. */
const COLUMNS = 2000;

/** A schedule's rates. */
export interface RateSeries {
  /** Written at the end of the line; empty: none. */
  readonly label: string;
  /** Rates, each of which holds until the next; null leaves a gap. */
  readonly rates: readonly (number | null)[];
  /** t of the rates, ascending; absent: 0, 1, 2 … */
  readonly times?: readonly number[];
  /** End of the last rate; absent: one after the last t. */
  readonly length?: number;
  /** true: drawn dashed, so that a line below stays visible. */
  readonly dashed?: boolean;
}

/** Options of {@link learningRateFigure}. */
export interface LearningRateFigureOptions {
  /** Unit of t; absent: epoch. */
  readonly unit?: "epoch" | "update";
  /** Absent: `Learning rate`. */
  readonly title?: string;
  /** Absent: linear, from 0. */
  readonly yScale?: "linear" | "log";
}

/**
 * The learning rate over time; a rate holds until the next t. Of very many rates those are kept that can be seen.
 *
 * @param schedules - One line each.
 * @param options - Unit, title and scale.
 * @returns A figure for {@link figureToSvg}.
 * @example
 * const figure = learningRateFigure([{ label: "step", rates: [0.1, 0.1, 0.01] }]);
 * figure.panels[0].series[0].points; // => [[0, 0.1], [1, 0.1], [2, 0.01], [3, 0.01]]
 */
export function learningRateFigure(
  schedules: readonly RateSeries[],
  options: LearningRateFigureOptions = {},
): Figure {
  checkOptionNames("learningRateFigure", options, { unit: true, title: true, yScale: true });
  const { unit = "epoch", title = "Learning rate", yScale = "linear" } = options;
  const series = schedules.map(
    ({ rates, times, length, ...style }): Series => ({
      ...style,
      points: thinOut(held(rates, times, length), COLUMNS),
      curve: "step-after",
    }),
  );
  // Said once.
  const yLabel = /^learning rate\b/i.test(title) ? "" : "learning rate";
  return { title, xLabel: unit, panels: [{ yLabel, yScale, fromZero: true, series }] };
}

/** One epoch of a run. */
export interface CurveRow {
  /** From 0. */
  readonly epoch: number;
  readonly trainLoss: number;
  readonly lr: number;
  /** Metrics by name, `loss` among them; null: not validated. */
  readonly validation: Readonly<Record<string, number>> | { readonly loss: number } | null;
}

/** How a metric of the validation is drawn; the metrics of a task are of this shape. */
export interface CurveMetric {
  /** Key in {@link CurveRow.validation}. */
  readonly name: string;
  /** Written at the end of the line, unless it is the name of the panel. */
  readonly label: string;
  /** Quantity and unit of its panel, e.g. `accuracy (%)`; metrics of one panel are drawn in one. */
  readonly panel: string;
}

/** Options of {@link curvesFigure}. */
export interface CurvesFigureOptions {
  /** Learning rates, `times` and `length` in epochs; absent or null: those of the rows, each for its epoch. */
  readonly rates?: Omit<RateSeries, "label" | "dashed"> | null;
  /** Metrics to draw; absent: those of a classification, `loss`, `top1` and `top5`. */
  readonly metrics?: readonly CurveMetric[];
}

const LOSS = "loss";
const CLASSIFICATION: readonly CurveMetric[] = [
  { name: LOSS, label: "loss", panel: LOSS },
  { name: "top1", label: "top-1", panel: "accuracy (%)" },
  { name: "top5", label: "top-5", panel: "accuracy (%)" },
];

/**
 * Losses, metrics and learning rate of a run above each other. Epoch n lies between n and n + 1: its rate holds
 * from n on, its losses and metrics stand at its end. Where a flat rate drops, a rule runs through all panels.
 *
 * @param rows - The epochs, in ascending order. Panels and lines without a single number are left out.
 * @param options - Metrics of the task, learning rates between the rows. Unknown options are an error.
 * @returns A figure for {@link figureToSvg}.
 * @throws RangeError for an unknown option.
 * @example
 * const validation = { loss: 1.2, top1: 60, top5: 90 };
 * const figure = curvesFigure([{ epoch: 0, trainLoss: 2, lr: 0.1, validation }]);
 * figure.panels.map(({ yLabel }) => yLabel); // => ["loss", "accuracy (%)", "learning rate"]
 */
export function curvesFigure(rows: readonly CurveRow[], options: CurvesFigureOptions = {}): Figure {
  checkOptionNames("curvesFigure", options, { rates: true, metrics: true });
  const { metrics = CLASSIFICATION } = options;
  const line = (label: string, value: (row: CurveRow) => number | undefined): Series[] => {
    const points = rows.map((row): [number, number | null] => [row.epoch + 1, value(row) ?? null]);
    return points.some(isNumber) ? [{ label, points }] : [];
  };
  const { rates, times, length } = options.rates ?? ratesOf(rows);
  const planned = held(rates, times, length);
  const rateLine: Series = { label: "", points: thinOut(planned, COLUMNS), curve: "step-after" };
  const panels: Panel[] = [
    {
      yLabel: LOSS,
      series: [...line("train", (row) => row.trainLoss), ...line("validation", (row) => metricOf(row, LOSS))],
    },
    ...metricPanels(metrics).map(
      ([yLabel, drawn]): Panel => ({
        yLabel,
        series: drawn.flatMap(({ name, label }) =>
          // Said once.
          line(label === yLabel && drawn.length === 1 ? "" : label, (row) => metricOf(row, name)),
        ),
      }),
    ),
    { yLabel: "learning rate", fromZero: true, series: planned.some(isNumber) ? [rateLine] : [] },
  ];
  return {
    title: "Training curves",
    xLabel: "epoch",
    panels: panels.filter(({ series }) => series.length > 0),
    rules: drops(planned),
  };
}

function isNumber([, y]: Point): boolean {
  return y !== null && !Number.isNaN(y);
}

function metricOf({ validation }: CurveRow, name: string): number | undefined {
  const metrics: Readonly<Record<string, number>> = validation ?? {};
  return metrics[name];
}

/** Metrics by panel, in the order in which they come; the loss has its own with that of training. */
function metricPanels(
  metrics: readonly CurveMetric[],
): readonly (readonly [string, readonly CurveMetric[]])[] {
  const others = metrics.filter(({ name }) => name !== LOSS);
  const names = [...new Set(others.map(({ panel }) => panel))];
  return names.map((panel) => [panel, others.filter((metric) => metric.panel === panel)]);
}

function ratesOf(rows: readonly CurveRow[]): Omit<RateSeries, "label" | "dashed"> {
  return {
    rates: rows.map(({ lr }) => lr),
    times: rows.map(({ epoch }) => epoch),
    length: Number(rows.at(-1)?.epoch) + 1,
  };
}

type Point = [t: number, rate: number | null];

/** Where a rate is below one that held for two points or more. */
function drops(points: readonly Point[]): number[] {
  return points.flatMap(([t, rate], i) => {
    const before = points[i - 1]?.[1] ?? null;
    const flat = before !== null && before === points[i - 2]?.[1];
    return flat && rate !== null && rate < before ? [t] : [];
  });
}

/** A point for each rate, and the last one once more, as it holds until the end. */
function held(
  rates: readonly (number | null)[],
  times: readonly number[] | undefined,
  length: number | undefined,
): Point[] {
  const timeOf = (i: number) => times?.[i] ?? i;
  const points = rates.map((rate, i): Point => [timeOf(i), rate]);
  return [...points, ...rates.slice(-1).map((rate): Point => [length ?? timeOf(rates.length - 1) + 1, rate])];
}
