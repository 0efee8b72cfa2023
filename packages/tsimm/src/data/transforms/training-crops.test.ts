/** Crops of the training transform against timm's; see `test/golden/augment`. */
import { expect, test } from "vitest";
import { digest, goldenImage, readCases, scripted } from "./augment/golden.fixture.ts";
import { mirroredPosition } from "./mirrored-position.ts";
import { trainingTransform } from "./training-transform.ts";

interface CropCase {
  readonly mode: "rrc" | "rkrc" | "rkrr";
  readonly image: string;
  /** Height and width. */
  readonly target: readonly [number, number];
  readonly key: number;
  readonly scale?: readonly [number, number];
  readonly ratio?: readonly [number, number];
  readonly used: number;
  readonly digest: string;
}

test.each(readCases<CropCase>("crops.json"))(
  "$mode of $image to $target ($key) gives timm's bytes",
  ({ mode, image: name, target, key, scale, ratio, used, digest: expected }) => {
    const image = goldenImage(name);
    const transform = trainingTransform({
      inputSize: [image.channels, ...target],
      trainCropMode: mode,
      hflip: 0,
      colorJitter: 0,
      scale,
      ratio,
    });
    const random = scripted(key);
    expect(digest(transform(image, random))).toBe(expected);
    // Both flips are drawn, too.
    expect(random.used()).toBe(used + 2);
  },
);

test("an axis is continued by its mirror images, without the edge", () => {
  const positions = Array.from({ length: 9 }, (_, i) => mirroredPosition(i - 4, 3));
  expect(positions).toEqual([0, 1, 2, 1, 0, 1, 2, 1, 0]);
  expect(mirroredPosition(-5, 1)).toBe(0);
});
