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
  /** Rates at t = 0, 1, 2 …; null leaves a gap. */
  readonly rates: readonly (number | null)[];
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
    ({ rates, ...style }): Series => ({
      ...style,
      points: thinOut(held(rates), COLUMNS),
      curve: "step-after",
    }),
  );
  return { title, xLabel: unit, panels: [{ yLabel: "learning rate", yScale, fromZero: true, series }] };
}

/** One epoch of a run. */
export interface CurveRow {
  /** From 0. */
  readonly epoch: number;
  readonly trainLoss: number;
  readonly lr: number;
  /** Loss, and accuracies in percent; null: not validated. */
  readonly validation: { readonly loss: number; readonly top1: number; readonly top5: number } | null;
}

/**
 * Losses, accuracies and learning rate of a run above each other. Where a flat rate drops, a rule runs
 * through all panels, between the last epoch before and the first one after.
 *
 * @param rows - The epochs, in ascending order. Panels and lines without a single number are left out.
 * @returns A figure for {@link figureToSvg}.
 * @example
 * const validation = { loss: 1.2, top1: 60, top5: 90 };
 * const figure = curvesFigure([{ epoch: 0, trainLoss: 2, lr: 0.1, validation }]);
 * figure.panels.map(({ yLabel }) => yLabel); // => ["loss", "accuracy (%)", "learning rate"]
 */
export function curvesFigure(rows: readonly CurveRow[]): Figure {
  const line = (label: string, value: (row: CurveRow) => number | undefined): Series[] => {
    const points = rows.map((row): [number, number | null] => [row.epoch, value(row) ?? null]);
    return points.some(([, y]) => y !== null) ? [{ label, points }] : [];
  };
  const panels: Panel[] = [
    {
      yLabel: "loss",
      series: [
        ...line("train", (row) => row.trainLoss),
        ...line("validation", (row) => row.validation?.loss),
      ],
    },
    {
      yLabel: "accuracy (%)",
      series: [
        ...line("top-1", (row) => row.validation?.top1),
        ...line("top-5", (row) => row.validation?.top5),
      ],
    },
    {
      yLabel: "learning rate",
      fromZero: true,
      series: line("", (row) => row.lr).map((series) => ({ ...series, curve: "step" })),
    },
  ];
  return {
    title: "Training curves",
    xLabel: "epoch",
    panels: panels.filter(({ series }) => series.length > 0),
    rules: drops(rows),
  };
}

/** Half an epoch before each epoch whose rate is below one that held for two epochs or more. */
function drops(rows: readonly CurveRow[]): number[] {
  return rows.flatMap(({ epoch, lr }, i) => {
    const before = rows[i - 1]?.lr;
    return before !== undefined && before === rows[i - 2]?.lr && lr < before ? [epoch - 0.5] : [];
  });
}

/** Points at t = 0, 1, 2 …, and the last value once more, as it holds until the end. */
function held(values: readonly (number | null)[]): [number, number | null][] {
  return [...values, ...values.slice(-1)].map((value, t) => [t, value]);
}
