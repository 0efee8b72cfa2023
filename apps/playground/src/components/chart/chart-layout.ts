/** Scales and ticks of a chart of learning rates. */
import { linearTicks, logTicks, roundStep, tickLabels } from "tsimm/plot";
import type { SteppedLine, ToPixels } from "./step-path.ts";

/** A labelled place on an axis. */
export interface Tick {
  readonly pixels: number;
  readonly label: string;
}

/** Area and scales of a chart. */
export interface ChartLayout {
  readonly width: number;
  readonly height: number;
  /** Edges of the plot area. */
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Pixels of a t. */
  readonly x: ToPixels;
  /** Pixels of a rate. */
  readonly y: ToPixels;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  /** Number of t. */
  readonly length: number;
}

const MARGIN = { top: 24, right: 18, bottom: 40 };
/** Pixels of a character of a tick's label, and beside it. */
const CHARACTER = 7.2;
const LABEL_SPACE = 18;
/** Least distance of ticks. */
const DISTANCE = { x: 46, y: 60 };
/** Intervals of an axis, at most. */
const INTERVALS = { x: 10, y: 6 };
/** Decades that a logarithmic axis shows below its highest rate, at most. */
const DECADES = 9;

/** Options of {@link chartLayout}. */
export interface ChartContent {
  readonly width: number;
  readonly height: number;
  readonly logScale: boolean;
  /** Lengths in the unit of the axis. */
  readonly lines: readonly Pick<SteppedLine, "rates" | "length">[];
}

/**
 * Fits axes to lines: t from 0 to the end of the longest, rates from 0 or, on a logarithmic axis, from the lowest
 * that is > 0.
 */
export function chartLayout({ width, height, logScale, lines }: ChartContent): ChartLayout {
  const { top } = MARGIN;
  const bottom = height - MARGIN.bottom;
  const length = Math.max(1, ...lines.map((line) => line.length));
  const rates = rateTicks(lines, logScale, intervals(bottom - top, 2, "y"));
  const rateLabels = tickLabels(rates);
  const longest = Math.max(...rateLabels.map((label) => label.length));
  const left = Math.max(38, Math.ceil(longest * CHARACTER + LABEL_SPACE));
  const right = Math.max(left + 1, width - MARGIN.right);
  const times = timeTicks(length, intervals(right - left, 1, "x"));
  const timeLabels = tickLabels(times);
  const x = (t: number) => left + (t / length) * (right - left);
  const [low = 0, high = 1] = [rates[0], rates.at(-1)];
  const share = logScale
    ? (rate: number) => Math.log(rate / low) / Math.log(high / low)
    : (rate: number) => (rate - low) / (high - low);
  const y = (rate: number) =>
    logScale && rate <= 0 ? Number.NaN : Math.min(bottom, bottom - share(rate) * (bottom - top));
  return {
    ...{ width, height, left, right, top, bottom, x, y, length },
    xTicks: times.map((t, i) => ({ pixels: tenth(x(t)), label: timeLabels[i] ?? "" })),
    yTicks: rates.map((rate, i) => ({ pixels: tenth(y(rate)), label: rateLabels[i] ?? "" })),
  };
}

function intervals(pixels: number, least: number, axis: "x" | "y"): number {
  return Math.min(INTERVALS[axis], Math.max(least, Math.floor(pixels / DISTANCE[axis])));
}

/** Epochs and updates are whole numbers: no ticks between them. */
function timeTicks(length: number, most: number): number[] {
  const step = roundStep(Math.max(1, length / most));
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, i) => i * step);
}

function rateTicks(lines: ChartContent["lines"], logScale: boolean, most: number): number[] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { rates } of lines) {
    for (const rate of rates) {
      if (!Number.isFinite(rate) || (logScale && rate <= 0)) continue;
      if (rate < low) low = rate;
      if (rate > high) high = rate;
    }
  }
  if (!(low <= high)) return logScale ? [0.1, 1] : [0, 1];
  if (!logScale)
    return high <= 0 && low >= 0 ? [0, 1] : linearTicks(Math.min(0, low), Math.max(0, high), most);
  const least = Math.max(low, high / 10 ** DECADES);
  return logTicks(least < high ? least : high / 10, high, most);
}

function tenth(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
