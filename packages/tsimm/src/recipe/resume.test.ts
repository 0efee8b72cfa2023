import { createScheduler } from "@tsimm/scheduler";
import { expect, test } from "vitest";
import { exampleRecovery } from "../checkpoint/run-state.fixture.ts";
import type { RunState } from "../checkpoint/run-state.ts";
import { createModel } from "../models/registry.ts";
import { createOptimizer } from "../optim/create-optimizer.ts";
import { namedTensors } from "../train/load-training-state.ts";
import { applyCheckpoint } from "./apply-checkpoint.ts";
import { resolveArguments } from "./resolve-arguments.ts";

/** Loads the state of a run, with some of it changed, into one with the same arguments but for those given. */
function apply(change: (state: RunState) => Partial<RunState>, given = {}) {
  const saved = resolveArguments({ model: "test_resnet", lr: 0.1, batchSize: 6 });
  const args = { ...saved, ...given };
  const model = createModel("test_resnet", { numClasses: 2 });
  const optimizer = createOptimizer({ opt: "sgd", lr: 0.1, weightDecay: 0, momentum: 0.9 }, model);
  const { scheduler } = createScheduler({ ...args, lr: 0.1 }, optimizer, { updatesPerEpoch: 6 });
  const { slots, ...options } = optimizer.stateDict();
  const state: RunState = {
    ...exampleRecovery(1, 2),
    ...{
      model: { arch: "test_resnet", numClasses: 2, inChans: 3 },
      optimizer: options,
      scheduler: { ...scheduler.stateDict() },
      sha256: "",
    },
  };
  const tensors = { model: namedTensors(model.state), ema: null, optimizer: new Map() };
  const checkpoint = { path: "run/last.resume.safetensors", state: { ...state, ...change(state) }, tensors };
  const parts = { model, optimizer, scheduler, ema: null, updatesPerEpoch: 6, log: { info() {}, warn() {} } };
  return applyCheckpoint({ checkpoint, saved }, { args, given, outputNames: ["cat", "dog"], ...parts });
}

test.each<[string, (state: RunState) => Partial<RunState>]>([
  [
    "sgd.loadStateDict: momentum must be a number in [0, 1), got 7",
    ({ optimizer }) => ({
      optimizer: {
        ...optimizer,
        groups: optimizer.groups.map((group) => ({ ...group, options: { ...group.options, momentum: 7 } })),
      },
    }),
  ],
  [
    "CosineLRScheduler: state.t must be null or a finite number >= 0, got -5",
    ({ scheduler }) => ({ scheduler: { ...scheduler, t: -5 } }),
  ],
  ['got "nope"', () => ({ earlierPlans: [{ until: 1, updatesPerEpoch: 6, args: { sched: "nope" } }] })],
])("a value out of range is the file's, not a flag's: %s", (reason, change) => {
  expect(() => apply(change)).toThrow(
    'train: --resume must hold values in their ranges, got "run/last.resume.safetensors": ',
  );
  expect(() => apply(change)).toThrow(reason);
});

test("an optimizer's state that does not fit can be left out", () => {
  const late: Parameters<typeof apply>[0] = ({ scheduler }) => ({ scheduler: { ...scheduler, t: -5 } });
  expect(() => apply(late)).toThrow("; pass --no-resume-opt to start optimizer and schedule anew");
  expect(() => apply(late, { noResumeOpt: true })).not.toThrow();
});

test("other batches go on at the beginning of an epoch, not in the middle of it", () => {
  expect(() => apply(() => ({}), { batchSize: 4 })).toThrow("--batch-size must be 6 to go on in the middle");
  expect(apply(() => ({ batch: 0 }), { batchSize: 4 })).toMatchObject({ progress: { epoch: 1, batch: 0 } });
});
