import { expect, test } from "vitest";
import type { TrainArguments } from "../recipe/arguments.ts";
import { resolveArguments } from "../recipe/resolve-arguments.ts";
import { scheduleLabels } from "./schedule-labels.ts";

const labels = (...schedules: [string, Partial<TrainArguments>][]) =>
  scheduleLabels(schedules.map(([label, given]) => ({ label, args: resolveArguments(given) })));

test("a schedule of its own name is called as it was written", () => {
  expect(
    labels(["", { sched: "step", epochs: 90 }], ["cosine:epochs=80", { sched: "cosine", epochs: 80 }]),
  ).toEqual(["step", "cosine:epochs=80"]);
});

test("settings of the command and of --compare are named where they differ", () => {
  expect(
    labels(
      ["", { sched: "step", warmupEpochs: 3 }],
      ["step:warmup-ep=0", { sched: "step", warmupEpochs: 0 }],
      ["cosine", { warmupEpochs: 3 }],
      ["step:warmup-prefix", { sched: "step", warmupEpochs: 3, warmupPrefix: true }],
    ),
  ).toEqual([
    "step:warmup-epochs=3,no-warmup-prefix",
    "step:warmup-epochs=0,no-warmup-prefix",
    "cosine",
    "step:warmup-epochs=3,warmup-prefix",
  ]);
});

test("lists and settings that are not there", () => {
  expect(
    labels(
      ["", { sched: "multistep", decayMilestones: [3, 5], lrNoise: [0.1, 0.2] }],
      ["multistep:decay-milestones=7", { sched: "multistep", decayMilestones: [7] }],
    ),
  ).toEqual([
    "multistep:lr-noise=0.1,0.2,decay-milestones=3,5",
    "multistep:lr-noise=none,decay-milestones=7",
  ]);
});

test("the same schedule twice", () => {
  expect(labels(["", { sched: "step" }], ["step", { sched: "step" }])).toEqual(["step", "step"]);
});
