/** How long an epoch of a run takes, from the times at which epochs ended. */

/** The end of an epoch. */
export interface EpochEnd {
  /** Epochs done. */
  readonly done: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Newest epochs that count: a machine may be faster now. */
const NEWEST = 9;

/**
 * Seconds of an epoch with its validation: the median, so that a pause between two epochs does not count.
 *
 * @param ends - In any order; null is returned for fewer than two.
 * @example
 * secondsPerEpoch([{ done: 0, at: 0 }, { done: 1, at: 9000 }, { done: 2, at: 20_000 }, { done: 3, at: 9e7 }]); // => 11
 */
export function secondsPerEpoch(ends: readonly EpochEnd[]): number | null {
  const ordered = ends.toSorted((a, b) => a.done - b.done || a.at - b.at);
  const spans = ordered.flatMap(({ done, at }, i) => {
    const before = ordered[i - 1];
    const epochs = done - (before?.done ?? done);
    const seconds = (at - (before?.at ?? at)) / 1000;
    return epochs > 0 && seconds > 0 ? [seconds / epochs] : [];
  });
  const sorted = spans.slice(-NEWEST).sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? null;
}

/** A run's time. */
export interface RunTime {
  /** Seconds of an epoch; null: not known yet. */
  readonly perEpoch: number | null;
  /** Seconds until the end; null: not known, or the run does not seem to go on. */
  readonly left: number | null;
  /** Seconds since the last epoch ended, where these are more than an epoch takes; else null. */
  readonly silent: number | null;
}

/** An epoch that takes that many times as long as others, and a minute, is no longer waited for. */
const PATIENCE = 3;

/**
 * The time that is left of a run.
 *
 * @param ends - Ends of epochs, those that were seen last.
 * @param now - Milliseconds since 1970.
 * @param total - Epochs of the run; null: not known.
 */
export function runTime(ends: readonly EpochEnd[], now: number, total: number | null): RunTime {
  const perEpoch = secondsPerEpoch(ends);
  const last = ends.reduce<EpochEnd | null>((a, b) => (a === null || b.at >= a.at ? b : a), null);
  if (last === null || last.done === total) return { perEpoch, left: null, silent: null };
  const since = Math.max(0, (now - last.at) / 1000);
  const silent = since > Math.max(60, PATIENCE * (perEpoch ?? Number.POSITIVE_INFINITY)) ? since : null;
  const isKnown = perEpoch !== null && total !== null && silent === null;
  const left = isKnown ? perEpoch * (total - last.done) - Math.min(since, perEpoch) : null;
  return { perEpoch, left, silent };
}
