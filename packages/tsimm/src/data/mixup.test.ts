import fc from "fast-check";
import { expect, test } from "vitest";
import { goldenBits, readGolden } from "../models/golden.fixture.ts";
import { keyedRandom } from "../random/keyed-random.ts";
import { symmetricBeta } from "./beta-distribution.ts";
import { drawMixing, type MixupOptions, mixBatch } from "./mixup.ts";

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
  (each) => {
    const batch = { images: new Uint8Array(4 * 3), labels, size: 4 };
    const options = { width: 1, height: 1, numClasses: 10, smoothing: each.smoothing };
    const { targets } = mixBatch(batch, { ...options, lambda: each.lam, box: null });
    const expected = each.target?.flat() ?? [];
    // timm computes them in float32.
    for (const [i, share] of expected.entries()) expect(targets[i]).toBeCloseTo(share, 7);
  },
);

test("mixup blends bytes with those of the reversed batch and rounds halves to even", () => {
  const batch = {
    images: new Uint8Array([0, 10, 100, 255, 3, 20]),
    labels: new Int32Array([0, 1, 0]),
    size: 3,
  };
  const options = { width: 2, height: 1, numClasses: 2, smoothing: 0 };
  const { images, targets } = mixBatch(batch, { ...options, lambda: 0.5, box: null });
  expect([...images]).toEqual([2, 15, 100, 255, 2, 15]);
  expect([...targets]).toEqual([1, 0, 0, 1, 1, 0]);
  expect([...batch.images]).toEqual([0, 10, 100, 255, 3, 20]);
});

test("cutmix takes the box from the reversed batch", () => {
  const images = Uint8Array.from({ length: 2 * 3 * 3 }, (_, i) => (i < 9 ? 1 : 2));
  const box = { left: 1, top: 0, width: 2, height: 1 };
  const batch = { images, labels: new Int32Array([0, 1]), size: 2 };
  const options = { width: 3, height: 3, numClasses: 2, smoothing: 0 };
  const mixed = mixBatch(batch, { ...options, lambda: 0.75, box });
  expect([...mixed.images]).toEqual([1, 2, 2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 2, 2, 2, 2, 2, 2]);
  expect([...mixed.targets]).toEqual([0.75, 0.25, 0.25, 0.75]);
});

test("lambda 1 leaves the batch as it is", () => {
  const batch = { images: new Uint8Array([1, 2]), labels: new Int32Array([0, 1]), size: 2 };
  const size = { width: 1, height: 1 };
  const mixing = drawMixing({}, size, stream(0));
  const mixed = mixBatch(batch, { ...mixing, ...size, numClasses: 2, smoothing: 0 });
  expect(mixed.images).toBe(batch.images);
  expect([...mixed.targets]).toEqual([1, 0, 0, 1]);
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
