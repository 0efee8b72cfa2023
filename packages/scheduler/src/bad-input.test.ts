/** Whatever is passed: a finite result, or one clear error that changes nothing. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { everyScheduler, functionsOfT } from "./every-scheduler.fixture.ts";
import { factoryChecks } from "./factory-options.ts";
import {
  CosineLRScheduler,
  createScheduler,
  createSchedulerV2,
  FunctionScheduler,
  findSchedule,
  fromTfjs,
  joinSchedules,
  multiStepLr,
  noiseAt,
  type OptimizerLike,
  type ParamGroup,
  PlateauLRScheduler,
  plateauStep,
  type Scheduler,
  StepLRScheduler,
  sample,
  schedulerKwargs,
  schedulerNames,
  stepLr,
  withNoise,
} from "./index.ts";
import { flagNames } from "./scheduler-kwargs.ts";

const list: unknown[] = [1];
list.push(list);

const withHole = [1, 2, 3];
delete withHole[1];

const oddValues: unknown[] = [
  ...[Number.NaN, Infinity, -Infinity, -1, -0, 0, 1, 2, 0.5, 0.999, 1e308, -1e308, 5e-324, -5e-324],
  ...[1.5e-323, 1e-12, 2 ** 31, 2 ** 53, 2 ** 64, Number.MAX_VALUE],
  ...["", "3", "lr", "weightDecay", "normal", "uniform", "abs", "cosine", "min", "torch", "linear", "sqrt"],
  ...["x".repeat(500), "línea\n", "__proto__", "constructor"],
  ...[null, undefined, true, false, 5n, -1n, -(2n ** 63n), 2n ** 64n, Symbol("s"), new Date(0), /x/],
  ...[[], [1], [0, 3], [3, 0], [3, 3], [1, 2, 3], [[]], ["1"], Array(2), withHole, list, Array(1000).fill(1)],
  ...[[Number.NaN, 1], [0, 1e308], [-1, 2], Float64Array.of(0, 3), new Set([1]), {}, Object.create(null)],
  ...[() => Number.NaN, () => -1, () => 0.5, () => "1", (t: number) => t],
];

const arbitraryValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...oddValues),
  fc.double(),
  fc.double({ min: 0, max: 3 }),
  fc.integer({ min: -3, max: 20 }),
);

const commonNames = [
  ...["warmupT", "warmupLrInit", "warmupPrefix", "noiseRangeT", "noiseType", "noisePct", "noiseStd"],
  ...["noiseSeed", "paramGroupField", "tInEpochs", "initialize"],
];
const pureNames = ["warmupT", "warmupLrInit", "warmupPrefix"];

const someT = [0, 0.5, 1, 1.9, 3, 12, 1e6, 2 ** 53, 1e300];

/** The result, or null where the error of the template was thrown. */
function attempt<T>(name: string, call: () => T): T | null {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    expect(error.message).toMatch(new RegExp(`^${name}: .+ must be .+, got .+$`));
    expect(error.message.length).toBeLessThan(600);
    return null;
  }
}

const twoGroups = () => ({
  paramGroups: [
    { lr: 0.1, weightDecay: 0.05 },
    { lr: 0, weightDecay: 1, lrScale: 0.5 },
  ],
});

/** Drives what `create` makes, if it makes it. */
function drive(name: string, options: object, create: (optimizer: OptimizerLike) => Scheduler): void {
  const optimizer: OptimizerLike = twoGroups();
  const created = attempt(name, () => create(optimizer));
  if (created === null) {
    expect(optimizer).toEqual(twoGroups());
    return;
  }
  const { field } = created.stateDict();
  const isNegativeDraw = "noisePct" in options && Number(options.noisePct) > 1;
  for (const t of someT) {
    attempt(name, () => created.step(t, 0.5));
    attempt(name, () => created.stepUpdate(t, 0.5));
    for (const group of optimizer.paramGroups) {
      const rate = group[field];
      if (!Number.isFinite(rate) || !(Number(rate) >= 0 || isNegativeDraw)) {
        expect.fail(`${name} sets ${String(rate)} at t = ${t}`);
      }
    }
  }
}

describe.each(everyScheduler)("$name", (scheduler) => {
  const names = [...scheduler.names, ...commonNames].filter(
    (name) => name !== "warmupPrefix" || scheduler.takesPrefix,
  );
  const run = (options: object) =>
    drive(scheduler.name, options, (optimizer) => scheduler.create(optimizer, options));

  test("saves every option", () => {
    const { options } = scheduler.create(twoGroups(), scheduler.options).stateDict();
    // Functions are not saved.
    expect(names.filter((name) => name !== "schedule").sort()).toEqual(Object.keys(options).sort());
  });

  test("takes any odd value of any option", () => {
    for (const name of names) {
      for (const value of oddValues) run({ ...scheduler.options, [name]: value });
    }
  });

  test("takes any values of any two options", () => {
    const name = fc.constantFrom(...names);
    fc.assert(
      fc.property(name, arbitraryValue, name, arbitraryValue, (one, value, other, otherValue) => {
        run({ ...scheduler.options, [other]: otherValue, [one]: value });
      }),
      { numRuns: 200 },
    );
  });
});

describe.each(functionsOfT.filter(({ pure }) => pure !== null))("the function of $name", (scheduler) => {
  test("takes any odd value of base, option and t", () => {
    const name = "[a-z]\\w+Lr";
    const run = (base: unknown, options: object, ts: readonly unknown[]) => {
      const schedule = attempt(name, () => scheduler.pure?.(base as number, options));
      for (const t of schedule ? ts : []) {
        const value = attempt(name, () => schedule?.(t as number));
        if (value !== null && !(Number.isFinite(value) && Number(value) >= 0)) {
          expect.fail(`${scheduler.name} gives ${value} at t = ${String(t)}`);
        }
      }
    };
    for (const value of oddValues) run(value, scheduler.options, someT);
    for (const base of [0, 0.1, 1e308]) {
      for (const option of [...scheduler.names, ...pureNames]) {
        for (const value of oddValues) run(base, { ...scheduler.options, [option]: value }, someT);
      }
    }
    run(0.1, scheduler.options, oddValues);
  });
});

describe("the factory", () => {
  // The class refuses what follows from several options together.
  const name = "(createSchedulerV2|createScheduler|\\w+LRScheduler|halving)";
  const ownFlags = (sched: string) => Object.keys(findSchedule(sched).flags);

  test.each(schedulerNames())("%s takes any odd value of any option", (sched) => {
    for (const option of [...Object.keys(factoryChecks), ...ownFlags(sched)]) {
      for (const value of oddValues) {
        const options = { sched, warmupEpochs: 2, numEpochs: 12, decayEpochs: 5, [option]: value };
        drive(name, options, (optimizer) => createSchedulerV2(optimizer, options as never).scheduler);
      }
    }
  });

  test.each(schedulerNames())("%s takes any odd value of any flag", (sched) => {
    const flags = Object.keys(factoryChecks).map((option) => flagNames[option] ?? option);
    for (const flag of [...flags, ...ownFlags(sched), "evalMetric", "schedOnUpdates"]) {
      for (const value of oddValues) {
        const args = { sched, decayEpochs: 5, [flag]: value };
        const options = flag === "lrNoisePct" ? { noisePct: value } : {};
        drive(name, options, (optimizer) => createScheduler(args as never, optimizer).scheduler);
      }
    }
  });
});

test("functions over other functions take any odd value", () => {
  const names = "(joinSchedules|withNoise|noiseAt|sample|plateauStep|fromTfjs|schedulerKwargs)";
  const ok = () => 0.5;
  for (const value of oddValues) {
    const odd = value as never;
    const results = [
      attempt(names, () => joinSchedules([ok, odd], [3])(3)),
      attempt(names, () => joinSchedules(odd, [3])(3)),
      attempt(names, () => joinSchedules([ok, ok], odd)(3)),
      attempt(names, () => joinSchedules([ok, ok], [odd])(3)),
      attempt(names, () => joinSchedules([ok, ok], [3])(odd)),
      attempt(names, () => withNoise(odd, { noiseRangeT: 0 })(3)),
      attempt(names, () => withNoise(ok, odd)(3)),
      attempt(names, () => withNoise(ok, { noiseRangeT: odd })(3)),
      attempt(names, () => withNoise(ok, { noiseRangeT: 0 })(odd)),
      attempt(names, () => noiseAt(odd, { noiseRangeT: 0 })),
      attempt(names, () => plateauStep({ values: [0.5] }, odd).values[0] ?? 0),
      attempt(names, () => plateauStep({ values: [odd] }, 1).values[0] ?? 0),
      attempt(names, () => plateauStep({ values: [1], numBadEpochs: odd }, 1).values[0] ?? 0),
      attempt(names, () => plateauStep({ values: [1], best: odd }, 1).values[0] ?? 0),
    ];
    for (const result of results) expect(result).toSatisfy((one) => one === null || Number.isFinite(one));
    attempt(names, () => plateauStep(odd, 1));
    attempt(names, () => plateauStep({ values: odd }, 1));
    attempt(names, () => sample(odd, 3));
    if (!(typeof value === "number" && value > 1e6)) attempt(names, () => sample(ok, odd));
    attempt(names, () => fromTfjs(odd));
    attempt(names, () => fromTfjs({ learningRate: value }));
    attempt(names, () => schedulerKwargs(odd));
    attempt(names, () => schedulerKwargs({ sched: "step" }, odd));
  }
});

test("groups and calls take any odd value", () => {
  const where = "(StepLRScheduler|PlateauLRScheduler|CosineLRScheduler)";
  for (const value of oddValues) {
    const odd = value as never;
    for (const field of ["lr", "initialLr", "lrScale"]) {
      const group = { lr: 0.1, [field]: value };
      const created = attempt(where, () => new StepLRScheduler({ paramGroups: [group] }, { decayT: 1 }));
      expect(created === null || (group.lr >= 0 && Number.isFinite(group.lr))).toBe(true);
    }
    attempt(where, () => new StepLRScheduler(odd, { decayT: 1 }));
    attempt(where, () => new StepLRScheduler({ paramGroups: odd }, { decayT: 1 }));
    attempt(where, () => new StepLRScheduler({ paramGroups: [odd] }, { decayT: 1 }));
    attempt(where, () => new StepLRScheduler(twoGroups(), odd));
    const optimizer = twoGroups();
    const scheduler = new PlateauLRScheduler(optimizer, { warmupT: 2, noiseRangeT: 3 });
    for (const call of ["step", "stepUpdate", "getEpochValues", "noiseAt", "loadStateDict"] as const) {
      attempt(where, () => scheduler[call](odd));
    }
    attempt(where, () => scheduler.step(1, odd));
    attempt(where, () => scheduler.loadStateDict(scheduler.stateDict(), odd));
    attempt(where, () => scheduler.loadStateDict(scheduler.stateDict(), { keepBase: odd }));
    attempt(where, () => new CosineLRScheduler(twoGroups(), { tInitial: 5 }).getCycleLength(odd));
    for (const { lr } of optimizer.paramGroups) expect(lr).toSatisfy((rate: number) => rate >= 0);
  }
});

describe.each(everyScheduler)("the state of $name", (scheduler) => {
  test("takes any odd value of any part, or nothing has changed", () => {
    const make = () => {
      const optimizer = twoGroups();
      const created = scheduler.create(optimizer, { ...scheduler.options, noiseRangeT: 2 });
      for (const t of [1, 2, 3]) created.step(t, 0.5);
      return { optimizer, created };
    };
    const { created } = make();
    const saved = created.stateDict();
    const parts = Object.keys(saved).filter((part) => part !== "options");
    const broken = oddValues.flatMap((value) => [
      ...parts.map((part) => ({ ...saved, [part]: value })),
      ...Object.keys(saved.plateau ?? {}).map((part) => ({
        ...saved,
        plateau: { ...saved.plateau, [part]: value },
      })),
    ]);
    for (const state of broken) {
      for (const keepBase of [false, true]) {
        const { optimizer, created } = make();
        const before = [structuredClone(optimizer), created.stateDict()];
        const loaded = attempt(scheduler.name, () => {
          created.loadStateDict(state as never, { keepBase });
          return true;
        });
        if (loaded === null) expect([optimizer, created.stateDict()]).toEqual(before);
        for (const { lr } of optimizer.paramGroups) {
          if (!(lr >= 0 && lr < Infinity)) expect.fail(`${scheduler.name} sets ${lr}`);
        }
      }
    }
  });
});

const one = (group: ParamGroup = { lr: 0.1 }): OptimizerLike => ({ paramGroups: [group] });

test.each<[string, () => unknown, new (message: string) => Error, string]>([
  [
    "a list with holes",
    () => multiStepLr(1, { decayT: withHole as never }),
    TypeError,
    "multiStepLr: decayT[1] must be a finite number >= 0, got undefined",
  ],
  [
    "a list that holds itself",
    () => multiStepLr(1, { decayT: list as never }),
    TypeError,
    "multiStepLr: decayT[1] must be a finite number >= 0, got [1, a list]",
  ],
  [
    "an option with the name of a method of all objects",
    () => stepLr(1, { decayT: 1, toString: 1 } as never),
    RangeError,
    'stepLr: option must be one of decayRate, decayT, warmupLrInit, warmupPrefix, warmupT, got "toString"',
  ],
  [
    "a function that returns a negative rate",
    () => new FunctionScheduler(one(), { schedule: (t) => 1 - t }).step(2),
    RangeError,
    "FunctionScheduler: schedule(t, base) must be a finite number >= 0, got -1",
  ],
  [
    "a function that returns text",
    () => new FunctionScheduler(one(), { schedule: () => "1" as never }),
    TypeError,
    'FunctionScheduler: schedule(t, base) must be a finite number >= 0, got "1"',
  ],
  [
    "a part that returns NaN",
    () => joinSchedules([() => 1, () => Number.NaN], [2])(3),
    RangeError,
    "joinSchedules: schedules[1](t) must be a finite number, got NaN",
  ],
  [
    "noise on what is no function",
    () => withNoise(0.1 as never, { noiseRangeT: 0 }),
    TypeError,
    "withNoise: schedule must be a function of t, got 0.1",
  ],
  [
    "a plateau without values",
    () => plateauStep({} as never, 1),
    TypeError,
    "plateauStep: state.values must be a list of finite numbers >= 0, got undefined",
  ],
  [
    "more values than memory",
    () => sample(() => 1, 2 ** 32 - 1),
    RangeError,
    "sample: n must be such that 8 n bytes fit into memory, got 4294967295",
  ],
  [
    "a frozen group",
    () => new StepLRScheduler(one(Object.freeze({ lr: 0.1 })), { decayT: 1 }),
    TypeError,
    "StepLRScheduler: paramGroups[0].lr must be a field that can be set, got an object",
  ],
  [
    "a group that takes no more fields",
    () => new StepLRScheduler(one(Object.seal({ lr: 0.1 })), { decayT: 1 }),
    TypeError,
    "StepLRScheduler: paramGroups[0].initialLr must be a field that can be set, got an object",
  ],
  [
    "groups that vanish altogether",
    () => {
      const optimizer = { paramGroups: [{ lr: 0.1 }] };
      const scheduler = new StepLRScheduler(optimizer, { decayT: 1 });
      Object.assign(optimizer, { paramGroups: undefined });
      scheduler.step(1);
    },
    TypeError,
    "StepLRScheduler: paramGroups must be the list of groups that it was at construction, got undefined; build a new scheduler",
  ],
  [
    "a misspelt option of loading",
    () => {
      const scheduler = new StepLRScheduler(one(), { decayT: 1 });
      scheduler.loadStateDict(scheduler.stateDict(), { keep_base: true } as object);
    },
    RangeError,
    'StepLRScheduler: option must be one of keepBase, got "keep_base"; did you mean "keepBase"?',
  ],
  [
    "a flag, by its own name",
    () => createScheduler({ sched: "step", epochs: 0 }, one()),
    RangeError,
    "createScheduler: epochs must be a finite number > 0, got 0",
  ],
  [
    "a flag in Python's spelling",
    () => createScheduler({ sched: "step", decay_epochs: 30 } as never, one()),
    RangeError,
    'createScheduler: args must be in camelCase, got "decay_epochs"; did you mean "decayEpochs"?',
  ],
  [
    "text for a number",
    () => createScheduler({ sched: "poly", power: "2" as never }, one()),
    TypeError,
    'createScheduler: power must be a finite number > 0, got "2"',
  ],
  [
    "a misspelt option of createScheduler",
    () => createScheduler({ sched: "step" }, one(), { updatesPerEpoc: 3 } as object),
    RangeError,
    'createScheduler: option must be one of updatesPerEpoch, got "updatesPerEpoc"; did you mean "updatesPerEpoch"?',
  ],
  [
    "cycles too many to count",
    () => new CosineLRScheduler(one(), { tInitial: 1, cycleMul: 2, cycleLimit: 1e6 }).getCycleLength(),
    RangeError,
    "CosineLRScheduler: cycleLimit must be such that every value stays finite, got 1000000",
  ],
])("refuses %s", (_, call, kind, message) => {
  expect(call).toThrow(new kind(message));
  expect(call).toThrow(kind);
});

test("names the factory's option where a flag's name is given", () => {
  expect(() => createSchedulerV2(one(), { epochs: 3 } as object)).toThrow(/it is called "numEpochs" here$/);
  expect(() => createSchedulerV2(one(), { tMul: 3 } as object)).toThrow(/it is called "cycleMul" here$/);
});

test("a call that is refused leaves no trace", () => {
  const optimizer: OptimizerLike = { paramGroups: [{ lr: 0.1 }] };
  const scheduler = new PlateauLRScheduler(optimizer, { noiseRangeT: 2 });
  scheduler.step(1, 0.5);
  const before = [structuredClone(optimizer), scheduler.stateDict()];
  expect(() => scheduler.step(2.5, 0.7)).toThrow(RangeError);
  expect([optimizer, scheduler.stateDict()]).toEqual(before);
});
