import { rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type ImageDataset, openDataset } from "../data/dataset.ts";
import { writeTar, writeTree } from "../data/file-tree.fixture.ts";
import { type MemoryDatasetOptions, memoryDataset } from "../data/memory-dataset.ts";
import { datasetDigest } from "./data-digest.ts";

const tree = {
  "train/cat/1.png": "one",
  "train/cat/2.png": "two",
  "train/dog/1.png": "three",
};
const digestOf = async (dataDir: string) => datasetDigest(await openDataset({ dataDir, split: "train" }));

test("the place of the images, the dates of the files and the archive around them do not count", async () => {
  const root = await writeTree(tree);
  const digest = await digestOf(root);
  // As in runs that were made before: they go on without a word about their images.
  expect(digest).toBe("d75e7b015825d9319c10573e1c634c7068973687f3f18c081c9e9cd0f99c25d4");
  await utimes(join(root, "train/cat/1.png"), 1, 1);
  expect(await digestOf(root)).toBe(digest);
  expect(await digestOf(await writeTree(tree))).toBe(digest);
  expect(await digestOf(await writeTar({ "before.txt": "moves all offsets", ...tree }))).toBe(digest);
});

test.each<[string, (root: string) => Promise<void>]>([
  ["other bytes of the same size", (root) => writeFile(join(root, "train/cat/1.png"), "eno")],
  ["another size", (root) => writeFile(join(root, "train/dog/1.png"), "three and more")],
  ["an image less", (root) => rm(join(root, "train/cat/2.png"))],
  ["an image more", (root) => writeFile(join(root, "train/cat/3.png"), "")],
  ["another name", (root) => rename(join(root, "train/cat/2.png"), join(root, "train/cat/3.png"))],
  ["another class", (root) => rename(join(root, "train/cat/2.png"), join(root, "train/dog/2.png"))],
  ["another name of a class", (root) => rename(join(root, "train/dog"), join(root, "train/owl"))],
])("%s gives another digest", async (_name, change) => {
  const root = await writeTree(tree);
  const before = await digestOf(root);
  await change(root);
  expect(await digestOf(root)).not.toBe(before);
});

test("images that cannot be read have a digest too: the loader is who tells of them", async () => {
  const root = await writeTree(tree);
  const before = await digestOf(root);
  await rm(join(root, "train/cat/2.png"));
  await symlink("2.png", join(root, "train/cat/2.png"));
  const after = await digestOf(root);
  expect(after).toMatch(/^[0-9a-f]{64}$/);
  expect(after).not.toBe(before);
});

const pixel = (level: number) =>
  ({ width: 1, height: 2, channels: 1, data: Uint8Array.of(level, 7) }) as const;
const inMemory = { images: [pixel(1), pixel(2)], labels: [0, 1], classNames: ["a", "b"] };

test.each<[string, MemoryDatasetOptions]>([
  ["other pixels", { ...inMemory, images: [pixel(1), pixel(3)] }],
  ["another shape", { ...inMemory, images: [pixel(1), { ...pixel(2), width: 2, height: 1 }] }],
  ["bytes of a file", { ...inMemory, images: [pixel(1), Uint8Array.of(2, 7)] }],
  ["another label", { ...inMemory, labels: [1, 1] }],
  [
    "several labels",
    {
      ...inMemory,
      labels: [
        [0, 1],
        [1, 1],
      ],
    },
  ],
  ["another name of an image", { ...inMemory, names: ["a", "b"] }],
  ["another name of a class", { ...inMemory, classNames: ["a", "c"] }],
])("of images in memory, %s give another digest", async (_name, other) => {
  const digest = await datasetDigest(memoryDataset(inMemory));
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect(await datasetDigest(memoryDataset({ ...inMemory, description: "elsewhere" }))).toBe(digest);
  expect(await datasetDigest(memoryDataset(other))).not.toBe(digest);
});

test("images of one's own that cannot be read have a digest too", async () => {
  const dataset = memoryDataset(inMemory);
  const broken = { ...dataset, read: () => Promise.reject(new Error("gone")) };
  expect(await datasetDigest(broken)).toMatch(/^[0-9a-f]{64}$/);
  expect(await datasetDigest(broken)).not.toBe(await datasetDigest(dataset));
});

test("of a large data set without files, 2,000 images are read", async () => {
  const read: number[] = [];
  const samples = Array.from({ length: 30_000 }, (_, index) => ({ path: `${index}`, label: [index / 2] }));
  const large: ImageDataset = {
    ...{ description: "numbers", classNames: ["half"], samples },
    read(index) {
      read.push(index);
      return pixel(index % 256);
    },
  };
  const digest = await datasetDigest(large);
  expect(read).toHaveLength(2000);
  expect(await datasetDigest({ ...large, samples: samples.with(1, { path: "1", label: [7] }) })).not.toBe(
    digest,
  );
});

test.each(["class", "multi", "number"] as const)(
  "the place of a table does not count, its %s labels and its images do",
  async (labels) => {
    const table = (first: string) => ({
      "train.csv": `path,label\na.png,${first}\nb.png,1\n`,
      "a.png": "A",
      "b.png": "B",
    });
    const digest = async (files: Readonly<Record<string, string>>) =>
      datasetDigest(await openDataset({ dataDir: await writeTree(files), split: "train", labels }));
    const first = await digest(table("0"));
    expect(await digest(table("0"))).toBe(first);
    expect(await digest(table("2"))).not.toBe(first);
    expect(await digest({ ...table("0"), "a.png": "C" })).not.toBe(first);
  },
);

test("of a large data set, all names count, sizes of 10,000 and bytes of 2,000 images", async () => {
  const count = 30_000;
  const root = await writeTree({ "a.png": "abc" });
  const asked: number[] = [];
  const large: ImageDataset = {
    description: root,
    classNames: ["a", "b"],
    samples: Array.from({ length: count }, (_, index) => ({
      path: `${root}/${index}.png`,
      label: index % 2,
    })),
    source(index) {
      asked.push(index);
      return { file: join(root, "a.png") };
    },
    read: async () => new Uint8Array(),
  };
  const digest = await datasetDigest(large);
  expect(asked).toHaveLength(10_000);
  expect(asked.slice(0, 3)).toEqual([2, 5, 8]);
  const samples = large.samples.with(1, { path: `${root}/x.png`, label: 1 });
  expect(await datasetDigest({ ...large, samples })).not.toBe(digest);
});
