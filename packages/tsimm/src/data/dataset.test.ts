import { execFileSync } from "node:child_process";
import { mkdir, readFile, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type OpenDatasetOptions, openDataset } from "./dataset.ts";
import { fashionMnistMini } from "./datasets/fashion-mnist-mini.ts";
import { type FileTree, temporaryFolder, writeTar, writeTree } from "./file-tree.fixture.ts";

const animals: FileTree = {
  "train/Dog/1.JPG": "dog one",
  "train/c10/b.webp": "ten",
  "train/c9/x10.jpeg": "x ten",
  "train/c9/x9.png": "x nine",
  "train/c9/notes.txt": "no image",
  "train/c9/.png": "a name without extension",
  "valid/c9/y.png": "y",
  "README.txt": "at the top",
};

const openers = [
  ["a folder", (tree: FileTree) => writeTree(tree)],
  ["a tar", (tree: FileTree) => writeTar(tree)],
] as const;

/** What is in a data set, with the temporary folder's name taken out. */
async function contents(options: OpenDatasetOptions) {
  const dataset = await openDataset(options);
  return {
    description: dataset.description.replace(options.dataDir, "<dir>"),
    classNames: dataset.classNames,
    samples: await Promise.all(
      dataset.samples.map(async ({ path, label }, index) => [
        path.replace(options.dataDir, "<dir>"),
        label,
        Buffer.from(await dataset.read(index)).toString(),
      ]),
    ),
  };
}

test.each(openers)("labels the images of %s by their folder, in natural order", async (_, write) => {
  const dataDir = await write(animals);
  expect(await contents({ dataDir, split: "train" })).toEqual({
    description: "<dir>/train",
    classNames: ["c9", "c10", "Dog"],
    samples: [
      ["<dir>/train/c9/x9.png", 0, "x nine"],
      ["<dir>/train/c9/x10.jpeg", 0, "x ten"],
      ["<dir>/train/c10/b.webp", 1, "ten"],
      ["<dir>/train/Dog/1.JPG", 2, "dog one"],
    ],
  });
});

test.each(openers)("the validation split of %s uses the training classes", async (_, write) => {
  const dataDir = await write(animals);
  const { classNames } = await openDataset({ dataDir, split: "train" });
  expect(await contents({ dataDir, split: "validation", classNames })).toEqual({
    description: "<dir>/valid",
    classNames: ["c9", "c10", "Dog"],
    samples: [["<dir>/valid/c9/y.png", 0, "y"]],
  });
});

test.each(openers)("folders of one name in %s are one class, with a warning", async (_, write) => {
  const dataDir = await write({
    "train/wild/cat/1.png": "",
    "train/pets/cat/2.png": "",
    "train/pets/dog/a/3.png": "",
  });
  const warnings: string[] = [];
  const dataset = await openDataset({ dataDir, split: "train", onWarning: (line) => warnings.push(line) });
  expect(dataset.classNames).toEqual(["a", "cat"]);
  expect(dataset.samples.map(({ label }) => label)).toEqual([1, 0, 1]);
  expect(warnings).toEqual([
    `Folders of the same name in ${dataDir}/train are one class: pets/cat, wild/cat`,
  ]);
});

test("an exact split name comes before its synonyms", async () => {
  const dataDir = await writeTree({ "val/a/1.png": "", "validation/b/2.png": "", "validation/c/2.png": "" });
  expect((await openDataset({ dataDir, split: "validation" })).classNames).toEqual(["b", "c"]);
});

test("a top-level folder in a tar is looked through", async () => {
  const dataDir = await writeTar({
    "./imagenette/train/a/1.png": "one",
    "./imagenette/train/b/2.png": "two",
  });
  expect(await contents({ dataDir, split: "train" })).toMatchObject({
    description: "<dir>/imagenette/train",
    samples: [
      ["<dir>/imagenette/train/a/1.png", 0, "one"],
      ["<dir>/imagenette/train/b/2.png", 1, "two"],
    ],
  });
});

test("links in a tar lead to the content of their target", async () => {
  const dataDir = await writeTar({ "train/a/1.png": "one" }, { "train/b/same.png": "train/a/1.png" });
  expect((await contents({ dataDir, split: "train" })).samples).toEqual([
    ["<dir>/train/a/1.png", 0, "one"],
    ["<dir>/train/b/same.png", 1, "one"],
  ]);
});

test("reads what the tar command writes: long names, symbolic links, folders", async () => {
  const long = `${"long-name-".repeat(12)}.png`;
  const root = await writeTree({ [`train/a/${long}`]: "long", "train/b/2.png": "x".repeat(1000) });
  await symlink("../b/2.png", join(root, "train/a/link.png"));
  const dataDir = join(await temporaryFolder(), "made.tar");
  execFileSync("tar", ["-cf", dataDir, "-C", root, "."]);
  expect((await contents({ dataDir, split: "train" })).samples).toEqual([
    ["<dir>/train/a/link.png", 0, "x".repeat(1000)],
    [`<dir>/train/a/${long}`, 0, "long"],
    ["<dir>/train/b/2.png", 1, "x".repeat(1000)],
  ]);
});

test("follows symbolic links to files and folders, and loops once", async () => {
  const elsewhere = await writeTree({ "dogs/1.png": "dog", "cat.png": "cat" });
  const dataDir = await writeTree({ "train/cats/0.png": "first" });
  await symlink(join(elsewhere, "dogs"), join(dataDir, "train/dogs"));
  await symlink(join(elsewhere, "cat.png"), join(dataDir, "train/cats/1.png"));
  await symlink(join(dataDir, "train"), join(dataDir, "train/cats/again"));
  await symlink(join(dataDir, "nowhere.txt"), join(dataDir, "train/cats/broken"));
  expect((await contents({ dataDir, split: "train" })).samples).toEqual([
    ["<dir>/train/cats/0.png", 0, "first"],
    ["<dir>/train/cats/1.png", 0, "cat"],
    ["<dir>/train/dogs/1.png", 1, "dog"],
  ]);
});

test("a class map sets the classes and leaves other images out", async () => {
  const dataDir = await writeTree({ ...animals, "map.txt": "Dog\nbird\r\nc9\n" });
  const warnings: string[] = [];
  const options = {
    dataDir,
    split: "train",
    classMap: "map.txt",
    onWarning: (line: string) => warnings.push(line),
  };
  expect(await contents(options)).toMatchObject({
    classNames: ["Dog", "bird", "c9"],
    samples: [
      ["<dir>/train/c9/x9.png", 2, "x nine"],
      ["<dir>/train/c9/x10.jpeg", 2, "x ten"],
      ["<dir>/train/Dog/1.JPG", 0, "dog one"],
    ],
  });
  expect(warnings).toEqual([`Left out 1 images in ${dataDir}/train: the class map does not list c10`]);
});

test("the built-in tar holds 2000 and 500 images of 10 classes", async () => {
  const training = await openDataset({ dataDir: fashionMnistMini, split: "train" });
  const { classNames } = training;
  const validation = await openDataset({ dataDir: fashionMnistMini, split: "validation", classNames });
  expect(classNames).toEqual([
    "bag",
    "boot",
    "coat",
    "dress",
    "pullover",
    "sandal",
    "shirt",
    "sneaker",
    "trouser",
    "tshirt",
  ]);
  expect([training.samples.length, validation.samples.length]).toEqual([2000, 500]);
  const png = Buffer.from(await validation.read(499));
  expect(png.subarray(0, 8)).toEqual(Buffer.from("\x89PNG\r\n\x1a\n", "latin1"));
  expect(png.subarray(-8, -4).toString()).toBe("IEND");
});

test("an index outside of the data set is refused", async () => {
  const dataset = await openDataset({ dataDir: await writeTree(animals), split: "train" });
  expect(() => dataset.source(4)).toThrow("ImageDataset: index must be an integer in 0 … 3, got 4");
});

test("a tar that changed under the reader is an error that names it", async () => {
  const dataDir = await writeTar(animals);
  const dataset = await openDataset({ dataDir, split: "train" });
  await truncate(dataDir, 100);
  await expect(dataset.read(0)).rejects.toThrow(/^file ends at byte \d+ of \d+: .*images.tar$/);
});

const bad: readonly [string, FileTree, Partial<OpenDatasetOptions>, string][] = [
  [
    "no split folder",
    { "cats/1.png": "", "dogs/1.png": "" },
    {},
    'openDataset: dataDir must hold a folder "train" (or training), got <dir> with cats, dogs; ' +
      "lay the images out as <dir>/train/<class>/<image>.jpg and <dir>/val/<class>/<image>.jpg",
  ],
  [
    "a split without synonyms",
    { "train/a/1.png": "" },
    { split: "test" },
    'openDataset: dataDir must hold a folder "test", got <dir> with train; ' +
      "lay the images out as <dir>/train/<class>/<image>.jpg and <dir>/val/<class>/<image>.jpg",
  ],
  [
    "no image",
    { "train/a/readme.txt": "" },
    {},
    "openDataset: <dir>/train must hold images (.png, .jpg, .jpeg, .webp), got none; " +
      "put them into <dir>/train/<class>/",
  ],
  [
    "images outside of class folders",
    { "train/1.png": "", "train/2.png": "", "train/a/3.png": "" },
    {},
    "openDataset: images must lie in class folders, got 1.png, 2.png directly in <dir>/train; " +
      "move each to <dir>/train/<class>/",
  ],
  [
    "one class",
    { "train/cat/1.png": "" },
    {},
    'openDataset: <dir> must have images of at least 2 classes, got only "cat"; ' +
      "put the images of each class into a folder of its own, <dir>/train/<class>/",
  ],
  [
    "classes that training does not have",
    { "val/cat/1.png": "", "val/cow/1.png": "", "val/Ant/1.png": "" },
    { split: "val", classNames: ["cat", "dog"] },
    "openDataset: <dir>/val must have the classes of the training images (cat, dog), got Ant, cow; " +
      "rename or remove these folders",
  ],
  [
    "a class map that lists no folder",
    { "train/cat/1.png": "", "train/dog/1.png": "", "map.txt": "cats\ndogs\n" },
    { classMap: "map.txt" },
    "openDataset: <dir>/train must hold images of the classes cats, dogs, got cat, dog; " +
      "write the folder names into the class map, one a line",
  ],
  [
    "a class map that does not exist",
    { "train/cat/1.png": "" },
    { classMap: "map.txt" },
    'readClassMap: classMap must be a file, got "map.txt", which is neither here nor in <dir>',
  ],
  [
    "a pickled class map",
    { "train/cat/1.png": "" },
    { classMap: "map.pkl" },
    'readClassMap: classMap must be a .txt file, got "map.pkl"; write one class name a line ' +
      "(pickles are not read, they can run code)",
  ],
  [
    "a class map that names a class twice",
    { "train/cat/1.png": "", "map.txt": "cat\ndog\ncat" },
    { classMap: "map.txt" },
    'readClassMap: each line of classMap must name another class, got "cat" in line 3 of map.txt',
  ],
  [
    "an empty class map",
    { "train/cat/1.png": "", "map.txt": "\n" },
    { classMap: "map.txt" },
    'readClassMap: each line of classMap must name another class, got "" in line 1 of map.txt',
  ],
];

test.each(bad)("refuses %s", async (_, tree, options, message) => {
  const dataDir = await writeTree(tree);
  const error: unknown = await openDataset({ dataDir, split: "train", ...options }).catch((reason) => reason);
  expect(error).toBeInstanceOf(RangeError);
  expect(String(error).replaceAll(dataDir, "<dir>")).toBe(`RangeError: ${message}`);
});

test("refuses what is neither a folder nor a tar", async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "images.zip"), "");
  await expect(openDataset({ dataDir: join(folder, "images.zip"), split: "train" })).rejects.toThrow(
    `openDataset: dataDir must be a folder or a .tar file, got "${folder}/images.zip"; unpack other archives first`,
  );
  await expect(openDataset({ dataDir: "no/such/", split: "train" })).rejects.toThrow(
    'openDataset: dataDir must be a folder or a .tar file, got "no/such/", which does not exist; ' +
      "lay the images out as no/such/train/<class>/<image>.jpg and no/such/val/<class>/<image>.jpg",
  );
});

test("refuses a tar that ends too early, and one that is none", async () => {
  const folder = await temporaryFolder();
  await mkdir(folder, { recursive: true });
  const whole = await readFile(await writeTar({ "train/a/1.png": "x".repeat(5000), "train/b/2.png": "" }));
  await writeFile(join(folder, "torn.tar"), whole.subarray(0, 2000));
  await writeFile(join(folder, "text.tar"), "just text ".repeat(200));
  await expect(openDataset({ dataDir: join(folder, "torn.tar"), split: "train" })).rejects.toThrow(
    `openDataset: dataDir must be a whole .tar archive, got ${folder}/torn.tar: Unexpected end of data`,
  );
  await expect(openDataset({ dataDir: join(folder, "text.tar"), split: "train" })).rejects.toThrow(
    `openDataset: dataDir must be a whole .tar archive, got ${folder}/text.tar: Invalid tar header. ` +
      "Maybe the tar is corrupted or it needs to be gunzipped?",
  );
});
