import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openDataset } from "../dataset.ts";
import { writeTar, writeTree } from "../file-tree.fixture.ts";
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

test("a registered source opens what it recognises, and what it is named for", async () => {
  expect(listSources()).toEqual(["folder", "tar", "csv"]);
  registerSource(levels);
  registerSource(levels);
  expect(listSources()).toEqual(["folder", "tar", "csv", "levels"]);
  const folder = await writeTree({ "a.levels": "light 200\ndark 10\n", "b.txt": "dark 1\nlight 2\n" });
  const dataset = await openDataset({ dataDir: join(folder, "a.levels"), split: "train" });
  expect(dataset.samples.map(({ label }) => label)).toEqual([1, 0]);
  const named = await openDataset({ dataDir: join(folder, "b.txt"), split: "train", source: "levels" });
  expect(named.samples.map(({ label }) => label)).toEqual([0, 1]);
  await expect(openDataset({ dataDir: folder, split: "train", source: "levls" })).rejects.toThrow(
    new RangeError(
      'openDataset: source must be one of folder, tar, csv, levels, got "levls"; did you mean "levels"?',
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
