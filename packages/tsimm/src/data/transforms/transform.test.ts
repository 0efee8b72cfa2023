import fc from "fast-check";
import { expect, test } from "vitest";
import { keyedRandom } from "../../random/keyed-random.ts";
import { anyImage } from "./image.fixture.ts";
import { createTransform, type TransformOptions } from "./transform.ts";

const side = fc.integer({ min: 1, max: 40 });
const interpolation = fc.constantFrom("bilinear" as const, "bicubic" as const);
const stream = (seed: number) => keyedRandom(seed, "augment");

test("every transform gives images of the input size, the same for the same random numbers", () => {
  const options: fc.Arbitrary<TransformOptions> = fc.oneof(
    fc.record({
      training: fc.constant<true>(true),
      inputSize: fc.tuple(fc.constant(3), side, side),
      noAug: fc.boolean(),
      vflip: fc.constantFrom(0, 0.5),
      trainCropMode: fc.constantFrom("rrc" as const, "rkrc" as const, "rkrr" as const),
      aa: fc.constantFrom(
        "",
        "rand-m9-n5-p1",
        "augmix",
        "augmix-b1",
        "original",
        "v0r",
        "3a",
        "rand-t3aw-n3",
      ),
      grayscaleProb: fc.constantFrom(0, 0.5),
      gaussianBlurProb: fc.constantFrom(0, 0.5),
      colorJitterProb: fc.constantFrom(undefined, 0.5),
    }),
    fc.record({
      training: fc.constant<false>(false),
      inputSize: fc.tuple(fc.constant(3), side, side),
      cropPct: fc.constantFrom(0.5, 0.875, 1),
      cropMode: fc.constantFrom("center" as const, "squash" as const, "border" as const),
      interpolation,
    }),
  );
  fc.assert(
    fc.property(options, anyImage(40), fc.integer(), (each, image, seed) => {
      const before = image.data.slice();
      const result = createTransform(each)(image, stream(seed));
      const [, height, width] = each.inputSize;
      expect(result).toMatchObject({ width, height, channels: image.channels });
      expect(result.data).toHaveLength(width * height * image.channels);
      expect(createTransform(each)(image, stream(seed))).toEqual(result);
      expect(image.data).toEqual(before);
    }),
  );
});

test("noAug squashes the whole image and draws nothing", () => {
  const image = {
    width: 3,
    height: 2,
    channels: 1 as const,
    data: new Uint8Array([0, 50, 100, 150, 200, 250]),
  };
  const random = stream(5);
  const squashed = createTransform({ training: true, inputSize: [1, 1, 1], noAug: true })(image, random);
  expect([...squashed.data]).toEqual([125]);
  expect(random.uint32()).toBe(stream(5).uint32());
});

test("flips happen as often as asked", () => {
  const image = { width: 2, height: 2, channels: 1 as const, data: new Uint8Array([1, 2, 3, 4]) };
  const outcome = (hflip: number, vflip: number) => {
    const options = {
      inputSize: [1, 2, 2],
      scale: [1, 1],
      ratio: [1, 1],
      colorJitter: 0,
      hflip,
      vflip,
    } as const;
    const transform = createTransform({ training: true, ...options });
    return new Set(Array.from({ length: 50 }, (_, seed) => transform(image, stream(seed)).data.join("")));
  };
  expect(outcome(0, 0)).toEqual(new Set(["1234"]));
  expect(outcome(1, 0)).toEqual(new Set(["2143"]));
  expect(outcome(0, 1)).toEqual(new Set(["3412"]));
  expect(outcome(0.5, 0.5)).toEqual(new Set(["1234", "2143", "3412", "4321"]));
});

test("random interpolation uses both kernels", () => {
  const image = { width: 4, height: 1, channels: 1 as const, data: new Uint8Array([0, 255, 0, 0]) };
  const options = { inputSize: [1, 1, 7], scale: [1, 1], ratio: [4, 4], colorJitter: 0, hflip: 0 } as const;
  const results = (trainInterpolation?: "random" | "bilinear" | "bicubic") => {
    const transform = createTransform({ training: true, ...options, trainInterpolation });
    return new Set(Array.from({ length: 30 }, (_, seed) => transform(image, stream(seed)).data.join()));
  };
  const [bilinear, bicubic] = [results("bilinear"), results("bicubic")];
  expect([bilinear.size, bicubic.size]).toEqual([1, 1]);
  expect(results()).toEqual(new Set([...bilinear, ...bicubic]));
  expect(results().size).toBe(2);
});

/** Distinct results of many seeds, as text. */
function outcomes(
  options: Omit<Extract<TransformOptions, { training: true }>, "training" | "inputSize">,
): Set<string> {
  // Two pixels that blur, grey and jitter change, and a crop or flip does not.
  const image = {
    width: 2,
    height: 1,
    channels: 3 as const,
    data: new Uint8Array([200, 20, 20, 200, 20, 20]),
  };
  const still = { inputSize: [3, 1, 2], scale: [1, 1], ratio: [2, 2], hflip: 0 } as const;
  const transform = createTransform({ training: true, ...still, ...options });
  return new Set(Array.from({ length: 60 }, (_, seed) => transform(image, stream(seed)).data.join()));
}

test("a policy switches colour jitter off, unless it has 3a", () => {
  expect(outcomes({}).size).toBeGreaterThan(20);
  expect(outcomes({ aa: "rand-p0" }).size).toBe(1);
  expect(outcomes({ aa: "rand-p0-t3a" }).size).toBeGreaterThan(20);
  expect(outcomes({ aa: "3a" }).size).toBeGreaterThan(20);
  expect(outcomes({ aa: "3a", colorJitter: 0 })).toEqual(
    new Set([
      "200,20,20,200,20,20", // blurred, without an effect
      "55,20,20,55,20,20", // solarized
      "74,74,74,74,74,74", // grey
    ]),
  );
});

test("jitter, grey and blur have their chances", () => {
  const image = {
    width: 3,
    height: 1,
    channels: 3 as const,
    data: new Uint8Array([0, 0, 90, 255, 9, 9, 0, 0, 90]),
  };
  const share = (options: object) => {
    const still = { inputSize: [3, 1, 3], scale: [1, 1], ratio: [3, 3], hflip: 0, colorJitter: 0 } as const;
    const transform = createTransform({ training: true, ...still, ...options });
    const changed = Array.from({ length: 600 }, (_, seed) => transform(image, stream(seed)).data.join());
    return changed.filter((data) => data !== image.data.join()).length / 600;
  };
  for (const chance of [0.2, 0.8]) {
    // Standard deviation 0.016; a blur of less than 0.25 pixels changes nothing, and 8 % are.
    expect(Math.abs(share({ grayscaleProb: chance }) - chance)).toBeLessThan(0.06);
    expect(Math.abs(share({ gaussianBlurProb: chance }) - 0.92 * chance)).toBeLessThan(0.07);
    expect(Math.abs(share({ colorJitter: 0.4, colorJitterProb: chance }) - chance)).toBeLessThan(0.06);
  }
  expect(share({ colorJitter: 0.4, colorJitterProb: 0 })).toBe(0);
});

test("images that a policy moves are surrounded by the mean", () => {
  const image = { width: 8, height: 8, channels: 3 as const, data: new Uint8Array(192).fill(250) };
  const still = { inputSize: [3, 8, 8], scale: [1, 1], ratio: [1, 1], mean: [0.5, 0.25, 0.1] } as const;
  const transform = createTransform({ training: true, ...still, aa: "rand-m10-n6-p1" });
  const pixels = new Set<string>();
  for (let seed = 0; seed < 40; seed++) {
    const { data } = transform(image, stream(seed));
    for (let i = 0; i < 192; i += 3) pixels.add(data.subarray(i, i + 3).join());
  }
  // Halves are rounded to even: 127.5, 63.75, 25.5.
  expect([...pixels]).toContain("128,64,26");
});

test("an input that is not square is covered, then cropped", () => {
  const image = {
    width: 8,
    height: 4,
    channels: 1 as const,
    data: Uint8Array.from({ length: 32 }, (_, i) => i % 8),
  };
  const transform = createTransform({ training: false, inputSize: [1, 4, 2], cropPct: 1 });
  expect([...transform(image, stream(0)).data]).toEqual([3, 4, 3, 4, 3, 4, 3, 4]);
});

const inputSize = [3, 8, 8] as const;
const bad: readonly [TransformOptions, string][] = [
  [
    { training: true, inputSize: [2, 8, 8] },
    "trainingTransform: inputSize must be [channels, height, width] with 1 or 3 channels, got [2, 8, 8]",
  ],
  [
    { training: false, inputSize: [3, 8, 0] },
    "evaluationTransform: inputSize must be [channels, height, width] with 1 or 3 channels, got [3, 8, 0]",
  ],
  [
    { training: true, inputSize, trainInterpolation: JSON.parse('"lanczos"') },
    'trainingTransform: trainInterpolation must be one of random, bilinear, bicubic, got "lanczos"',
  ],
  [
    { training: false, inputSize, interpolation: JSON.parse('"nearest"') },
    'evaluationTransform: interpolation must be one of bilinear, bicubic, got "nearest"',
  ],
  [
    { training: false, inputSize, cropMode: JSON.parse('"middle"') },
    'evaluationTransform: cropMode must be one of center, squash, border, got "middle"',
  ],
  [{ training: true, inputSize, hflip: 1.5 }, "trainingTransform: hflip must be a number in [0, 1], got 1.5"],
  [
    { training: true, inputSize, vflip: Number.NaN },
    "trainingTransform: vflip must be a number in [0, 1], got NaN",
  ],
  [
    { training: true, inputSize, scale: [0.5, 0.1] },
    "trainingTransform: scale must be two numbers, 0 < low <= high, got [0.5, 0.1]",
  ],
  [
    { training: true, inputSize, ratio: [0, 1] },
    "trainingTransform: ratio must be two numbers, 0 < low <= high, got [0, 1]",
  ],
  [
    { training: true, inputSize, trainCropMode: JSON.parse('"center"') },
    'trainingTransform: trainCropMode must be one of rrc, rkrc, rkrr, got "center"',
  ],
  [
    { training: true, inputSize, grayscaleProb: -0.1 },
    "trainingTransform: grayscaleProb must be a number in [0, 1], got -0.1",
  ],
  [
    { training: true, inputSize, aa: "rand-m9-x" },
    'trainingTransform: aa must be a policy such as rand-m9-mstd0.5-inc1, got "rand-m9-x": section "x" is none of ' +
      "m (m9), n (n2), p (p0.5), mstd (mstd0.5), mmax (mmax10), inc (inc1), t (tweights)",
  ],
  [
    { training: true, inputSize, colorJitter: -1 },
    "trainingTransform: colorJitter must be a number >= 0, got -1",
  ],
  [
    { training: false, inputSize, cropPct: 0 },
    "evaluationTransform: cropPct must be a number in (0, 1], got 0",
  ],
];

test.each(bad)("refuses %j", (options, message) => {
  expect(() => createTransform(options)).toThrow(new RangeError(message));
});
