import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { everyScheduler, functionsOfT, type SchedulerCase } from "./every-scheduler.fixture.ts";
import type { ParamGroup } from "./param-groups.ts";
import type { SchedulerState } from "./state.ts";

const metricAt = (call: number): number | null =>
  [0.5, 0.6, null, 0.55, Number.NaN, 0.6, 0.59][call % 7] ?? null;

const rates = (optimizer: { paramGroups: ParamGroup[] }) => optimizer.paramGroups.map(({ lr }) => lr);

const arbitraryOptions = fc.record({
  warmupT: fc.constantFrom(0, 2, 3.5),
  warmupLrInit: fc.constantFrom(0, 0.01, 3),
  warmupPrefix: fc.boolean(),
  noiseRangeT: fc.constantFrom(null, 0, 5, [3, 8]),
  noiseType: fc.constantFrom("normal", "uniform"),
  noisePct: fc.constantFrom(0.1, 0.67),
  noiseSeed: fc.oneof(fc.maxSafeInteger(), fc.bigInt(-(2n ** 62n), 2n ** 63n)),
});

const arbitraryGroups = fc.array(
  fc.oneof(
    fc.record({ lr: fc.double({ min: 0, max: 10, noNaN: true }) }),
    fc.record({
      lr: fc.double({ min: 0, max: 10, noNaN: true }),
      lrScale: fc.double({ min: 0, max: 2, noNaN: true }),
    }),
  ),
  { minLength: 1, maxLength: 3 },
);

const copy = (groups: readonly object[]): { paramGroups: ParamGroup[] } => ({
  paramGroups: groups.map((group) => ({ ...group })),
});

/** What a class takes: plateau has no prefix. */
function optionsFor({ takesPrefix, options }: SchedulerCase, over: object): object {
  const { warmupPrefix, ...rest } = { ...options, ...over } as { warmupPrefix?: boolean };
  return takesPrefix && warmupPrefix !== undefined ? { ...rest, warmupPrefix } : rest;
}

describe.each(everyScheduler)("$name", (scheduler) => {
  test("goes on after a resume at any call as if nothing had happened", () => {
    fc.assert(
      fc.property(
        arbitraryOptions,
        arbitraryGroups,
        fc.nat(12),
        fc.boolean(),
        (over, groups, stop, reversed) => {
          const options = optionsFor(scheduler, over);
          const ts = Array.from({ length: 12 }, (_, i) => (reversed ? 12 - i : i + 1));
          const whole = copy(groups);
          const uninterrupted = scheduler.create(whole, options);
          const expected = ts.map((t, i) => {
            uninterrupted.step(t, metricAt(i));
            return rates(whole);
          });

          const first = copy(groups);
          const before = scheduler.create(first, options);
          ts.slice(0, stop).forEach((t, i) => {
            before.step(t, metricAt(i));
          });
          const state: SchedulerState = JSON.parse(JSON.stringify(before.stateDict()));
          const second = copy(groups.map(({ lr: _, ...group }) => ({ ...group, lr: 77 })));
          const after = scheduler.create(second, options);
          after.loadStateDict(state);
          expect(rates(second)).toEqual(rates(first));
          expect(second.paramGroups.map(({ initialLr }) => initialLr)).toEqual(groups.map(({ lr }) => lr));
          expect(after.stateDict()).toEqual(before.stateDict());
          const got = ts.slice(stop).map((t, i) => {
            after.step(t, metricAt(stop + i));
            return rates(second);
          });
          expect(got).toEqual(expected.slice(stop));
        },
      ),
      { numRuns: 40 },
    );
  });

  test("keeps a new base on request", () => {
    const options = optionsFor(scheduler, { warmupT: 2, noiseRangeT: 6 });
    for (const calls of [0, 1, 4, 9]) {
      const old = copy([{ lr: 0.5 }, { lr: 1, lrScale: 0.5 }]);
      const wanted = copy([{ lr: 0.25 }, { lr: 0.5, lrScale: 0.5 }]);
      const before = scheduler.create(old, options);
      const same = scheduler.create(wanted, options);
      for (let i = 0; i < calls; i++) {
        before.step(i + 1, metricAt(i));
        same.step(i + 1, metricAt(i));
      }
      const fresh = copy([{ lr: 0.25 }, { lr: 0.5, lrScale: 0.5 }]);
      scheduler.create(fresh, options).loadStateDict(before.stateDict(), { keepBase: true });
      expect(fresh.paramGroups).toEqual(wanted.paramGroups);
    }
  });

  test("refuses a state that is not its own", () => {
    const optimizer = copy([{ lr: 0.1 }]);
    const created = scheduler.create(optimizer, scheduler.options);
    const state = created.stateDict();
    const before = copy(optimizer.paramGroups);
    const broken: [object, string][] = [
      [{ version: 2 }, "state.version must be 1, got 2; the state was saved by another version"],
      [{ scheduler: "LR" }, `state.scheduler must be "${scheduler.name}", got "LR"`],
      [{ field: "momentum" }, 'state.field must be "lr", got "momentum"'],
      [{ t: -1 }, "state.t must be null or a finite number >= 0, got -1"],
      [{ metric: "1" }, 'state.metric must be null or a number, got "1"'],
      [
        { baseValues: [-1] },
        "state.baseValues must be one finite number >= 0 for each of 1 groups, got [-1]; load it into the optimizer it was saved with",
      ],
      [
        { values: Array(1) },
        "state.values must be one finite number >= 0 for each of 1 groups, got [undefined]; load it into the optimizer it was saved with",
      ],
      [
        { values: [1, 2] },
        "state.values must be one finite number >= 0 for each of 1 groups, got [1, 2]; load it into the optimizer it was saved with",
      ],
      [
        { baseValues: [null] },
        "state.baseValues must be one finite number >= 0 for each of 1 groups, got [null]; load it into the optimizer it was saved with",
      ],
    ];
    for (const [change, message] of broken) {
      expect(() => created.loadStateDict({ ...state, ...change } as SchedulerState)).toThrow(
        new RangeError(`${scheduler.name}: ${message}`),
      );
    }
    expect(optimizer).toEqual(before);
  });

  test("refuses a misspelt option with the right one", () => {
    for (const [wrong, right] of [
      ["noise_range_t", "noiseRangeT"],
      ["warmup_t", "warmupT"],
      ["initialise", "initialize"],
    ]) {
      const options = { ...scheduler.options, [wrong ?? ""]: 1 };
      expect(() => scheduler.create(copy([{ lr: 0.1 }]), options)).toThrow(`did you mean "${right}"?`);
    }
  });
});

describe.each(functionsOfT)("$name", (scheduler) => {
  test("gives the same values in any order, and those of its pure function", () => {
    fc.assert(
      fc.property(arbitraryOptions, fc.array(fc.integer({ min: 0, max: 30 })), (over, ts) => {
        const options = { ...scheduler.options, ...over };
        const { warmupT, warmupLrInit, warmupPrefix } = over;
        const created = scheduler.create(copy([{ lr: 0.3 }]), options);
        const pure = scheduler.pure?.(0.3, { ...scheduler.options, warmupT, warmupLrInit, warmupPrefix });
        const fresh = ts.map((t) => scheduler.create(copy([{ lr: 0.3 }]), options).valuesAt(t));
        expect(ts.map((t) => created.valuesAt(t))).toEqual(fresh);
        if (pure) expect(ts.map((t) => [pure(t)])).toEqual(fresh);
      }),
      { numRuns: 30 },
    );
  });

  test("writes value × (1 + draw) × lrScale, on the unit that was asked for", () => {
    for (const tInEpochs of [true, false]) {
      const optimizer = copy([{ lr: 0.3, lrScale: 0.25 }]);
      const created = scheduler.create(optimizer, { ...scheduler.options, noiseRangeT: 4, tInEpochs });
      for (const t of [1, 5, 9]) {
        const start = rates(optimizer);
        if (tInEpochs) created.stepUpdate(t);
        else created.step(t);
        expect(rates(optimizer)).toEqual(start);
        if (tInEpochs) created.step(t);
        else created.stepUpdate(t);
        const value = created.valuesAt(t)[0] ?? Number.NaN;
        expect(rates(optimizer)).toEqual([(value + value * (created.noiseAt(t) ?? 0)) * 0.25]);
        expect(created.getEpochValues(t)).toEqual(tInEpochs ? [value] : null);
        expect(created.getUpdateValues(t)).toEqual(tInEpochs ? null : [value]);
      }
    }
  });
});
