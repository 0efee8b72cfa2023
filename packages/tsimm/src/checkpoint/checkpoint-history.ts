/** Which checkpoints a run keeps: the best ones by metric. */

/** A kept checkpoint. */
export interface Kept {
  readonly epoch: number;
  readonly metric: number;
}

/** Best metric of a run. */
export interface Best {
  readonly metric: number;
  readonly epoch: number;
}

/** What to do with the checkpoint of an epoch. */
export interface Decision {
  /** Kept checkpoints afterwards, best first; equal ones in the order they came. */
  readonly kept: readonly Kept[];
  /** Whether this epoch's is among them. */
  readonly added: boolean;
  /** The one to remove. */
  readonly removed: Kept | null;
  readonly best: Best;
  readonly isBest: boolean;
}

/** Whether metric `a` is strictly better than `b`; NaN is worse than any number. */
export function isBetter(a: number, b: number, decreasing: boolean): boolean {
  if (Number.isNaN(a)) return false;
  return Number.isNaN(b) || (decreasing ? a < b : a > b);
}

/**
 * Decides about a new checkpoint: it is kept while there are fewer than `limit`, or if it is strictly better than
 * the worst, which then goes.
 *
 * @param current - Kept checkpoints, best first.
 * @param best - Best so far; null before the first.
 * @param candidate - The new one.
 * @param options - `limit`: how many to keep, >= 1; `decreasing`: smaller metrics are better.
 * @example
 * const decision = keepBest([], null, { epoch: 0, metric: 50 }, { limit: 2, decreasing: false });
 * decision.added; // => true
 * decision.isBest; // => true
 */
export function keepBest(
  current: readonly Kept[],
  best: Best | null,
  candidate: Best,
  options: { readonly limit: number; readonly decreasing: boolean },
): Decision {
  const { limit, decreasing } = options;
  const better = (a: number, b: number) => isBetter(a, b, decreasing);
  const others = current.filter(({ epoch }) => epoch !== candidate.epoch);
  const worst = others.at(-1);
  const full = others.length >= limit;
  const added = !full || worst === undefined || better(candidate.metric, worst.metric);
  const staying = added && full ? others.slice(0, -1) : others;
  const place = staying.findIndex(({ metric }) => better(candidate.metric, metric));
  const kept = added ? staying.toSpliced(place < 0 ? staying.length : place, 0, candidate) : staying;
  const isBest = best === null || better(candidate.metric, best.metric);
  return {
    kept,
    added,
    removed: added && full ? (worst ?? null) : null,
    best: isBest || best === null ? candidate : best,
    isBest,
  };
}
