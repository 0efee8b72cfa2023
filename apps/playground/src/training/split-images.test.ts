import { expect, test } from "vitest";
import { type OwnClass, splitImages } from "./split-images.ts";

/** A class whose images are of one pixel: their number in red. */
const classOf = (name: string, count: number): OwnClass => ({
  name,
  images: Array.from({ length: count }, (_, i) => ({ name: `${i}.png`, pixels: Uint8Array.of(i, 0, 0) })),
});

test("every fifth image of a class validates, with its class", () => {
  const { images } = splitImages([classOf("cat", 11), classOf("empty", 0), classOf("dog", 5)], 1);
  expect(images?.classNames).toEqual(["cat", "dog"]);
  const red = (pixels: Uint8Array | undefined) => pixels?.filter((_, i) => i % 3 === 0);
  expect(red(images?.validation.pixels)).toEqual(Uint8Array.of(4, 9, 4));
  expect(images?.validation.labels).toEqual([0, 0, 1]);
  expect(red(images?.train.pixels)).toEqual(Uint8Array.of(0, 1, 2, 3, 5, 6, 7, 8, 10, 0, 1, 2, 3));
  expect(images?.train.labels).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1]);
});

test("of fewer than five the last one validates", () => {
  const { images, warnings } = splitImages([classOf("cat", 2), classOf("dog", 4)], 1);
  expect([images?.train.labels, images?.validation.labels]).toEqual([
    [0, 1, 1, 1],
    [0, 1],
  ]);
  expect(warnings).toEqual([
    "cat has 2 images: from 10 on a class is learnt better",
    "dog has 4 images: from 10 on a class is learnt better",
  ]);
});

test.each([
  [[], "There must be images to learn from, got none; add a folder for each class"],
  [
    [classOf("cat", 20), classOf("dog", 0)],
    "There must be at least two classes with images, got one: cat; add images of another class",
  ],
  [
    [classOf("cat", 20), classOf("dog", 1)],
    "dog must have at least two images, one to learn from and one to validate, got one; add some",
  ],
  [
    [classOf("cat", 20), classOf("cat", 20)],
    'Each class must have a name of its own, got "cat" twice; rename one',
  ],
  [[classOf("cat", 20), classOf(" ", 20)], "Each class must have a name, got one without; name it"],
])("images that cannot be learnt from: %#", (classes, problem) => {
  expect(splitImages(classes, 1)).toMatchObject({ images: null, problem });
});
