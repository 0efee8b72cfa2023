import { execFileSync } from "node:child_process";
import { mkdir, readFile, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type OpenDatasetOptions, openDataset } from "./dataset.ts";
import { fashionMnistMini } from "./datasets/fashion-mnist-mini.ts";
import { type FileTree, temporaryFolder, writeTar, writeTree } from "./file-tree.fixture.ts";
import { bytesOf } from "./image-bytes.fixture.ts";

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
        Buffer.from(await bytesOf(dataset, index)).toString(),
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
    "train/cat/1.png": "",
    "train/pets/cat/2.png": "",
    "train/pets/dog/a/3.png": "",
  });
  const warnings: string[] = [];
  const dataset = await openDataset({ dataDir, split: "train", onWarning: (line) => warnings.push(line) });
  expect(dataset.classNames).toEqual(["a", "cat"]);
  expect(dataset.samples.map(({ label }) => label)).toEqual([1, 1, 0]);
  expect(warnings).toEqual([`Folders of the same name in ${dataDir}/train are one class: cat, pets/cat`]);
});

test.each(openers)("where every top folder of %s has sub-folders, it is the class", async (_, write) => {
  const dataDir = await write({
    "train/cat/monday/1.png": "",
    "train/cat/tuesday/1.png": "",
    "train/dog/monday/left/1.png": "",
    "train/dog/2.png": "",
    // Flat, and half flat: as in training.
    "val/cat/1.png": "",
    "val/dog/friday/2.png": "",
  });
  const infos: string[] = [];
  const onInfo = (line: string) => infos.push(line);
  const { classNames, samples } = await openDataset({ dataDir, split: "train", onInfo });
  expect(classNames).toEqual(["cat", "dog"]);
  expect(samples.map(({ path, label }) => [path.slice(dataDir.length + 7), label])).toEqual([
    ["cat/monday/1.png", 0],
    ["cat/tuesday/1.png", 0],
    ["dog/2.png", 1],
    ["dog/monday/left/1.png", 1],
  ]);
  const validation = await openDataset({ dataDir, split: "val", classNames, onInfo });
  expect(validation.samples.map(({ label }) => label)).toEqual([0, 1]);
  expect(infos).toEqual([
    `The class of an image is its top folder in ${dataDir}/train (cat, dog); ` +
      "the folders below (left, monday, tuesday) are no classes, unless a --class-map file lists them",
  ]);
});

test.each(openers)("%s without hidden and system files is the same data set", async (_, write) => {
  const clean = { "train/a/1.png": "1", "train/b/2.png": "2" };
  const dataDir = await write({
    ...clean,
    "train/.ipynb_checkpoints/1-checkpoint.png": "",
    "train/a/.ipynb_checkpoints/1-checkpoint.png": "",
    "train/a/._1.png": "",
    "train/a/Thumbs.db": "",
    "train/b/@eaDir/2.png/SYNOPHOTO_THUMB_M.png": "",
    "train/__MACOSX/a/._1.png": "",
    "train/$RECYCLE.BIN/S-1/3.png": "",
    "train/System Volume Information/4.png": "",
    "train/lost+found/5.png": "",
    "train/@__thumb/6.png": "",
    "train/LOST.DIR/7.png": "",
    "train/FOUND.000/8.png": "",
    "train/DESKTOP.INI": "",
    "train/.DS_Store": "",
    ".git/config": "",
  });
  const infos: string[] = [];
  const dataset = await openDataset({ dataDir, split: "train", onInfo: (line) => infos.push(line) });
  expect(dataset.classNames).toEqual(["a", "b"]);
  expect(dataset.samples.map(({ path }) => path.slice(dataDir.length + 1))).toEqual(Object.keys(clean));
  expect(infos).toEqual([`Left out of ${dataDir}/train: 14 hidden or system files`]);
  infos.length = 0;
  const plain = await write(clean);
  await openDataset({ dataDir: plain, split: "train", onInfo: (line) => infos.push(line) });
  expect(infos).toEqual([]);
});

test.each(openers)("every format of %s is read, the rest is counted by extension", async (_, write) => {
  const read = ["png", "JPG", "jpeg", "jfif", "webp", "gif", "bmp", "tif", "TIFF", "avif"];
  const dataDir = await write({
    ...Object.fromEntries(read.map((extension, i) => [`train/${i % 2 ? "a" : "b"}/${i}.${extension}`, ""])),
    ...Object.fromEntries(
      ["1.heic", "2.HEIC", "3.svg", "4.txt", "LICENSE"].map((name) => [`train/a/${name}`, ""]),
    ),
    "train/read.me": "",
    "train/a/.hidden": "",
  });
  const infos: string[] = [];
  const dataset = await openDataset({ dataDir, split: "train", onInfo: (line) => infos.push(line) });
  expect(dataset.samples).toHaveLength(read.length);
  expect(infos).toEqual([
    `Left out of ${dataDir}/train: 2 .heic, 1 .me, 1 .svg, 1 .txt, 1 extensionless file, 1 hidden or system file`,
  ]);
});

test("a class map, or the classes of training, say which folders are classes", async () => {
  const dataDir = await writeTree({
    "train/cat/1.png": "",
    "train/dog/day/2.png": "",
    "train/dog/night/3.png": "",
    "leaf.txt": "cat\nday\nnight\n",
    "top.txt": "cat\ndog\n",
  });
  const labels = async (options: Partial<OpenDatasetOptions>) =>
    (await openDataset({ dataDir, split: "train", ...options })).samples.map(({ label }) => label);
  expect(await labels({ classMap: "top.txt" })).toEqual([0, 1, 1]);
  expect(await labels({ classMap: "leaf.txt" })).toEqual([0, 1, 2]);
  expect(await labels({ classNames: ["dog", "cat"] })).toEqual([1, 0, 0]);
});

test("one folder around the classes is looked through", async () => {
  const dataDir = await writeTree({
    "train/photos/cat/1.png": "",
    "train/photos/dog/2.png": "",
    "val/photos/cat/a/1.png": "",
    "val/photos/cat/b/1.png": "",
  });
  const { classNames } = await openDataset({ dataDir, split: "train" });
  expect(classNames).toEqual(["cat", "dog"]);
  const validation = await openDataset({ dataDir, split: "val", classNames });
  expect(validation.samples.map(({ label }) => label)).toEqual([0, 0]);
});

test("folders that link to each other are read once each", async () => {
  const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
  const dataDir = await writeTree(Object.fromEntries(names.map((name) => [`train/${name}/1.png`, name])));
  for (const from of names)
    for (const to of names) await symlink(`../${to}`, join(dataDir, `train/${from}/to-${to}`));
  const pool = await writeTree({ "x/2.png": "x" });
  await symlink(join(pool, "x"), join(dataDir, "train/z2"));
  await symlink(join(pool, "x"), join(dataDir, "train/z1"));
  const infos: string[] = [];
  const dataset = await openDataset({ dataDir, split: "train", onInfo: (line) => infos.push(line) });
  expect(dataset.classNames).toEqual([...names, "z1"]);
  expect(dataset.samples).toHaveLength(9);
  expect(infos).toEqual([`Left out of ${dataDir}/train: 65 repeated links`]);
});

test.skipIf(process.platform === "win32")(
  "pipes, devices and names without UTF-8 are no images",
  async () => {
    const dataDir = await writeTree({ "train/a/1.png": "1", "train/b/2.png": "2" });
    execFileSync("mkfifo", [join(dataDir, "train/a/pipe.png")]);
    await symlink("/dev/zero", join(dataDir, "train/a/zero.png"));
    await writeFile(Buffer.from(`${dataDir}/train/b/caf\xe9.png`, "latin1"), "");
    const infos: string[] = [];
    const dataset = await openDataset({ dataDir, split: "train", onInfo: (line) => infos.push(line) });
    expect(dataset.samples).toHaveLength(2);
    expect(infos).toEqual([`Left out of ${dataDir}/train: 2 special files, 1 non-UTF-8 name`]);
    await mkdir(Buffer.from(`${dataDir}/train/\xe9`, "latin1"));
    await expect(openDataset({ dataDir, split: "train" })).rejects.toThrow(
      `names of folders must be UTF-8, got "${dataDir}/train/\ufffd"; rename it`,
    );
  },
);

test("names in a tar that are not UTF-8 are no images, and no classes", async () => {
  const entry = (name: string) => Buffer.from(name, "latin1");
  const tar = async (names: readonly string[]) => {
    const archive = await writeTar(Object.fromEntries(names.map((name) => [name.replace("\xe9", "?"), "x"])));
    const bytes = await readFile(archive);
    for (const name of names) {
      const at = bytes.indexOf(name.replace("\xe9", "?"));
      entry(name).copy(bytes, at);
      // The checksum of the header: the sum of its bytes, its own field as blanks.
      const header = bytes.subarray(at, at + 512);
      header.fill(" ", 148, 156);
      const sum = header.reduce((total, byte) => total + byte, 0);
      header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
    }
    await writeFile(archive, bytes);
    return archive;
  };
  const images = await tar(["train/a/1.png", "train/a/caf\xe9.png", "train/b/2.png"]);
  const infos: string[] = [];
  const dataset = await openDataset({ dataDir: images, split: "train", onInfo: (line) => infos.push(line) });
  expect(dataset.samples.map(({ path }) => path)).toEqual([
    `${images}/train/a/1.png`,
    `${images}/train/b/2.png`,
  ]);
  expect(infos).toEqual([`Left out of ${images}/train: 1 non-UTF-8 name`]);
  const classes = await tar(["train/a/1.png", "train/caf\xe9/1.png", "train/b/2.png"]);
  await expect(openDataset({ dataDir: classes, split: "train" })).rejects.toThrow(
    `names of folders must be UTF-8, got "${classes}/train/caf\ufffd"; rename it`,
  );
});

test("extensions that Pillow knows count, whatever their case", async () => {
  const tree = Object.fromEntries(
    ["jpe", "APNG", "avifs", "Jfif", "TIFF", "heic"].map((end) => [`train/a/1.${end}`, ""]),
  );
  const dataDir = await writeTree({ ...tree, "train/b/1.png": "" });
  const { samples } = await openDataset({ dataDir, split: "train" });
  expect(samples.map(({ path }) => path.slice(path.lastIndexOf("/") + 1))).toEqual([
    ...["1.APNG", "1.avifs", "1.Jfif", "1.jpe", "1.TIFF"],
    "1.png",
  ]);
});

test.each([
  [{ split: "train" }, "openDataset: dataDir must be text, got undefined"],
  [{ dataDir: "photos", split: 1 }, "openDataset: split must be text, got 1"],
  [{ dataDir: ["photos"], split: "train" }, "openDataset: dataDir must be text, got photos"],
])("refuses %j", async (options, message) => {
  // As a program in JavaScript passes it.
  await expect(openDataset(options as unknown as OpenDatasetOptions)).rejects.toThrow(new TypeError(message));
});

test.skipIf(process.platform === "win32")("names in messages have no control characters", async () => {
  const dataDir = await writeTree({
    "train/a\u001b[31m/1.png": "",
    "train/\u202eb/1.x\u0007": "",
    "train/\u202eb/2.png": "",
  });
  const infos: string[] = [];
  await openDataset({ dataDir, split: "train", onInfo: (line) => infos.push(line) });
  expect(infos).toEqual([`Left out of ${dataDir}/train: 1 .x\\x07`]);
  await expect(openDataset({ dataDir, split: "train", classNames: ["x", "y"] })).rejects.toThrow(
    "got a\\x1b[31m, \\u202eb; rename",
  );
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

test("what leads nowhere in a tar, and what is no file, is counted", async () => {
  const dataDir = await writeTar(
    {
      "photos/train/a/1.png": "one",
      "photos/train/b/2.png": "two",
      "__MACOSX/photos/train/._a": "",
      "._photos": "",
    },
    {
      "photos/train/b/chain.png": "photos/train/b/same.png",
      "photos/train/b/same.png": "photos/train/a/1.png",
      "photos/train/a/lost.png": "photos/train/a/9.png",
      "photos/train/a/round.png": "photos/train/a/and-round.png",
      "photos/train/a/and-round.png": "photos/train/a/round.png",
    },
  );
  const infos: string[] = [];
  const onInfo = (line: string) => infos.push(line);
  expect((await contents({ dataDir, split: "train", onInfo })).samples).toEqual([
    ["<dir>/photos/train/a/1.png", 0, "one"],
    ["<dir>/photos/train/b/2.png", 1, "two"],
    ["<dir>/photos/train/b/chain.png", 1, "one"],
    ["<dir>/photos/train/b/same.png", 1, "one"],
  ]);
  expect(infos).toEqual([`Left out of ${dataDir}/photos/train: 3 dead links`]);
});

test("odd sizes in the headers of a tar do not keep the reader waiting", async () => {
  const dataDir = await writeTar({
    "train/a/1.png": "one",
    "train/b/2.png": "two",
    "train/b/size": "",
    "train/b/3.png": "",
  });
  const bytes = await readFile(dataDir);
  // The checksum is the sum of the header with blanks in its own place.
  const header = bytes.subarray(2048, 2560);
  const writeHeader = async (size: string, type: string) => {
    header.write(size, 124, "latin1");
    header.write(type, 156);
    header.fill(" ", 148, 156);
    const sum = header.reduce((total, byte) => total + byte);
    header.write(`${sum.toString(8).padStart(6, "0")}\0`, 148);
    await writeFile(dataDir, bytes);
  };
  await writeHeader("00000000005", "5");
  const { samples } = await openDataset({ dataDir, split: "train" });
  expect(samples.map(({ path }) => path.slice(dataDir.length + 1))).toEqual([
    "train/a/1.png",
    "train/b/2.png",
    "train/b/3.png",
  ]);
  await writeHeader("\xd200000005", "0");
  await expect(openDataset({ dataDir, split: "train" })).rejects.toThrow(
    `openDataset: dataDir must be a whole .tar archive, got ${dataDir}: Invalid size in a header`,
  );
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

test("a class map may have a byte-order mark, UTF-16 and 200,000 lines", async () => {
  const dataDir = await writeTree({
    "train/c9/1.png": "",
    "train/Größe/2.png": "",
    "utf8.txt": "\ufeffGröße\r\nc9\r\n",
    "utf16.txt": Buffer.from("\ufeffGröße\r\nc9\r\n", "utf16le"),
    "mac.txt": "Größe\rc9",
    "long.txt": Array.from({ length: 200_000 }, (_, i) => `c${i}\n`).join(""),
  });
  for (const classMap of ["utf8.txt", "utf16.txt", "mac.txt"]) {
    const { classNames } = await openDataset({ dataDir, split: "train", classMap });
    expect(classNames).toEqual(["Größe", "c9"]);
  }
  const long = await openDataset({ dataDir, split: "train", classMap: "long.txt" });
  expect(long.classNames).toHaveLength(200_000);
  expect(long.samples.map(({ label }) => label)).toEqual([9]);
});

test.skipIf(process.platform === "win32")("a class map that is no text file is refused", async () => {
  const dataDir = await writeTree({ "train/a/1.png": "", "bytes.txt": new Uint8Array([0x61, 0xff, 0x0a]) });
  execFileSync("mkfifo", [join(dataDir, "pipe.txt")]);
  await symlink("/dev/zero", join(dataDir, "zero.txt"));
  const refused = (classMap: string) => expect(openDataset({ dataDir, split: "train", classMap })).rejects;
  await refused("pipe.txt").toThrow("readClassMap: classMap must be a readable file, got ");
  await refused("zero.txt").toThrow(`"${dataDir}/zero.txt" must be a regular file, got a device`);
  await writeFile(join(dataDir, "large.txt"), "a");
  await truncate(join(dataDir, "large.txt"), 2 ** 40);
  await refused("large.txt").toThrow("must have at most 67108864 bytes, got 1099511627776");
  await refused("bytes.txt").toThrow("readClassMap: classMap must be text in UTF-8, got other bytes in");
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
  const png = Buffer.from(await bytesOf(validation, 499));
  expect(png.subarray(0, 8)).toEqual(Buffer.from("\x89PNG\r\n\x1a\n", "latin1"));
  expect(png.subarray(-8, -4).toString()).toBe("IEND");
});

test("an index outside of the data set is refused", async () => {
  const dataset = await openDataset({ dataDir: await writeTree(animals), split: "train" });
  expect(() => dataset.source?.(4)).toThrow("ImageDataset: index must be an integer in 0 … 3, got 4");
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
    "openDataset: <dir>/train must hold images " +
      "(.png, .jpg, .jpeg, .jfif, .webp, .gif, .bmp, .tif, .tiff, .avif), got 1 .txt; " +
      "put them into <dir>/train/<class>/",
  ],
  [
    "class folders without images",
    {
      "train/a/1.png": "",
      "train/b/2.png": "",
      "train/c/3.heic": "",
      "train/d/x/4.HEIC": "",
      "train/d/notes": "",
    },
    {},
    "openDataset: each class folder must hold images " +
      "(.png, .jpg, .jpeg, .jfif, .webp, .gif, .bmp, .tif, .tiff, .avif), got none in <dir>/train/c (1 .heic), " +
      "<dir>/train/d (1 .heic, 1 extensionless file); convert what lies there or remove the folder",
  ],
  [
    "a class folder without images beside those of a group",
    {
      "train/pets/cat/1.png": "",
      "train/pets/dog/2.raw": "",
      "train/cat/3.png": "",
      "train/cat/raw/3.raw": "",
    },
    {},
    "openDataset: each class folder must hold images " +
      "(.png, .jpg, .jpeg, .jfif, .webp, .gif, .bmp, .tif, .tiff, .avif), got none in <dir>/train/pets/dog (1 .raw); " +
      "convert what lies there or remove the folder",
  ],
  [
    "class folders of which some have sub-folders",
    { "train/cat/1.png": "", "train/dog/day/2.png": "", "train/dog/night/3.png": "", "train/owl/4.png": "" },
    {},
    "openDataset: all class folders or none must have sub-folders of images, got dog with (day, night) and " +
      "cat, owl without in <dir>/train; if dog is a class, move its images up into <dir>/train/dog; if day is a " +
      "class, move that folder up into <dir>/train; or name the classes, one a line, in a file for --class-map",
  ],
  [
    "a class name of two lines",
    { "train/a/1.png": "", "train/b\nc/2.png": "", "train/d\re/3.png": "" },
    {},
    "openDataset: class names must have no line breaks, got b\\nc, d\\re in <dir>/train; rename the folders",
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

test("an empty class folder is refused, in a folder and in a tar", async () => {
  const root = await writeTree({ "train/a/1.png": "", "train/b/2.png": "" });
  await mkdir(join(root, "train/owl"));
  const archive = join(await temporaryFolder(), "made.tar");
  execFileSync("tar", ["-cf", archive, "-C", root, "train"]);
  for (const dataDir of [root, archive]) {
    await expect(openDataset({ dataDir, split: "train" })).rejects.toThrow(
      `got none in ${dataDir}/train/owl (empty); convert what lies there or remove the folder`,
    );
  }
});

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
    `openDataset: dataDir must be a folder, a .tar or a .csv file, got "${folder}/images.zip"; unpack other archives first`,
  );
  await expect(openDataset({ dataDir: "no/such/", split: "train" })).rejects.toThrow(
    'openDataset: dataDir must be a folder, a .tar or a .csv file, got "no/such/", which does not exist; ' +
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
