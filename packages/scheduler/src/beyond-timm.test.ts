import { describe, expect, test } from "vitest";
import {
  constantLr,
  cosineLr,
  exponentialLr,
  FunctionScheduler,
  inverseSqrtLr,
  joinSchedules,
  linearLr,
  multiStepLr,
  OneCycleLRScheduler,
  oneCycleLr,
  type Schedule,
  sample,
  stepLr,
  wsdLr,
} from "./index.ts";

/** Rounded, so that a formula's own rounding does not count. */
const at = (schedule: Schedule, ts: readonly number[]) => ts.map((t) => Number(schedule(t).toPrecision(12)));

describe("the schedules beyond timm", () => {
  test("constant is flat after its warm-up", () => {
    expect(at(constantLr(0.3, { warmupT: 3 }), [0, 1, 2, 3, 1000])).toEqual([0, 0.1, 0.2, 0.3, 0.3]);
    expect(constantLr(0.3)(0)).toBe(0.3);
  });

  test("linear holds lrMin after its end, and counts from the end of a prefixed warm-up", () => {
    expect(at(linearLr(1, { tInitial: 4, lrMin: 0.2 }), [0, 1, 2, 4, 5])).toEqual([1, 0.8, 0.6, 0.2, 0.2]);
    const prefixed = linearLr(1, { tInitial: 4, warmupT: 2, warmupPrefix: true });
    expect(at(prefixed, [0, 1, 2, 4, 6])).toEqual([0, 0.5, 1, 0.5, 0]);
  });

  test("exponential meets step decay at every decayT, and stops at lrMin", () => {
    const options = { decayRate: 0.5, decayT: 3 };
    const smooth = exponentialLr(1, options);
    const steps = stepLr(1, options);
    for (const t of [0, 3, 6, 30]) expect(smooth(t)).toBe(steps(t));
    expect(exponentialLr(1, { decayRate: 0.5, lrMin: 0.1 })(9)).toBe(0.1);
  });

  test("one-cycle peaks exactly at pctStart and ends exactly at tInitial", () => {
    const options = { tInitial: 10, pctStart: 0.5, divFactor: 4, finalDivFactor: 5 };
    expect(at(oneCycleLr(2, options), [0, 2.5, 5, 7.5, 10, 99])).toEqual([0.5, 1.25, 2, 1.05, 0.1, 0.1]);
    const straight = oneCycleLr(2, { ...options, anneal: "linear" });
    expect(at(straight, [0, 1, 5, 6, 10])).toEqual([0.5, 0.8, 2, 1.62, 0.1]);
  });

  test("one-cycle starts its groups at the low value, and drives momentum the other way", () => {
    const group = { lr: 1, momentum: 0.85 };
    const optimizer = { paramGroups: [group] };
    const rate = new OneCycleLRScheduler(optimizer, { tInitial: 10 });
    const momentum = new OneCycleLRScheduler(optimizer, {
      ...{ tInitial: 10, divFactor: 0.85 / 0.95, finalDivFactor: 1 },
      paramGroupField: "momentum",
    });
    expect([group.lr, group.momentum].map(round)).toEqual([0.04, 0.95]);
    for (const scheduler of [rate, momentum]) scheduler.step(3);
    expect([group.lr, group.momentum].map(round)).toEqual([1, 0.85]);
  });

  test("wsd falls only at the end, in three shapes", () => {
    const options = { tInitial: 12, decayT: 4, lrMin: 0.2 };
    const ts = [0, 8, 9, 10, 12, 13];
    expect(at(wsdLr(1, options), ts)).toEqual([1, 1, 0.8, 0.6, 0.2, 0.2]);
    expect(at(wsdLr(1, { ...options, decayShape: "sqrt" }), ts)).toEqual([
      1, 1, 0.6, 0.434314575051, 0.2, 0.2,
    ]);
    expect(at(wsdLr(1, { ...options, decayShape: "cosine" }), ts)).toEqual([
      1, 1, 0.882842712475, 0.6, 0.2, 0.2,
    ]);
  });

  test("inverse square root meets base at the end of the warm-up, prefixed or not", () => {
    for (const warmupPrefix of [false, true]) {
      expect(at(inverseSqrtLr(1, { warmupT: 5, warmupPrefix }), [0, 5, 20, 45])).toEqual(
        [0, 1, 0.5, 1 / 3].map(round),
      );
    }
    expect(at(inverseSqrtLr(1, { timescaleT: 1 }), [0, 3, 8])).toEqual([1, 0.5, round(1 / 3)]);
  });

  test("a function gets t after the warm-up and each group's base", () => {
    const seen: [number, number][] = [];
    const schedule = (t: number, base: number) => {
      seen.push([t, base]);
      return base * 2;
    };
    const optimizer = { paramGroups: [{ lr: 1 }, { lr: 2 }] };
    const scheduler = new FunctionScheduler(optimizer, { schedule, warmupT: 2, warmupPrefix: true });
    expect(scheduler.valuesAt(1)).toEqual([0.5, 1]);
    expect(scheduler.valuesAt(7)).toEqual([2, 4]);
    expect(seen).toEqual([
      [5, 1],
      [5, 2],
    ]);
    expect(JSON.stringify(scheduler.stateDict())).not.toContain('schedule":');
  });
});

describe("multiStepLr", () => {
  test("counts equal milestones twice, and one t early unless torch's timing is asked for", () => {
    const options = { decayT: [2, 4, 4], decayRate: 0.5 };
    expect(at(multiStepLr(1, options), [0, 1, 2, 3, 4])).toEqual([1, 0.5, 0.5, 0.125, 0.125]);
    const torch = multiStepLr(1, { ...options, milestoneTiming: "torch" });
    expect(at(torch, [0, 1, 2, 3, 4])).toEqual([1, 1, 0.5, 0.5, 0.125]);
  });
});

describe("joinSchedules", () => {
  test("plays each part from its own start", () => {
    const lr = joinSchedules(
      [constantLr(1), linearLr(1, { tInitial: 4 }), cosineLr(8, { tInitial: 2 })],
      [3, 7],
    );
    expect(at(lr, [0, 2, 3, 5, 7, 8, 9])).toEqual([1, 1, 1, 0.5, 8, 4, 0]);
  });

  test("may skip a part of no length", () => {
    expect(joinSchedules([() => 1, () => 2, () => 3], [5, 5])(5)).toBe(3);
  });
});

describe("sample", () => {
  test("gives t = 0 … n - 1 as float64", () => {
    expect(sample((t) => t / 3, 4)).toEqual(Float64Array.of(0, 1 / 3, 2 / 3, 1));
    expect(sample((t) => t, 0)).toHaveLength(0);
  });
});

describe("refuse", () => {
  test.each<[() => unknown, new (message: string) => Error, string]>([
    [
      () => linearLr(1, { tInitial: -1 }),
      RangeError,
      "linearLr: tInitial must be a finite number > 0, got -1; pass the length of the decay",
    ],
    [
      () => exponentialLr(1, {} as never),
      TypeError,
      "exponentialLr: decayRate must be a finite number >= 0, got undefined; pass the factor per decayT",
    ],
    [
      () => exponentialLr(1, { decayRate: 9 })(1e4),
      RangeError,
      "exponentialLr: decayRate must be such that every value stays finite, got 9",
    ],
    [
      () => oneCycleLr(1, { tInitial: 9, pctStart: 1 }),
      RangeError,
      "oneCycleLr: pctStart must be a finite number > 0 and < 1, got 1",
    ],
    [
      () => oneCycleLr(1, { tInitial: 9, divFactor: 5e-324 }),
      RangeError,
      "oneCycleLr: divFactor must be such that every value stays finite, got 5e-324",
    ],
    [
      () => wsdLr(1, { tInitial: 9, decayT: 10 }),
      RangeError,
      "wsdLr: decayT must be <= tInitial (= 9), got 10",
    ],
    [
      () => wsdLr(1, { tInitial: 9, decayT: 9, decayShape: "cubic" as never }),
      RangeError,
      'wsdLr: decayShape must be "linear" or "cosine" or "sqrt", got "cubic"',
    ],
    [
      () => inverseSqrtLr(1, {}),
      RangeError,
      "inverseSqrtLr: timescaleT must be a finite number > 0 when there is no warm-up, got undefined; pass it or warmupT",
    ],
    [
      () => multiStepLr(1, { decayT: [3, 1] }),
      RangeError,
      "multiStepLr: decayT must be a list of ascending milestones, got [3, 1]; sort them",
    ],
    [
      () => multiStepLr(1, { decayT: [-1] }),
      RangeError,
      "multiStepLr: decayT[0] must be a finite number >= 0, got -1",
    ],
    [
      () => multiStepLr(1, { decayT: 5 as never }),
      TypeError,
      "multiStepLr: decayT must be a list of ascending milestones, got 5",
    ],
    [
      () => joinSchedules([() => 1], [1]),
      RangeError,
      "joinSchedules: milestones must be one fewer than the 1 schedules, got [1]",
    ],
    [
      () => joinSchedules([() => 1, () => 2, () => 3], [2, 1]),
      RangeError,
      "joinSchedules: milestones must be a list of ascending milestones, got [2, 1]; sort them",
    ],
    [
      () => joinSchedules([1 as never], []),
      TypeError,
      "joinSchedules: schedules must be a list of functions of t, got [1]",
    ],
    [
      () => joinSchedules([], []),
      RangeError,
      "joinSchedules: milestones must be one fewer than the 0 schedules, got []",
    ],
    [
      () => joinSchedules([() => 1], [])(-1),
      RangeError,
      "joinSchedules: t must be >= 0, got -1; pass an epoch or a number of updates",
    ],
    [() => sample(() => 1, -1), RangeError, "sample: n must be an integer >= 0 and < 4294967296, got -1"],
    [() => sample(1 as never, 1), TypeError, "sample: schedule must be a function of t, got 1"],
  ])("%s", (call, kind, message) => {
    expect(call).toThrow(new kind(message));
    expect(call).toThrow(kind);
  });

  test("a function's result that is no finite number", () => {
    const optimizer = { paramGroups: [{ lr: 1 }] };
    const schedule = (t: number) => (t > 0 ? Number.NaN : 1);
    const scheduler = new FunctionScheduler(optimizer, { schedule });
    expect(() => scheduler.step(1)).toThrow(
      new RangeError("FunctionScheduler: schedule(t, base) must be a finite number >= 0, got NaN"),
    );
    expect(() => new FunctionScheduler(optimizer, { schedule: 3 as never })).toThrow(
      new TypeError("FunctionScheduler: schedule must be a function (t, base) => number, got 3"),
    );
  });
});

function round(value: number): number {
  return Number(value.toPrecision(12));
}
