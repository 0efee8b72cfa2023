import { createScheduler, schedulerNames } from "@tsimm/scheduler";
import { expect, test } from "vitest";
import type { TrainArguments } from "./arguments.ts";
import { refuseNegativeRates } from "./refuse-negative-rates.ts";
import { resolveArguments } from "./resolve-arguments.ts";

const noisy = (given: Partial<TrainArguments>) =>
  resolveArguments({
    lr: 0.1,
    epochs: 30,
    warmupEpochs: 0,
    lrNoise: [0],
    lrNoisePct: 3,
    decayEpochs: 9,
    ...given,
  });

/** The first t whose rate is negative, by driving the scheduler. */
function firstNegative(args: TrainArguments, updatesPerEpoch: number): number | null {
  const group = { lr: args.lr ?? 0 };
  const { scheduler, numEpochs } = createScheduler(args, { paramGroups: [group] }, { updatesPerEpoch });
  for (let t = 1; t < numEpochs * (args.schedOnUpdates ? updatesPerEpoch : 1); t++) {
    if (args.schedOnUpdates) scheduler.stepUpdate(t);
    else scheduler.step(t, 0);
    if (group.lr < 0) return t;
  }
  return null;
}

test.each(
  schedulerNames().flatMap((sched) => [false, true].map((schedOnUpdates) => ({ sched, schedOnUpdates }))),
)("names the first t below 0 of %j", ({ sched, schedOnUpdates }) => {
  if (sched === "plateau" && schedOnUpdates) return;
  for (const seed of [1, 2, 42]) {
    const args = noisy({ sched, schedOnUpdates, seed, warmupEpochs: 2, patienceEpochs: 100 });
    const first = firstNegative(args, 4);
    expect(first).not.toBeNull();
    expect(() => refuseNegativeRates(args, { command: "train", updatesPerEpoch: 4 })).toThrow(
      `${schedOnUpdates ? "update" : "epoch"} ${first} would have -`,
    );
  }
});

test("says what to do", () => {
  expect(() => refuseNegativeRates(noisy({}), { command: "schedule", updatesPerEpoch: null })).toThrow(
    "schedule: --lr-noise-pct must be such that no learning rate is below 0, got 3: epoch 3 would have -0.01194; pass 1 or less, or --lr-noise-std 0.17 or less",
  );
});

test.each<[string, Partial<TrainArguments>, number]>([
  ["a draw of at most 1", { lrNoisePct: 1 }, 0],
  ["a small deviation", { lrNoiseStd: 0.17, epochs: 5000 }, 0],
  ["no noise", { lrNoise: null }, 0],
  ["noise in epochs without a negative draw", { lrNoise: [0, 0.1] }, 0],
  ["a rate of 0", { epochs: 1, cooldownEpochs: 29, lrNoise: [2] }, 0],
  ["negative rates that are over", { lrNoise: [0, 0.2] }, 6],
])("lets %s pass", (_, given, from) => {
  const options = { command: "train", updatesPerEpoch: null, from };
  expect(refuseNegativeRates(noisy(given), options)).toBeUndefined();
});
