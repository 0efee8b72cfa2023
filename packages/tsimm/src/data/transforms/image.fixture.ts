/** Images for tests. */
import fc from "fast-check";
import type { Image } from "./image.ts";

/** Images of any size up to `maxSide`, of 1 or 3 channels. */
export function anyImage(maxSide = 24): fc.Arbitrary<Image> {
  const side = fc.integer({ min: 1, max: maxSide });
  return fc
    .record({ width: side, height: side, channels: fc.constantFrom<1 | 3>(1, 3) })
    .chain(({ width, height, channels }) => {
      const length = width * height * channels;
      return fc
        .uint8Array({ minLength: length, maxLength: length })
        .map((data) => ({ width, height, channels, data }));
    });
}

/** One channel of an image. */
export function channel({ width, height, channels, data }: Image, index: number): Image {
  return { width, height, channels: 1, data: data.filter((_, i) => i % channels === index) };
}
