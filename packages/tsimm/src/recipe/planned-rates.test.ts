import { createScheduler } from "@tsimm/scheduler";
import { describe, expect, test } from "vitest";
import type { EpochRow } from "../train/events.ts";
import type { TrainArguments } from "./arguments.ts";
import { type PlannedRun, plannedRates } from "./planned-rates.ts";
import { resolveArguments } from "./resolve-arguments.ts";

const UPDATES = 4;

interface DrivenRun extends PlannedRun {
  readonly history: readonly EpochRow[];
}

const ratesOf = (run: DrivenRun) => plannedRates(run, run.history);

/** A run of some epochs, driven as training does. */
function runOf(given: Partial<TrainArguments>, epochs: number, scales = [1]): DrivenRun {
  const args = resolveArguments({ lr: 0.1, epochs: 10, warmupEpochs: 0 }, given);
  const optimizer = {
    paramGroups: scales.map((lrScale) => ({ lr: 0.1, lrScale, weightDecay: 0, params: [] })),
  };
  const { scheduler, turns } = createScheduler(args, optimizer, { updatesPerEpoch: UPDATES });
  const rows = Array.from({ length: epochs }, (_, epoch) => {
    for (let i = 1; i <= UPDATES; i++) scheduler.stepUpdate(epoch * UPDATES + i);
    const lr = optimizer.paramGroups.reduce((sum, group) => sum + group.lr, 0) / scales.length;
    scheduler.step(epoch + 1, 1);
    return { epoch, trainLoss: 1, lr, validation: null, plain: null };
  });
  return { args, scheduler, optimizer, history: rows, updatesPerEpoch: UPDATES, turns };
}

const at = (run: DrivenRun, epoch: number) => {
  const { times = [], rates = [] } = plannedRates(run, run.history) ?? {};
  return rates[times.findLastIndex((time) => time <= epoch)];
};

describe("plannedRates", () => {
  test("per epoch, up to the last epoch that is done", () => {
    expect(ratesOf(runOf({ sched: "step", decayEpochs: 2, decayRate: 0.5 }, 5))).toEqual({
      times: [0, 1, 2, 3, 4],
      rates: [0.1, 0.1, 0.05, 0.05, 0.025],
      length: 5,
    });
  });

  test("on updates a decay stands in the middle of its epoch", () => {
    const run = runOf({ sched: "step", decayEpochs: 2.5, decayRate: 0.5, schedOnUpdates: true }, 6);
    expect([2.25, 2.5, 4.75, 5].map((epoch) => at(run, epoch))).toEqual([0.1, 0.05, 0.05, 0.025]);
  });

  test("scales of layers and noise count", () => {
    const run = runOf({ sched: "constant", lrNoise: [0.2] }, 5, [1, 0.5]);
    expect(ratesOf(run)?.rates.slice(0, 2)).toEqual([0.07500000000000001, 0.07500000000000001]);
    expect(ratesOf(run)?.rates.slice(2)).toEqual(
      run.history.slice(2).map(({ lr }) => expect.closeTo(lr, 12)),
    );
  });

  test("rows of another schedule stand for themselves", () => {
    const changed = (schedOnUpdates: boolean) => ({
      ...runOf({ sched: "cosine", schedOnUpdates }, 3),
      history: runOf({ sched: "linear", schedOnUpdates }, 3).history,
    });
    expect(ratesOf(changed(false))).toBe(null);
    const rates = [0.09000000000000001, 0.08000000000000002, 0.06999999999999999];
    expect(ratesOf(changed(true))).toEqual({
      times: [1, 2, 3],
      rates: rates.map((rate) => expect.closeTo(rate, 12)),
    });
  });

  test("plateau is not planned", () => {
    expect(ratesOf(runOf({ sched: "plateau" }, 3))).toBe(null);
  });
});
