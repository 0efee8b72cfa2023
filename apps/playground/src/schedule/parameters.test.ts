import { defineSchedule, listSchedules, number, registerSchedule, schedulerNames } from "@tsimm/scheduler";
import { describe, expect, test } from "vitest";
import { calculateCurve } from "./calculate-curve.ts";
import { changeArgument } from "./change-settings.ts";
import { defaultSettings } from "./default-settings.ts";
import type { Parameter } from "./parameter.ts";
import { parametersOf } from "./parameters.ts";

const names = (sched: string) => parametersOf(sched).map(({ name }) => name);
const named = (sched: string, name: string, args = {}): Parameter | undefined =>
  parametersOf(sched, args).find((parameter) => parameter.name === name);

const builtIn = schedulerNames();

describe("parametersOf", () => {
  const noise = ["lrNoise", "lrNoisePct", "lrNoiseStd", "seed"];
  const warmup = ["warmupEpochs", "warmupLr", "warmupPrefix"];
  const cycles = ["lrCycleLimit", "lrCycleMul", "lrCycleDecay", "cooldownEpochs"];
  const run = ["epochs", "lr", "schedOnUpdates"];
  test.each([
    ["constant", [...run, "cooldownEpochs", ...warmup, ...noise]],
    ["cosine", [...run, "minLr", "lrKDecay", ...warmup, ...cycles, ...noise]],
    ["exponential", [...run, "decayEpochs", "decayRate", "minLr", "cooldownEpochs", ...warmup, ...noise]],
    ["multistep", [...run, "decayMilestones", "decayRate", "milestoneTiming", ...warmup, ...noise]],
    [
      "onecycle",
      [
        ...[...run, "cooldownEpochs", "pctStart", "divFactor", "finalDivFactor", "anneal"],
        ...[...warmup, ...noise],
      ],
    ],
    [
      "plateau",
      [
        ...["epochs", "lr", "decayRate", "minLr", "cooldownEpochs", "patienceEpochs", "plateauThreshold"],
        ...["thresholdMode", "evalMetric", ...warmup, ...noise],
      ],
    ],
    ["poly", [...run, "minLr", "lrKDecay", "power", ...warmup, ...cycles, ...noise]],
    ["step", [...run, "decayEpochs", "decayRate", ...warmup, ...noise]],
    ["tanh", [...run, "minLr", "lb", "ub", ...warmup, ...cycles, ...noise]],
    ["wsd", [...run, "decayEpochs", "minLr", "cooldownEpochs", "decayShape", ...warmup, ...noise]],
  ])("of %s are those that change it", (sched, expected) => expect(names(sched)).toEqual(expected));

  test("names of timm's options are those of its classes", () => {
    const pairs = parametersOf("step").map(({ option, timmOption }) => [option, timmOption]);
    expect(pairs).toEqual([
      ...[
        [null, null],
        [null, null],
        ["tInEpochs", "t_in_epochs"],
      ],
      ...[
        ["decayT", "decay_t"],
        ["decayRate", "decay_rate"],
      ],
      ...[
        ["warmupT", "warmup_t"],
        ["warmupLrInit", "warmup_lr_init"],
        ["warmupPrefix", "warmup_prefix"],
      ],
      ...[
        ["noiseRangeT", "noise_range_t"],
        ["noisePct", "noise_pct"],
        ["noiseStd", "noise_std"],
      ],
      ["noiseSeed", "noise_seed"],
    ]);
    expect(named("multistep", "milestoneTiming")?.timmOption).toBe(null);
    expect(named("plateau", "evalMetric")).toMatchObject({ option: "mode", timmOption: "mode" });
  });

  test.each(builtIn)(
    "%s has help, a slider that holds the default, and a curve at both its ends",
    (sched) => {
      for (const { name, kind, help, range, default: usual, flag } of parametersOf(sched)) {
        expect(help, name).not.toBe("");
        expect(flag).toMatch(/^--[a-z-]+$/);
        if (kind !== "number" && kind !== "integer") continue;
        const { min, max, step, scale, zero } = range;
        expect(min).toBeLessThan(max);
        expect(step).toBeGreaterThan(0);
        if (scale === "log") expect(min).toBeGreaterThan(0);
        const least = zero ? 0 : min;
        expect(Number(usual), name).toBeGreaterThanOrEqual(least);
        expect(Number(usual), name).toBeLessThanOrEqual(max);
        for (const value of [least, max]) {
          const settings = { ...defaultSettings(sched), args: { [name]: value } };
          // The decay of invsqrt begins with its warm-up, and no decay is longer than its run.
          if (sched === "invsqrt" && name === "warmupEpochs" && value === 0) continue;
          expect(calculateCurve(settings, { updatesPerEpoch: 3 }).error, `${name} ${value}`).toBe(null);
        }
      }
    },
  );

  test("lengths end with the run, and a decay at the end lies within it", () => {
    expect(named("step", "warmupEpochs", { epochs: 40 })?.range.max).toBe(40);
    expect(named("wsd", "decayEpochs", { epochs: 40 })?.default).toBe(12);
    expect(
      calculateCurve({ ...defaultSettings("wsd"), args: { epochs: 40 } }, { updatesPerEpoch: 1 }).error,
    ).toBe(null);
  });

  test("a schedule that a program registers has the parameters that it reads, and its own", () => {
    const halving = defineSchedule<{ readonly halfLife: number; readonly floor: number }>({
      name: "halving",
      checks: { halfLife: number({ above: 0 }), floor: number({ atLeast: 0 }) },
      build:
        ({ halfLife, floor }) =>
        (base) =>
        (t) =>
          Math.max(floor, base * 0.5 ** (t / halfLife)),
      fromFlags: ({ minLr }) => ({ floor: minLr }),
      flags: {
        halfLife: {
          type: "float",
          default: 10,
          above: 0,
          inEpochs: true,
          help: "epochs in which the rate halves",
        },
      },
    });
    registerSchedule(halving);
    expect(listSchedules().at(-1)?.name).toBe("halving");
    expect(names("halving")).toEqual([...run, "minLr", "cooldownEpochs", "halfLife", ...warmup, ...noise]);
    expect(named("halving", "halfLife")).toEqual({
      ...{ name: "halfLife", option: "halfLife", timmOption: null, flag: "--half-life", group: "Schedule" },
      ...{
        kind: "number",
        help: "epochs in which the rate halves",
        default: 10,
        choices: [],
        unit: "epochs",
      },
      range: { min: 1, max: 300, step: 1, scale: "linear", zero: false },
    });
    const settings = changeArgument(
      changeArgument(defaultSettings("halving"), "halfLife", 2),
      "warmupEpochs",
      0,
    );
    const { curve } = calculateCurve(settings, { updatesPerEpoch: 1 });
    expect(curve?.ratesAt(4)).toEqual([0.025]);
  });

  test("refuses a name that no schedule has", () => {
    expect(() => parametersOf("stpe")).toThrow('got "stpe"; did you mean "step"?');
  });
});

test("changeArgument leaves defaults out", () => {
  const changed = changeArgument(defaultSettings("step"), "epochs", 90);
  expect(changed.args).toEqual({ epochs: 90 });
  expect(changeArgument(changed, "epochs", 300).args).toEqual({});
  expect(changeArgument(changed, "lrNoise", null).args).toEqual({ epochs: 90 });
});
