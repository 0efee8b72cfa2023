/** States loaded into another plan. */
import { describe, expect, test } from "vitest";
import { everyScheduler, functionsOfT, plateau } from "./every-scheduler.fixture.ts";
import {
  CosineLRScheduler,
  createSchedulerV2,
  FunctionScheduler,
  PlateauLRScheduler,
  type Scheduler,
  type SchedulerState,
  StepLRScheduler,
} from "./index.ts";

type Groups = { lr: number; initialLr?: number; lrScale?: number }[];

const optimizerOf = (lrScale = 0.5, lr = 0.3) => {
  const paramGroups: Groups = [{ lr }, { lr: lr / 2, lrScale }];
  return { paramGroups };
};

const asFile = (scheduler: Scheduler): SchedulerState => JSON.parse(JSON.stringify(scheduler.stateDict()));

/** Steps a scheduler to t, as a loop that starts anew would. */
function stepTo(scheduler: Scheduler, t: number): void {
  if (t > 0 && scheduler.tInEpochs) scheduler.step(t, null);
  else if (t > 0) scheduler.stepUpdate(t);
}

/** Another value of each option. */
const others: Readonly<Record<string, unknown>> = {
  ...{ tInitial: 7, lrMin: 0.1, cycleMul: 2, cycleDecay: 0.3, cycleLimit: 1, kDecay: 0.7, decayRate: 0.35 },
  ...{
    decayT: 3,
    timescaleT: 9,
    halfLife: 5,
    power: 0.4,
    lb: -5,
    ub: 2,
    pctStart: 0.55,
    divFactor: 3,
    finalDivFactor: 10,
  },
  ...{ anneal: "linear", milestoneTiming: "torch", decayShape: "linear" },
  ...{ schedule: (t: number, base: number) => base / (2 + t) },
  ...{ warmupT: 4, warmupLrInit: 0.07, warmupPrefix: true },
  ...{ noiseRangeT: null, noiseType: "uniform", noisePct: 0.3, noiseStd: 0.2, noiseSeed: 7 },
};

const common = [
  "warmupT",
  "warmupLrInit",
  "warmupPrefix",
  "noiseRangeT",
  "noiseType",
  "noisePct",
  "noiseStd",
];

describe.each(functionsOfT)("$name goes on by the new plan", (scheduler) => {
  const plan = { ...scheduler.options, warmupT: 2, noiseRangeT: [1, 9] };
  const isMultiStep = scheduler.name === "MultiStepLRScheduler";
  const cases = [...scheduler.names, ...common, "noiseSeed"].flatMap((option) =>
    [true, false].map((tInEpochs) => ({ option, tInEpochs })),
  );

  test.each(cases)("with another $option, tInEpochs $tInEpochs", ({ option, tInEpochs }) => {
    const other = isMultiStep && option === "decayT" ? [2, 5] : others[option];
    const changed = { ...plan, tInEpochs, [option]: other };
    let differing = 0;
    for (const t of [0, 1, 3, 5, 6, 8]) {
      const old = optimizerOf();
      const before = scheduler.create(old, { ...plan, tInEpochs });
      stepTo(before, t);
      const expected = optimizerOf();
      const fresh = scheduler.create(expected, changed);
      stepTo(fresh, t);
      const got = optimizerOf();
      const resumed = scheduler.create(got, changed);
      resumed.loadStateDict(asFile(before));
      expect([t, got]).toEqual([t, expected]);
      expect(resumed.stateDict()).toEqual(fresh.stateDict());
      if (old.paramGroups[0]?.lr !== got.paramGroups[0]?.lr) differing++;
    }
    const isFlat = /^(InverseSqrt|Constant)/.test(scheduler.name) && option === "warmupPrefix";
    expect(differing > 0).toBe(!isFlat);
  });

  test("with another lrScale, and with another base on request", () => {
    for (const t of [0, 1, 5]) {
      const before = scheduler.create(optimizerOf(), plan);
      stepTo(before, t);
      for (const [scale, base] of [
        [0.25, 0.3],
        [0.5, 0.6],
        [0.25, 0.6],
      ]) {
        const expected = optimizerOf(scale, base);
        stepTo(scheduler.create(expected, plan), t);
        const got = optimizerOf(scale, base);
        scheduler.create(got, plan).loadStateDict(asFile(before), { keepBase: true });
        expect(got).toEqual(expected);
      }
    }
  });
});

test("a cosine of 4 epochs at 0.1, resumed with 8, has 0.05", () => {
  const first = new CosineLRScheduler({ paramGroups: [{ lr: 0.1 }] }, { tInitial: 4 });
  first.step(4);
  const optimizer = { paramGroups: [{ lr: 0.1 }] };
  new CosineLRScheduler(optimizer, { tInitial: 8 }).loadStateDict(asFile(first));
  expect(optimizer.paramGroups).toEqual([{ lr: 0.05, initialLr: 0.1 }]);
});

describe.each(everyScheduler.filter(({ name }) => name !== "FunctionScheduler"))("$name", (scheduler) => {
  test("takes the saved values as they are where nothing has changed", () => {
    const before = scheduler.create(optimizerOf(), scheduler.options);
    before.step(3, 0.5);
    const state = { ...asFile(before), values: [0.123, 0.456] };
    for (const keepBase of [false, true]) {
      const got = optimizerOf();
      scheduler.create(got, scheduler.options).loadStateDict(state, { keepBase });
      expect(got.paramGroups.map(({ lr }) => lr)).toEqual([0.123, 0.456]);
    }
  });

  test("reads a state of the first version, which had no lrScales", () => {
    const {
      lrScales: _,
      updatesPerEpoch: __,
      ...state
    } = asFile(
      (() => {
        const before = scheduler.create(optimizerOf(), scheduler.options);
        for (const t of [1, 2, 3, 4]) before.step(t, 0.5);
        return before;
      })(),
    );
    const got = optimizerOf();
    scheduler.create(got, scheduler.options).loadStateDict(state);
    expect(got.paramGroups.map(({ lr }) => lr)).toEqual(state.values);
  });
});

test("nothing has changed where the new plan has no value at the saved t", () => {
  const before = new StepLRScheduler(optimizerOf(), { decayT: 2 });
  before.step(2.5);
  const optimizer = optimizerOf(0.5, 0.7);
  const scheduler = new StepLRScheduler(optimizer, { decayT: 2, noiseRangeT: 0 });
  const untouched = [structuredClone(optimizer), scheduler.stateDict()];
  expect(() => scheduler.loadStateDict(asFile(before))).toThrow(/t must be an integer where noise applies/);
  expect([optimizer, scheduler.stateDict()]).toEqual(untouched);
});

describe("a count in one unit", () => {
  const create = (stepOnEpochs: boolean, updatesPerEpoch: number) => {
    const optimizer = { paramGroups: [{ lr: 0.1 }] };
    const options = { sched: "linear", numEpochs: 10, stepOnEpochs, updatesPerEpoch } as const;
    return { optimizer, ...createSchedulerV2(optimizer, options) };
  };

  test.each([
    [true, 5, false, 5, 4, 20],
    [false, 5, true, 5, 20, 4],
    [false, 5, true, 5, 23, 4],
    [false, 5, false, 10, 20, 40],
    [false, 10, false, 5, 45, 22],
    [true, 5, true, 10, 4, 4],
    [true, 5, false, 1, 4, 4],
  ])(
    "epochs %s of %d updates, loaded into %s of %d: t %d becomes %d",
    (wasEpochs, was, isEpochs, is, t, becomes) => {
      const before = create(wasEpochs, was);
      stepTo(before.scheduler, t);
      const after = create(isEpochs, is);
      after.scheduler.loadStateDict(asFile(before.scheduler));
      expect(after.scheduler.stateDict().t).toBe(becomes);
      const expected = create(isEpochs, is);
      stepTo(expected.scheduler, becomes);
      expect(after.optimizer).toEqual(expected.optimizer);
    },
  );

  test("is not read in another where nobody knows how many updates an epoch has", () => {
    const before = new CosineLRScheduler(optimizerOf(), { tInitial: 10 });
    before.step(5);
    const optimizer = optimizerOf();
    const after = new CosineLRScheduler(optimizer, { tInitial: 1000, tInEpochs: false });
    after.loadStateDict(asFile(before));
    expect([after.stateDict().t, optimizer.paramGroups[0]?.lr]).toEqual([null, 0.3]);
    after.updatesPerEpoch = 100;
    after.loadStateDict(asFile(before));
    expect([after.stateDict().t, optimizer.paramGroups[0]?.lr]).toEqual([500, 0.15]);
  });

  test("of a state is an integer > 0", () => {
    const { scheduler } = create(false, 5);
    expect(() => scheduler.loadStateDict({ ...scheduler.stateDict(), updatesPerEpoch: 0.5 })).toThrow(
      "LinearLRScheduler: state.updatesPerEpoch must be null or an integer > 0, got 0.5",
    );
  });
});

describe("a plateau", () => {
  const build = (options: object, lr = 1, lrScale = 1) => {
    const optimizer = { paramGroups: [{ lr, lrScale }] };
    const scheduler = plateau.create(optimizer, options);
    return { scheduler, rate: () => optimizer.paramGroups[0]?.lr };
  };
  /** Two drops to 0.25, best 0.5, one bad epoch. */
  const saved = (options: object = {}, lrScale = 1) => {
    const { scheduler } = build({ decayRate: 0.5, patienceT: 1, ...options }, 1, lrScale);
    [0.5, 0.4, 0.4, 0.4, 0.4, 0.4].forEach((metric, i) => {
      scheduler.step(i + 1, metric);
    });
    return asFile(scheduler);
  };

  test.each([
    ["decayRate", { decayRate: 0.1, patienceT: 1 }, [0.25, 0.025]],
    ["patienceT", { decayRate: 0.5, patienceT: 3 }, [0.25, 0.25, 0.25, 0.125]],
    ["threshold", { decayRate: 0.5, patienceT: 1, threshold: 0.5 }, [0.25, 0.125]],
    ["cooldownT", { decayRate: 0.5, patienceT: 1, cooldownT: 3 }, [0.25, 0.125, 0.125, 0.125, 0.125]],
    ["lrMin", { decayRate: 0.5, patienceT: 1, lrMin: 0.4 }, [0.4, 0.4]],
    ["lrMin above the base", { decayRate: 0.5, patienceT: 1, lrMin: 3 }, [1, 1]],
    ["warmupT", { decayRate: 0.5, patienceT: 1, warmupT: 8 }, [0.75, 0.875, 1]],
  ])("goes on from its own rate and memory with another %s", (_, options, rates) => {
    const { scheduler, rate } = build(options);
    scheduler.loadStateDict(saved());
    const { best, numBadEpochs, lastEpoch } = scheduler.stateDict().plateau ?? {};
    expect([best, numBadEpochs, lastEpoch]).toEqual([0.5, 1, 6]);
    const got = [rate()];
    for (let epoch = 7; got.length < rates.length; epoch++) {
      scheduler.step(epoch, 0.4);
      got.push(rate());
    }
    expect(got).toEqual(rates);
  });

  test("leaves the noise of the saved plan behind", () => {
    const noisy = { decayRate: 0.5, patienceT: 1, noiseRangeT: 2 };
    const state = saved({ noiseRangeT: 2 });
    expect(state.values).not.toEqual([0.25]);
    const quiet = build({ decayRate: 0.5, patienceT: 1 });
    quiet.scheduler.loadStateDict(state);
    expect(quiet.rate()).toBe(0.25);
    const other = build({ ...noisy, noiseSeed: 5 });
    other.scheduler.loadStateDict(state);
    expect(other.rate()).toBe(0.25 + 0.25 * (other.scheduler.noiseAt(6) ?? 0));
    other.scheduler.step(7, 0.4);
    expect(other.rate()).toBe(0.125 + 0.125 * (other.scheduler.noiseAt(7) ?? 0));
  });

  test("rescales its rate with another lrScale", () => {
    const state = saved({}, 0.5);
    const { scheduler, rate } = build({ decayRate: 0.5, patienceT: 1 }, 1, 0.25);
    scheduler.loadStateDict(state);
    expect([state.values, rate()]).toEqual([[0.125], 0.0625]);
  });

  test("has its base where the saved plan was still warming up", () => {
    const { scheduler: before } = build({ warmupT: 5 });
    before.step(2, 0.1);
    const { scheduler, rate } = build({ warmupT: 1 });
    scheduler.loadStateDict(asFile(before));
    expect([before.stateDict().values, rate()]).toEqual([[0.4], 1]);
  });

  test.each([
    [Infinity, "max"],
    [-Infinity, "min"],
  ])("keeps a best of %d through JSON", (best, mode) => {
    const options = { decayRate: 0.5, patienceT: 0, mode };
    const { scheduler: before } = build(options);
    before.step(1, best);
    const { scheduler, rate } = build(options);
    const state = asFile(before);
    scheduler.loadStateDict(state);
    scheduler.step(2, 0.5);
    expect([state.plateau?.best, rate()]).toEqual([String(best), 0.5]);
  });

  test("refuses a best that is no number", () => {
    const { scheduler } = build({});
    const state = asFile(scheduler);
    for (const best of ["infinity", "1", Number.NaN, true]) {
      const broken = { ...state, plateau: { ...state.plateau, best } } as never;
      expect(() => scheduler.loadStateDict(broken)).toThrow(/^PlateauLRScheduler: state\.plateau must be/);
    }
  });
});

describe("addGroups", () => {
  test.each(functionsOfT)("$name: a group that was added has the value of its base at t", (scheduler) => {
    const options = { ...scheduler.options, noiseRangeT: 2 };
    for (const t of [0, 1, 5]) {
      const optimizer = optimizerOf();
      const grown = scheduler.create(optimizer, options);
      stepTo(grown, t);
      optimizer.paramGroups.push({ lr: 0.04, lrScale: 2 });
      grown.addGroups();
      const expected = optimizerOf();
      expected.paramGroups.push({ lr: 0.04, lrScale: 2 });
      const fresh = scheduler.create(expected, options);
      stepTo(fresh, t);
      expect(optimizer).toEqual(expected);
      stepTo(grown, t + 1);
      stepTo(fresh, t + 1);
      expect([optimizer, grown.stateDict()]).toEqual([expected, fresh.stateDict()]);
    }
  });

  test("a plateau keeps its rate and memory; the new group drops with the rest", () => {
    const optimizer = { paramGroups: [{ lr: 1 }] };
    const scheduler = new PlateauLRScheduler(optimizer, { decayRate: 0.5, patienceT: 1 });
    [0.5, 0.4, 0.4, 0.4].forEach((metric, i) => {
      scheduler.step(i + 1, metric);
    });
    optimizer.paramGroups.push({ lr: 0.2 });
    const state = scheduler.stateDict();
    scheduler.addGroups();
    expect(scheduler.stateDict().plateau).toEqual(state.plateau);
    expect(optimizer.paramGroups.map(({ lr }) => lr)).toEqual([0.5, 0.2]);
    scheduler.step(5, 0.4);
    expect(optimizer.paramGroups.map(({ lr }) => lr)).toEqual([0.25, 0.1]);
  });

  test("a bad group changes nothing", () => {
    const optimizer = { paramGroups: [{ lr: 1 }] };
    const scheduler = new StepLRScheduler(optimizer, { decayT: 1, decayRate: 0.5 });
    scheduler.step(1);
    optimizer.paramGroups.push({ lr: 0.2 }, { lr: -1 });
    const before = structuredClone(optimizer);
    expect(() => scheduler.addGroups()).toThrow(
      new RangeError("StepLRScheduler: paramGroups[2].lr must be a finite number >= 0, got -1"),
    );
    expect(optimizer).toEqual(before);
    optimizer.paramGroups.length = 1;
    scheduler.step(2);
    expect(optimizer.paramGroups[0]?.lr).toBe(0.25);
  });
});

test("a function is computed anew, as it cannot be compared", () => {
  const before = new FunctionScheduler(optimizerOf(), { schedule: (t, base) => base / (1 + t) });
  before.step(1);
  const optimizer = optimizerOf();
  new FunctionScheduler(optimizer, { schedule: (t, base) => base / (3 + t) }).loadStateDict(asFile(before));
  expect(optimizer.paramGroups.map(({ lr }) => lr)).toEqual([0.075, 0.01875]);
});
