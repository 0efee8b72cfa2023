import { expect, test } from "vitest";
import { labelKindOf } from "./image-dataset.ts";
import { type MemoryDatasetOptions, memoryDataset } from "./memory-dataset.ts";
import { balancedGroups, labelCounts } from "./sampling.ts";

const pixel = { width: 1, height: 1, channels: 1, data: Uint8Array.of(7) } as const;
const file = Uint8Array.of(1, 2, 3);
const two: MemoryDatasetOptions = { images: [pixel, file], labels: [1, 0], classNames: ["a", "b"] };

test("holds images as they are, with class ids", async () => {
  const dataset = memoryDataset({ ...two, names: ["one", "two"], description: "mine" });
  expect(dataset).toMatchObject({
    ...{ description: "mine", classNames: ["a", "b"], labelKind: "class" },
    samples: [
      { path: "one", label: 1 },
      { path: "two", label: 0 },
    ],
  });
  expect(await dataset.read(0)).toBe(pixel);
  expect(await dataset.read(1)).toBe(file);
  expect(dataset.source).toBeUndefined();
  expect(() => dataset.read(2)).toThrow(
    new RangeError("ImageDataset: index must be an integer in 0 … 1, got 2"),
  );
});

test("labels are lists of 0 and 1 for several classes, numbers for outputs", () => {
  const multi = memoryDataset({
    ...two,
    labels: [
      [0, 1],
      [1, 1],
    ],
  });
  expect(labelKindOf(multi)).toBe("multi");
  const { classNames: _, ...rest } = two;
  const numbers = memoryDataset({ ...rest, labels: [1, 0], outputNames: ["age"] });
  // Nothing but 0 and 1, and numbers all the same.
  expect(labelKindOf(numbers)).toBe("number");
  expect(numbers.classNames).toEqual(["age"]);
  expect(numbers.samples.map(({ label }) => label)).toEqual([[1], [0]]);
});

test("labels are probabilities of classes, which count in parts", () => {
  const soft = memoryDataset({
    ...two,
    labels: [
      [0, 1],
      [0.75, 0.25],
    ],
  });
  expect(soft.labelKind).toBe("class");
  expect(labelCounts(soft)).toEqual([0.75, 1.25]);
  expect(balancedGroups(soft).map((group) => [...group])).toEqual([[1], [0]]);
});

test.each<[Partial<MemoryDatasetOptions>, string]>([
  [
    { classNames: undefined },
    "one of classNames and outputNames must be given, got none; name the classes, or the outputs of a regression",
  ],
  [
    { outputNames: ["x"] },
    "one of classNames and outputNames must be given, got both; name the classes, or the outputs of a regression",
  ],
  [{ images: [] }, "images must have at least one image, got none"],
  [{ labels: [1] }, "labels must have one for each of the 2 images, got 1"],
  [{ names: ["x"] }, "names must have one for each of the 2 images, got 1"],
  [{ labels: [0, 2] }, "labels[1] must be an integer in 0 … 1 or 2 probabilities whose sum is 1, got 2"],
  [{ labels: [0, 0.5] }, "labels[1] must be an integer in 0 … 1 or 2 probabilities whose sum is 1, got 0.5"],
  [
    { labels: [0, [0, 1]] },
    "labels[1] must be an integer in 0 … 1 or 2 probabilities whose sum is 1, got [0,1]",
  ],
  [
    {
      labels: [
        [0, 1],
        [0, 2],
      ],
    },
    "labels[1] must be 2 numbers, each 0 or 1, got [0,2]",
  ],
  [{ labels: [[0, 1], [0]] }, "labels[1] must be 2 numbers, each 0 or 1, got [0]"],
  [{ labels: [[0, 1], 1] }, "labels[1] must be an integer in 0 … 1 or 2 probabilities whose sum is 1, got 1"],
  [
    { classNames: undefined, outputNames: ["x"], labels: [0.5, Number.NaN] },
    "labels[1] must be 1 finite number, got [NaN]",
  ],
  [
    {
      labels: [
        [0.5, 0.5],
        [0.5, 0.6],
      ],
    },
    "labels[1] must be an integer in 0 … 1 or 2 probabilities whose sum is 1, got [0.5,0.6]",
  ],
  [
    {
      labels: [
        [0.5, 0.5],
        [1.5, -0.5],
      ],
    },
    "labels[1] must be an integer in 0 … 1 or 2 probabilities whose sum is 1, got [1.5,-0.5]",
  ],
  [{ classNames: ["a"], labels: [0, 0] }, "classNames must have at least 2 names, got 1"],
  [
    { images: [file, { ...pixel, width: 2 }] },
    "images[1]: data of an image of 2 x 1 x 1 must be a Uint8Array of 2 bytes, got 1 bytes",
  ],
  [
    { images: [file, { ...pixel, height: 0 }] },
    "images[1]: an image must have width and height >= 1 and 1 or 3 channels, got 1 x 0 x 1",
  ],
  [
    { images: [file, "a.png" as unknown as Uint8Array] },
    "images[1]: an image must be bytes of a file, or { width, height, channels, data }",
  ],
  [
    { image: [] } as Partial<MemoryDatasetOptions>,
    'option must be one of images, labels, classNames, outputNames, names, description, got "image"; did you mean "images"?',
  ],
])("refuses %j", (options, message) => {
  expect(() => memoryDataset({ ...two, ...options })).toThrow(new RangeError(`memoryDataset: ${message}`));
});
