import { CosineLRScheduler, PlateauLRScheduler, StepLRScheduler, schedulerNames } from "@tsimm/scheduler";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { calculateCurve } from "./calculate-curve.ts";
import type { Curve } from "./curve.ts";
import { curveLabels } from "./curve-labels.ts";
import { defaultSettings } from "./default-settings.ts";
import { noiseShares } from "./noise-share.ts";
import { parametersOf } from "./parameters.ts";
import { perUpdateCurve } from "./per-update-curve.ts";
import type { CurveSettings, SettingValue } from "./settings.ts";

type Changes = Partial<Omit<CurveSettings, "sched">>;

function settingsOf(
  sched: string,
  args: Readonly<Record<string, SettingValue>>,
  more: Changes = {},
): CurveSettings {
  return { ...defaultSettings(sched), args, ...more };
}

function curveOf(settings: CurveSettings, updatesPerEpoch = 10): Curve {
  const { curve, error } = calculateCurve(settings, { updatesPerEpoch });
  if (error !== null) throw new Error(error.text);
  return curve;
}

describe("calculateCurve", () => {
  test("has the rates of timm's class in every group", () => {
    const args = { epochs: 40, decayEpochs: 10, decayRate: 0.5, warmupEpochs: 3, lrNoise: [10, 30] };
    const curve = curveOf(settingsOf("step", args, { groups: [{ lrScale: 0.1 }] }));
    const optimizer = { paramGroups: [{ lr: 0.1 }, { lr: 0.1, lrScale: 0.1 }] };
    const scheduler = new StepLRScheduler(optimizer, {
      ...{ decayT: 10, decayRate: 0.5, warmupT: 3, warmupLrInit: 1e-5, noiseRangeT: [10, 30] },
    });
    const rates = Array.from({ length: 40 }, (_, epoch) => {
      const now = optimizer.paramGroups.map(({ lr }) => lr);
      scheduler.step(epoch + 1);
      return now;
    });
    expect(curve).toMatchObject({ label: "step", unit: "epoch", numEpochs: 40, length: 40 });
    expect(curve.times.map((_, i) => curve.rates.map((ofGroup) => ofGroup[i]))).toEqual(rates);
    expect(rates.map((_, t) => curve.ratesAt(t))).toEqual(rates);
    expect([-1, 40, 0.5].map((t) => curve.ratesAt(t))).toEqual([
      [Number.NaN, Number.NaN],
      ...Array(2).fill([Number.NaN, Number.NaN]),
    ]);
    expect(curve.events.map(({ t, what }) => [t, what])).toEqual([
      [0, "warm-up begins"],
      [3, "warm-up ends"],
      [10, "rate × 0.5, noise begins"],
      [20, "rate × 0.5"],
      [30, "rate × 0.5, noise ends"],
      [39, "last epoch"],
    ]);
  });

  test("is exact between the rates that are drawn of a million", () => {
    const args = {
      epochs: 100,
      lrCycleLimit: 10,
      lrCycleDecay: 0.7,
      schedOnUpdates: true,
      lrNoise: [300, 700],
    };
    const curve = curveOf(settingsOf("cosine", args, { groups: [{ lrScale: 0.3 }] }), 1000);
    expect([curve.length, curve.unit, curve.numEpochs]).toEqual([1_000_000, "update", 1000]);
    expect(curve.times.length).toBeLessThan(6000);
    const optimizer = { paramGroups: [{ lr: 0.1 }, { lr: 0.1, lrScale: 0.3 }] };
    const scheduler = new CosineLRScheduler(optimizer, {
      ...{ tInitial: 100_000, cycleLimit: 10, cycleDecay: 0.7, warmupT: 5000, warmupLrInit: 1e-5 },
      ...{ noiseRangeT: [300_000, 700_000], tInEpochs: false },
    });
    for (const t of [299_999, 300_000, 123_457, 1, 699_999, 700_000, 999_999, 4999]) {
      scheduler.stepUpdate(t);
      expect(curve.ratesAt(t)).toEqual(optimizer.paramGroups.map(({ lr }) => lr));
    }
    expect(curve.ratesAt(0)).toEqual([1e-5, 0.3 * 1e-5]);
    for (const [i, t] of curve.times.entries()) {
      if (i % 100 === 0) expect(curve.ratesAt(t)).toEqual(curve.rates.map((ofGroup) => ofGroup[i]));
    }
  });

  test("draws every drop of a million updates where it is", () => {
    const curve = curveOf(
      settingsOf("step", { epochs: 1000, decayEpochs: 90.5, schedOnUpdates: true }),
      1000,
    );
    const drops = curve.events.filter(({ what }) => what.startsWith("rate"));
    expect(drops.map(({ t }) => t)).toEqual(Array.from({ length: 11 }, (_, i) => 90_500 * (i + 1)));
  });

  test("plateau follows the metric, whose last value holds", () => {
    const metric = [50, 60, 60, 60, 70, 70];
    const settings = settingsOf(
      "plateau",
      { epochs: 12, patienceEpochs: 1, warmupEpochs: 0, minLr: 0.0005 },
      { metric },
    );
    const curve = curveOf({ ...settings, groups: [{ lrScale: 0.5 }] });
    const optimizer = { paramGroups: [{ lr: 0.1 }, { lr: 0.1, lrScale: 0.5 }] };
    const scheduler = new PlateauLRScheduler(optimizer, { patienceT: 1, lrMin: 0.0005 });
    const rates = Array.from({ length: 12 }, (_, epoch) => {
      const now = optimizer.paramGroups.map(({ lr }) => lr);
      scheduler.step(epoch + 1, metric[epoch] ?? 70);
      return now;
    });
    expect(rates.map((_, t) => curve.ratesAt(t))).toEqual(rates);
    // Not the first rate times 0.5: the minimum is the same for all groups.
    expect(rates.at(-1)).toEqual([0.0005, 0.0005000000000000001]);
    expect(curve.events.map(({ t, what }) => [t, what]).slice(1, 3)).toEqual([
      [4, "rate × 0.1"],
      [7, "rate × 0.1"],
    ]);
    const falling = curveOf({ ...settings, args: { ...settings.args, evalMetric: "loss" } });
    expect(falling.ratesAt(3)).not.toEqual(curve.ratesAt(3).slice(0, 1));
  });

  test.each([
    ["step", { epochs: 4 }, "warmupEpochs", /^the warm-up \(5 epochs\) is longer than the run \(4\)/],
    ["step", { warmupEpochs: 100, decayEpochs: 50 }, "warmupPrefix", /^the rate decays during the warm-up/],
    ["step", { decayRate: 1 }, "decayRate", /^--decay-rate 1 leaves the rate/],
    ["step", { decayEpochs: 400 }, "decayEpochs", /^step never lowers the rate/],
    ["multistep", { decayMilestones: [400] }, "decayMilestones", /^multistep never lowers/],
    ["plateau", { epochs: 8 }, "patienceEpochs", /^plateau never lowers/],
    ["linear", { warmupEpochs: 100 }, "warmupPrefix", /^the rate jumps after the warm-up/],
    ["cosine", { minLr: 0.2 }, "minLr", /^--min-lr 0.2 is above the rate/],
    ["cosine", { warmupLr: 0.2 }, "warmupLr", /^--warmup-lr 0.2 is above the rate/],
    ["cosine", { lrCycleLimit: 0 }, "lrCycleLimit", /^--lr-cycle-limit 0 leaves/],
    ["cosine", { lrNoise: [900, 1000] }, "lrNoise", /never acts/],
  ])("%s %j warns beside %s", (sched, args, parameter, text) => {
    const { warnings } = curveOf(settingsOf(sched, args));
    expect(warnings.filter((warning) => text.test(warning.text)).map((warning) => warning.parameter)).toEqual(
      [parameter],
    );
  });

  test.each([
    [
      "stpe",
      {},
      null,
      'name must be one of constant, cosine, exponential, invsqrt, linear, multistep, onecycle, plateau, poly, step, tanh, wsd, got "stpe"; did you mean "step"?',
    ],
    ["step", { decayEpochs: 0 }, "decayEpochs", "--decay-epochs must be a number > 0, got 0"],
    ["step", { epochs: 2.5 }, "epochs", "--epochs must be an integer >= 1, got 2.5"],
    ["step", { lr: -1 }, "lr", "--lr must be a number >= 0, got -1"],
    ["step", { lr: Number.NaN }, "lr", "--lr must be a number >= 0, got NaN"],
    ["step", { lrNoise: [30, 10] }, "lrNoise", /^--lr-noise must be/],
    [
      "step",
      { lrNoise: [10], lrNoisePct: 3 },
      "lrNoisePct",
      /^--lr-noise-pct must be such that no learning rate is below 0, got 3: epoch \d+ would have -0\.\d+; pass 1 or less/,
    ],
    ["multistep", { decayMilestones: [9, 3] }, "decayMilestones", /^--decay-milestones must/],
    [
      "wsd",
      { epochs: 10, decayEpochs: 20 },
      "decayEpochs",
      "--decay-epochs must be <= --epochs (= 10), got 20",
    ],
    ["invsqrt", { warmupEpochs: 0 }, "warmupEpochs", /^--warmup-epochs must be an integer > 0 for invsqrt/],
    [
      "plateau",
      { epochs: 1e9 },
      "epochs",
      "--epochs must be <= 100000 for plateau, got 1000000000; each epoch follows from the last",
    ],
  ])("%s %j is refused beside %s", (sched, args, parameter, text) => {
    const { curve, error } = calculateCurve(settingsOf(sched, args), { updatesPerEpoch: 10 });
    expect(curve).toBe(null);
    expect(error?.parameter).toBe(parameter);
    expect(error?.text).toMatch(text);
  });

  test("throws nothing, whatever the settings are", () => {
    const value = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.boolean(),
      fc.string(),
      fc.constant(null),
      fc.array(fc.double(), { maxLength: 3 }),
    );
    const name = fc.constantFrom(
      ...new Set(schedulerNames().flatMap((sched) => parametersOf(sched).map((parameter) => parameter.name))),
    );
    const settings = fc.record({
      sched: fc.oneof(fc.constantFrom(...schedulerNames()), fc.string()),
      args: fc.dictionary(name, value, { maxKeys: 5 }),
      groups: fc.array(fc.record({ lrScale: fc.double() }), { maxLength: 2 }),
      metric: fc.option(fc.array(fc.double(), { maxLength: 5 })),
    });
    fc.assert(
      fc.property(settings, (one) => {
        const { curve, error } = calculateCurve(one, { updatesPerEpoch: 3 });
        if (error !== null) expect(error.text).not.toMatch(/undefined|is not a function|Cannot read/);
        else expect(curve.ratesAt(curve.length - 1).every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

test("noiseShares begin and end at the same t, in few digits", () => {
  expect(noiseShares([10, 40], 90, 1)).toEqual([0.11, 0.44]);
  expect(noiseShares([0, 300], 300, 100)).toEqual([0, 1]);
  const epochs = fc.integer({ min: 1, max: 2000 });
  fc.assert(
    fc.property(
      epochs,
      fc.integer({ min: 1, max: 5000 }),
      fc.double({ min: 0, max: 3000, noNaN: true }),
      (run, perEpoch, from) => {
        const [share = Number.NaN] = noiseShares([from], run, perEpoch);
        expect(Math.ceil(share * (run * perEpoch))).toBe(Math.ceil(from * perEpoch));
      },
    ),
  );
});

test("perUpdateCurve holds each rate for the updates of its epoch", () => {
  const curve = curveOf(settingsOf("step", { epochs: 4, decayEpochs: 2, warmupEpochs: 0 }));
  const updates = perUpdateCurve(curve, 5);
  expect([updates.unit, updates.length, updates.times]).toEqual(["update", 20, [0, 5, 10, 15]]);
  expect([0, 9, 10, 19].map((t) => updates.ratesAt(t)[0])).toEqual([
    0.1, 0.1, 0.010000000000000002, 0.010000000000000002,
  ]);
  expect(updates.events.map(({ t }) => t)).toEqual([0, 10, 15]);
  expect(perUpdateCurve(updates, 5)).toBe(updates);
});

test("curveLabels tell namesakes apart", () => {
  const step = settingsOf("step", {});
  const faster = settingsOf("step", { decayRate: 0.5, warmupPrefix: true });
  expect(curveLabels([step, settingsOf("cosine", {})])).toEqual(["step", "cosine"]);
  expect(curveLabels([step, faster])).toEqual([
    "step:decay-rate=0.1,no-warmup-prefix",
    "step:decay-rate=0.5,warmup-prefix",
  ]);
  expect(curveLabels([step, { ...step, groups: [{ lrScale: 0.1 }] }])).toEqual([
    "step:groups=none",
    "step:groups=0.1",
  ]);
  expect(curveLabels([step, step])).toEqual(["step 1", "step 2"]);
  expect(curveLabels([settingsOf("nope", {}), settingsOf("nope", {})])).toEqual(["nope 1", "nope 2"]);
});
