import { createScheduler } from "@tsimm/scheduler";
import { expect, test } from "vitest";
import { exampleState } from "../checkpoint/run-state.fixture.ts";
import { carriedState, readCarried } from "../checkpoint/timm/carried.ts";
import { createModel } from "../models/registry.ts";
import { createOptimizer } from "../optim/create-optimizer.ts";
import type { EpochRow } from "../train/events.ts";
import type { TrainArguments } from "./arguments.ts";
import { replayPlateau } from "./replay-plateau.ts";
import { resolveArguments } from "./resolve-arguments.ts";

const ranking = { name: "top1", better: "higher", of: "validation" } as const;
const model = createModel("test_resnet", { numClasses: 2 });
const tops = [50, 60, 60, 59, 60, 58];
const rows = (rates: readonly number[]): EpochRow[] =>
  rates.map((lr, epoch) => ({
    ...{ epoch, trainLoss: 1, lr, plain: null },
    validation: { loss: 1, top1: tops[epoch] ?? 0 },
  }));

function plateau(given: Partial<TrainArguments> = {}) {
  const args = resolveArguments({
    ...{ sched: "plateau", patienceEpochs: 1, decayRate: 0.5, warmupEpochs: 0, ...given },
  });
  const optimizer = createOptimizer({ opt: "sgd", lr: 0.1, weightDecay: 1e-4, momentum: 0.9 }, model);
  const { scheduler } = createScheduler({ ...args, lr: 0.1 }, optimizer, { updatesPerEpoch: 6 });
  return { scheduler, optimizer };
}

/** A run that is not moved: its rates, one more than epochs, and its state after each epoch. */
function whole(given: Partial<TrainArguments> = {}) {
  const { scheduler, optimizer } = plateau(given);
  const rate = () => optimizer.paramGroups[0]?.lr ?? Number.NaN;
  const [rates, states] = [[rate()], [] as Record<string, unknown>[]];
  for (const [epoch, top1] of tops.entries()) {
    scheduler.step(epoch + 1, top1);
    rates.push(rate());
    states.push({ ...scheduler.stateDict() });
  }
  return { rates, states };
}

const carriedAt = (epoch: number, states: readonly Record<string, unknown>[]) =>
  readCarried(carriedState(exampleState(epoch, { scheduler: states[epoch] ?? {} })));

/** timm's file: the rates that its last epoch was trained with. */
function savedWith(lr: number) {
  const state = plateau().optimizer.stateDict();
  return {
    ...state,
    groups: state.groups.map(({ params, options }) => ({ params, options: { ...options, lr } })),
  };
}

test.each([
  ["since timm took the run over", 2],
  ["of all epochs", null],
  ["after no epoch of timm's", 5],
])("the memory and the rate are those of a run that was not moved: rows %s", (_, from) => {
  const { rates, states } = whole();
  const { scheduler, optimizer } = plateau();
  const carried = from === null ? null : carriedAt(from, states);
  const saved = savedWith(rates[5] ?? 0);
  replayPlateau(scheduler, { epoch: 5, carried, rows: rows(rates.slice(0, 6)), ranking, saved, optimizer });
  expect({ ...scheduler.stateDict() }).toEqual(states[5]);
  expect(optimizer.paramGroups.map(({ lr }) => lr)).toEqual([rates[6], rates[6]]);
});

test("a rate that timm came to in another way stays, and drops from there", () => {
  const { rates } = whole();
  const { scheduler, optimizer } = plateau();
  const options = { epoch: 5, carried: null, rows: rows(rates.slice(0, 6)), ranking };
  replayPlateau(scheduler, { ...options, saved: savedWith(0.08), optimizer });
  const drop = (rates[6] ?? 0) / (rates[5] ?? 0);
  expect(optimizer.paramGroups[0]?.lr).toBe(0.08 * drop);
});

test("in the warm-up the rate is that of the warm-up", () => {
  const { rates } = whole({ warmupEpochs: 8 });
  const { scheduler, optimizer } = plateau({ warmupEpochs: 8 });
  const options = { epoch: 5, carried: null, rows: rows(rates.slice(0, 6)), ranking };
  replayPlateau(scheduler, { ...options, saved: savedWith(rates[5] ?? 0), optimizer });
  expect(optimizer.paramGroups[0]?.lr).toBe(rates[6]);
});
