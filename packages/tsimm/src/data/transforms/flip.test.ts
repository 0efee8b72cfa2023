import fc from "fast-check";
import { expect, test } from "vitest";
import { flipHorizontally, flipVertically } from "./flip.ts";
import { anyImage } from "./image.fixture.ts";
import { resize } from "./resize.ts";

test("mirroring commutes with resizing, and twice is nothing", () => {
  fc.assert(
    fc.property(anyImage(), (image) => {
      expect(flipHorizontally(flipHorizontally(image))).toEqual(image);
      expect(flipVertically(flipVertically(image))).toEqual(image);
      const half = { width: 2 * image.width, height: 2 * image.height, interpolation: "bilinear" as const };
      expect(resize(flipHorizontally(image), half)).toEqual(flipHorizontally(resize(image, half)));
      expect(resize(flipVertically(image), half)).toEqual(flipVertically(resize(image, half)));
    }),
  );
});
