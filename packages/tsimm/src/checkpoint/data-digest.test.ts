import { rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type ImageDataset, openDataset } from "../data/dataset.ts";
import { writeTar, writeTree } from "../data/file-tree.fixture.ts";
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
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
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
