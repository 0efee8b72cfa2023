import fc from "fast-check";
import { expect, test } from "vitest";
import type { Best } from "../train/events.ts";
import { isBetter } from "../train/ranking.ts";
import { type Kept, keepBest } from "./checkpoint-history.ts";

const replay = (metrics: readonly number[], limit: number, better: "higher" | "lower" = "higher") => {
  let kept: readonly Kept[] = [];
  let best: Best | null = null;
  const removed: number[] = [];
  for (const [epoch, metric] of metrics.entries()) {
    const decision = keepBest(kept, best, { epoch, metric }, { limit, better });
    kept = decision.kept;
    best = decision.best;
    if (decision.removed) removed.push(decision.removed.epoch);
  }
  return { epochs: kept.map(({ epoch }) => epoch), best, removed };
};

test("keeps the best ones, best first, equal ones in the order they came", () => {
  expect(replay([50, 70, 60, 70, 40], 3)).toEqual({
    epochs: [1, 3, 2],
    best: { epoch: 1, metric: 70 },
    removed: [0],
  });
});

test("smaller is better for a loss", () => {
  expect(replay([0.5, 0.7, 0.2], 2, "lower")).toEqual({
    epochs: [2, 0],
    best: { epoch: 2, metric: 0.2 },
    removed: [1],
  });
});

test("NaN is never better", () => {
  expect(isBetter(Number.NaN, 1, { better: "higher" })).toBe(false);
  expect(isBetter(1, Number.NaN, { better: "higher" })).toBe(true);
  expect(replay([50, Number.NaN], 1).epochs).toEqual([0]);
});

test("keeps exactly the `limit` best metrics", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1 }),
      fc.integer({ min: 1, max: 5 }),
      (metrics, limit) => {
        const { epochs, best } = replay(metrics, limit);
        const best5 = metrics.toSorted((a, b) => b - a).slice(0, limit);
        expect(epochs.map((epoch) => metrics[epoch])).toEqual(best5);
        expect(best?.metric).toBe(Math.max(...metrics));
      },
    ),
  );
});
