/** Reading of policies, and the distributions of what they draw. */
import { describe, expect, test } from "vitest";
import { keyedRandom } from "../../../random/keyed-random.ts";
import { AUG_MIX_NAMES, type AugMix, drawAugMix } from "./aug-mix.ts";
import { type AutoAugment, drawAutoAugment } from "./auto-augment.ts";
import { readCases } from "./golden.fixture.ts";
import type { DrawnOperation } from "./operations.ts";
import { readPolicy } from "./policy.ts";
import { drawRandAugment, type RandAugment } from "./rand-augment.ts";

const read = (text: string) => readPolicy("trainingTransform", text);
const settings = { fill: [0, 0, 0], interpolation: "random", translatePct: 0.45 } as const;
const DRAWS = 8000;

function rand(text: string): RandAugment {
  const policy = read(text);
  if (policy.kind !== "rand") throw new Error(policy.kind);
  return policy;
}

function auto(text: string): AutoAugment {
  const policy = read(text);
  if (policy.kind !== "auto") throw new Error(policy.kind);
  return policy;
}

function augMix(text: string): AugMix {
  const policy = read(text);
  if (policy.kind !== "augmix") throw new Error(policy.kind);
  return policy;
}

/** Operations of many images. */
function draws(text: string): DrawnOperation[][] {
  const policy = read(text);
  return Array.from({ length: DRAWS }, (_, i) => {
    const random = keyedRandom(11, "augment", i);
    if (policy.kind === "auto") return drawAutoAugment(policy, settings, random);
    return policy.kind === "rand" ? drawRandAugment(policy, settings, random) : [];
  });
}

/** Refuses counts whose chi-square against their expectations has a chance below one in a million. */
function expectCounts(counts: ReadonlyMap<string, number>, expected: ReadonlyMap<string, number>): void {
  expect(new Set(counts.keys())).toEqual(new Set(expected.keys()));
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  let chiSquare = 0;
  for (const [name, share] of expected) {
    chiSquare += ((counts.get(name) ?? 0) - share * total) ** 2 / (share * total);
  }
  const freedom = expected.size - 1;
  // Wilson and Hilferty's cube root, 4.75 standard deviations.
  expect(chiSquare).toBeLessThan(
    freedom * (1 - 2 / (9 * freedom) + 4.75 * Math.sqrt(2 / (9 * freedom))) ** 3,
  );
}

function countNames(operations: readonly DrawnOperation[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { name } of operations) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

const uniform = (names: readonly string[]) => new Map(names.map((name) => [name, 1 / names.length]));

interface PolicyCase {
  readonly text: string;
  readonly kind: "rand" | "auto" | "augmix";
  readonly noise: { readonly std: number | null; readonly max: number };
  readonly choices: readonly unknown[];
  readonly layers?: number;
  readonly weights?: readonly number[] | null;
  readonly width?: number;
}

/** A policy in the form of the golden file. */
function golden(text: string): unknown {
  const policy = read(text);
  const { std, max } = policy.noise;
  const noise = { std: std === Number.POSITIVE_INFINITY ? null : std, max };
  if (policy.kind === "auto") {
    const choices = policy.choices.map((pair) =>
      pair.map(({ name, probability, magnitude }) => [name, probability, magnitude]),
    );
    return { text, kind: "auto", noise, choices };
  }
  if (policy.kind === "rand") {
    const { names, probability, magnitude, layers, weights } = policy;
    const choices = names.map((name) => [name, probability, magnitude]);
    return {
      text,
      kind: "rand",
      noise,
      layers,
      choices: choices.sort(),
      weights,
    };
  }
  const { width, depth, alpha, blended, magnitude } = policy;
  const choices = AUG_MIX_NAMES.map((name) => [name, 1, magnitude]);
  return { text, kind: "augmix", noise, width, depth, alpha, blended, choices: choices.sort() };
}

describe("reading", () => {
  test.each(readCases<PolicyCase>("policies.json"))("$text, as timm does", (expected) => {
    const { kind, choices, weights } = expected;
    const sorted = kind === "auto" ? choices : [...choices].sort();
    const found = golden(expected.text);
    expect(found).toEqual({
      ...expected,
      choices: sorted,
      ...(weights ? { weights: expect.any(Array) } : {}),
    });
    const policy = read(expected.text);
    if (policy.kind !== "rand") return;
    for (const [i, weight] of (weights ?? []).entries()) {
      const place = policy.names.findIndex((name) => String(choices[i]).startsWith(`${name},`));
      expect(policy.weights?.[place]).toBeCloseTo(weight, 12);
    }
  });

  test.each<[string, Partial<RandAugment>]>([
    ["rand", { magnitude: 10, layers: 2, probability: 0.5, noise: { std: 0, max: 10 }, weights: null }],
    ["rand-m9-mstd0.5-inc1", { magnitude: 9, layers: 2, probability: 0.5, noise: { std: 0.5, max: 10 } }],
    ["rand-m9-n3-p0.75-mmax20", { magnitude: 9, layers: 3, probability: 0.75, noise: { std: 0, max: 20 } }],
    ["rand-mstd101-m5", { magnitude: 5, noise: { std: Number.POSITIVE_INFINITY, max: 10 } }],
    ["rand-mstd100", { noise: { std: 100, max: 10 } }],
  ])("%s", (text, expected) => {
    expect(rand(text)).toMatchObject(expected);
  });

  test("inc, whatever number follows, takes the operations that grow", () => {
    const growing = ["Posterize", "Solarize", "Color", "Contrast", "Brightness", "Sharpness"];
    expect(rand("rand").names).toEqual(expect.arrayContaining(growing));
    for (const text of ["rand-inc1", "rand-inc0"]) {
      expect(rand(text).names).toEqual(expect.arrayContaining(growing.map((name) => `${name}Increasing`)));
    }
    expect([rand("rand").names.length, rand("rand-inc1").names.length]).toEqual([15, 15]);
  });

  test("t names a set of operations", () => {
    expect(rand("rand-t3a").names).toEqual(["SolarizeIncreasing", "Desaturate", "GaussianBlur"]);
    expect(rand("rand-t3a").weights).toBe(null);
    expect(rand("rand-t3aw").weights?.slice(0, 4)).toEqual([6, 6, 6, 3].map((weight) => weight / 33));
    expect(rand("rand-tweights").weights?.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
  });

  test("policies of AutoAugment", () => {
    expect(["original", "originalr", "v0", "v0r", "3a"].map((name) => auto(name).choices.length)).toEqual([
      25, 25, 25, 25, 3,
    ]);
    expect(auto("original-mstd0.5").noise).toEqual({ std: 0.5, max: 10 });
    const names = (text: string) =>
      new Set(
        auto(text)
          .choices.flat()
          .map(({ name }) => name),
      );
    expect([names("original").has("PosterizeOriginal"), names("v0").has("Posterize")]).toEqual([true, true]);
    expect([names("originalr").has("PosterizeIncreasing"), names("v0r").has("PosterizeIncreasing")]).toEqual([
      true,
      true,
    ]);
  });

  test("policies of AugMix", () => {
    expect(augMix("augmix")).toEqual({
      ...{ kind: "augmix", magnitude: 3, width: 3, depth: 0, alpha: 1, blended: false },
      noise: { std: Number.POSITIVE_INFINITY, max: 10 },
    });
    expect(augMix("augmix-m5-w4-d2-a0.5-b1-mstd0")).toEqual({
      ...{ kind: "augmix", magnitude: 5, width: 4, depth: 2, alpha: 0.5, blended: true },
      noise: { std: 0, max: 10 },
    });
  });

  const start = (text: string) =>
    `trainingTransform: aa must be a policy such as rand-m9-mstd0.5-inc1, got "${text}": `;
  const known = "m (m9), n (n2), p (p0.5), mstd (mstd0.5), mmax (mmax10), inc (inc1), t (tweights)";

  test.each([
    [
      "foo",
      "it must begin with one of rand, augmix, original, originalr, v0, v0r, 3a, sections follow after dashes",
    ],
    [
      "Rand-m9",
      "it must begin with one of rand, augmix, original, originalr, v0, v0r, 3a, sections follow after dashes",
    ],
    ["rand-m99x", 'section "m99x" must be m with an integer >= 0, e.g. m9'],
    ["rand-m9.5", 'section "m9.5" must be m with an integer >= 0, e.g. m9'],
    ["rand-m", 'section "m" must be m with an integer >= 0, e.g. m9'],
    ["rand-m9-m8", 'section "m8" is the second of m'],
    ["rand-q3", `section "q3" is none of ${known}`],
    ["rand-", `section "" is none of ${known}`],
    ["rand-toString1", 'section "toString1" must be one of tweights, t3a, t3aw'],
    ["rand-inc", 'section "inc" must be inc with an integer, e.g. inc1'],
    ["rand-p2", 'section "p2" must be p with a number from 0 to 1, e.g. p0.5'],
    ["rand-mmax0", 'section "mmax0" must be mmax with an integer >= 1, e.g. mmax10'],
    ["rand-tfoo", 'section "tfoo" must be one of tweights, t3a, t3aw'],
    ["rand-tweights-n16", 'section "n16" must be at most n15: tweights draws no operation twice'],
    ["original-m9", 'section "m9" is none of mstd (mstd0.5)'],
    ["augmix-w0", 'section "w0" must be w with an integer from 1 to 100, e.g. w3'],
    ["augmix-a0", 'section "a0" must be a with a number > 0, e.g. a1'],
    [
      "augmix-constructor1",
      'section "constructor1" is none of m (m3), w (w3), d (d2), a (a1), b (b1), mstd (mstd0.5)',
    ],
  ])("%s is refused", (text, reason) => {
    expect(() => read(text)).toThrow(new RangeError(start(text) + reason));
  });
});

describe("drawing", () => {
  test("RandAugment takes each operation as often, half of the time", () => {
    const drawn = draws("rand-m9-n2");
    expectCounts(countNames(drawn.flat()), uniform(rand("rand").names));
    const lengths = new Map(
      [0, 1, 2].map((n) => [String(n), drawn.filter(({ length }) => length === n).length]),
    );
    expectCounts(
      lengths,
      new Map([
        ["0", 0.25],
        ["1", 0.5],
        ["2", 0.25],
      ]),
    );
  });

  test("signs and kernels are even", () => {
    const shears = draws("rand-m9-n2-p1")
      .flat()
      .filter(({ name }) => name === "ShearX");
    const kinds = new Map<string, number>();
    for (const { argument, interpolation } of shears) {
      const kind = `${Math.sign(argument)} ${interpolation}`;
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    expectCounts(kinds, uniform(["-1 bilinear", "-1 bicubic", "1 bilinear", "1 bicubic"]));
    expect(new Set(shears.map(({ argument }) => Math.abs(argument)))).toEqual(new Set([0.9 * 0.3]));
  });

  test("a deviation makes magnitudes normal, clipped to the largest", () => {
    const magnitudes = draws("rand-m9-mstd0.5-p1-n2")
      .flat()
      .filter(({ name }) => name === "Rotate");
    const levels = magnitudes.map(({ argument }) => Math.abs(argument) / 3);
    // P(N(9, 0.5) > 10) = 0.0228.
    const bins = (level: number) =>
      level >= 10 ? "10" : level > 9.5 ? "9.5" : level > 9 ? "9" : level > 8.5 ? "8.5" : "0";
    const counts = new Map<string, number>();
    for (const level of levels) counts.set(bins(level), (counts.get(bins(level)) ?? 0) + 1);
    expectCounts(
      counts,
      new Map([
        ["10", 0.02275],
        ["9.5", 0.1359],
        ["9", 0.34135],
        ["8.5", 0.34135],
        ["0", 0.15865],
      ]),
    );
  });

  test("a deviation above 100 makes magnitudes uniform from 0", () => {
    const levels = draws("rand-m8-mstd101-p1")
      .flat()
      .filter(({ name }) => name === "Rotate");
    const counts = new Map<string, number>();
    for (const { argument } of levels) {
      const bin = String(Math.floor(Math.abs(argument) / 3 / 2));
      counts.set(bin, (counts.get(bin) ?? 0) + 1);
    }
    expectCounts(counts, uniform(["0", "1", "2", "3"]));
  });

  test("mmax lets magnitudes exceed 10, and without it they do not", () => {
    const largest = (text: string) =>
      Math.max(
        ...draws(text)
          .flat()
          .filter(({ name }) => name === "Rotate")
          .map(({ argument }) => argument),
      );
    expect(largest("rand-m15-p1")).toBe(30);
    expect(largest("rand-m15-mmax20-p1")).toBe(45);
  });

  test("weighted operations come by their weights, none twice", () => {
    const { names, weights } = rand("rand-tweights");
    const expected = new Map(names.map((name, i) => [name, weights?.[i] ?? 0]));
    expectCounts(countNames(draws("rand-tweights-p1-n1").flat()), expected);
    const drawn = draws("rand-tweights-p1-n4");
    expect(drawn.every((all) => new Set(all.map(({ name }) => name)).size === 4)).toBe(true);
    // Second pick: without the first, by the rest of the weights.
    const second = new Map(
      names.map((name, i) => {
        const own = weights?.[i] ?? 0;
        const others = (weights ?? []).filter((_, j) => j !== i);
        return [name, others.reduce((sum, other) => sum + (other * own) / (1 - other), 0)];
      }),
    );
    expectCounts(countNames(drawn.flatMap((all) => all.slice(1, 2))), second);
  });

  test.each(["original", "originalr", "v0", "v0r", "3a"])(
    "%s takes each pair as often, by its chances",
    (name) => {
      const expected = new Map<string, number>();
      const { choices } = auto(name);
      for (const { name: operation, probability } of choices.flat()) {
        if (probability > 0)
          expected.set(operation, (expected.get(operation) ?? 0) + probability / choices.length);
      }
      const drawn = draws(name);
      const mean = [...expected.values()].reduce((sum, value) => sum + value, 0);
      expect(Math.abs(drawn.flat().length / DRAWS - mean)).toBeLessThan(0.05);
      expectCounts(
        countNames(drawn.flat()),
        new Map([...expected].map(([key, value]) => [key, value / mean])),
      );
    },
  );

  test("AugMix has chains of 1 to 3 operations, or as many as it says, and weights of sum 1", () => {
    const mixtures = (text: string) =>
      Array.from({ length: 2000 }, (_, i) =>
        drawAugMix(augMix(text), settings, keyedRandom(3, "augment", i)),
      );
    const drawn = mixtures("augmix");
    const lengths = new Map<string, number>();
    for (const { operations } of drawn.flatMap(({ chains }) => chains)) {
      lengths.set(String(operations.length), (lengths.get(String(operations.length)) ?? 0) + 1);
    }
    expectCounts(lengths, uniform(["1", "2", "3"]));
    expectCounts(
      countNames(drawn.flatMap(({ chains }) => chains.flatMap(({ operations }) => operations))),
      uniform([
        ...[
          "AutoContrast",
          "ColorIncreasing",
          "ContrastIncreasing",
          "BrightnessIncreasing",
          "Equalize",
          "Rotate",
        ],
        ...["SharpnessIncreasing", "PosterizeIncreasing", "SolarizeIncreasing", "ShearX", "ShearY"],
        ...["TranslateXRel", "TranslateYRel"],
      ]),
    );
    for (const { chains } of drawn)
      expect(chains.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 5);
    // Beta(1, 1) is uniform; so is the first of two weights of Dirichlet(1, 1).
    const tenths = (values: readonly number[]) => {
      const counts = new Map<string, number>();
      for (const value of values) {
        // float32 may round a share up to 1.
        const tenth = String(Math.min(9, Math.floor(value * 10)));
        counts.set(tenth, (counts.get(tenth) ?? 0) + 1);
      }
      return counts;
    };
    const ten = uniform(Array.from({ length: 10 }, (_, i) => String(i)));
    expectCounts(tenths(drawn.map(({ share }) => share)), ten);
    expectCounts(tenths(mixtures("augmix-w2").map(({ chains }) => chains[0]?.weight ?? 0)), ten);
    expect(
      mixtures("augmix-w4-d2").every(
        ({ chains }) => chains.length === 4 && chains.every(({ operations }) => operations.length === 2),
      ),
    ).toBe(true);
  });
});
