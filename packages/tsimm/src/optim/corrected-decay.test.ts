import { expect, test } from "vitest";
import type { Parameter } from "../models/model.ts";
import { decayShare } from "./corrected-decay.ts";
import { createOptimizerV2 } from "./create-optimizer.ts";

test.each([
  ["is lr·wd", { correctedWeightDecay: false, initialLr: 0.1 }, 0.02 * 0.5],
  ["corrected, is lr²·wd over the base rate", { correctedWeightDecay: true, initialLr: 0.1 }, 0.004 * 0.5],
  ["corrected without a schedule, is lr·wd", { correctedWeightDecay: true }, 0.02 * 0.5],
  ["corrected with a base rate of 0, is lr·wd", { correctedWeightDecay: true, initialLr: 0 }, 0.02 * 0.5],
])("the share that decay takes %s", (_, options, share) => {
  expect(decayShare({ lr: 0.02, weightDecay: 0.5, ...options })).toBeCloseTo(share, 12);
});

test.each(["adoptw", "laprop"])("the decay of %s follows the square of the rate", (opt) => {
  const weight = (): Parameter => ({
    ...{ name: "w", shape: [1, 1] },
    data: Float32Array.of(1),
    grad: Float32Array.of(0),
  });
  const after = (correctedWeightDecay: boolean) => {
    const parameter = weight();
    const optimizer = createOptimizerV2([parameter], {
      opt,
      lr: 0.5,
      weightDecay: 0.1,
      correctedWeightDecay,
    });
    for (const group of optimizer.paramGroups) Object.assign(group, { initialLr: 0.5, lr: 0.1 });
    // The first update of ADOPT moves nothing.
    for (let step = 0; step < 2; step++) optimizer.step();
    return parameter.data[0];
  };
  const updates = opt === "adoptw" ? 1 : 2;
  expect(after(false)).toBeCloseTo((1 - 0.1 * 0.1) ** updates, 6);
  expect(after(true)).toBeCloseTo((1 - (0.01 / 0.5) * 0.1) ** updates, 6);
});
