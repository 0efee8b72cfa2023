import { describe, expect, test } from "vitest";
import { readGolden } from "./golden.fixture.ts";
import { noiseAt, stepLr, withNoise } from "./index.ts";

interface Draws {
  noise_seed: number;
  noise_pct: number;
  normal: number[];
  uniform: number[];
}

describe("noiseAt", () => {
  const { noise: cases } = readGolden<{ noise: Draws[] }>("train/lr.json");
  test.each(cases.map((golden) => [golden.noise_seed, golden] as const))(
    "draws PyTorch's numbers for seed %d",
    (_, golden) => {
      const options = { noiseRangeT: 0, noiseSeed: golden.noise_seed, noisePct: golden.noise_pct };
      expect(golden.normal.map((_, t) => noiseAt(t, options))).toEqual(golden.normal);
      const uniform = { ...options, noiseType: "uniform" } as const;
      expect(golden.uniform.map((_, t) => noiseAt(t, uniform))).toEqual(golden.uniform);
    },
  );

  test("a sum that passes the safe integers among its neighbours draws as PyTorch", () => {
    const options = { noiseRangeT: 0, noisePct: 5, noiseSeed: Number.MAX_SAFE_INTEGER - 9 };
    // torch.randn(1) of a generator seeded 9007199254740982 + t
    const draws = [-0.7472416162490845, 1.2197630405426025, 1.5409960746765137, 0.6613521575927734];
    const ts = [8, 9, 10, 11];
    expect(ts.map((t) => noiseAt(t, options))).toEqual(draws);
    const rate = withNoise(() => 1, options);
    expect(ts.map(rate)).toEqual(draws.map((draw) => 1 + draw));
  });

  test("only the low 32 bits of noiseSeed + t count", () => {
    const draw = (noiseSeed: number | bigint, t: number) => noiseAt(t, { noiseRangeT: 0, noiseSeed });
    const expected = draw(42, 5);
    for (const seed of [2 ** 32 + 42, 42 - 2 ** 32, 42n, 2n ** 63n + 42n, 42n - 2n ** 62n]) {
      expect(draw(seed, 5)).toBe(expected);
    }
    expect(draw(43, 4)).toBe(expected);
    expect(draw(Number.MAX_SAFE_INTEGER, 5)).toBe(draw(4, 0));
  });

  test("noiseStd scales a draw before it is accepted", () => {
    const options = { noiseRangeT: 0, noisePct: 0.1 };
    const draws = Array.from(
      { length: 2000 },
      (_, t) => noiseAt(t, { ...options, noiseStd: 0.02 }) ?? Infinity,
    );
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length;
    expect(Math.abs(mean)).toBeLessThan(0.002);
    expect(Math.sqrt(variance)).toSatisfy((std: number) => std > 0.018 && std < 0.022);
    expect(Math.max(...draws.map(Math.abs))).toBeLessThan(0.1);
  });

  test.each([
    [null, []],
    [7, [7, 8, 9]],
    [
      [3, 5],
      [3, 4],
    ],
    [
      [2.5, 4.5],
      [3, 4],
    ],
  ] as const)("applies where noiseRangeT %j says", (noiseRangeT, expected) => {
    const ts = Array.from({ length: 10 }, (_, t) => t);
    expect(ts.filter((t) => noiseAt(t, { noiseRangeT }) !== null)).toEqual(expected);
  });
});

describe("withNoise", () => {
  test("multiplies by 1 + draw, and gives the same value at the same t", () => {
    const lr = stepLr(1e-4, { decayT: 5, decayRate: 0.5 });
    const noisy = withNoise(lr, { noiseRangeT: [10, 40] });
    expect([10, 9, 10].map(noisy)).toEqual([2.1361420303583147e-5, 5e-5, 2.1361420303583147e-5]);
  });

  test("refuses bad options and a bad t under its own name", () => {
    expect(() => withNoise(() => 1, { noise_pct: 1 } as object)).toThrow(
      /^withNoise: option .+ did you mean "noisePct"\?$/,
    );
    expect(() => withNoise(() => 1, {})(-1)).toThrow(/^withNoise: t must be >= 0, got -1/);
  });
});
