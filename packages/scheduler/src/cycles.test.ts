import { describe, expect, test } from "vitest";
import { cycleAt } from "./cycles.ts";
import { CosineLRScheduler, cosineLr, polyLr, tanhLr } from "./index.ts";

const cyclesOf = (tInitial: number, cycleMul: number, cycleLimit = 50) => ({
  ...{ tInitial, cycleMul, cycleLimit, lrMin: 0, cycleDecay: 1 },
  ...{ warmupT: 0, warmupLrInit: 0, warmupPrefix: false },
});

test("cycles start where exact decimal arithmetic says", () => {
  let checked = 0;
  for (let hundredths = 101; hundredths <= 400; hundredths += 7) {
    for (const tInitial of [1, 2, 3, 7, 10, 15, 25, 30, 41, 45, 90]) {
      const cycles = cyclesOf(tInitial, hundredths / 100);
      // in units of 100^-12, so that every start below is a whole number
      const unit = 100n ** 12n;
      let start = 0n;
      let length = BigInt(tInitial) * unit;
      for (let index = 0; index < 12 && start < 3000n * unit; index++) {
        const end = start + length;
        const first = Number((start + unit - 1n) / unit);
        const last = Number((end - 1n) / unit);
        if (first <= last) {
          expect([tInitial, hundredths, cycleAt("", cycles, first)]).toEqual([tInitial, hundredths, index]);
          expect([tInitial, hundredths, cycleAt("", cycles, last)]).toEqual([tInitial, hundredths, index]);
          checked++;
        }
        start = end;
        length = (length * BigInt(hundredths)) / 100n;
      }
    }
  }
  expect(checked).toBeGreaterThan(2000);
});

test("powers that a rounded logarithm misses restart in time", () => {
  for (const n of [5, 10, 13]) expect(cycleAt("", cyclesOf(10, 3), 5 * (3 ** n - 1))).toBe(n);
  for (const n of [3, 6, 9]) expect(cycleAt("", cyclesOf(9, 10), 10 ** n - 1)).toBe(n);
});

test("the length of cycles is not one short", () => {
  const optimizer = { paramGroups: [{ lr: 1 }] };
  const options = { tInitial: 41, cycleMul: 1.05, warmupT: 3, warmupPrefix: true };
  const scheduler = new CosineLRScheduler(optimizer, options);
  expect([scheduler.getCycleLength(), scheduler.getCycleLength(1), scheduler.getCycleLength(2)]).toEqual([
    44, 44, 87,
  ]);
  const fractional = new CosineLRScheduler(optimizer, { tInitial: 2.4, cycleLimit: 0 });
  expect([fractional.getCycleLength(), fractional.getCycleLength(2)]).toEqual([2.4, 4.8]);
});

test("no cycle is searched beyond the limit, whatever t and the factor", () => {
  const lr = cosineLr(1, { tInitial: 1, cycleMul: 1 + 1e-9, cycleLimit: 3, lrMin: 0.25 });
  expect([1e6, 1e300].map(lr)).toEqual([0.25, 0.25]);
  const many = cosineLr(1, { tInitial: 1, cycleMul: 1e308, cycleLimit: 2 ** 53 });
  expect(() => many(1e300)).not.toThrow();
});

test("a cycleLimit of 0 means lrMin from the start", () => {
  for (const make of [cosineLr, tanhLr, polyLr]) {
    for (const cycleMul of [0.5, 1, 2]) {
      expect(make(1, { tInitial: 5, cycleLimit: 0, lrMin: 0.125, cycleMul })(0)).toBe(0.125);
    }
  }
});

test("a factor that overflows after the last cycle is no error", () => {
  const options = { tInitial: 1, cycleDecay: 1e200, cycleLimit: 2 };
  expect(cosineLr(1e-200, options)(1)).toBe(1);
  expect(cosineLr(1e-200, options)(5)).toBe(0);
});

test("poly stays real where a fractional length leaves more than a whole cycle behind", () => {
  const options = { tInitial: 0.1, cycleLimit: 2 ** 40, power: 0.5 };
  for (let t = 999900; t < 1000100; t++) {
    expect(polyLr(1, options)(t)).toSatisfy((value: number) => value >= 0 && value <= 1);
  }
});

describe("refuses", () => {
  const optimizer = { paramGroups: [{ lr: 1 }] };
  test.each([
    [
      cosineLr,
      {},
      "cosineLr: tInitial must be a finite number > 0, got undefined; pass the length of the first cycle",
    ],
    [
      cosineLr,
      { tInitial: 0 },
      "cosineLr: tInitial must be a finite number > 0, got 0; pass the length of the first cycle",
    ],
    [cosineLr, { tInitial: 5, lrMin: -1e-4 }, "cosineLr: lrMin must be a finite number >= 0, got -0.0001"],
    [tanhLr, { tInitial: 5, lb: 1, ub: 1 }, "tanhLr: lb must be < ub (= 1), got 1"],
    [polyLr, { tInitial: 5, power: 0 }, "polyLr: power must be a finite number > 0, got 0"],
    [polyLr, { tInitial: 5, kDecay: -1 }, "polyLr: kDecay must be a finite number > 0, got -1"],
    [polyLr, { tInitial: 5, cycleLimit: 1.5 }, "polyLr: cycleLimit must be an integer >= 0, got 1.5"],
    [polyLr, { tInitial: 5, cycleMul: 0 }, "polyLr: cycleMul must be a finite number > 0, got 0"],
  ])("%o %o", (make, options, message) => {
    const kind = "tInitial" in options ? RangeError : TypeError;
    expect(() => make(1, options as never)).toThrow(new kind(message));
  });

  test.each(["t_mul", "tMul"])("timm's old name %s", (name) => {
    expect(() => new CosineLRScheduler(optimizer, { tInitial: 5, [name]: 2 } as never)).toThrow(
      /^CosineLRScheduler: option must be one of .+, got "t_?[mM]ul"; it is called "cycleMul" here$/,
    );
  });

  test.each(["decay_rate", "decayRate"])("timm's old name %s", (name) => {
    expect(() => cosineLr(1, { tInitial: 5, [name]: 2 } as never)).toThrow(/it is called "cycleDecay" here$/);
  });

  test("a t that shrinking cycles never reach", () => {
    const lr = cosineLr(1, { tInitial: 20, cycleMul: 0.5, cycleLimit: 3, warmupT: 5, warmupPrefix: true });
    expect(lr(44)).toBe(0);
    expect(() => lr(45)).toThrow(
      new RangeError(
        "cosineLr: t must be < 40 (tInitial / (1 - cycleMul)) after warm-up, got 40; end the run at getCycleLength()",
      ),
    );
  });

  test.each([
    [
      { tInitial: 10, cycleDecay: 1e200, cycleLimit: 9 },
      30,
      "cycleDecay must be such that every value stays finite, got 1e+200",
    ],
    [{ tInitial: 1e300, kDecay: 2 }, 10, "kDecay must be such that every value stays finite, got 2"],
  ])("a result that is not finite: %o at %d", (options, t, message) => {
    for (const make of [cosineLr, polyLr]) {
      expect(() => make(1, options)(t)).toThrow(new RangeError(`${make.name}: ${message}`));
    }
  });
});
