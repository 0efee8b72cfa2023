/** The figure of runs: loss, accuracy and learning rate over epochs. */
import type { Figure, Panel, Series } from "tsimm/plot";
import type { CurvePoints, RunRecord } from "./run-record.ts";

/** Series that are told apart by colour; further runs begin again. */
export const SERIES_COLORS = 7;

/** CSS colour of a run. */
export function colorOfRun({ color }: Pick<RunRecord, "color">): string {
  return `var(--ts-series-${(color % SERIES_COLORS) + 1})`;
}

/** Points of a curve that a figure draws at most. */
const MOST_POINTS = 600;

/**
 * Draws up the figure.
 *
 * @param runs - The last one is in front: with the losses of its batches, its accuracy on them, and its plan.
 * @param planned - Rate of each epoch to come, from `epoch` on; dashed.
 */
export function trainingFigure(
  runs: readonly RunRecord[],
  planned: { readonly epoch: number; readonly rates: readonly number[] },
): Figure {
  const front = runs.at(-1);
  const rest = runs.slice(0, -1);
  const lines = (
    earlier: (run: RunRecord) => CurvePoints,
    own: (run: RunRecord, color: string) => Series[],
  ): Series[] => [
    ...rest.map((run): Series => line(earlier(run), colorOfRun(run), { strokeWidth: 1.25 })),
    ...(front ? own(front, colorOfRun(front)) : []),
  ];
  const loss: Panel = {
    yLabel: "loss",
    fromZero: true,
    series: lines(
      (run) => run.smoothedLosses,
      (run, color) => [
        line(run.losses, faint(color), { strokeWidth: 1 }),
        line(run.smoothedLosses, color),
        line(run.validationLosses, color, { marker: "dot", dashed: true, strokeWidth: 1.25 }),
      ],
    ),
  };
  const accuracy: Panel = {
    yLabel: "accuracy (%)",
    fromZero: true,
    yIncludes: [0, 100],
    series: lines(
      (run) => run.validationAccuracies,
      (run, color) => [
        line(run.trainAccuracies, faint(color), { strokeWidth: 1.25 }),
        line(run.validationAccuracies, color, { marker: "dot" }),
      ],
    ),
  };
  const plan = planned.rates.map((rate, i): [number, number] => [planned.epoch + i, rate]);
  const last = planned.rates.at(-1);
  if (last !== undefined) plan.push([planned.epoch + planned.rates.length, last]);
  const rate: Panel = {
    yLabel: "learning rate",
    fromZero: true,
    series: [
      ...lines(
        (run) => heldToEnd(run),
        (run, color) => [line(heldToEnd(run), color, { curve: "step-after" })],
      ),
      { ...line(plan, "var(--ts-ink-soft)", { curve: "step-after", dashed: true, strokeWidth: 1.25 }) },
    ],
  };
  const length = Math.max(
    1,
    planned.epoch + planned.rates.length,
    ...runs.map((run) => Math.ceil(run.updates / run.updatesPerEpoch)),
  );
  return {
    title: "Loss, accuracy and learning rate by epoch",
    xLabel: "epoch",
    xDomain: [0, length],
    panels: [loss, accuracy, rate],
    rules: front?.changes.map(({ epoch }) => epoch) ?? [],
  };
}

/** The last rate holds to the end of its update. */
function heldToEnd({ rates, updates, updatesPerEpoch }: RunRecord): CurvePoints {
  const last = rates.at(-1);
  return last === undefined ? [] : [...rates, [updates / updatesPerEpoch, last[1]]];
}

function line(points: CurvePoints, color: string, options: Partial<Series> = {}): Series {
  return { label: "", points: thinned(points), color, ...options };
}

function faint(color: string): string {
  return `color-mix(in srgb, ${color} 38%, transparent)`;
}

/** Every so many points, and the last one. */
function thinned(points: CurvePoints): CurvePoints {
  const step = Math.ceil(points.length / MOST_POINTS);
  if (step <= 1) return points;
  return points.filter((_, i) => i % step === 0 || i === points.length - 1);
}
