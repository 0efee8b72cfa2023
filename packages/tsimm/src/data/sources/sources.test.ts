import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openDataset } from "../dataset.ts";
import { writeTar, writeTree } from "../file-tree.fixture.ts";
import { bytesOf } from "../image-bytes.fixture.ts";
import type { ImageDataset } from "../image-dataset.ts";
import { memoryDataset } from "../memory-dataset.ts";
import { defineSource, type OpenDatasetOptions, type SourceDefinition } from "./source.ts";
import { listSources, registerSource } from "./sources.ts";

/** Images as text: a line for each, `<class> <level>`. */
const levels = defineSource({
  name: "levels",
  recognises: ({ dataDir, kind }) => kind === "file" && dataDir.endsWith(".levels"),
  async open({ dataDir, classNames }) {
    const lines = (await readFile(dataDir, "utf8"))
      .trim()
      .split("\n")
      .map((line) => line.split(" "));
    const names = classNames ?? [...new Set(lines.map(([name = ""]) => name))].sort();
    return memoryDataset({
      images: lines.map(([, level]) => ({
        width: 1,
        height: 1,
        channels: 1,
        data: Uint8Array.of(Number(level)),
      })),
      labels: lines.map(([name = ""]) => names.indexOf(name)),
      classNames: names,
    });
  },
});

/** The same four images in each source that is built in; a new one gets a row. */
const builtIn: Readonly<Record<string, () => Promise<string>>> = {
  folder: () => writeTree(animals),
  tar: () => writeTar(animals),
  csv: () =>
    writeTree({
      ...animals,
      "train.csv": "path,label\ntrain/c9/1.png,c9\ntrain/c9/2.png,c9\ntrain/c10/1.png,c10\n",
      "val.csv": "path,label\nval/c10/1.png,c10\n",
    }).then((folder) => join(folder, "train.csv")),
};
const animals = {
  "train/c9/1.png": "A",
  "train/c9/2.png": "B",
  "train/c10/1.png": "C",
  "val/c10/1.png": "D",
};

test("every source that is built in has a row, and every file of one is in the list", async () => {
  expect(Object.keys(builtIn)).toEqual(listSources());
  const files = (await readdir(new URL(".", import.meta.url))).filter((name) => name.endsWith("-source.ts"));
  expect(files).toEqual(
    listSources()
      .map((name) => `${name}-source.ts`)
      .sort(),
  );
});

test.each(Object.entries(builtIn))("%s: the same images, classes and labels", async (name, write) => {
  const dataDir = await write();
  for (const source of [undefined, name]) {
    const training = await openDataset({ dataDir, split: "train", source });
    const { classNames } = training;
    const validation = await openDataset({ dataDir, split: "validation", source, classNames });
    expect(classNames).toEqual(["c9", "c10"]);
    const all = [training, validation].flatMap((dataset) =>
      dataset.samples.map(async ({ label }, index) => [
        label,
        Buffer.from(await bytesOf(dataset, index)).toString(),
      ]),
    );
    expect(await Promise.all(all)).toEqual([
      [0, "A"],
      [0, "B"],
      [1, "C"],
      [1, "D"],
    ]);
    expect(training.labelKind).toBe("class");
    expect(() => training.source?.(3)).toThrow("ImageDataset: index must be an integer in 0 … 2, got 3");
    await expect(openDataset({ dataDir, split: "test", source })).rejects.toThrow(RangeError);
    await expect(openDataset({ dataDir, split: "train", source, classNames: ["c9", "x"] })).rejects.toThrow(
      /must have the classes of the training images \(c9, x\), got c10/,
    );
  }
});

test("a source that gives no data set is refused", async () => {
  const empty = defineSource({
    name: "empty",
    recognises: () => false,
    open: async () => ({}) as ImageDataset,
  });
  registerSource(empty);
  await expect(openDataset({ dataDir: "x", split: "train", source: "empty" })).rejects.toThrow(
    new TypeError(
      'openDataset: source "empty": a data set must have description, classNames, samples and read, ' +
        "got none of samples, classNames, read",
    ),
  );
});

test("a registered source opens what it recognises, and what it is named for", async () => {
  const before = listSources();
  registerSource(levels);
  registerSource(levels);
  expect(listSources()).toEqual([...before, "levels"]);
  const folder = await writeTree({ "a.levels": "light 200\ndark 10\n", "b.txt": "dark 1\nlight 2\n" });
  const dataset = await openDataset({ dataDir: join(folder, "a.levels"), split: "train" });
  expect(dataset.samples.map(({ label }) => label)).toEqual([1, 0]);
  const named = await openDataset({ dataDir: join(folder, "b.txt"), split: "train", source: "levels" });
  expect(named.samples.map(({ label }) => label)).toEqual([0, 1]);
  await expect(openDataset({ dataDir: folder, split: "train", source: "levls" })).rejects.toThrow(
    new RangeError(
      `openDataset: source must be one of ${listSources().join(", ")}, got "levls"; did you mean "levels"?`,
    ),
  );
  expect(() => registerSource({ ...levels })).toThrow(
    'registerSource: name must be of no other source, got "levels", which is already registered; ' +
      "give the new definition another name",
  );
  expect(() => registerSource({ ...levels, name: "tar" })).toThrow('got "tar", which is built in; ');
});

test("of several sources that recognise a place the one registered last opens it", async () => {
  const dataDir = await writeTree({ "train/a/1.png": "", "train/b/1.png": "", marker: "" });
  const opened = async () => (await openDataset({ dataDir, split: "train" })).description;
  expect(await opened()).toBe(`${dataDir}/train`);
  const own: SourceDefinition = {
    name: "own",
    recognises: ({ kind, dataDir: place }) => kind === "folder" && place === dataDir,
    open: async () => ({
      description: "own",
      classNames: ["a", "b"],
      samples: [],
      read: () => new Uint8Array(),
    }),
  };
  registerSource(own);
  expect(await opened()).toBe("own");
});

const folders = { "train/a/1.png": "", "train/b/1.png": "" };

test.each<[Partial<OpenDatasetOptions>, string]>([
  [
    { labels: "multi" },
    'openDataset: labels must be class for images in class folders, got "multi"; ' +
      "list the images and their labels in a .csv file and give that as dataDir",
  ],
  [
    { labelColumns: ["a"] },
    'openDataset: labelColumns must be absent for images in class folders, got ["a"]; it is of a .csv file',
  ],
])("folders and archives refuse %j", async (options, message) => {
  for (const dataDir of [await writeTree(folders), await writeTar(folders)]) {
    await expect(openDataset({ dataDir, split: "train", ...options })).rejects.toThrow(
      new RangeError(message),
    );
  }
});

test.each<[object, string]>([
  [{}, "defineSource: name must be text that is not empty, got undefined"],
  [{ name: "zip" }, 'defineSource: recognises of "zip" must be a function, got undefined'],
  [{ name: "zip", recognises: () => true, open: 5 }, 'defineSource: open of "zip" must be a function, got 5'],
])("a definition %j is refused", (definition, message) => {
  expect(() => defineSource(definition as SourceDefinition)).toThrow(new TypeError(message));
});
