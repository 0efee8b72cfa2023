import { createSchedulerV2 } from "@tsimm/scheduler";
import { expect, test } from "vitest";
import { createTiny } from "../models/tiny.fixture.ts";
import { createOptimizer } from "../optim/create-optimizer.ts";
import { DeviceLostError } from "../runtime/device-lost-error.ts";
import type { StateStore } from "../state/store.ts";
import { DivergedError } from "../update/diverged-error.ts";
import type { Updater } from "../update/updater.ts";
import { countedLoader, listener, recorder, scoring, validation } from "./counted-run.fixture.ts";
import type { TrainingEvent } from "./events.ts";
import { fit } from "./fit.ts";
import type { FitLoopOptions } from "./fit-options.ts";
import type { TrainingState } from "./training-state.ts";

const gone = () => new DeviceLostError("the device Toy is lost (unplugged): go on with --resume");

/** Options of {@link toyUpdater}. */
interface ToyOptions {
  /** Update, from 0, in which the device fails; absent: none. */
  readonly fails?: number;
  /** Whether its memory can be read when it has failed. */
  readonly isReadable?: boolean;
  /** Update whose loss is not finite. */
  readonly diverges?: number;
  /** Update that reads the state before it is made. */
  readonly reads?: number;
}

/**
 * An updater whose only weight, the number of its updates since the state was written, lies on a device; it adds to what
 * was written.
 */
function toyUpdater({ fails = -1, isReadable = false, diverges = -1, reads = -1 }: ToyOptions = {}) {
  const model = createTiny();
  const optimizer = createOptimizer({ opt: "sgd", lr: 0.5, weightDecay: 0, momentum: 0 }, model);
  const [weight = new Float32Array()] = model.parameters.map(({ data }) => data);
  weight[0] = 0;
  let onDevice = 0;
  let isWritten = true;
  let isLost = false;
  const log: string[] = [];
  const store = {
    location: "device" as const,
    isCurrent: true as boolean,
    revision: 0,
    tensors: () => [],
    async read() {
      if (store.isCurrent) return;
      log.push("read");
      if (isLost && !isReadable) throw gone();
      weight[0] = onDevice;
      store.isCurrent = true;
      store.revision++;
    },
    written() {
      log.push("written");
      isWritten = true;
      store.isCurrent = true;
    },
  } satisfies StateStore;
  const updater: Updater = {
    ...{ model, optimizer, average: null, store },
    async update(_, { update }) {
      if (update === reads) await store.read();
      if (update === fails) isLost = true;
      if (isLost) throw gone();
      if (update === diverges) throw new DivergedError(Number.NaN, 1);
      if (isWritten) onDevice = weight[0] ?? 0;
      isWritten = false;
      onDevice += 1;
      store.isCurrent = false;
      log.push(`update ${update}`);
      return { loss: 1 / (update + 1), gradNorm: 1 };
    },
    async finishEpoch() {
      log.push("finishEpoch");
    },
    async createEvaluation() {
      await store.read();
      const score = weight[0] ?? 0;
      return {
        run: async (_, count) => Float32Array.from({ length: 2 * count }, () => score),
        outputs: async () => ({}),
        close: async () => {},
      };
    },
    close: async () => {},
  };
  return { updater, weight, log };
}

/** What a checkpoint would hold, and what the events say of it. */
interface Saved {
  readonly event: TrainingEvent;
  readonly state: TrainingState;
}

/** Trains two epochs of three updates; keeps a copy of the state at each checkpoint that is due. */
async function trainToy(toy: ToyOptions, options: Partial<FitLoopOptions> = {}) {
  const parts = toyUpdater(toy);
  const saved: Saved[] = [];
  const heard = recorder();
  const { scheduler: schedule } = createSchedulerV2(parts.updater.optimizer, {
    ...{ sched: "step", decayEpochs: 1, decayRate: 0.5, numEpochs: 2, warmupEpochs: 0 },
  });
  const run = fit({
    ...{ updater: parts.updater, loader: countedLoader(), validation, task: scoring, epochs: 2, schedule },
    ...options,
    listeners: [
      listener((event, handle) => {
        if (event.type === "checkpointDue") saved.push(structuredClone({ event, state: handle.state() }));
      }, "saves"),
      ...(options.listeners ?? []),
      heard,
    ],
  });
  const [result] = await Promise.allSettled([run]);
  return { ...parts, result, saved, events: heard.events };
}

const weightOf = ({ state }: Saved) => state.model[0]?.data[0];
const reasons = (saved: readonly Saved[]) =>
  saved.map(({ event }) => event.type === "checkpointDue" && [event.reason, event.epoch, event.update]);

test("weights on a device are read once for each checkpoint, evaluation and end", async () => {
  const { log, saved, weight, result } = await trainToy({});
  expect(result.status).toBe("fulfilled");
  expect(log.join(", ")).toBe(
    "update 0, update 1, update 2, finishEpoch, read, update 3, update 4, update 5, finishEpoch, read",
  );
  expect(saved.map(weightOf)).toEqual([3, 6]);
  expect(weight[0]).toBe(6);
});

test("the weights are here when a run has ended without validation or checkpoint", async () => {
  const last = listener((event, run) => {
    if (event.type === "updateDone" && event.update === 1) run.stop("enough");
  });
  const { weight } = await trainToy({}, { validation: null, valInterval: 2, listeners: [last] });
  expect(weight[0]).toBe(3);
});

test("asking for weights that are on the device says how to read them, and reading gives them", async () => {
  const asked: unknown[] = [];
  const asks = listener(async (event, run) => {
    if (event.type !== "updateDone" || event.update !== 2) return;
    const state = run.state();
    asked.push(state.progress.update);
    for (const part of ["model", "average", "optimizer"] as const) expect(() => state[part]).toThrow(/read/);
    expect(() => run.state().model).toThrow(
      "RunHandle.state: the weights must be read from the device first, got those before the last update; await run.readState()",
    );
    const { model } = await run.readState();
    asked.push(model[0]?.data[0], run.state().model === model);
  });
  const { result } = await trainToy({}, { listeners: [asks] });
  expect(result.status).toBe("fulfilled");
  expect(asked).toEqual([2, 2, true]);
});

test.each<[string, ToyOptions, Partial<FitLoopOptions>, due: unknown[], weights: number[], left: number]>([
  ["in the second epoch", { fails: 4 }, {}, [["epoch", 0, 3]], [3], 3],
  [
    "after a recovery checkpoint",
    { fails: 5 },
    { recoveryInterval: 2 },
    [
      ["interval", 0, 2],
      ["epoch", 0, 3],
      ["interval", 1, 5],
    ],
    [2, 3, 5],
    5,
  ],
  ["in the first update", { fails: 0 }, {}, [["failed", 0, 0]], [0], 0],
  ["in the first epoch", { fails: 2 }, {}, [["failed", 0, 0]], [0], 0],
  [
    "whose memory can be read still",
    { fails: 4, isReadable: true },
    {},
    [
      ["epoch", 0, 3],
      ["failed", 1, 4],
    ],
    [3, 4],
    4,
  ],
  ["after an update that has read the state", { fails: 2, reads: 1 }, {}, [["failed", 0, 1]], [1], 1],
  [
    "in an update that has read the state",
    { fails: 5, reads: 5 },
    {},
    [
      ["epoch", 0, 3],
      ["failed", 1, 5],
    ],
    [3, 5],
    5,
  ],
  ["after an epoch without a checkpoint", { fails: 5 }, { valInterval: 2 }, [["failed", 1, 3]], [3], 3],
])(
  "a device that is lost %s leaves a checkpoint of what was read",
  async (_, toy, options, due, weights, left) => {
    const { result, saved, events, weight } = await trainToy(toy, options);
    expect(reasons(saved)).toEqual(due);
    expect(saved.map(weightOf)).toEqual(weights);
    expect(saved.map(({ state }) => state.progress.update)).toEqual(weights);
    expect(weight[0]).toBe(left);
    const { fails = 0 } = toy;
    const message =
      "fit: the device Toy is lost (unplugged): go on with --resume; " +
      `it was lost in update ${fails} (epoch ${fails < 3 ? 0 : 1}), what is left is the state of update ${left}` +
      (left < fails ? "; a smaller recoveryInterval loses less" : "");
    expect(result).toMatchObject({ status: "rejected", reason: { name: "DeviceLostError", message } });
    expect(events.at(-1)).toMatchObject({ type: "runEnded", outcome: "failed", reason: message });
  },
);

test.each([0, 2, 4])("a run goes on from what update %i lost, as if nothing had been", async (fails) => {
  const whole = await trainToy({});
  const { saved } = await trainToy({ fails }, { recoveryInterval: 1 });
  const resume = saved.at(-1)?.state ?? null;
  const { result, weight, log, updater } = await trainToy({}, { resume });
  expect(log[0]).toBe("written");
  expect(weight[0]).toBe(6);
  expect(updater.optimizer.paramGroups[0]?.lr).toBe(whole.updater.optimizer.paramGroups[0]?.lr);
  expect(result).toEqual(whole.result);
});

test("rates and schedule of the checkpoint are those of its update", async () => {
  const { scheduler } = createSchedulerV2(toyUpdater().updater.optimizer, {
    ...{ sched: "cosine", numEpochs: 2, warmupEpochs: 0, updatesPerEpoch: 3, stepOnEpochs: false },
  });
  const parts = toyUpdater({ fails: 5 });
  const { scheduler: schedule } = createSchedulerV2(parts.updater.optimizer, {
    ...{ sched: "cosine", numEpochs: 2, warmupEpochs: 0, updatesPerEpoch: 3, stepOnEpochs: false },
  });
  const states: TrainingState[] = [];
  const copies = listener((event, run) => {
    if (event.type === "checkpointDue") states.push(structuredClone(run.state()));
  });
  const run = fit({
    ...{ updater: parts.updater, loader: countedLoader(), task: scoring, epochs: 2, schedule },
    ...{ valInterval: 2, listeners: [copies] },
  });
  await expect(run).rejects.toBeInstanceOf(DeviceLostError);
  scheduler.stepUpdate(3, 1);
  expect(states).toHaveLength(1);
  expect(states[0]?.optimizer.groups[0]?.options).toMatchObject({
    lr: scheduler.optimizer.paramGroups[0]?.lr,
  });
  expect(states[0]?.schedule).toMatchObject({ t: 3 });
});

test("a listener that fails has the others save the weights of the device", async () => {
  const fails = listener((event) => {
    if (event.type === "updateDone" && event.update === 5) throw new Error("disk full");
  }, "pictures");
  const { result, saved } = await trainToy({}, { listeners: [fails] });
  expect(result).toMatchObject({ reason: { message: 'fit: listener "pictures" failed: disk full' } });
  expect(reasons(saved)).toEqual([
    ["epoch", 0, 3],
    ["failed", 1, 5],
  ]);
  expect(saved.map(weightOf)).toEqual([3, 5]);
});

test("a divergence leaves the weights of before here", async () => {
  const { result, weight, saved } = await trainToy({ diverges: 5 });
  expect(result).toMatchObject({ reason: { name: "DivergedError", position: { update: 5 } } });
  expect(weight[0]).toBe(5);
  expect(reasons(saved)).toEqual([["epoch", 0, 3]]);
});
