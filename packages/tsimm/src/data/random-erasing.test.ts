import { GraphBuilder, prependNormalization } from "@tsimm/autodiff";
import { describe, expect, test } from "vitest";
import { keyedRandom } from "../random/keyed-random.ts";
import {
  checkErasing,
  drawErasedBoxes,
  eraseImages,
  normalizeImages,
  type RandomErasingOptions,
} from "./random-erasing.ts";
import { readCases, scripted } from "./transforms/augment/golden.fixture.ts";

interface BoxCase {
  readonly key: number;
  readonly size: readonly [number, number];
  readonly count: number;
  readonly boxes: readonly (readonly [number, number, number, number])[];
  readonly used: number;
}

test.each(readCases<BoxCase>("boxes.json"))("boxes of $size, at most $count, are timm's ($key)", (each) => {
  const [height, width] = each.size;
  const random = scripted(each.key);
  const boxes = drawErasedBoxes({ height, width }, { reprob: 0.9, recount: each.count }, random);
  // Equal up to a rounding that two mathematics libraries may make apart.
  expect(boxes.map((box) => [box.top, box.left, box.height, box.width])).toEqual(each.boxes);
  expect(random.used()).toBe(each.used);
});

const size = { batchSize: 400, channels: 3, height: 24, width: 20 };
const image = size.channels * size.height * size.width;

/** A batch of tens, erased. */
function erased(options: RandomErasingOptions, of = size): Float32Array {
  const images = new Float32Array(of.batchSize * image).fill(10);
  eraseImages(images, of, options, (i) => keyedRandom(5, "erase", i));
  return images;
}

const changedImages = (images: Float32Array) =>
  Array.from({ length: images.length / image }, (_, i) =>
    images.subarray(i * image, (i + 1) * image).some((value) => value !== 10),
  );

describe("an erased batch", () => {
  test("has boxes in a share of its images", () => {
    const share = changedImages(erased({ reprob: 0.3 })).filter(Boolean).length / size.batchSize;
    // Standard deviation 0.023.
    expect(Math.abs(share - 0.3)).toBeLessThan(0.07);
    expect(changedImages(erased({ reprob: 1 })).every(Boolean)).toBe(true);
    expect(changedImages(erased({ reprob: 0 })).some(Boolean)).toBe(false);
  });

  test("is noise of mean 0 and variance 1, neither rounded nor clipped", () => {
    const noise = erased({ reprob: 1 }).filter((value) => value !== 10);
    const mean = noise.reduce((sum, value) => sum + value, 0) / noise.length;
    const variance = noise.reduce((sum, value) => sum + (value - mean) ** 2, 0) / noise.length;
    expect(noise.length).toBeGreaterThan(50_000);
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(Math.abs(variance - 1)).toBeLessThan(0.03);
    expect(new Set(noise).size).toBeGreaterThan(0.99 * noise.length);
    expect(Math.max(...noise.subarray(0, 50_000))).toBeGreaterThan(3);
  });

  test("has one level for each channel, or none, in the other modes", () => {
    const one = { ...size, batchSize: 1 };
    const rand = erased({ reprob: 1, remode: "rand" }, one);
    const levels = [0, 1, 2].map((channel) => {
      const plane = rand.subarray((channel * image) / 3, ((channel + 1) * image) / 3);
      return [...new Set(plane.filter((value) => value !== 10))];
    });
    expect(levels.map(({ length }) => length)).toEqual([1, 1, 1]);
    expect(new Set(levels.flat()).size).toBe(3);
    expect(new Set(erased({ reprob: 1, remode: "const" }, one))).toEqual(new Set([10, 0]));
  });

  test("leaves the first split alone", () => {
    const changed = changedImages(erased({ reprob: 1, numSplits: 4 }));
    expect(changed.indexOf(true)).toBe(100);
    expect(changed.filter(Boolean).length).toBe(300);
  });

  test("shares the area among several boxes", () => {
    const area = (recount: number) =>
      erased({ reprob: 1, recount }).filter((value) => value !== 10).length / (size.batchSize * image);
    // Half of [0.02, 1/3] on average; overlaps take a little.
    expect(area(1)).toBeCloseTo(0.17, 1);
    expect(Math.abs(area(3) - area(1))).toBeLessThan(0.03);
  });

  test("is a function of its random numbers alone", () => {
    const part = { ...size, batchSize: 3 };
    expect(erased({ reprob: 0.5 }).slice(0, 3 * image)).toEqual(erased({ reprob: 0.5 }, part));
  });
});

test("bytes are normalised by the float32 numbers of the graph", () => {
  const builder = new GraphBuilder("images");
  builder.output(builder.op("Identity", [builder.input("input", "float32", [1, 2, 2, 1])]), "y");
  const [mean, std] = [
    [0.485, 0.456],
    [0.229, 0.224],
  ];
  const graph = prependNormalization(builder.build(), { input: "input", mean, std });
  const constants = [...graph.initializers.values()].map(({ data }) => [...data].map(Number));
  const images = new Uint8Array([0, 255, 100, 7]);
  const f32 = Math.fround;
  const expected = [0, 1].flatMap((channel) => {
    const [shift = 0, factor = 0] = constants.map((values) => values[channel] ?? 0);
    return [0, 1].map((pixel) => f32(f32((images[pixel * 2 + channel] ?? 0) - shift) * factor));
  });
  const found = normalizeImages(images, { batchSize: 1, channels: 2, height: 2, width: 1 }, { mean, std });
  expect([...found]).toEqual(expected);
});

test.each<[Partial<RandomErasingOptions>, string]>([
  [{ reprob: 1.5 }, "fit: erasing: reprob must be a number in [0, 1], got 1.5"],
  [{ reprob: Number.NaN }, "fit: erasing: reprob must be a number in [0, 1], got NaN"],
  [{ remode: JSON.parse('"black"') }, 'fit: erasing: remode must be one of const, rand, pixel, got "black"'],
  [{ recount: 0 }, "fit: erasing: recount must be an integer >= 1, got 0"],
  [{ numSplits: 1.5 }, "fit: erasing: numSplits must be an integer >= 0, got 1.5"],
  [{ std: [0.1, 0] }, "fit: erasing: std must be a list of numbers > 0, got 0.1,0"],
  [{ mean: [Number.NaN] }, "fit: erasing: mean must be a list of numbers, got NaN"],
  [
    JSON.parse('{ "probability": 1 }'),
    'fit: erasing: option must be one of reprob, remode, recount, numSplits, mean, std, got "probability"',
  ],
])("%j is refused", (options, message) => {
  expect(() => checkErasing("fit: erasing", { reprob: 0.5, ...options })).toThrow(new RangeError(message));
});
