import { createScheduler, schedulerNames } from "@tsimm/scheduler";
import { describe, expect, test } from "vitest";
import type { RunState } from "../checkpoint/run-state.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import type { TrainArguments } from "./arguments.ts";
import { earlierRates } from "./earlier-plan.ts";
import { learningRate } from "./learning-rate.ts";
import { resolveArguments } from "./resolve-arguments.ts";
import { resumePoint, resumeSchedule } from "./resume-schedule.ts";

type Args = Partial<TrainArguments>;

/** Scheduler and optimizer of a run, as they are built before a checkpoint is loaded. */
function build(given: Args, updatesPerEpoch: number, lrScale = 0.5) {
  const args = resolveArguments(given);
  const { lr } = learningRate(args);
  const params = ["head", "stem"].map((name) => [{ name }]);
  const optimizer = {
    paramGroups: [
      { lr, params: params[0] },
      { lr, lrScale, params: params[1] },
    ],
  };
  const { scheduler } = createScheduler({ ...args, lr }, optimizer, { updatesPerEpoch });
  const rates = () => optimizer.paramGroups.map((group) => group.lr);
  return { args, scheduler, optimizer: optimizer as unknown as Optimizer, updatesPerEpoch, rates };
}

/** Drives a run to a point and saves what a checkpoint holds. */
function checkpoint(
  given: Args,
  updatesPerEpoch: number,
  epoch: number,
  updates = 0,
  metric: number | null = 50,
): RunState {
  const { scheduler, optimizer, rates } = build(given, updatesPerEpoch);
  for (let n = 1; n <= epoch * updatesPerEpoch + updates; n++) {
    scheduler.stepUpdate(n);
    if (n % updatesPerEpoch === 0) scheduler.step(n / updatesPerEpoch, metric);
  }
  const inEpoch = updates > 0;
  const groups = optimizer.paramGroups.map(({ params }, i) => ({
    params: params.map(({ name }) => name),
    options: { lr: rates()[i] },
  }));
  const state = { scheduler: scheduler.stateDict(), optimizer: { groups }, inEpoch, batch: updates };
  return JSON.parse(JSON.stringify({ ...state, epoch: inEpoch ? epoch : epoch - 1 }));
}

function resume(
  state: RunState,
  saved: Args,
  given: Args,
  updatesPerEpoch: number,
  startEpoch: number | null = null,
) {
  const target = build({ ...saved, ...given }, updatesPerEpoch);
  const point = resumePoint(state, startEpoch, target);
  return { ...target, point, ...resumeSchedule(state, saved, target, point) };
}

/** Rates of a run that has had the plan from its start. */
function stepped(given: Args, updatesPerEpoch: number, epoch: number, updates = 0): number[] {
  const { scheduler, rates } = build(given, updatesPerEpoch);
  const t = scheduler.tInEpochs ? epoch : epoch * updatesPerEpoch + updates;
  if (t > 0 && scheduler.tInEpochs) scheduler.step(t, null);
  else if (t > 0) scheduler.stepUpdate(t);
  return rates();
}

const base: Args = {
  epochs: 8,
  lr: 0.1,
  warmupEpochs: 2,
  decayEpochs: 3,
  decayMilestones: [3, 6],
  lrNoise: [0.1, 0.9],
};

/** Another value of every flag of a schedule. */
const changes: Args[] = [
  { epochs: 16 },
  { lr: 0.3 },
  { lr: 0, lrBase: 0.7 },
  { decayEpochs: 2 },
  { decayMilestones: [2] },
  { decayRate: 0.4 },
  { minLr: 0.01 },
  { warmupEpochs: 6 },
  { warmupEpochs: 0 },
  { warmupLr: 0.02 },
  { warmupPrefix: true },
  { cooldownEpochs: 3 },
  { lrCycleMul: 2 },
  { lrCycleDecay: 0.2 },
  { power: 0.9 },
  { lrCycleLimit: 3 },
  { lrKDecay: 0.5 },
  { milestoneTiming: "torch" },
  { lrNoise: [0.5] },
  { seed: 7 },
  { lrNoisePct: 0.3 },
  { lrNoiseStd: 0.4 },
  { patienceEpochs: 2 },
];

describe.each(schedulerNames().filter((sched) => sched !== "plateau"))("%s", (sched) => {
  test.each([false, true])(
    "has the rate of the new plan at the point of resume, schedOnUpdates %s",
    (schedOnUpdates) => {
      const saved = { ...base, sched, schedOnUpdates };
      for (const [epoch, updates] of [
        [0, 3],
        [1, 0],
        [4, 0],
        [5, 2],
        [8, 0],
      ] as const) {
        const state = checkpoint(saved, 5, epoch, updates);
        for (const given of changes) {
          // Its time scale is the warm-up.
          if (sched === "invsqrt" && given.warmupEpochs === 0) continue;
          const expected = stepped({ ...saved, ...given }, 5, epoch, updates);
          expect([given, epoch, updates, resume(state, saved, given, 5).rates()]).toEqual([
            ...[given, epoch, updates],
            expected,
          ]);
        }
      }
    },
  );

  test("of another unit, class, or number of updates in an epoch", () => {
    for (const [was, updatesWere, given, updatesAre] of [
      [{ schedOnUpdates: true }, 6, { batchSize: 256 }, 3],
      [{ schedOnUpdates: true }, 3, { gradAccumSteps: 1 }, 9],
      [{ schedOnUpdates: false }, 6, { batchSize: 256 }, 3],
      [{ schedOnUpdates: true }, 5, { schedOnUpdates: false }, 5],
      [{ schedOnUpdates: false }, 5, { schedOnUpdates: true }, 7],
      [{ schedOnUpdates: true }, 5, { sched: sched === "tanh" ? "poly" : "tanh" }, 5],
      [{ sched: "plateau" }, 5, { sched }, 5],
    ] as const) {
      const saved = { ...base, sched, ...was };
      const got = resume(checkpoint(saved, updatesWere, 4), saved, given, updatesAre);
      expect(got.point).toEqual({ epoch: 4, batch: 0, update: 4 * updatesAre });
      expect([given, got.rates()]).toEqual([given, stepped({ ...saved, ...given }, updatesAre, 4)]);
    }
  });

  test("says nothing and keeps every bit where nothing has changed", () => {
    for (const schedOnUpdates of [false, true]) {
      const saved = { ...base, sched, schedOnUpdates };
      for (const [epoch, updates] of [
        [0, 3],
        [4, 0],
        [5, 2],
      ] as const) {
        const state = checkpoint(saved, 5, epoch, updates);
        const got = resume(state, saved, { lr: 0.1, epochs: 8 }, 5);
        expect([got.line, got.earlierPlans]).toEqual([null, []]);
        expect(JSON.parse(JSON.stringify(got.scheduler.stateDict()))).toEqual(state.scheduler);
      }
    }
  });
});

describe("plateau", () => {
  const saved: Args = {
    sched: "plateau",
    epochs: 20,
    lr: 1,
    warmupEpochs: 0,
    patienceEpochs: 1,
    decayRate: 0.5,
  };
  const state = checkpoint(saved, 5, 6);

  test.each<[Args, number]>([
    [{ decayRate: 0.1 }, 0.25],
    [{ patienceEpochs: 5 }, 0.25],
    [{ cooldownEpochs: 2 }, 0.25],
    [{ epochs: 40 }, 0.25],
    [{ lr: 2 }, 0.5],
    [{ minLr: 0.3 }, 0.3],
    [{ batchSize: 7 }, 0.25],
    [{ evalMetric: "top5" }, 0.25],
  ])("goes on from its own rate with %j", (given, rate) => {
    const { rates, scheduler } = resume(state, saved, given, 5);
    expect(rates()[0]).toBe(rate);
    const { best, numBadEpochs } = scheduler.stateDict().plateau ?? {};
    expect([best, numBadEpochs]).toEqual(given.evalMetric === undefined ? [50, 1] : [null, 0]);
  });

  test("begins with the base where the run had another schedule", () => {
    const cosine: Args = { ...saved, sched: "cosine" };
    expect(resume(checkpoint(cosine, 5, 6), cosine, { sched: "plateau" }, 5).rates()).toEqual([1, 0.5]);
    const early = checkpoint({ ...cosine, warmupEpochs: 4 }, 5, 0, 2);
    expect(resume(early, cosine, { sched: "plateau", warmupEpochs: 0 }, 5).rates()).toEqual([1, 0.5]);
  });

  test("keeps rate and memory where the groups hold other parameters", () => {
    const target = build(saved, 5);
    const [group] = target.optimizer.paramGroups;
    if (group === undefined) throw new Error("no group");
    const grouped = { paramGroups: [group] } as unknown as Optimizer;
    const { scheduler } = createScheduler(target.args, grouped, { updatesPerEpoch: 5 });
    const point = resumePoint(state, null, target);
    resumeSchedule(state, saved, { ...target, optimizer: grouped, scheduler }, point);
    expect([group.lr, scheduler.stateDict().plateau?.best]).toEqual([0.25, 50]);
  });
});

describe("the log line", () => {
  const saved: Args = { sched: "cosine", epochs: 4, lr: 0.1, warmupEpochs: 0, decayEpochs: 90 };

  test.each<[Args, number, string]>([
    [{ epochs: 8 }, 5, "Resume: learning rate 0 -> 0.0375 at epoch 4 (schedule changed: epochs 4 -> 8)"],
    [
      { sched: "step", decayEpochs: 2 },
      5,
      "Resume: learning rate 0 -> 7.5e-4 at epoch 4 (schedule changed: sched cosine -> step, decay_epochs 90 -> 2)",
    ],
    [
      { schedOnUpdates: true, epochs: 8 },
      5,
      "Resume: learning rate 0 -> 0.0375 at update 20 (epoch 4) (schedule changed: sched_on_updates false -> true, epochs 4 -> 8)",
    ],
  ])("%j", (given, updates, line) => {
    expect(resume(checkpoint(saved, 5, 4), saved, given, updates).line).toBe(line);
  });

  test("is there for another number of updates and another epoch too", () => {
    const onUpdates = { ...saved, schedOnUpdates: true };
    expect(resume(checkpoint(onUpdates, 5, 2), onUpdates, {}, 10).line).toBe(
      "Resume: learning rate 0.0375 -> 0.0375 at update 20 (epoch 2) (schedule changed: updates per epoch 5 -> 10)",
    );
    const back = resume(checkpoint(saved, 5, 4), saved, {}, 5, 0);
    expect([back.line, back.point]).toEqual([
      "Resume: learning rate 0 -> 0.075 at epoch 0",
      { epoch: 0, batch: 0, update: 0 },
    ]);
  });
});

describe("earlier plans", () => {
  const saved: Args = { sched: "cosine", epochs: 4, lr: 0.1, warmupEpochs: 0, decayEpochs: 2 };

  test("are kept, in order, with the point where each ended", () => {
    const first = resume(checkpoint(saved, 5, 2, 3), saved, { epochs: 8 }, 5);
    expect(first.earlierPlans.map(({ until, args }) => [until, args["epochs"]])).toEqual([[2.6, 4]]);
    const second = { ...checkpoint({ ...saved, epochs: 8 }, 5, 4), earlierPlans: first.earlierPlans };
    const again = resume(second, { ...saved, epochs: 8 }, {}, 5);
    expect(again.earlierPlans).toEqual(first.earlierPlans);
    const third = resume(second, { ...saved, epochs: 8 }, { sched: "step" }, 5);
    expect(third.earlierPlans.map(({ until, args }) => [until, args["epochs"], args["sched"]])).toEqual([
      [2.6, 4, "cosine"],
      [4, 8, "cosine"],
    ]);
    expect(resume(second, { ...saved, epochs: 8 }, {}, 5, 1).earlierPlans.map(({ until }) => until)).toEqual([
      1,
    ]);
  });

  test("give their rates at the t of the present plan", () => {
    const rates = (args: Args, updatesPerEpoch: number, until: number, perEpoch: number) => {
      const plan = { until, updatesPerEpoch, args: { sched: "linear", lr: 0.5, warmup_epochs: 0, ...args } };
      return earlierRates(plan, perEpoch)?.rates;
    };
    const onUpdates = { sched_on_updates: true } as Args;
    expect(rates({ epochs: 5 }, 2, 3, 1)).toEqual([0.5, 0.4, 0.3]);
    expect(rates({ epochs: 5 }, 2, 1.5, 2)).toEqual([0.5, 0.5, 0.4]);
    expect(rates({ epochs: 5, ...onUpdates }, 4, 0.5, 8)).toEqual([0.5, 0.5, 0.475, 0.475]);
    expect(rates({ epochs: 5, ...onUpdates }, 4, 2, 1)).toEqual([0.5, 0.4]);
    expect(rates({ sched: "plateau" }, 2, 3, 1)).toBeUndefined();
  });
});
