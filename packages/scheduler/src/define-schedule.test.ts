/** Schedules of one's own: defined, registered, then made by their name. */
import { describe, expect, test } from "vitest";
import { everyScheduler } from "./every-scheduler.fixture.ts";
import {
  choice,
  createScheduler,
  createSchedulerV2,
  DefinedScheduler,
  defineSchedule,
  findSchedule,
  listSchedules,
  number,
  registerSchedule,
  schedulerKwargs,
  schedulerNames,
} from "./index.ts";
import { builtInSchedules } from "./schedules/index.ts";

const one = (lr = 0.1) => ({ paramGroups: [{ lr }] });

/** The fixture has registered it. */
const halving = { sched: "halving", epochs: 20, warmupEpochs: 0 };

/** Reads the shared flags, and one of its own that is no length. */
const staircase = defineSchedule({
  name: "staircase",
  checks: {
    height: number({ above: 0, below: 1, fallback: 0.5 }),
    length: number({ above: 0 }),
    direction: choice(["down", "up"], "down"),
  },
  build:
    ({ height, length, direction }) =>
    (base) =>
    (t) =>
      base * (direction === "down" ? height : 1 / height) ** Math.floor(t / length),
  traits: { stepped: true, ignoresCooldown: true, dropsAt: "decayEpochs" },
  flags: {
    direction: { type: "string", default: "down", choices: ["down", "up"], help: "where the stairs lead" },
  },
  fromFlags: ({ decayRate, decayT }) => ({ height: decayRate, length: decayT }),
  turns: ({ decayT }) => [decayT],
});
registerSchedule(staircase);

describe("a schedule that is registered", () => {
  test("is made by its name, with the default of its flag", () => {
    const optimizer = one();
    const { scheduler, numEpochs } = createScheduler(halving, optimizer);
    expect(numEpochs).toBe(20);
    expect(scheduler).toBeInstanceOf(DefinedScheduler);
    expect(scheduler.getEpochValues(10)).toEqual([0.05]);
    scheduler.step(20);
    expect(optimizer.paramGroups[0]?.lr).toBe(0.025);
  });

  test("takes its flag, a length in epochs, in the unit of t", () => {
    const args = { ...halving, halfLife: 5, schedOnUpdates: true };
    const { scheduler } = createScheduler(args, one(), { updatesPerEpoch: 7 });
    expect(scheduler.getUpdateValues(35)).toEqual([0.05]);
    const options = { sched: "halving", halfLife: 5, stepOnEpochs: false, updatesPerEpoch: 7 };
    expect(createSchedulerV2(one(), options as object).scheduler.valuesAt(70)).toEqual([0.025]);
  });

  test("has warm-up, prefix, noise and cooldown like any other", () => {
    const args = { ...halving, warmupEpochs: 4, warmupPrefix: true, warmupLr: 0, lrNoise: [0.5, 1] };
    const { scheduler, numEpochs } = createScheduler({ ...args, cooldownEpochs: 3 }, one());
    expect(numEpochs).toBe(27);
    expect([2, 4, 14].map((t) => scheduler.valuesAt(t)[0])).toEqual([0.05, 0.1, 0.05]);
    expect([9, 10, 20].map((t) => scheduler.noiseAt(t) === null)).toEqual([true, false, true]);
  });

  test("reads the flags that all share, has its own traits, and its corners after the prefix", () => {
    const args = { sched: "staircase", epochs: 9, decayEpochs: 2, decayRate: 0.1, cooldownEpochs: 5 };
    const prefixed = { ...args, warmupEpochs: 3, warmupPrefix: true, warmupLr: 0 };
    const { scheduler, numEpochs, turns } = createScheduler(prefixed, one(1));
    expect([numEpochs, turns]).toEqual([12, [5]]);
    expect([3, 4, 5].map((t) => scheduler.valuesAt(t)[0])).toEqual([1, 1, 0.1]);
    const up = createScheduler({ ...args, warmupEpochs: 0, direction: "up" } as typeof args, one(1));
    expect(up.scheduler.valuesAt(2)).toEqual([10]);
    expect(schedulerKwargs({ ...args, direction: "up" } as typeof args)).toMatchObject({ direction: "up" });
  });

  test("is listed, found and counted among the names", () => {
    expect(schedulerNames().slice(-2)).toEqual(["halving", "staircase"]);
    expect(listSchedules().at(-1)).toBe(staircase);
    expect(findSchedule("staircase")).toBe(staircase);
    registerSchedule(staircase);
    expect(schedulerNames().filter((name) => String(name) === "staircase")).toHaveLength(1);
  });

  test("is what a misspelt name may have meant", () => {
    const message =
      /one of constant, .*, wsd, halving, staircase, got "stairs?case"; did you mean "staircase"\?$/;
    expect(() => createScheduler({ sched: "stairscase" }, one())).toThrow(message);
    expect(() => findSchedule("stairscase")).toThrow(/^findSchedule: name must be one of/);
  });
});

test("the factory makes the class of each schedule that is built in", () => {
  for (const { definition, name } of everyScheduler) {
    if (definition.name === null) continue;
    const { scheduler } = createSchedulerV2(one(), {
      sched: findSchedule(definition.name).name,
      warmupEpochs: 1,
    });
    expect(scheduler.stateDict().scheduler).toBe(name);
    const isBuiltIn = builtInSchedules.includes(definition);
    expect(scheduler.constructor.name).toBe(isBuiltIn ? name : "DefinedScheduler");
  }
});

test("corners lie where the curve has them", () => {
  const turnsOf = (sched: "onecycle" | "wsd" | "cosine") =>
    createSchedulerV2(one(), { sched, numEpochs: 10, warmupEpochs: 2, warmupPrefix: true }).turns;
  expect([turnsOf("onecycle"), turnsOf("wsd"), turnsOf("cosine")]).toEqual([[5], [9], []]);
});

describe("what holds for a trait holds for the schedule", () => {
  const cases = everyScheduler.filter(({ definition }) => definition.name !== null);
  const made = (sched: string, more: object) => {
    const optimizer = one(1);
    const options = {
      sched,
      numEpochs: 40,
      decayEpochs: 10,
      decayMilestones: [11, 21],
      patienceEpochs: 3,
      ...more,
    };
    const run = createSchedulerV2(optimizer, options as object);
    const rates = Array.from({ length: run.numEpochs + 1 }, (_, t) => {
      if (t > 0) run.scheduler.step(t, 0);
      return optimizer.paramGroups[0]?.lr ?? Number.NaN;
    });
    return { ...run, rates };
  };

  test.each(cases.map(({ definition }) => definition))("$name", ({ name, traits }) => {
    const sched = String(name);
    const warmup = { warmupEpochs: 5, warmupLr: 0 };
    const { rates } = made(sched, warmup);
    const differs = (more: object) => String(made(sched, { ...warmup, ...more }).rates) !== String(rates);
    const after = rates.slice(5);
    const kept = after.filter((rate, i) => rate === after[i - 1]).length;
    const drops = traits.stepped || traits.followsMetric;
    expect(["stepped or metric", kept > 20 && after.at(-1) !== after[0]]).toEqual([
      "stepped or metric",
      Boolean(drops || traits.decaysAtEnd),
    ]);
    expect(["decay rate", differs({ decayRate: 0.3, power: 1 }) && !traits.hasPower]).toEqual([
      "decay rate",
      Boolean(traits.hasDecayRate),
    ]);
    expect(["cycles", differs({ cycleLimit: 2 })]).toEqual(["cycles", Boolean(traits.cyclic)]);
    expect(["minimum", differs({ minLr: 0.2 })]).toEqual(["minimum", Boolean(traits.hasMinimum)]);
    expect(["cooldown", differs({ cooldownEpochs: 3 })]).toEqual(["cooldown", !traits.ignoresCooldown]);
    const soon = made(sched, { warmupEpochs: 1 }).rates.slice(1);
    const rises = soon.some((rate, i) => rate > (soon[i - 1] ?? rate));
    expect(["warms up", rises]).toEqual(["warms up", Boolean(traits.warmsUp)]);
  });
});

describe("refuses", () => {
  const build = () => (base: number) => () => base;
  const named = (name: string | null) => defineSchedule({ name, checks: {}, build });

  test.each<[string, () => unknown, new (message: string) => Error, string]>([
    [
      "nothing",
      () => defineSchedule(null as never),
      TypeError,
      "defineSchedule: name must be a word of letters, digits, - and _, or null, got undefined",
    ],
    [
      "a name with spaces",
      () => named("my schedule"),
      TypeError,
      'defineSchedule: name must be a word of letters, digits, - and _, or null, got "my schedule"',
    ],
    [
      "no checks",
      () => defineSchedule({ name: "x", build } as never),
      TypeError,
      "defineSchedule: checks must be an object of checks, got undefined",
    ],
    [
      "a value for a check",
      () => defineSchedule({ name: "x", checks: { rate: 1 }, build } as never),
      TypeError,
      "defineSchedule: rate must be a function, got 1",
    ],
    [
      "no build",
      () => defineSchedule({ name: "x", checks: {} } as never),
      TypeError,
      "defineSchedule: build must be a function, got undefined",
    ],
    [
      "what is no definition",
      () => registerSchedule({ name: "x", checks: {}, build } as never),
      TypeError,
      "registerSchedule: definition must be what defineSchedule returned, got an object",
    ],
    [
      "a definition without a name",
      () => registerSchedule(named(null)),
      TypeError,
      "registerSchedule: name must be a name, got null",
    ],
    [
      "a name that is built in",
      () => registerSchedule(named("step")),
      RangeError,
      'registerSchedule: name must be one that no other schedule has, got "step"; choose another',
    ],
    [
      "a name that is registered",
      () => registerSchedule(named("halving")),
      RangeError,
      'registerSchedule: name must be one that no other schedule has, got "halving"; choose another',
    ],
    [
      "an option out of its range, under the schedule's name",
      () => createScheduler({ ...halving, halfLife: 0 } as never, one()),
      RangeError,
      "halving: halfLife must be a finite number > 0, got 0",
    ],
    [
      "a misspelt option",
      () => createSchedulerV2(one(), { sched: "halving", halflife: 3 } as never),
      RangeError,
      'createSchedulerV2: option must be one of cooldownEpochs, cycleDecay, cycleLimit, cycleMul, decayEpochs, decayMilestones, decayRate, halfLife, kDecay, milestoneTiming, minLr, noise, noisePct, noiseSeed, noiseStd, numEpochs, patienceEpochs, plateauMode, plateauThreshold, power, sched, stepOnEpochs, thresholdMode, updatesPerEpoch, warmupEpochs, warmupLr, warmupPrefix, got "halflife"; did you mean "halfLife"?',
    ],
    [
      "an option of another schedule",
      () => createSchedulerV2(one(), { sched: "step", halfLife: 3 } as never),
      RangeError,
      'createSchedulerV2: option must be one of cooldownEpochs, cycleDecay, cycleLimit, cycleMul, decayEpochs, decayMilestones, decayRate, kDecay, milestoneTiming, minLr, noise, noisePct, noiseSeed, noiseStd, numEpochs, patienceEpochs, plateauMode, plateauThreshold, power, sched, stepOnEpochs, thresholdMode, updatesPerEpoch, warmupEpochs, warmupLr, warmupPrefix, got "halfLife"',
    ],
    [
      "a flag in Python's spelling",
      () => createScheduler({ ...halving, half_life: 3 } as never, one()),
      RangeError,
      'createScheduler: args must be in camelCase, got "half_life"; did you mean "halfLife"?',
    ],
  ])("%s", (_, call, kind, message) => {
    expect(call).toThrow(new kind(message));
    expect(call).toThrow(kind);
  });

  test("a value that no group can hold, in one line that names the schedule", () => {
    const falling = defineSchedule({ name: "falling", checks: {}, build: () => (base) => (t) => base - t });
    const optimizer = one(1);
    const scheduler = new DefinedScheduler(optimizer, falling, {});
    scheduler.step(1);
    expect(() => scheduler.step(2)).toThrow(
      new RangeError("falling: the value at t must be a finite number >= 0, got -1"),
    );
    expect(optimizer.paramGroups[0]?.lr).toBe(0);
    const momentum = { paramGroups: [{ momentum: 1 }] };
    new DefinedScheduler(momentum, falling, { paramGroupField: "momentum" }).step(3);
    expect(momentum.paramGroups[0]?.momentum).toBe(-2);
  });
});

test("a schedule without a name is driven by its class", () => {
  const definition = defineSchedule({ name: null, checks: {}, build: () => (base) => (t) => base / (1 + t) });
  const scheduler = new DefinedScheduler(one(), definition, { warmupT: 2 });
  expect(scheduler.stateDict().scheduler).toBe("DefinedScheduler");
  expect(scheduler.valuesAt(1)).toEqual([0.05]);
});
