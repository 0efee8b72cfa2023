import fc from "fast-check";
import { expect, test } from "vitest";
import { adjustBrightness, adjustContrast, adjustSaturation, grayscale } from "./color.ts";
import { anyImage, channel } from "./image.fixture.ts";

test("a factor of 1 changes no colour, 0 leaves only the degenerate image", () => {
  fc.assert(
    fc.property(anyImage(), (image) => {
      for (const adjust of [adjustBrightness, adjustContrast, adjustSaturation]) {
        expect(adjust(image, 1)).toEqual(image);
      }
      expect(Math.max(...adjustBrightness(image, 0).data)).toBe(0);
      expect(new Set(adjustContrast(image, 0).data).size).toBe(1);
      const grey = grayscale(image);
      for (let c = 0; c < image.channels; c++) {
        expect(channel(adjustSaturation(image, 0), c)).toEqual(grey);
      }
    }),
  );
});
