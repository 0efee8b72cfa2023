/** The figure of a range test of the learning rate. */
import type { Figure, Series } from "./figure.ts";

/** A range test, as far as it is drawn. */
export interface RateRange {
  readonly points: readonly { readonly lr: number; readonly loss: number }[];
  /** Smoothed losses, one for each point. */
  readonly curve: readonly number[];
  /** Rate of the rule; null: none. */
  readonly suggestion: number | null;
}

/** Losses above this multiple of the largest smoothed one before the rise leave a gap. */
const HEADROOM = 1.25;

/**
 * Losses over the learning rate, smoothed and as they were, with a rule at the suggestion.
 *
 * @param range - What `findLearningRate` gives.
 * @returns A figure for `figureToSvg`.
 * @example
 * const points = [{ lr: 0.01, loss: 2 }, { lr: 0.1, loss: 1 }, { lr: 1, loss: 3 }];
 * rateRangeFigure({ points, curve: [2, 1.1, 2.9], suggestion: 0.1 }).rules; // => [0.1]
 */
export function rateRangeFigure({ points, curve, suggestion }: RateRange): Figure {
  const most = HEADROOM * Math.max(...curve.filter(Number.isFinite));
  const line = (values: readonly number[]): Series["points"] =>
    points.map(({ lr }, index): [number, number | null] => {
      const value = values[index] ?? Number.NaN;
      return [lr, value <= most ? value : null];
    });
  return {
    title:
      suggestion === null ? "Learning-rate range test" : `Learning-rate range test: ${label(suggestion)}`,
    xLabel: "learning rate",
    xScale: "log",
    panels: [
      {
        yLabel: "training loss",
        series: [
          { label: "loss", points: line(points.map(({ loss }) => loss)), color: "#9ca3af" },
          { label: "smoothed", points: line(curve), color: "#0072b2" },
        ],
      },
    ],
    rules: suggestion === null ? [] : [suggestion],
  };
}

function label(rate: number): string {
  return String(Number(rate.toPrecision(2)));
}
