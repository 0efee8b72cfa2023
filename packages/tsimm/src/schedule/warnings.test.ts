import { expect, test } from "vitest";
import { resolveArguments, type TrainArguments } from "../train/arguments.ts";
import { simulateSchedule } from "./simulate.ts";
import { scheduleWarnings } from "./warnings.ts";

const warnings = (given: Partial<TrainArguments>, updatesPerEpoch: number | null = null) =>
  scheduleWarnings(simulateSchedule(resolveArguments({ lr: 0.1 }, given), updatesPerEpoch));

test.each<[string, Partial<TrainArguments>]>([
  ["timm's defaults", {}],
  ["a step after the warm-up", { sched: "step", epochs: 90, decayEpochs: 30 }],
  ["a step of one epoch after a prefix", { sched: "step", epochs: 9, decayEpochs: 1, warmupPrefix: true }],
  ["a milestone after the warm-up", { sched: "multistep", decayMilestones: [7], epochs: 20 }],
  ["a short warm-up of cosine", { epochs: 50 }],
  ["tanh, whose ends are not met", { sched: "tanh", epochs: 100 }],
  ["no warm-up at all", { sched: "onecycle", warmupEpochs: 0 }],
  ["no minimum asked for and none known", { sched: "constant" }],
  ["noise", { epochs: 100, lrNoise: [0, 1] }],
  ["plateau, whose rates follow a metric", { sched: "plateau", minLr: 1e-5 }],
  ["a minimum above the rate", { minLr: 0.2, epochs: 100, warmupEpochs: 0 }],
])("nothing is said of %s", (_, given) => {
  expect(warnings(given)).toEqual([]);
});

test.each<[Partial<TrainArguments>, string]>([
  [{ epochs: 5 }, "the warm-up (5 epochs) is as long as the run (5); lower --warmup-epochs"],
  [{ epochs: 3 }, "the warm-up (5 epochs) is longer than the run (3); lower --warmup-epochs"],
  [
    { sched: "step", epochs: 90, decayEpochs: 5 },
    "the rate decays during the warm-up: it is 0.01 at epoch 5, where the warm-up ends, not 0.1; shorten the warm-up or pass --warmup-prefix",
  ],
  [
    { sched: "multistep", decayMilestones: [6], epochs: 90 },
    "the rate decays during the warm-up: it is 0.01 at epoch 5, where the warm-up ends, not 0.1; shorten the warm-up or pass --warmup-prefix",
  ],
  [
    { epochs: 20 },
    "the rate jumps after the warm-up: to 0.08536 at epoch 5 instead of 0.1; the schedule ran on below the warm-up, pass --warmup-prefix to start it afterwards",
  ],
  [
    { sched: "onecycle", epochs: 100 },
    "the rate jumps after the warm-up: to 0.01043 at epoch 5 instead of 0.1; onecycle warms up by itself, pass --warmup-epochs 0",
  ],
  [{ sched: "step", minLr: 1e-5 }, "--min-lr 1e-5 has no effect on step"],
  [
    { sched: "poly", warmupEpochs: 0 },
    "the minimum 0 is never reached: the lowest rate is 0.05653, 57 % of 0.1; its power is --decay-rate unless there is a --power, 1 for a straight line",
  ],
  [
    { sched: "linear", epochs: 5, warmupEpochs: 0 },
    "the minimum 0 is never reached: the lowest rate is 0.02, 20 % of 0.1; --cooldown-epochs 1 adds an epoch at the minimum",
  ],
  [
    { sched: "exponential", epochs: 30, warmupEpochs: 0, minLr: 1e-3 },
    "the minimum 0.001 is never reached: the lowest rate is 0.04762, 48 % of 0.1; lower --decay-epochs or --decay-rate",
  ],
])("%j surprises", (given, warning) => {
  expect(warnings(given)).toEqual([warning]);
});

test("the advice helps", () => {
  expect(warnings({ sched: "step", epochs: 90, decayEpochs: 5, warmupPrefix: true })).toEqual([]);
  expect(warnings({ epochs: 20, warmupPrefix: true })).toEqual([]);
  expect(warnings({ sched: "poly", power: 1 })).toEqual([]);
  expect(warnings({ sched: "linear", epochs: 5, warmupEpochs: 0, cooldownEpochs: 1 })).toEqual([]);
});

test("where t counts updates, so do the sentences", () => {
  expect(warnings({ sched: "step", epochs: 90, decayEpochs: 5, schedOnUpdates: true }, 10)).toEqual([
    "the rate decays during the warm-up: it is 0.01 at update 50, where the warm-up ends, not 0.1; shorten the warm-up or pass --warmup-prefix",
  ]);
});
