import { describe, expect, test } from "vitest";
import { PlateauLRScheduler, type PlateauOptions, plateauStep } from "./index.ts";

const build = (options: object, lr = 1) => {
  const optimizer = { paramGroups: [{ lr }] };
  return { optimizer, scheduler: new PlateauLRScheduler(optimizer, options) };
};

const drive = (options: object, metrics: readonly (number | null)[], lr = 1) => {
  const { optimizer, scheduler } = build(options, lr);
  return metrics.map((metric, i) => {
    scheduler.step(i + 1, metric);
    return optimizer.paramGroups[0]?.lr;
  });
};

describe("PlateauLRScheduler", () => {
  test("leaves the rate alone at epoch 0 without warm-up", () => {
    const { optimizer, scheduler } = build({ noiseRangeT: 0 });
    scheduler.step(0, 1);
    expect(optimizer.paramGroups).toEqual([{ lr: 1, initialLr: 1 }]);
    expect(scheduler.stateDict().t).toBeNull();
  });

  test("ignores updates and has no function of t", () => {
    const { optimizer, scheduler } = build({ patienceT: 0 });
    for (let n = 1; n < 5; n++) scheduler.stepUpdate(n, 0.1);
    expect(optimizer.paramGroups[0]?.lr).toBe(1);
    expect([scheduler.getEpochValues(3), scheduler.getUpdateValues(3)]).toEqual([null, null]);
    expect(() => scheduler.valuesAt(3)).toThrow(
      new TypeError(
        "PlateauLRScheduler: valuesAt must be asked of a function of t, got 3; read the groups: the values follow a metric",
      ),
    );
  });

  test("an absolute threshold judges negative metrics rightly, a relative one does not", () => {
    const metrics = [-10, -9.9995, -9.999, -9.9985, -9.998];
    const options = { patienceT: 0, decayRate: 0.5, threshold: 1e-4 };
    expect(drive({ ...options, thresholdMode: "abs" }, metrics)).toEqual([1, 1, 1, 1, 1]);
    expect(drive({ ...options, thresholdMode: "abs", mode: "min" }, metrics)).toEqual([
      1, 0.5, 0.25, 0.125, 0.0625,
    ]);
    expect(drive(options, [-10, -10, -10])).toEqual([1, 1, 1]);
  });

  test("a drop no greater than eps is not made, and lrMin is the end", () => {
    const stalled = [1, 1, 1, 1];
    expect(drive({ patienceT: 0, decayRate: 0.5, eps: 0.3 }, stalled)).toEqual([1, 0.5, 0.5, 0.5]);
    expect(drive({ patienceT: 0, decayRate: 0.5, lrMin: 0.3 }, stalled)).toEqual([1, 0.5, 0.3, 0.3]);
    expect(drive({ patienceT: 0, lrMin: 3 }, stalled)).toEqual([1, 1, 1, 1]);
  });

  test("draws no noise during warm-up", () => {
    const { optimizer, scheduler } = build({ warmupT: 2, noiseRangeT: 0 });
    scheduler.step(1, 1);
    expect([scheduler.noiseAt(2), optimizer.paramGroups[0]?.lr]).toEqual([null, 0.5]);
    expect(scheduler.noiseAt(3)).not.toBeNull();
  });

  test("a rate of 0 takes the new base when the base is kept out of a state", () => {
    const state = build({}, 0).scheduler.stateDict();
    const { optimizer, scheduler } = build({}, 0.25);
    scheduler.loadStateDict(state, { keepBase: true });
    expect(optimizer.paramGroups[0]?.lr).toBe(0.25);
  });

  test.each([
    [{ decayRate: 1 }, "decayRate must be a finite number >= 0 and < 1, got 1"],
    [{ mode: "avg" }, 'mode must be "max" or "min", got "avg"'],
    [{ patienceT: 0.5 }, "patienceT must be an integer >= 0, got 0.5"],
    [{ threshold: 1 }, 'threshold must be < 1 when thresholdMode is "rel", got 1'],
    [{ tInEpochs: false }, "tInEpochs must be true, got false; the metric is known once an epoch"],
  ])("refuses %j", (options, message) => {
    expect(() => build(options)).toThrow(new RangeError(`PlateauLRScheduler: ${message}`));
  });

  test("refuses an option that it does not have, and a state without its memory", () => {
    expect(() => build({ warmupPrefix: true })).toThrow(/^PlateauLRScheduler: option must be one of/);
    const { scheduler } = build({});
    const { plateau: _, ...state } = scheduler.stateDict();
    expect(() => scheduler.loadStateDict(state)).toThrow(
      new RangeError("PlateauLRScheduler: state.plateau must be what stateDict() returned, got undefined"),
    );
  });
});

describe("plateauStep", () => {
  test("goes the way of the class, and leaves its state as it was", () => {
    const options: PlateauOptions = { patienceT: 1, cooldownT: 2, decayRate: 0.5 };
    const metrics = [0.5, 0.6, null, 0.6, Number.NaN, 0.1, 0.7, 0.7, 0.7, 0.7, 0.7];
    const start = Object.freeze({ values: Object.freeze([1]) });
    let state = plateauStep(start, undefined, options);
    const values = metrics.map((metric) => {
      state = plateauStep(Object.freeze(state), metric, options);
      return state.values[0];
    });
    expect(values).toEqual(drive(options, metrics));
    expect(state.lastEpoch).toBe(10);
  });

  test("refuses a metric that is no number", () => {
    expect(() => plateauStep({ values: [1] }, "0.5" as never)).toThrow(
      new TypeError('plateauStep: metric must be a number, null or undefined, got "0.5"'),
    );
  });
});
