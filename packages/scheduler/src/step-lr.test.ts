import { describe, expect, test } from "vitest";
import { camelKeys, readGolden } from "./golden.fixture.ts";
import { StepLRScheduler, type StepLRSchedulerOptions, stepLr } from "./index.ts";

const build = (options: object, groups: object[] = [{ lr: 1e-4 }]) =>
  new StepLRScheduler({ paramGroups: groups as [] }, options as StepLRSchedulerOptions);

describe("StepLRScheduler", () => {
  test("takes initialLr, not the lr that an earlier scheduler left behind", () => {
    const optimizer = { paramGroups: [{ lr: 1e-4 }] };
    new StepLRScheduler(optimizer, { decayT: 5, decayRate: 0.8, warmupT: 2, warmupLrInit: 1e-5 });
    expect(optimizer.paramGroups).toEqual([{ lr: 1e-5, initialLr: 1e-4 }]);
    expect(new StepLRScheduler(optimizer, { decayT: 5 }).getEpochValues(0)).toEqual([1e-4]);
  });

  test.each([false, null] as const)("counts updates with tInEpochs %s", (tInEpochs) => {
    const optimizer = { paramGroups: [{ lr: 1e-4 }] };
    const scheduler = new StepLRScheduler(optimizer, { decayT: 5, decayRate: 0.5, tInEpochs });
    expect(scheduler.getEpochValues(5)).toBeNull();
    expect(scheduler.getUpdateValues(5)).toEqual([5e-5]);
    expect(scheduler.valuesAt(5)).toEqual([5e-5]);
    scheduler.step(5);
    expect(optimizer.paramGroups[0]?.lr).toBe(1e-4);
    scheduler.stepUpdate(5);
    expect(optimizer.paramGroups[0]?.lr).toBe(5e-5);
  });

  test("drives another field, without lrScale and without touching lr", () => {
    const group = { lr: 0.1, lrScale: 0.5, weightDecay: 0.05 };
    const options = { decayT: 1, decayRate: 0.5, paramGroupField: "weightDecay" };
    new StepLRScheduler({ paramGroups: [group] }, options).step(1);
    expect(group).toEqual({ lr: 0.1, lrScale: 0.5, weightDecay: 0.025, initialWeightDecay: 0.05 });
  });

  test("keeps the last metric, also of a call that does not act", () => {
    const scheduler = build({ decayT: 5, tInEpochs: false });
    const metrics = [0.5, Number.NaN, undefined].map((metric) => {
      scheduler.step(1, metric);
      return scheduler.stateDict().metric;
    });
    expect(metrics).toEqual([0.5, null, null]);
    expect(scheduler.stateDict().t).toBeNull();
  });

  test("answers at any t in any order", () => {
    const scheduler = build({ decayT: 5, decayRate: 0.5, noiseRangeT: [10, 40] });
    const draws = [11, 10, 39, 40, 10].map((t) => scheduler.noiseAt(t));
    expect(draws.map((draw) => draw !== null)).toEqual([true, true, true, false, true]);
    expect(draws.slice(0, 2)).toEqual([-0.17381949722766876, -0.1455431878566742]);
    expect(draws[4]).toBe(draws[1]);
  });
});

interface DirectCase {
  lr: number;
  kwargs: Record<string, unknown>;
  t: number[];
  lr_after_create: number;
  epoch_values_current: (number | null)[];
  epoch_values_docs_era: (number | null)[];
}

describe("the tutorial's calls, as timm 0.4 answered and as it answers with its prefix of today", () => {
  const { step_direct: cases } = readGolden<{ step_direct: DirectCase[] }>("train/lr.json");
  test.each(cases.map((golden) => [JSON.stringify(golden.kwargs), golden] as const))("%s", (_, golden) => {
    for (const warmupPrefix of [false, true]) {
      const group = { lr: golden.lr };
      const scheduler = build({ ...camelKeys(golden.kwargs), warmupPrefix }, [group]);
      expect(group.lr).toBe(golden.lr_after_create);
      const expected = warmupPrefix ? golden.epoch_values_current : golden.epoch_values_docs_era;
      golden.t.forEach((t, i) => {
        const value = scheduler.getEpochValues(t)?.[0];
        // the file has ten digits
        expect(value === undefined ? null : Number(value.toPrecision(10))).toBe(expected[i]);
      });
    }
  });
});

describe("stepLr", () => {
  test("is the schedule of the class", () => {
    const options = { decayT: 0.3, decayRate: 0.9, warmupT: 3, warmupPrefix: true };
    const scheduler = build(options, [{ lr: 0.05 }]);
    const lr = stepLr(0.05, options);
    for (let t = 0; t < 40; t += 0.5) expect([lr(t)]).toEqual(scheduler.valuesAt(t));
  });

  test("does not change its options", () => {
    const options = Object.freeze({ decayT: 5 });
    expect(stepLr(1, options)(100)).toBe(1);
  });
});

const options = (over: object) => ({ decayT: 5, ...over });
const known =
  "decayRate, decayT, initialize, noisePct, noiseRangeT, noiseSeed, noiseStd, noiseType, paramGroupField, tInEpochs, warmupLrInit, warmupPrefix, warmupT";

describe("refuses at construction", () => {
  test.each([
    [{ decayT: 0 }, "decayT must be a finite number > 0, got 0; pass the number of epochs between drops"],
    [{}, "decayT must be a finite number > 0, got undefined; pass the number of epochs between drops"],
    [{ decayT: "5" }, 'decayT must be a finite number > 0, got "5"; pass the number of epochs between drops'],
    [options({ decayRate: -1 }), "decayRate must be a finite number >= 0, got -1"],
    [options({ decayRate: Number.NaN }), "decayRate must be a finite number >= 0, got NaN"],
    [options({ warmupT: Infinity }), "warmupT must be a finite number >= 0, got Infinity"],
    [options({ warmupLrInit: -1e-9 }), "warmupLrInit must be a finite number >= 0, got -1e-9"],
    [options({ warmupPrefix: 1 }), "warmupPrefix must be true or false, got 1"],
    [options({ tInEpochs: "yes" }), 'tInEpochs must be true or false, got "yes"'],
    [options({ initialize: null }), "initialize must be true or false, got null"],
    [options({ paramGroupField: "" }), 'paramGroupField must be the name of a numeric field, got ""'],
    [options({ noiseType: "gauss" }), 'noiseType must be "normal" or "uniform", got "gauss"'],
    [options({ noisePct: 0 }), "noisePct must be a finite number > 0, got 0"],
    [
      options({ noisePct: 0.001 }),
      'noisePct must be >= 0.0012533145 × noiseStd (= 0.0012533), got 0.001; only 0.08 % of draws would be accepted, use noiseType "uniform" or a smaller noiseStd',
    ],
    [options({ noiseStd: 0 }), "noiseStd must be a finite number > 0, got 0"],
    [options({ noiseRangeT: -1 }), "noiseRangeT must be a finite number >= 0, got -1"],
    [
      options({ noiseRangeT: [9, 3] }),
      "noiseRangeT must be a number, a pair [from, to] with from < to, or null, got [9, 3]",
    ],
    [
      options({ noiseRangeT: [] }),
      "noiseRangeT must be a number, a pair [from, to] with from < to, or null, got []",
    ],
    [options({ noiseRangeT: [1, Number.NaN] }), "noiseRangeT[1] must be a finite number >= 0, got NaN"],
    [
      options({ noiseSeed: 0.5 }),
      "noiseSeed must be a safe integer, or a bigint from -2^63 to 2^64 - 1, got 0.5",
    ],
    [
      options({ noiseSeed: 2n ** 64n }),
      "noiseSeed must be a safe integer, or a bigint from -2^63 to 2^64 - 1, got 18446744073709551616n",
    ],
    [{ decay_t: 5 }, `option must be one of ${known}, got "decay_t"; did you mean "decayT"?`],
    [options({ decayrat: 5 }), `option must be one of ${known}, got "decayrat"; did you mean "decayRate"?`],
    [options({ zzz: 5 }), `option must be one of ${known}, got "zzz"`],
    [null, "options must be an object, got null"],
    [[5], "options must be an object, got [5]"],
  ])("%o", (given, message) => {
    expect(() => build(given as object)).toThrow(`StepLRScheduler: ${message}`);
    expect(errorOf(() => build(given as object)).message).toBe(`StepLRScheduler: ${message}`);
  });

  test.each([
    [[{ lr: Number.NaN }], RangeError, "paramGroups[0].lr must be a finite number >= 0, got NaN"],
    [[{ lr: 1 }, { lr: -1 }], RangeError, "paramGroups[1].lr must be a finite number >= 0, got -1"],
    [[{}], TypeError, "paramGroups[0].lr must be a finite number >= 0, got undefined"],
    [
      [{ lr: 1, initialLr: "1" }],
      TypeError,
      'paramGroups[0].initialLr must be a finite number >= 0, got "1"',
    ],
    [[{ lr: 1, lrScale: -2 }], RangeError, "paramGroups[0].lrScale must be a finite number >= 0, got -2"],
    [[], RangeError, "paramGroups must be a list of at least one parameter group, got []"],
    [[null], TypeError, "paramGroups[0] must be an object, got null"],
  ])("groups %j", (groups, kind, message) => {
    const error = errorOf(() => build({ decayT: 5 }, groups as object[]));
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toBe(`StepLRScheduler: ${message}`);
  });

  test("a group without initialLr when initialize is false, and changes no group", () => {
    const groups = [{ lr: 1e-4, initialLr: 0.1 }, { lr: 1e-4 }];
    const error = errorOf(() => build({ decayT: 5, initialize: false }, groups));
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toBe(
      "StepLRScheduler: paramGroups[1].initialLr must be a finite number when initialize is false, got undefined; set it, or leave initialize true",
    );
    expect(groups).toEqual([{ lr: 1e-4, initialLr: 0.1 }, { lr: 1e-4 }]);
  });
});

describe("refuses at a call", () => {
  test.each([
    [-1, RangeError, "t must be >= 0, got -1; pass epoch + 1 at the end of an epoch"],
    [Number.NaN, RangeError, "t must be >= 0, got NaN; pass epoch + 1 at the end of an epoch"],
    [Infinity, RangeError, "t must be finite, got Infinity; pass epoch + 1 at the end of an epoch"],
    ["3", TypeError, 't must be a number >= 0, got "3"; pass epoch + 1 at the end of an epoch'],
  ])("t %j, whatever the unit", (t, kind, message) => {
    for (const tInEpochs of [true, false]) {
      const error = errorOf(() => build({ decayT: 5, tInEpochs }).step(t as number));
      expect(error).toBeInstanceOf(kind);
      expect(error.message).toBe(`StepLRScheduler: ${message}`);
    }
  });

  test("a fractional t where noise applies, and only there", () => {
    const scheduler = build({ decayT: 5, noiseRangeT: 2 });
    scheduler.step(1.5);
    expect(errorOf(() => scheduler.step(2.5)).message).toBe(
      "StepLRScheduler: t must be an integer where noise applies, got 2.5; pass whole epochs or updates, or keep noiseRangeT away from this t",
    );
  });

  test("a seed that leaves 64 bits", () => {
    const scheduler = build({ decayT: 5, noiseRangeT: 0, noiseSeed: 2n ** 64n - 2n });
    scheduler.step(1);
    expect(errorOf(() => scheduler.step(2)).message).toBe(
      "StepLRScheduler: noiseSeed must be such that noiseSeed + t (t = 2) lies from -2^63 to 2^64 - 1, got 18446744073709551614n; choose a smaller one",
    );
  });

  test("a factor that overflows", () => {
    const scheduler = build({ decayT: 1, decayRate: 10 });
    scheduler.step(300);
    expect(errorOf(() => scheduler.step(400)).message).toBe(
      "StepLRScheduler: decayRate must be such that every value stays finite, got 10",
    );
  });

  test("a metric that is no number", () => {
    const scheduler = build({ decayT: 1 });
    scheduler.step(1, Number.NaN);
    scheduler.step(1, null);
    const error = errorOf(() => scheduler.step(1, "0.5" as unknown as number));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe('StepLRScheduler: metric must be a number, null or undefined, got "0.5"');
  });

  test("groups that came, went or lost their field", () => {
    const optimizer: { paramGroups: { lr?: number }[] } = { paramGroups: [{ lr: 0.1 }, { lr: 0.2 }] };
    const scheduler = new StepLRScheduler(optimizer, { decayT: 5 });
    optimizer.paramGroups.push({ lr: 0.3 });
    expect(errorOf(() => scheduler.step(1)).message).toBe(
      "StepLRScheduler: paramGroups must be 2 groups as at construction, got 3; paramGroups[2] was added, call addGroups() to drive it",
    );
    optimizer.paramGroups.length = 1;
    expect(errorOf(() => scheduler.step(1)).message).toBe(
      "StepLRScheduler: paramGroups must be 2 groups as at construction, got 1; paramGroups[1] was removed, build a new scheduler",
    );
    optimizer.paramGroups.push({});
    expect(errorOf(() => scheduler.step(1)).message).toBe(
      "StepLRScheduler: paramGroups[1].lr must be a finite number, got undefined; build a new scheduler",
    );
  });

  test("pure functions too", () => {
    expect(errorOf(() => stepLr(-1, { decayT: 5 })).message).toBe(
      "stepLr: base must be a finite number >= 0, got -1",
    );
    expect(errorOf(() => stepLr(1, { decayT: 5 })(-1)).message).toBe(
      "stepLr: t must be >= 0, got -1; pass an epoch or a number of updates",
    );
  });
});

function errorOf(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("nothing was thrown");
}
