/** Metrics that somebody draws. */

/** A place of a metric curve. */
export interface MetricPoint {
  readonly epoch: number;
  readonly value: number;
}

/** A stroke of the pointer between two moments. */
export interface Stroke {
  readonly from: MetricPoint;
  readonly to: MetricPoint;
  /** Epochs of the run. */
  readonly epochs: number;
}

/**
 * A metric after a stroke: epochs that the pointer passed lie on a line between its ends, epochs that have no value
 * yet have that of the last one before, or of the first.
 *
 * @example
 * drawnMetric([], { from: { epoch: 1, value: 10 }, to: { epoch: 3, value: 30 }, epochs: 5 }); // => [10, 10, 20, 30, 30]
 */
export function drawnMetric(metric: readonly number[], { from, to, epochs }: Stroke): readonly number[] {
  const [first, last] = from.epoch <= to.epoch ? [from, to] : [to, from];
  const passed = (epoch: number) => {
    if (epoch < first.epoch || epoch > last.epoch) return undefined;
    if (first.epoch === last.epoch) return to.value;
    const share = (epoch - first.epoch) / (last.epoch - first.epoch);
    return Number((first.value + share * (last.value - first.value)).toPrecision(3));
  };
  let before = metric[0] ?? first.value;
  return Array.from({ length: epochs }, (_, epoch) => {
    before = passed(epoch) ?? metric[epoch] ?? before;
    return before;
  });
}

/**
 * The metric of a run that learns fast, then slowly, then not at all: the accuracy, or the loss.
 *
 * @param direction - Which way is better.
 */
export function learningCurve(epochs: number, direction: "higher" | "lower"): readonly number[] {
  return Array.from({ length: epochs }, (_, epoch) => {
    const progress = Math.min(1, (epoch + 1) / (0.6 * epochs));
    const learned = 1 - Math.exp(-4 * progress);
    // A validation is never smooth.
    const wobble = 0.006 * Math.sin(epoch * 2.4) * (1 - progress / 2);
    const share = Math.max(0, learned + wobble);
    return Number((direction === "higher" ? 76 * share : 2.4 - 1.9 * share).toFixed(2));
  });
}
