/** The figure of runs: loss, accuracy and learning rate over epochs. */
import type { Figure, Panel, Series } from "tsimm/plot";
import type { CurvePoints, RunRecord } from "./run-record.ts";

/** Series that are told apart by colour; further runs begin again. */
export const SERIES_COLORS = 7;

/** CSS colour of a run. */
export function colorOfRun({ color }: Pick<RunRecord, "color">): string {
  return `var(--ts-series-${(color % SERIES_COLORS) + 1})`;
}

/** The rest of a run as it is planned. */
export interface PlannedRates {
  /** Epochs of the whole run. */
  readonly numEpochs: number;
  /** Epoch of the first rate. */
  readonly epoch: number;
  readonly rates: readonly number[];
}

/** Points of a curve that a figure draws at most. */
const MOST_POINTS = 600;

/**
 * Draws up the figure.
 *
 * @param runs - The last one is in front: with the losses of its batches, its accuracy on them, and its plan.
 * @param planned - Its rates to come, dashed.
 */
export function trainingFigure(runs: readonly RunRecord[], planned: PlannedRates): Figure {
  const front = runs.at(-1);
  const rest = runs.slice(0, -1);
  const lines = (
    earlier: (run: RunRecord) => CurvePoints,
    own: (run: RunRecord, color: string) => Series[],
    curve: "linear" | "step-after" = "linear",
  ): Series[] => [
    ...rest.map((run): Series => line(earlier(run), colorOfRun(run), { strokeWidth: 1.25, curve })),
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
      ...lines(steps, (run, color) => [line(steps(run), color, { curve: "step-after" })], "step-after"),
      { ...line(plan, "var(--ts-ink-soft)", { curve: "step-after", dashed: true, strokeWidth: 1.25 }) },
    ],
  };
  const length = Math.max(
    1,
    planned.numEpochs,
    ...runs.map((run) => Math.ceil(run.updates / run.updatesPerEpoch)),
  );
  return {
    title: "Loss, accuracy and learning rate by epoch",
    xLabel: "epoch",
    xDomain: [0, length],
    panels: [loss, accuracy, rate],
    overlaps: "cover",
    rules: front?.changes.map(({ epoch }) => epoch) ?? [],
  };
}

/** Updates at which the rate changes, and the end of the last update, to which it holds. */
function steps({ rates, updates, updatesPerEpoch }: RunRecord): CurvePoints {
  const last = rates.at(-1);
  if (last === undefined) return [];
  const changes = rates.filter(([, rate], i) => rate !== rates[i - 1]?.[1]);
  return [...changes, [updates / updatesPerEpoch, last[1]]];
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
