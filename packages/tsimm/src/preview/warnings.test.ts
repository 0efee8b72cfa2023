import { describe, expect, test } from "vitest";
import type { TrainArguments } from "../recipe/arguments.ts";
import { resolveArguments } from "../recipe/resolve-arguments.ts";
import { simulateRun } from "../recipe/simulate-run.ts";
import { createTask } from "../task/tasks.ts";
import { scheduleWarnings } from "./warnings.ts";

const classes = createTask("classification", { outputNames: ["cat", "dog"] });
const numbers = createTask("regression", { outputNames: ["age"] });

const warnings = (given: Partial<TrainArguments>, updatesPerEpoch: number | null = null) => {
  const args = resolveArguments({ lr: 0.1 }, given);
  const { evalMetric: metric, numClasses: outputs } = args;
  return scheduleWarnings(simulateRun(args, updatesPerEpoch), { metric, task: classes, outputs });
};

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
  ["a minimum that is the rate", { minLr: 0.1, epochs: 100, warmupEpochs: 0 }],
  ["a short cosine", { epochs: 3, warmupEpochs: 0 }],
  ["a short straight line", { sched: "linear", epochs: 5, warmupEpochs: 0 }],
  ["cycles that differ", { epochs: 100, lrCycleLimit: 2, lrCycleDecay: 0.3, lrCycleMul: 2 }],
  ["one epoch", { epochs: 1, warmupEpochs: 0 }],
  ["a short wsd", { sched: "wsd", epochs: 7 }],
  ["a short poly", { sched: "poly", power: 1, epochs: 4, warmupEpochs: 0 }],
  ["a plateau that may act once", { sched: "plateau", epochs: 18 }],
  ["the last milestones after the run", { sched: "multistep", epochs: 100 }],
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
    { minLr: 0.2, epochs: 100, warmupEpochs: 0 },
    "--min-lr 0.2 is above the rate 0.1: cosine raises the rate to it; pass a smaller --min-lr or a greater --lr",
  ],
  [
    { sched: "plateau", minLr: 0.2 },
    "--min-lr 0.2 is above the rate 0.1: plateau raises the rate to it; pass a smaller --min-lr or a greater --lr",
  ],
  [
    { sched: "wsd", minLr: 0.2, epochs: 20 },
    "--min-lr 0.2 is above the rate 0.1: wsd raises the rate to it; pass a smaller --min-lr or a greater --lr",
  ],
  [
    { sched: "step", epochs: 50 },
    "step never lowers the rate in this run of 50 epochs: --decay-epochs is 90; lower --decay-epochs",
  ],
  [
    { sched: "multistep", epochs: 50 },
    "multistep never lowers the rate in this run of 50 epochs: --decay-milestones is 90 180 270; lower --decay-milestones",
  ],
  [
    { sched: "plateau", epochs: 17 },
    "plateau never lowers the rate in this run of 17 epochs: it waits for more than --patience-epochs 10 without improvement; lower --patience-epochs",
  ],
  [
    { sched: "plateau", epochs: 2, patienceEpochs: 0, warmupEpochs: 0 },
    "plateau never lowers the rate in this run of 2 epochs: it waits for more than --patience-epochs 0 without improvement; raise --epochs",
  ],
  [
    { sched: "step", decayRate: 1 },
    "--decay-rate 1 leaves the rate at 0.1: step multiplies it by that; pass one below 1",
  ],
  [
    { sched: "multistep", decayRate: 2 },
    "--decay-rate 2 raises the rate: multistep multiplies it by that; pass one below 1",
  ],
  [
    { sched: "plateau", plateauThreshold: 100, thresholdMode: "abs" },
    "--plateau-threshold 100 is more than top1 can improve; pass a smaller one, or --threshold-mode rel",
  ],
  [
    { epochs: 100, warmupLr: 0.5 },
    "--warmup-lr 0.5 is above the rate 0.1: the warm-up lowers the rate; pass a smaller --warmup-lr",
  ],
  [
    { epochs: 100, warmupEpochs: 0, lrCycleLimit: 0 },
    "--lr-cycle-limit 0 leaves the rate at the minimum 0; pass 1 or more",
  ],
  [
    { epochs: 100, lrCycleDecay: 0.3 },
    "--lr-cycle-decay 0.3 has no effect on the first cycle; raise --lr-cycle-limit",
  ],
  [
    { sched: "tanh", epochs: 100, lrCycleMul: 2 },
    "--lr-cycle-mul 2 has no effect on the first cycle; raise --lr-cycle-limit",
  ],
  [{ sched: "step", cooldownEpochs: 10 }, "--cooldown-epochs 10 has no effect on step; raise --epochs"],
  [
    { epochs: 100, lrNoise: [1] },
    "--lr-noise 1 never acts in this run of 100 epochs: it begins at epoch 100; lower --lr-noise",
  ],
  [
    { sched: "exponential", epochs: 30, warmupEpochs: 0, minLr: 1e-3 },
    "the minimum 0.001 is never reached: the lowest rate is 0.04762, 48 % of 0.1; lower --decay-epochs or --decay-rate",
  ],
])("%j surprises", (given, warning) => {
  expect(warnings(given)).toEqual([warning]);
});

test.each<[Partial<TrainArguments>, string]>([
  [
    { sched: "step", epochs: 5 },
    "step never lowers the rate in this run of 5 epochs: --decay-epochs is 90; lower --decay-epochs",
  ],
  [
    { sched: "multistep", epochs: 2 },
    "multistep never lowers the rate in this run of 2 epochs: --decay-milestones is 90 180 270; lower --decay-milestones",
  ],
  [
    { sched: "tanh", epochs: 5, minLr: 1 },
    "--min-lr 1 is above the rate 0.1: tanh raises the rate to it; pass a smaller --min-lr or a greater --lr",
  ],
  [
    { sched: "plateau", epochs: 5, evalMetric: "top5", numClasses: 5 },
    "--eval-metric top5 is always 100 % with 5 classes: it never improves, and plateau lowers the rate all the same; pass --eval-metric top1 or loss",
  ],
])("a warm-up as long as the run does not hide that %j surprises", (given, warning) => {
  expect(warnings(given)).toEqual([
    expect.stringMatching(/^the warm-up .*; lower --warmup-epochs$/),
    warning,
  ]);
});

test("a warm-up that hides a decay is the only thing to change", () => {
  expect(warnings({ sched: "step", epochs: 5, decayEpochs: 2 })).toHaveLength(1);
  expect(warnings({ sched: "multistep", epochs: 3, decayMilestones: [1, 90] })).toHaveLength(1);
});

test("before the data is known, its classes are those of the arguments", () => {
  const top5 = { sched: "plateau", evalMetric: "top5" } as const;
  expect(warnings({ ...top5, numClasses: 3 })).toEqual([expect.stringContaining("100 % with 3 classes")]);
  expect(warnings({ ...top5, numClasses: 6 })).toEqual([]);
  expect(warnings(top5)).toEqual([]);
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

describe("with the data at hand", () => {
  const plateau: Partial<TrainArguments> = { lr: 0.1, sched: "plateau" };
  const withData = (outputs: number, metric: string, given: Partial<TrainArguments> = {}, task = classes) => {
    const context = { outputs, metric, task };
    return scheduleWarnings(simulateRun(resolveArguments(plateau, given), null), context);
  };

  test.each([2, 5])("top-5 of %d classes cannot improve", (numClasses) => {
    expect(withData(numClasses, "top5")).toEqual([
      `--eval-metric top5 is always 100 % with ${numClasses} classes: it never improves, and plateau lowers the rate all the same; pass --eval-metric top1 or loss`,
    ]);
  });

  test("other metrics can, and so can top-5 of six classes", () => {
    expect([withData(5, "top1"), withData(5, "loss"), withData(6, "top5")]).toEqual([[], [], []]);
    expect(withData(5, "top5", { sched: "cosine" })).toEqual([]);
  });

  test("a threshold that no accuracy can take", () => {
    const given: Partial<TrainArguments> = { plateauThreshold: 100, thresholdMode: "abs" };
    expect(withData(9, "top1", given)).toEqual([expect.stringContaining("--plateau-threshold 100")]);
    expect(withData(9, "loss", given)).toEqual([]);
    expect(withData(9, "mae", given, numbers)).toEqual([]);
    expect(withData(9, "r2", { ...given, plateauThreshold: 1 }, numbers)).toEqual([
      "--plateau-threshold 1 is more than r2 can improve; pass a smaller one, or --threshold-mode rel",
    ]);
  });
});
