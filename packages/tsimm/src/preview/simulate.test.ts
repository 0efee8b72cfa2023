import { createScheduler } from "@tsimm/scheduler";
import { describe, expect, test } from "vitest";
import type { TrainArguments } from "../recipe/arguments.ts";
import { resolveArguments } from "../recipe/resolve-arguments.ts";
import { simulateRun } from "../recipe/simulate-run.ts";
import { UsageError } from "../usage-error.ts";
import { scheduleEvents } from "./events.ts";
import { everyRate, perUpdate, type SimulationOptions } from "./simulate.ts";

const simulate = (given: Partial<TrainArguments>, updatesPerEpoch: number | null = null) =>
  simulateRun(resolveArguments({ lr: 0.1 }, given), updatesPerEpoch);

describe("simulateSchedule", () => {
  test("has the rate of every epoch of the run, warm-up first", () => {
    const { rates, args, ...rest } = simulate({
      sched: "step",
      epochs: 8,
      decayEpochs: 3,
      warmupEpochs: 2,
      decayRate: 0.5,
    });
    expect([...rates]).toEqual([1e-5, 0.05000500000000001, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025]);
    expect(args).toMatchObject({ decayEpochs: 3, batchSize: 128 });
    expect(rest).toEqual({
      sched: "step",
      unit: "epoch",
      lr: 0.1,
      numEpochs: 8,
      length: 8,
      times: [0, 1, 2, 3, 4, 5, 6, 7],
      warmupT: 2,
      cycleStarts: [],
      minLr: 0,
      steadyRates: rates,
    });
  });

  test("derives the rate from the batch size as training does", () => {
    const derived = (given: Partial<TrainArguments>) =>
      simulateRun(resolveArguments({ batchSize: 64, sched: "constant" }, given), null).lr;
    expect(derived({})).toBe(0.025);
    expect(derived({ opt: "adamw" })).toBe(0.05);
    expect(derived({ lr: 0.3 })).toBe(0.3);
  });

  test("counts updates where training does", () => {
    const args = { sched: "cosine" as const, schedOnUpdates: true, epochs: 4, warmupEpochs: 1 };
    const { rates, unit, warmupT, numEpochs } = simulate(args, 5);
    expect({ unit, warmupT, numEpochs, length: rates.length }).toEqual({
      unit: "update",
      warmupT: 5,
      numEpochs: 4,
      length: 20,
    });
    const group = { lr: 0.1 };
    const { scheduler } = createScheduler(
      resolveArguments(args),
      { paramGroups: [group] },
      { updatesPerEpoch: 5 },
    );
    for (let t = 1; t < 20; t++) {
      scheduler.stepUpdate(t);
      expect(rates[t]).toBe(group.lr);
    }
  });

  test("a warm-up prefix and cooldown lengthen the run; cycles start after the prefix", () => {
    const args = {
      epochs: 10,
      warmupEpochs: 2,
      warmupPrefix: true,
      cooldownEpochs: 3,
      lrCycleLimit: 3,
      lrCycleMul: 2,
    };
    const { numEpochs, cycleStarts, rates } = simulate(args);
    expect({ numEpochs, cycleStarts }).toEqual({ numEpochs: 75, cycleStarts: [12, 32] });
    expect([rates[12], rates[32]]).toEqual([0.05, 0.025]);
  });

  test("cycles that start between two epochs show at the next one", () => {
    const { cycleStarts, rates } = simulate({
      epochs: 10,
      lrCycleLimit: 3,
      lrCycleMul: 1.25,
      warmupEpochs: 0,
    });
    expect(cycleStarts).toEqual([10, 23]);
    expect(Number(rates[23])).toBeGreaterThan(Number(rates[22]));
    expect(simulate({ epochs: 10, lrCycleLimit: 3, lrCycleMul: 1.1 }).cycleStarts).toEqual([10, 21]);
  });

  test("keeps the rates without noise apart", () => {
    const noisy = simulate({ sched: "constant", epochs: 4, warmupEpochs: 0, lrNoise: [0.5, 0.75] });
    expect([...noisy.steadyRates]).toEqual([0.1, 0.1, 0.1, 0.1]);
    expect([...noisy.rates].map((rate) => rate === 0.1)).toEqual([true, true, false, true]);
  });

  test("plateau decays as fast as it can", () => {
    const { rates } = simulate({ sched: "plateau", epochs: 8, warmupEpochs: 1, patienceEpochs: 1 });
    expect([...rates].map((rate) => Number(rate.toPrecision(3)))).toEqual([
      1e-5, 0.1, 0.1, 0.1, 0.01, 0.01, 0.001, 0.001,
    ]);
  });

  test.each([
    [{ sched: "stpe" }, /^schedule: --sched must be one of .*, got "stpe"; did you mean "step"\?$/],
    [
      { sched: "wsd", epochs: 10, decayEpochs: 20 },
      /^schedule: --decay-epochs must be <= --epochs \(= 10\), got 20$/,
    ],
    [
      { schedOnUpdates: true },
      /^schedule: --updates-per-epoch must be given with --sched-on-updates, got none; pass the number of batches/,
    ],
  ])("refuses %j", (given, message) => {
    const refused = () => simulate(given as Partial<TrainArguments>);
    expect(refused).toThrow(UsageError);
    expect(refused).toThrow(message);
  });
});

test("a schedule per epoch holds each rate for all updates of its epoch", () => {
  const schedule = simulate({ sched: "step", epochs: 3, decayEpochs: 2, decayRate: 0.5, warmupEpochs: 1 });
  const inUpdates = perUpdate(schedule, 2);
  expect(inUpdates).toMatchObject({ unit: "update", warmupT: 2, numEpochs: 3, length: 6, times: [0, 2, 4] });
  expect([...everyRate(inUpdates)]).toEqual([1e-5, 1e-5, 0.1, 0.1, 0.05, 0.05]);
  const updates = simulate({ schedOnUpdates: true, epochs: 3 }, 4);
  expect(perUpdate(updates, 4)).toBe(updates);
});

describe("a run of twelve million updates", () => {
  const imagenet = { schedOnUpdates: true, epochs: 300, warmupEpochs: 5 };
  const UPDATES = 40_036;

  test("is sampled, with the rates of training at the t taken", () => {
    const { times, rates, steadyRates, length } = simulate({ ...imagenet, lrNoise: [0.5, 0.6] }, UPDATES);
    expect(length).toBe(300 * UPDATES);
    expect(times.length).toBeLessThan(20_000);
    const group = { lr: 0.1 };
    const args = resolveArguments(imagenet, { lrNoise: [0.5, 0.6] });
    const { scheduler } = createScheduler(args, { paramGroups: [group] }, { updatesPerEpoch: UPDATES });
    for (const i of [1, 100, 2222, 3000, times.length - 1]) {
      scheduler.stepUpdate(Number(times[i]));
      expect(rates[i]).toBe(group.lr);
    }
    const noisy = times.filter((_, i) => rates[i] !== steadyRates[i]);
    expect([noisy[0], Number(noisy.at(-1)) < 180 * UPDATES]).toEqual([150 * UPDATES, true]);
  });

  test.each<[Partial<TrainArguments>, number[]]>([
    [{ sched: "step", decayEpochs: 60 }, [60, 120, 180, 240].map((epoch) => epoch * UPDATES)],
    [{ sched: "multistep", decayMilestones: [100, 200] }, [100, 200].map((epoch) => epoch * UPDATES - 1)],
    [{ sched: "cosine", epochs: 100, lrCycleLimit: 3 }, [100, 200].map((epoch) => epoch * UPDATES)],
    [{ sched: "wsd", decayEpochs: 61 }, [239 * UPDATES]],
    [{ sched: "onecycle", warmupEpochs: 0 }, [90 * UPDATES]],
  ])("has the events of %j at the very update", (given, expected) => {
    const events = scheduleEvents(simulate({ ...imagenet, ...given }, UPDATES));
    const named = events.filter(({ what }) => /rate ×|restarts|decay begins|peak/.test(what));
    expect(named.map(({ t }) => t)).toEqual(expected);
  });

  test("is refused where every rate is asked for, or plateau would have to be followed", () => {
    const args = resolveArguments({ lr: 0.1, ...imagenet });
    expect(() => simulateRun(args, UPDATES, { every: true })).toThrow(
      new UsageError(
        "schedule: a run must have at most 10000000 rates, got 12010800; lower --epochs or --updates-per-epoch, or write an .svg or .png file",
      ),
    );
    expect(() => simulate({ sched: "plateau", epochs: 1e9 })).toThrow(
      /at most 10000000 rates, got 1000000000/,
    );
    expect(() => simulate({ schedOnUpdates: true, epochs: 1e15 }, 1000)).toThrow(UsageError);
  });
});

describe("options of simulateSchedule", () => {
  const plateau = { sched: "plateau", epochs: 10, patienceEpochs: 1, warmupEpochs: 0 } as const;
  const rates = (given: Partial<TrainArguments>, options: SimulationOptions) => [
    ...simulateRun(resolveArguments({ lr: 0.1 }, given), null, options).rates,
  ];

  test("plateau follows a metric that is given, and its last value in later epochs", () => {
    const metrics = [1, 2, 2, 2, 3];
    const group = { lr: 0.1 };
    const { scheduler } = createScheduler(resolveArguments(plateau), { paramGroups: [group] });
    const stepped = Array.from({ length: 10 }, (_, epoch) => {
      const { lr } = group;
      scheduler.step(epoch + 1, metrics[epoch] ?? 3);
      return lr;
    });
    expect(rates(plateau, { metrics })).toEqual(stepped);
    expect(rates(plateau, { metrics: [] })).toEqual(rates(plateau, {}));
    expect(rates(plateau, { metrics: [7] })).toEqual(rates(plateau, {}));
    expect(stepped).not.toEqual(rates(plateau, {}));
  });

  test("a group's factor multiplies its rates", () => {
    const step = { sched: "step", epochs: 6, decayEpochs: 2, warmupEpochs: 1, lrNoise: [0.5] } as const;
    expect(rates(step, { lrScale: 0.3 })).toEqual(rates(step, {}).map((rate) => rate * 0.3));
  });

  test("a long run is looked at in as many places as a figure has columns, to the last bit", () => {
    const long = {
      lr: 0.1,
      sched: "cosine",
      epochs: 1000,
      schedOnUpdates: true,
      warmupPrefix: true,
    } as const;
    const args = resolveArguments(long, { lrNoise: [0.4, 0.6] });
    const { times, rates, steadyRates, length } = simulateRun(args, 1000, { columns: 300, lrScale: 0.5 });
    expect(length).toBe(1_005_000);
    expect(times.length).toBeLessThan(500);
    const group = { lr: 0.1, lrScale: 0.5 };
    const { scheduler } = createScheduler(args, { paramGroups: [group] }, { updatesPerEpoch: 1000 });
    for (const [i, t] of times.entries()) {
      if (t > 0) scheduler.stepUpdate(t);
      expect(rates[i]).toBe(group.lr);
      const value = t > 0 ? Number(scheduler.valuesAt(t)[0]) * 0.5 : group.lr;
      expect(steadyRates[i]).toBe(value);
    }
  });
});
