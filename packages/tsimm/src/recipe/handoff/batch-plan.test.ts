import fc from "fast-check";
import { expect, test } from "vitest";
import { planBatch } from "./batch-plan.ts";

test.each([
  // batch, accumulation, processes, even -> batch, accumulation, images
  [128, 1, 8, false, 16, 1, 128],
  [128, 4, 8, false, 16, 4, 512],
  [100, 2, 8, false, 25, 1, 200],
  [6, 4, 8, false, 3, 1, 24],
  [24, 3, 16, true, 4, 1, 64],
  [100, 1, 8, false, 13, 1, 104],
  [96, 1, 10, false, 10, 1, 100],
  [4, 1, 8, false, 1, 1, 8],
  [4, 2, 16, false, 1, 1, 16],
  [7, 1, 1, false, 7, 1, 7],
  [7, 1, 1, true, 8, 1, 8],
  [14, 1, 2, true, 8, 1, 16],
  [1, 1, 1, true, 2, 1, 2],
])("%i images by %i steps under %i processes, even %s: %i by %i, %i an update", (...row) => {
  const [batchSize, gradAccumSteps, processes, even, size, steps, images] = row;
  expect(planBatch({ batchSize, gradAccumSteps, processes, even })).toEqual({
    ...{ batchSize: size, gradAccumSteps: steps, images },
  });
});

test("an update keeps its images where they can be divided, and else half a batch of each process at most", () => {
  const small = fc.integer({ min: 1, max: 64 });
  fc.assert(
    fc.property(
      small,
      fc.integer({ min: 1, max: 6 }),
      small,
      fc.boolean(),
      (size, steps, processes, even) => {
        const plan = planBatch({ batchSize: size, gradAccumSteps: steps, processes, even });
        const images = size * steps;
        expect(plan.images).toBe(plan.batchSize * plan.gradAccumSteps * processes);
        if (even) expect(plan.batchSize % 2).toBe(0);
        if (images % processes === 0 && !even) expect(plan.images).toBe(images);
        else if (images >= 2 * steps * processes) {
          const unit = even ? 2 : 1;
          expect(Math.abs(plan.images - images)).toBeLessThanOrEqual(
            (unit / 2) * plan.gradAccumSteps * processes,
          );
        }
      },
    ),
  );
});
