import { describe, expect, test } from "vitest";
import { camelKeys, type GoldenCase, optimizerOf, readGolden, replay } from "./golden.fixture.ts";
import { createScheduler, createSchedulerV2, schedulerKwargs, schedulerNames } from "./index.ts";
import { builtInSchedules } from "./schedules/index.ts";

interface FactoryCase extends GoldenCase {
  sched: string;
  class: string | null;
  num_epochs: number;
  t_in_epochs: boolean | null;
}

/** Where the factory differs from timm's on purpose, by id. */
const refused = /-unknown-|-noise-(empty-list|three)$/;

const { cases } = readGolden<{ cases: FactoryCase[] }>("scheduler/factory.json");
// timm has no onecycle
const ours = cases.filter(({ id }) => !id.endsWith("unknown-with-prefix"));

describe("createSchedulerV2 gives timm's class, length and rates", () => {
  test.each(ours.map((golden) => [golden.id, golden] as const))("%s", (id, golden) => {
    const options = camelKeys(golden.kwargs);
    // timm stores noise_std and ignores it, and drops a plateau's cooldown
    if (golden.noise) options.noiseStd = 1;
    if (golden.sched === "plateau") options.cooldownEpochs = 0;
    const optimizer = optimizerOf(golden.groups);
    if (golden.raises?.at === "construct" || refused.test(id)) {
      expect(() => createSchedulerV2(optimizer, options)).toThrow(RangeError);
      expect(optimizer).toEqual(optimizerOf(golden.groups));
      return;
    }
    const run = createSchedulerV2(optimizer, options);
    expect(run.scheduler.constructor.name).toBe(golden.class);
    expect(run.numEpochs).toBe(golden.num_epochs);
    expect(run.scheduler.tInEpochs).toBe(golden.t_in_epochs);
    const result = replay(golden, (other) => createSchedulerV2(other, options).scheduler);
    expect(result.errors.size).toBe(0);
    expect(result.lrs).toEqual(golden.lrs);
    if (golden.values) expect(result.values).toEqual(golden.values);
    expect(result.noise).toEqual(golden.noise ?? golden.ts.map(() => null));
  });
});

interface KwargsCase {
  id: string;
  cfg: Record<string, unknown>;
  decreasing_metric: boolean | null;
  kwargs: Record<string, unknown>;
}

describe("schedulerKwargs maps flags as timm does", () => {
  const { cases: configs } = readGolden<{ cases: KwargsCase[] }>("scheduler/scheduler_kwargs.json");
  test.each(configs.map((golden) => [golden.id, golden] as const))("%s", (_, golden) => {
    const args = { sched: "", ...camelKeys(golden.cfg) };
    expect(schedulerKwargs(args, golden.decreasing_metric)).toEqual(camelKeys(golden.kwargs));
  });
});

interface RunCase {
  args: Record<string, unknown> & { lr: number; epochs: number };
  updates_per_epoch: number | null;
  start_epoch: number;
  num_epochs: number;
  after_create: number | number[];
  after_start_epoch?: number;
  lr_per_epoch?: (number | number[])[];
  lr_per_update?: number[][];
  after_last_step: number | number[];
  metrics?: number[];
}

/** Defaults of timm's training script that differ from those of its factory. */
const trainDefaults = { sched: "cosine", epochs: 300, decay_epochs: 90, decay_milestones: [90, 180, 270] };
const moreDefaults = { lr_cycle_decay: 0.5, warmup_epochs: 5, warmup_lr: 1e-5, decay_rate: 0.1, seed: 42 };

describe("createScheduler gives the rates of a training loop", () => {
  const { cases: runs } = readGolden<{ cases: Record<string, RunCase> }>("train/lr.json");
  test.each(Object.entries(runs))("%s", (name, golden) => {
    const args = { sched: "", ...camelKeys({ ...trainDefaults, ...moreDefaults, ...golden.args }) };
    const scales = name === "step_layer_scales" ? [0.5625, 0.75, 1] : [null];
    const groups = scales.map((lrScale) => ({ lr: golden.args.lr, ...(lrScale !== null && { lrScale }) }));
    const updatesPerEpoch = golden.updates_per_epoch ?? 1;
    const optimizer = { paramGroups: groups };
    const { scheduler, numEpochs } = createScheduler(args, optimizer, { updatesPerEpoch });
    const rate = () => {
      const rates = groups.map(({ lr }) => Number(lr.toPrecision(10)));
      return rates.length === 1 ? rates[0] : rates;
    };
    expect(numEpochs).toBe(golden.num_epochs);
    expect(rate()).toEqual(golden.after_create);
    if (golden.start_epoch > 0) {
      scheduler.stepUpdate(golden.start_epoch * updatesPerEpoch);
      scheduler.step(golden.start_epoch);
      expect(rate()).toEqual(golden.after_start_epoch);
    }
    const perEpoch: unknown[] = [];
    const perUpdate: unknown[][] = [];
    for (let epoch = golden.start_epoch; epoch < numEpochs; epoch++) {
      perEpoch.push(rate());
      const updates: unknown[] = [];
      for (let update = 0; update < updatesPerEpoch; update++) {
        updates.push(rate());
        scheduler.stepUpdate(epoch * updatesPerEpoch + update + 1);
      }
      perUpdate.push(updates);
      scheduler.step(epoch + 1, golden.metrics ? golden.metrics[epoch] : 50 + epoch);
    }
    if (golden.lr_per_epoch) expect(perEpoch).toEqual(golden.lr_per_epoch);
    if (golden.lr_per_update) expect(perUpdate).toEqual(golden.lr_per_update);
    expect(rate()).toEqual(golden.after_last_step);
  });
});

describe("schedules beyond timm", () => {
  test.each([
    ["constant", "ConstantLRScheduler", 0.5],
    ["linear", "LinearLRScheduler", 0.25],
    ["exponential", "ExponentialLRScheduler", 0.5 * 0.1 ** 5],
    ["onecycle", "OneCycleLRScheduler", null],
    ["wsd", "WSDLRScheduler", 0.5],
    ["invsqrt", "InverseSqrtLRScheduler", 0.25],
  ] as const)("%s runs for epochs, cooldown and prefix", (sched, name, middle) => {
    const optimizer = { paramGroups: [{ lr: 0.5 }] };
    const { scheduler, numEpochs } = createSchedulerV2(optimizer, {
      ...{ sched, numEpochs: 20, decayEpochs: 2, cooldownEpochs: 3 },
      ...{ warmupEpochs: 4, warmupPrefix: true },
    });
    expect(scheduler.constructor.name).toBe(name);
    expect(numEpochs).toBe(27);
    expect(optimizer.paramGroups[0]?.lr).toBe(1e-5);
    const t = sched === "invsqrt" ? 16 : 14;
    if (middle !== null) expect(scheduler.valuesAt(t)[0]).toBeCloseTo(middle, 12);
  });

  test("power beats decayRate in poly", () => {
    const optimizer = { paramGroups: [{ lr: 1 }] };
    const options = { sched: "poly", numEpochs: 10, power: 2, decayRate: 0.3 } as const;
    expect(createSchedulerV2(optimizer, options).scheduler.getEpochValues(5)).toEqual([0.25]);
  });

  test("a plateau's cooldown is honoured", () => {
    const drops = [0, 3].map((cooldownEpochs) => {
      const optimizer = { paramGroups: [{ lr: 1 }] };
      const options = { sched: "plateau", patienceEpochs: 0, decayRate: 0.5, cooldownEpochs } as const;
      const { scheduler } = createSchedulerV2(optimizer, options);
      for (let epoch = 1; epoch <= 5; epoch++) scheduler.step(epoch, 1);
      return optimizer.paramGroups[0]?.lr;
    });
    expect(drops).toEqual([0.0625, 0.5]);
  });
});

describe("numEpochs is whole", () => {
  test.each([
    [{ sched: "cosine", numEpochs: 10.5 }, 10],
    [{ sched: "cosine", numEpochs: 0.4 }, 1],
    [{ sched: "cosine", numEpochs: 4.35, cycleLimit: 100 }, 435],
    [{ sched: "poly", numEpochs: 10, cycleMul: 1.3, cycleLimit: 2 }, 23],
    [{ sched: "tanh", numEpochs: 41, cycleMul: 1.05 }, 41],
    [{ sched: "cosine", numEpochs: 10.5, stepOnEpochs: false, updatesPerEpoch: 7 }, 10],
    [{ sched: "cosine", numEpochs: 10, cooldownEpochs: 1.5 }, 11],
    [{ sched: "step", numEpochs: 10, warmupEpochs: 2.5, warmupPrefix: true }, 12],
    [{ sched: "linear", numEpochs: 0.7, warmupEpochs: 0.3, warmupPrefix: true }, 1],
    [{ sched: "plateau", numEpochs: 5.999 }, 5],
  ] as const)("%j", (options, expected) => {
    const { numEpochs } = createSchedulerV2({ paramGroups: [{ lr: 1 }] }, options);
    expect(numEpochs).toBe(expected);
  });
});

test("tells the scheduler the length of an epoch, so that a forgotten method is noticed", () => {
  for (const [stepOnEpochs, calls] of [
    [true, 14],
    [false, 5],
  ] as const) {
    const optimizer = { paramGroups: [{ lr: 1 }] };
    const { scheduler } = createSchedulerV2(optimizer, { stepOnEpochs, updatesPerEpoch: 7 });
    const call = (t: number) => (stepOnEpochs ? scheduler.stepUpdate(t) : scheduler.step(t));
    for (let t = 1; t <= calls; t++) call(t);
    expect(() => call(calls + 1)).toThrow(
      `got ${calls + 1} calls of ${stepOnEpochs ? "stepUpdate" : "step"} alone`,
    );
  }
  expect(createSchedulerV2({ paramGroups: [{ lr: 1 }] }).scheduler.updatesPerEpoch).toBeNull();
});

test("schedulerNames lists every schedule, and each can be made", () => {
  const names = schedulerNames();
  expect(names).toEqual(builtInSchedules.map(({ name }) => name).filter((name) => name !== null));
  for (const sched of names) {
    const optimizer = { paramGroups: [{ lr: 1 }] };
    createSchedulerV2(optimizer, { sched, warmupEpochs: 1 }).scheduler.step(1, 0.5);
    expect(optimizer.paramGroups).toEqual([{ lr: expect.any(Number), initialLr: 1 }]);
  }
});

describe("refuses", () => {
  const list = schedulerNames().join(", ");
  test.each([
    [{ sched: "cosin" }, `sched must be one of ${list}, got "cosin"; did you mean "cosine"?`],
    [{ sched: "none" }, `sched must be one of ${list}, got "none"; use "constant" for a flat rate`],
    [{ sched: 3 }, `sched must be one of ${list}, got 3`],
    [{ numEpochs: 0 }, "numEpochs must be a finite number > 0, got 0"],
    [{ noise: [] }, "noise must be a number, a pair [from, to] with from < to, or null, got []"],
    [
      { noise: [1, 2, 3] },
      "noise must be a number, a pair [from, to] with from < to, or null, got [1, 2, 3]",
    ],
    [{ stepOnEpochs: false }, "updatesPerEpoch must be an integer > 0 when stepOnEpochs is false, got 0"],
    [
      { sched: "plateau", stepOnEpochs: false, updatesPerEpoch: 5 },
      "stepOnEpochs must be true for plateau, got false; the metric is known once an epoch",
    ],
    [
      { numEpochs: 20, cycleMul: 0.5, cycleLimit: 3, cooldownEpochs: 5 },
      "cycleMul must be such that the cycles outlast the run of 40, got 0.5; they shrink to nothing at 40, use a lower cooldownEpochs or a greater cycleMul",
    ],
  ])("%o", (options, message) => {
    const optimizer = { paramGroups: [{ lr: 1 }] };
    expect(() => createSchedulerV2(optimizer, options as never)).toThrow(
      expect.objectContaining({ message: `createSchedulerV2: ${message}` }),
    );
    expect(optimizer).toEqual({ paramGroups: [{ lr: 1 }] });
  });

  test("a misspelt option or flag, under the name that was called", () => {
    const optimizer = { paramGroups: [{ lr: 1 }] };
    expect(() => createSchedulerV2(optimizer, { num_epochs: 3 } as object)).toThrow(
      /did you mean "numEpochs"\?$/,
    );
    expect(() => createScheduler({ sched: "stpe" }, optimizer)).toThrow(
      `createScheduler: sched must be one of ${list}, got "stpe"; did you mean "step"?`,
    );
    expect(() => schedulerKwargs({ sched: "stpe" })).toThrow(/^schedulerKwargs: sched/);
  });
});

describe("wsd decays in the last 0.3 of its run where no decay is given", () => {
  const rates = (numEpochs: number, run: { scheduler: { valuesAt(t: number): number[] } }) =>
    [0.7, 0.85, 1].map((share) => run.scheduler.valuesAt(share * numEpochs)[0]);

  test.each([1, 10, 50, 300])("%d epochs", (numEpochs) => {
    const optimizer = () => ({ paramGroups: [{ lr: 0.1 }] });
    const expected = [0.1, expect.closeTo(0.05, 12), 0];
    const factory = createSchedulerV2(optimizer(), { sched: "wsd", numEpochs });
    expect(rates(numEpochs, factory)).toEqual(expected);
    const args = { sched: "wsd", epochs: numEpochs, warmupEpochs: 0 };
    expect(rates(numEpochs, createScheduler(args, optimizer()))).toEqual(expected);
  });

  test("a given decay holds, and one that does not fit is refused", () => {
    const optimizer = { paramGroups: [{ lr: 0.1 }] };
    const { scheduler } = createSchedulerV2(optimizer, { sched: "wsd", numEpochs: 50, decayEpochs: 40 });
    expect([10, 30, 50].map((t) => scheduler.valuesAt(t)[0])).toEqual([0.1, 0.05, 0]);
    expect(() => createSchedulerV2(optimizer, { sched: "wsd", numEpochs: 50, decayEpochs: 90 })).toThrow(
      new RangeError("WSDLRScheduler: decayT must be <= tInitial (= 50), got 90"),
    );
  });
});
