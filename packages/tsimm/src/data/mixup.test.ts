import fc from "fast-check";
import { expect, test } from "vitest";
import { goldenBits, readGolden } from "../models/golden.fixture.ts";
import { keyedRandom } from "../random/keyed-random.ts";
import { classification } from "../task/classification.ts";
import { symmetricBeta } from "./beta-distribution.ts";
import { drawMixing, type MixupOptions, mixImages } from "./mixup.ts";

interface Golden {
  readonly salt: number;
  readonly mix: readonly {
    readonly kind: "mixup" | "cutmix";
    readonly lam: number;
    readonly smoothing: number;
    readonly target?: readonly (readonly number[])[];
  }[];
}

const golden = readGolden<Golden>("tiny.json");
const labels = Int32Array.from({ length: 4 }, (_, i) => goldenBits(golden.salt, "target", i) % 10);
const stream = (seed: number) => keyedRandom(seed, "mix", 0);

test.each(golden.mix.filter(({ target }) => target))(
  "targets of $kind with lambda $lam are timm's",
  ({ lam: lambda, smoothing, target }) => {
    const outputNames = Array.from({ length: 10 }, (_, i) => String(i));
    const task = classification.create({ outputNames }, { smoothing });
    const targets = task.targets(labels, { labels: labels.toReversed(), lambda });
    const expected = target?.flat() ?? [];
    // timm computes them in float32.
    for (const [i, share] of expected.entries()) expect(targets[i]).toBeCloseTo(share, 7);
  },
);

test("mixup blends bytes with those of the reversed batch and rounds halves to even", () => {
  const images = new Uint8Array([0, 10, 100, 255, 3, 20]);
  const mixed = mixImages(images, { batchSize: 3, width: 2, height: 1 }, { lambda: 0.5, box: null });
  expect([...mixed]).toEqual([2, 15, 100, 255, 2, 15]);
  expect([...images]).toEqual([0, 10, 100, 255, 3, 20]);
});

test("mixup blends floats as they are", () => {
  const images = new Float32Array([0, 1, 0.5, -1]);
  const mixed = mixImages(images, { batchSize: 2, width: 2, height: 1 }, { lambda: 0.25, box: null });
  expect([...mixed]).toEqual([0.375, -0.5, 0.125, 0.5]);
});

test("cutmix takes the box from the reversed batch", () => {
  const images = Uint8Array.from({ length: 2 * 3 * 3 }, (_, i) => (i < 9 ? 1 : 2));
  const box = { left: 1, top: 0, width: 2, height: 1 };
  const mixed = mixImages(images, { batchSize: 2, width: 3, height: 3 }, { lambda: 0.75, box });
  expect([...mixed]).toEqual([1, 2, 2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 2, 2, 2, 2, 2, 2]);
});

test("cutmix of bytes moves all channels of a pixel, of floats a part of each plane", () => {
  const box = { left: 1, top: 1, width: 1, height: 1 };
  const size = { batchSize: 2, width: 2, height: 2 };
  // Two images of 2x2 pixels and two channels; the value tells image, channel and pixel.
  const value = (image: number, channel: number, pixel: number) => 100 * image + 10 * channel + pixel;
  const bytes = Uint8Array.from({ length: 16 }, (_, i) => value(i >> 3, i % 2, (i >> 1) % 4));
  const floats = Float32Array.from({ length: 16 }, (_, i) => value(i >> 3, (i >> 2) % 2, i % 4));
  const pixels = mixImages(bytes, size, { lambda: 0.75, box });
  expect([...pixels.subarray(0, 8)]).toEqual([0, 10, 1, 11, 2, 12, 103, 113]);
  const planes = mixImages(floats, size, { lambda: 0.75, box });
  expect([...planes.subarray(0, 8)]).toEqual([0, 1, 2, 103, 10, 11, 12, 113]);
});

test("lambda 1 leaves the batch as it is", () => {
  const images = new Uint8Array([1, 2]);
  const size = { batchSize: 2, width: 1, height: 1 };
  expect(mixImages(images, size, drawMixing({}, size, stream(0)))).toBe(images);
});

test("boxes lie inside of the image, and lambda is the share that is left", () => {
  const side = fc.integer({ min: 1, max: 64 });
  const cutmixMinmax = fc.constantFrom([0.2, 0.8] as const, [0, 1] as const, undefined);
  fc.assert(
    fc.property(side, side, cutmixMinmax, fc.integer(), (height, width, minmax, seed) => {
      const options: MixupOptions = { cutmix: 1, cutmixMinmax: minmax };
      const { lambda, box } = drawMixing(options, { height, width }, stream(seed));
      if (!box) throw new Error("no box");
      expect(box.left).toBeGreaterThanOrEqual(0);
      expect(box.top).toBeGreaterThanOrEqual(0);
      expect(box.left + box.width).toBeLessThanOrEqual(width);
      expect(box.top + box.height).toBeLessThanOrEqual(height);
      expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(0);
      expect(lambda).toBe(1 - (box.width * box.height) / (width * height));
    }),
  );
});

test("batches are mixed, and cut, as often as asked", () => {
  const share = (options: MixupOptions, is: (lambda: number, cut: boolean) => boolean) => {
    const drawn = Array.from({ length: 4000 }, (_, seed) => {
      const { lambda, box } = drawMixing(options, { height: 32, width: 32 }, stream(seed));
      return is(lambda, box !== null);
    });
    return drawn.filter(Boolean).length / drawn.length;
  };
  // Five standard errors of a share of 4000.
  const error = 5 * Math.sqrt(0.25 / 4000);
  const both = { mixup: 0.8, cutmix: 1, mixupProb: 0.6, mixupSwitchProb: 0.25 };
  expect(Math.abs(share(both, (lambda) => lambda < 1) - 0.6)).toBeLessThan(error);
  expect(Math.abs(share(both, (_, cut) => cut) - 0.15)).toBeLessThan(error);
  expect(share({ mixup: 1 }, (_, cut) => cut)).toBe(0);
  expect(share({ cutmix: 1 }, (_, cut) => cut)).toBe(1);
  expect(share({}, (lambda) => lambda < 1)).toBe(0);
});

test.each([0.01, 0.2, 1, 8])("Beta(%s, same) has its mean and variance", (alpha) => {
  const n = 20_000;
  const random = stream(1);
  const values = Array.from({ length: n }, () => symmetricBeta(alpha, random));
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - 0.5) ** 2, 0) / n;
  const expected = 1 / (4 * (2 * alpha + 1));
  expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
  // Five standard errors; the fourth moment of these is at most three times the squared variance.
  expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(expected / n));
  expect(Math.abs(variance - expected)).toBeLessThan(5 * expected * Math.sqrt(2 / n));
});
