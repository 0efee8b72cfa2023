import fc from "fast-check";
import { expect, test } from "vitest";
import { anyImage, channel } from "./image.fixture.ts";
import { crop } from "./image.ts";
import { resize } from "./resize.ts";

const side = fc.integer({ min: 1, max: 40 });
const interpolation = fc.constantFrom("bilinear" as const, "bicubic" as const);

test("a resized image of one colour keeps it", () => {
  fc.assert(
    fc.property(anyImage(), side, side, interpolation, fc.nat(255), (image, width, height, mode, level) => {
      const plain = { ...image, data: image.data.map(() => level) };
      const { data } = resize(plain, { width, height, interpolation: mode });
      expect(data).toEqual(new Uint8Array(width * height * image.channels).fill(level));
    }),
  );
});

test("bilinear resizing stays between the darkest and the brightest level", () => {
  fc.assert(
    fc.property(anyImage(), side, side, (image, width, height) => {
      const { data } = resize(image, { width, height, interpolation: "bilinear" });
      expect(Math.min(...data)).toBeGreaterThanOrEqual(Math.min(...image.data));
      expect(Math.max(...data)).toBeLessThanOrEqual(Math.max(...image.data));
    }),
  );
});

test("the channels of an image are resized like images of one channel", () => {
  const colour = anyImage().filter(({ channels }) => channels === 3);
  fc.assert(
    fc.property(colour, side, side, interpolation, (image, width, height, mode) => {
      const options = { width, height, interpolation: mode };
      for (const c of [0, 1, 2]) {
        expect(resize(channel(image, c), options)).toEqual(channel(resize(image, options), c));
      }
    }),
  );
});

test("resizing a box is cropping, then resizing", () => {
  const boxed = anyImage().chain((image) =>
    fc.record({
      image: fc.constant(image),
      left: fc.nat(image.width - 1),
      top: fc.nat(image.height - 1),
      right: fc.nat(image.width - 1),
      bottom: fc.nat(image.height - 1),
    }),
  );
  fc.assert(
    fc.property(
      boxed,
      side,
      side,
      interpolation,
      ({ image, left, top, right, bottom }, width, height, mode) => {
        const box = {
          left: Math.min(left, right),
          top: Math.min(top, bottom),
          width: Math.abs(left - right) + 1,
          height: Math.abs(top - bottom) + 1,
        };
        const options = { width, height, interpolation: mode };
        expect(resize(image, { ...options, box })).toEqual(resize(crop(image, box), options));
      },
    ),
  );
});
