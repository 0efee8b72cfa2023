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
