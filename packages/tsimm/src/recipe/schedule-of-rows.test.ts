import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readSummary } from "../checkpoint/read-summary.ts";
import type { TrainArguments } from "./arguments.ts";
import { resolveArguments } from "./resolve-arguments.ts";
import { readRunPlan } from "./run-plan.ts";
import { scheduleOfRows } from "./schedule-of-rows.ts";

const args = (given: Partial<TrainArguments>) =>
  resolveArguments({
    sched: "step",
    epochs: 8,
    lr: 0.1,
    decayEpochs: 3,
    decayRate: 0.1,
    warmupEpochs: 0,
    ...given,
  });
const rowsOf = (rates: readonly number[]) => rates.map((lr, epoch) => ({ epoch, lr }));
const baseOf = (given: Partial<TrainArguments>, rates: readonly number[]) =>
  scheduleOfRows(args(given), rowsOf(rates))?.lr;

test("finds the base rate of the arguments", () => {
  expect(baseOf({}, [0.1, 0.1, 0.1, 0.01, 0.01])).toBe(0.1);
});

test("finds a base rate that timm has multiplied by its processes", () => {
  // Printed by timm's scheduler for lr 0.4, warmup_lr 1e-05, warmup_epochs 2, lr_min 0.001, cosine over 8 epochs.
  const rates = [
    1e-5, 0.20000500000000002, 0.34156780284671623, 0.2768453447568354, 0.2005, 0.1241546552431646,
  ];
  const warm = { sched: "cosine", warmupEpochs: 2, warmupLr: 1e-5, minLr: 0.001 } as const;
  expect(baseOf(warm, rates)).toBeCloseTo(0.4, 12);
});

test.each<[string, Partial<TrainArguments>, readonly number[]]>([
  ["the rates are those of another schedule", {}, [0.1, 0.09, 0.08]],
  ["epochs go beyond the schedule", { epochs: 2 }, [0.1, 0.1, 0.1]],
  ["there is a rate that is no number", {}, [0.1, Number.NaN]],
  ["a metric is followed", { sched: "plateau" }, [0.1, 0.1]],
  ["t counts updates", { schedOnUpdates: true }, [0.1, 0.1]],
  ["there are no epochs", {}, []],
  ["the run is too long", { epochs: 1_000_000 }, [0.1]],
])("finds none where %s", (_, given, rates) => {
  expect(baseOf(given, rates)).toBeUndefined();
});

test.each([
  ["sgd", "top1", "step", 0.8],
  ["adamw", "top1", "cosine", 0.03],
  // Its rates follow updates, and a metric.
  ["lamb", "top1", "cosine", undefined],
  ["lookahead_adamw", "top1", "plateau", undefined],
])("reads a run that timm's train.py made with %s", async (name, metric, sched, lr) => {
  const folder = new URL(`../../../../test/golden/timm/runs/${name}/`, import.meta.url);
  const rows = readSummary(await readFile(new URL("whole.csv", folder), "utf8"));
  const plan = await readRunPlan(fileURLToPath(new URL("args.yaml", folder)));
  expect([plan.numEpochs, plan.evalMetric, plan.scheduled?.sched]).toEqual([rows.length, metric, sched]);
  expect(plan.scheduled === null ? null : scheduleOfRows(plan.scheduled, rows)?.lr).toBe(lr);
});
