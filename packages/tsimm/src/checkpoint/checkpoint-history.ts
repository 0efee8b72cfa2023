/** The checkpoints that a run keeps: the best ones by metric. */
import type { Best } from "../train/events.ts";
import { isBetter } from "../train/ranking.ts";

/** A kept checkpoint. */
export interface Kept {
  readonly epoch: number;
  readonly metric: number;
}

/** Metric that epochs are ranked by. */
export interface Ranking {
  /** Name of the metric. */
  readonly name: string;
  readonly better: "higher" | "lower";
  /** Whether it is a metric of validation, or the loss of training. */
  readonly of: "validation" | "training";
}

/** Decision about the checkpoint of an epoch. */
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

/**
 * Decides about a new checkpoint: it is kept while there are fewer than `limit`, or if it is strictly better than
 * the worst, which then goes.
 *
 * @param current - Kept checkpoints, best first.
 * @param best - Best so far; null before the first.
 * @param candidate - The new one.
 * @param options - `limit`: how many to keep, >= 1; `better`: which of two metrics is the better one.
 * @example
 * const decision = keepBest([], null, { epoch: 0, metric: 50 }, { limit: 2, better: "higher" });
 * decision.added; // => true
 * decision.isBest; // => true
 */
export function keepBest(
  current: readonly Kept[],
  best: Best | null,
  candidate: Best,
  options: { readonly limit: number; readonly better: "higher" | "lower" },
): Decision {
  const { limit } = options;
  const better = (a: number, b: number) => isBetter(a, b, options);
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
