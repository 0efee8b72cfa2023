import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openDataset } from "../dataset.ts";
import { type FileTree, writeTree } from "../file-tree.fixture.ts";
import { bytesOf } from "../image-bytes.fixture.ts";
import type { OpenDatasetOptions } from "./source.ts";

const images: FileTree = { "a.png": "A", "a0.png": "", "b.png": "B", "sub/c.png": "C", "sub/d, e.png": "D" };

/** Opens `labels.csv` in a folder of images; `<dir>` stands for the folder. */
async function open(
  csv: string | Uint8Array,
  options: Partial<OpenDatasetOptions> = {},
  file = "labels.csv",
) {
  const dataDir = await writeTree({ ...images, [file]: csv });
  const messages: string[] = [];
  const note = (message: string) => messages.push(message.replaceAll(dataDir, "<dir>"));
  const dataset = await openDataset({
    ...{ dataDir: join(dataDir, file), split: "train", onInfo: note, onWarning: note },
    ...options,
  }).catch((error: Error) => {
    error.message = error.message.replaceAll(dataDir, "<dir>");
    throw error;
  });
  const { classNames, labelKind } = dataset;
  const samples = dataset.samples.map(({ path, label }) => [path.replace(dataDir, "<dir>"), label]);
  return { dataset, classNames, labelKind, samples, messages };
}

describe("classes", () => {
  test("are the values of the column label, in natural order; rows keep their order", async () => {
    const { dataset, classNames, samples, labelKind, messages } = await open(
      "path,label\nb.png,c10\na.png,c9\nsub/c.png, Dog \n",
    );
    expect(classNames).toEqual(["c9", "c10", "Dog"]);
    expect(labelKind).toBe("class");
    expect(samples).toEqual([
      ["<dir>/b.png", 1],
      ["<dir>/a.png", 0],
      ["<dir>/sub/c.png", 2],
    ]);
    expect(Buffer.from(await bytesOf(dataset, 0)).toString()).toBe("B");
    expect(dataset.source?.(2).file).toBe(join(dataset.description, "sub/c.png"));
    expect(() => dataset.source?.(3)).toThrow("ImageDataset: index must be an integer in 0 … 2, got 3");
    expect(messages).toEqual(["Images of <dir>/labels.csv: paths from column path, labels from label"]);
  });

  test.each<[string, string | Uint8Array]>([
    ["quotes", 'path,label\n"a.png","x"\n"sub/d, e.png","y, ""z"""\n'],
    [
      "a byte-order mark and line breaks of Windows",
      '\ufeffpath,label\r\na.png,x\r\n"sub/d, e.png","y, ""z"""\r\n',
    ],
    ["UTF-16", Buffer.from('\ufeffpath,label\na.png,x\n"sub/d, e.png","y, ""z"""\n', "utf16le")],
    [
      "columns in another order, with one of no name",
      ',label,image\n0,x,a.png\n1,"y, ""z""","sub/d, e.png"\n',
    ],
    ["other cases of the names", 'Label,File_Name\nx,a.png\n"y, ""z""","sub\\d, e.png"\n'],
    ["`./` and doubled slashes", 'path,label\n./a.png,x\n"sub//d, e.png","y, ""z"""\n'],
    ["one column more than the path", 'filename,breed\na.png,x\n"sub/d, e.png","y, ""z"""\n'],
  ])("are read with %s", async (_, csv) => {
    const { classNames, samples } = await open(csv);
    expect(classNames).toEqual(["x", 'y, "z"']);
    expect(samples).toEqual([
      ["<dir>/a.png", 0],
      ["<dir>/sub/d, e.png", 1],
    ]);
  });

  test("columns can be named", async () => {
    const csv = "label,id,picture,kind,part\nno,1,a.png,x,train\nno,2,b.png,y,train\nno,3,a.png,z,holdout\n";
    const columns = { imageColumn: "picture", labelColumns: ["kind"], splitColumn: "part" };
    const { classNames, samples, messages } = await open(csv, columns);
    expect(classNames).toEqual(["x", "y"]);
    expect(samples).toHaveLength(2);
    expect(messages).toEqual([]);
    const held = await open(csv, { ...columns, split: "holdout", classNames: ["y", "z"] });
    expect(held.samples).toEqual([["<dir>/a.png", 1]]);
  });

  test("a class map chooses and orders them", async () => {
    const dataDir = await writeTree({
      ...images,
      "map.txt": "y\nx\n",
      "train.csv": "path,label\na.png,x\nb.png,y\nsub/c.png,z\n",
    });
    const warnings: string[] = [];
    const options = { classMap: "map.txt", onWarning: (message: string) => warnings.push(message) };
    for (const place of [dataDir, join(dataDir, "train.csv")]) {
      const { classNames, samples } = await openDataset({ dataDir: place, split: "train", ...options });
      expect(classNames).toEqual(["y", "x"]);
      expect(samples.map(({ label }) => label)).toEqual([1, 0]);
    }
    const warning = `Left out 1 images in ${dataDir}/train.csv: the class map does not list z`;
    expect(warnings).toEqual([warning, warning]);
    await writeFile(join(dataDir, "map.txt"), "v\nw\n");
    await expect(openDataset({ dataDir, split: "train", ...options })).rejects.toThrow(
      `openDataset: ${dataDir}/train.csv must hold images of the classes v, w, got none for split "train"; ` +
        "write the names of the classes into the class map, one a line",
    );
  });

  test("an image that is listed twice counts twice", async () => {
    expect((await open("path,label\na.png,x\na.png,x\nb.png,y\n")).samples).toHaveLength(3);
  });

  test("names of objects' properties are names like others", async () => {
    const { classNames, samples } = await open("path,label\na.png,__proto__\nb.png,constructor\n");
    expect(classNames).toEqual(["__proto__", "constructor"]);
    expect(samples.map(([, label]) => label)).toEqual([0, 1]);
  });
});

describe("several labels", () => {
  test.each<[string, string, string[], number[][]]>([
    [
      "|",
      "cat|fire truck\nfire truck\n",
      ["cat", "fire truck"],
      [
        [1, 1],
        [0, 1],
      ],
    ],
    [
      ";",
      "cat; fire truck;\nfire truck\n",
      ["cat", "fire truck"],
      [
        [1, 1],
        [0, 1],
      ],
    ],
    [
      "blanks",
      "cat  dog\ndog\n",
      ["cat", "dog"],
      [
        [1, 1],
        [0, 1],
      ],
    ],
    [
      "blanks, one image without a label",
      'cat dog cat\n""\n',
      ["cat", "dog"],
      [
        [1, 1],
        [0, 0],
      ],
    ],
  ])("in one column are separated by %s", async (_, cells, names, labels) => {
    const [first = "", second = ""] = cells.split("\n");
    const csv = `path,labels\na.png,${first}\nb.png,${second}\n`;
    const { classNames, samples, labelKind } = await open(csv, { labels: "multi" });
    expect(classNames).toEqual(names);
    expect(samples.map(([, label]) => label)).toEqual(labels);
    expect(labelKind).toBe("multi");
  });

  test("are separated by what is asked for", async () => {
    const csv = "path,labels\na.png,x|1+y\nb.png,y\n";
    const { classNames } = await open(csv, { labels: "multi", labelSeparator: "+" });
    expect(classNames).toEqual(["x|1", "y"]);
  });

  test("are separated alike in both splits of a file", async () => {
    const csv = "path,label,split\na.png,fire truck,train\nb.png,cat|fire truck,val\n";
    expect((await open(csv, { labels: "multi" })).classNames).toEqual(["fire truck"]);
  });

  test("in columns of their own are 0 or 1", async () => {
    const csv = "path,dog,cat\na.png,1,0\nb.png,True,1.0\nsub/c.png,False, 0 \n";
    const { classNames, samples } = await open(csv, { labels: "multi" });
    expect(classNames).toEqual(["dog", "cat"]);
    expect(samples.map(([, label]) => label)).toEqual([
      [1, 0],
      [1, 1],
      [0, 0],
    ]);
    const ordered = await open(csv, { labels: "multi", classNames: ["cat", "dog"] });
    expect(ordered.classNames).toEqual(["cat", "dog"]);
    expect(ordered.samples[0]?.[1]).toEqual([0, 1]);
  });

  test("a class map leaves labels out", async () => {
    const dataDir = await writeTree({
      ...images,
      "map.txt": "dog\n",
      "train.csv": "path,label\na.png,cat|dog\nb.png,cat\n",
      "val.csv": "path,dog,cat\na.png,1,0\n",
    });
    const warnings: string[] = [];
    const shared = {
      dataDir,
      classMap: "map.txt",
      labels: "multi" as const,
      onWarning: (line: string) => warnings.push(line),
    };
    const training = await openDataset({ ...shared, split: "train" });
    expect(training.samples.map(({ label }) => label)).toEqual([[1], [0]]);
    expect((await openDataset({ ...shared, split: "val" })).samples[0]?.label).toEqual([1]);
    expect(warnings).toEqual([
      `Left out labels in ${dataDir}/train.csv: the class map does not list cat`,
      `Left out columns of ${dataDir}/val.csv: the class map does not list cat`,
    ]);
  });
});

test("numbers are read from all columns that are left", async () => {
  const csv = "path,age,height,split\na.png,30,1.75e0,train\nb.png,-.5,+2.,training\nsub/c.png,1,2,val\n";
  const { classNames, samples, labelKind } = await open(csv, { labels: "number" });
  expect(classNames).toEqual(["age", "height"]);
  expect(samples).toEqual([
    ["<dir>/a.png", [30, 1.75]],
    ["<dir>/b.png", [-0.5, 2]],
  ]);
  expect(labelKind).toBe("number");
  const validation = await open(csv, { labels: "number", split: "validation", classNames });
  expect(validation.samples).toEqual([["<dir>/sub/c.png", [1, 2]]]);
  expect((await open("path,label\na.png,7\n", { labels: "number" })).samples).toEqual([["<dir>/a.png", [7]]]);
});

describe("splits", () => {
  const table = (label: string) => `path,label\na.png,${label}\nb.png,y\n`;

  test("are files with their names or timm's synonyms", async () => {
    const dataDir = await writeTree({ ...images, "train.csv": table("x"), "val.csv": table("y") });
    for (const place of [dataDir, join(dataDir, "train.csv"), join(dataDir, "val.csv")]) {
      const training = await openDataset({ dataDir: place, split: "train" });
      const { classNames } = training;
      const validation = await openDataset({ dataDir: place, split: "validation", classNames });
      expect(training.samples.map(({ label }) => label)).toEqual([0, 1]);
      expect(validation.samples.map(({ label }) => label)).toEqual([1, 1]);
    }
  });

  test("a folder of a split's name comes before a file of that name, unless the source is named", async () => {
    const dataDir = await writeTree({
      ...{ "train/x/1.png": "", "train/y/1.png": "", "train/z/1.png": "" },
      "train.csv": "path,label\ntrain/x/1.png,x\ntrain/y/1.png,w\n",
    });
    expect((await openDataset({ dataDir, split: "train" })).classNames).toEqual(["x", "y", "z"]);
    expect((await openDataset({ dataDir, split: "train", source: "csv" })).classNames).toEqual(["w", "x"]);
  });

  test("a file of another name without a column of splits is all for training", async () => {
    expect((await open(table("x"))).samples).toHaveLength(2);
    await expect(open(table("x"), { split: "validation" })).rejects.toThrow(
      new RangeError(
        '<dir>/labels.csv must have the images of split "validation" (or val, valid, eval, evaluation), got neither a ' +
          'column "split" nor a file validation.csv beside it; add a column split with train and validation, or write ' +
          "<dir>/train.csv and <dir>/validation.csv",
      ).message,
    );
  });

  test("a value that no row has is refused with those that there are", async () => {
    await expect(open("path,label,split\na.png,x,tset\nb.png,y,tarin\n")).rejects.toThrow(
      'openDataset: split must be a value of column "split" of <dir>/labels.csv, got "train" (or training); ' +
        "there is tset, tarin",
    );
  });
});

const multi = { labels: "multi" } as const;
const number = { labels: "number" } as const;

test.each<[string, Partial<OpenDatasetOptions>, string]>([
  ["", {}, "<dir>/labels.csv must have a header row, got an empty file; write path,label"],
  [
    "path,label\n",
    {},
    '<dir>/labels.csv must have a row for each image, got none for split "train"; write path,label below the header',
  ],
  [
    "a.png,cat\nb.png,dog\n",
    {},
    "<dir>/labels.csv must have a column of paths (path, image, file, filename, filepath, file_name, file_path, " +
      "image_path, image_name, image_file, img, img_path, imgpath, image_id, id), got the columns a.png, cat in row 1; " +
      "write a header row such as path,label, or name the column (imageColumn)",
  ],
  [
    "path\na.png\n",
    {},
    "<dir>/labels.csv must have a column of labels, got the columns path; separate columns by commas, or name the " +
      "column (labelColumns)",
  ],
  [
    "path,a,b\na.png,0,1\n",
    {},
    "labelColumns must be one column where labels is class, got a, b of <dir>/labels.csv; name the one with the class, " +
      "or set labels to multi or number",
  ],
  [
    "path,label\na.png,x\n",
    { labelColumns: ["labell"] },
    'labelColumns must be one of the columns path, label of <dir>/labels.csv, got "labell"; did you mean "label"?',
  ],
  [
    "path,label\na.png,x\n",
    { imageColumn: "img" },
    'imageColumn must be one of the columns path, label of <dir>/labels.csv, got "img"',
  ],
  [
    "path,label\na.png,x\n",
    { labelColumns: ["path"] },
    'imageColumn, labelColumns and splitColumn must be different columns, got "path" twice for <dir>/labels.csv',
  ],
  [
    "path,label,label\na.png,x,y\n",
    {},
    'each column must have another name, got "label" for column 3 in row 1 of <dir>/labels.csv; rename it',
  ],
  [
    "path,label\na.png,x\nb.png\n",
    {},
    "each row must have 2 cells, one for each column, got 1 in row 3 of <dir>/labels.csv; put cells with commas into " +
      "quotes",
  ],
  [
    'path,label\na.png,x\nb.png,y"z\n',
    {},
    'a cell with a quote must be in quotes, got y" in row 3 of <dir>/labels.csv; write quotes inside of a cell twice',
  ],
  [
    'path,label\n"a.png,x\nb.png,y\n',
    {},
    'a cell in quotes must end in a quote, got "a.png,x\\nb.png,y\\n in row 2 of <dir>/labels.csv; ' +
      "write quotes inside of a cell twice",
  ],
  [
    "path,label\na.png,x\nb.png,\n",
    {},
    'a class must not be empty, got "" in row 3, column "label" of <dir>/labels.csv; ' +
      "write the name of a class there or remove the row",
  ],
  [
    'path,label\na.png,"x\ny"\nb.png,y\n',
    {},
    'class names must have no line breaks, got "x\\ny" in row 2, column "label" of <dir>/labels.csv; ' +
      "write the name of a class there or remove the row",
  ],
  [
    "path,label\na.png,x\nb.png,x\n",
    {},
    '<dir>/labels.csv must have images of at least 2 classes, got only "x" in column "label"; add images of another class',
  ],
  [
    "path,label\na.png,x\nb.png,y\nb.png,owl\n",
    { classNames: ["x", "y"] },
    "<dir>/labels.csv must have the classes of the training images (x, y), got owl, first in row 4; " +
      "correct or remove these rows",
  ],
  [
    "path,label\na.png,x|y\na.png,x|owl\n",
    { ...multi, classNames: ["x", "y"] },
    "<dir>/labels.csv must have the classes of the training images (x, y), got owl, first in row 3; " +
      "correct or remove these rows",
  ],
  [
    'path,label\na.png,""\n',
    multi,
    '<dir>/labels.csv must have labels, got only empty cells in column "label"; write cat|dog',
  ],
  [
    "path,cat,dog\na.png,1,0\nb.png,1,2\n",
    multi,
    'a label must be 0 or 1, got "2" in row 3, column "dog" of <dir>/labels.csv; ' +
      "write 1 where the image has the label, or name the columns of labels (labelColumns)",
  ],
  [
    "path,cat,dog\na.png,1,\n",
    multi,
    'a label must be 0 or 1, got "" in row 2, column "dog" of <dir>/labels.csv; ' +
      "write 1 where the image has the label, or name the columns of labels (labelColumns)",
  ],
  [
    "path,cat,dog\na.png,1,1\n",
    { ...multi, classNames: ["cat"] },
    "<dir>/labels.csv must have the labels of the training images (cat), got dog; remove these columns or name the " +
      "columns (labelColumns)",
  ],
  [
    "path,cat\na.png,1\n",
    { ...number, classNames: ["cat", "dog"] },
    'classNames must be one of the columns path, cat of <dir>/labels.csv, got "dog"',
  ],
  ...["", "nan", "Infinity", "1e39", "0x10", "1,5", "1 2", "ten"].map(
    (value): [string, Partial<OpenDatasetOptions>, string] => [
      `path,age\na.png,"${value}"\n`,
      number,
      `a label must be a number such as -1.5, got "${value}" in row 2, column "age" of <dir>/labels.csv; ` +
        "write a number there, remove the row, or name the columns of labels (labelColumns)",
    ],
  ),
  ...[
    "../a.png",
    "sub/../../a.png",
    "/etc/passwd",
    "..\\a.png",
    "C:\\a.png",
    "c:a.png",
    "\\\\host\\a.png",
    "a\0.png",
  ].map((path): [string, Partial<OpenDatasetOptions>, string] => [
    `path,label\nb.png,x\n${path},y\n`,
    {},
    'the path of an image must be relative to the folder of its .csv, without "..", ' +
      `got "${path.replace("\0", "\\x00")}" in row 3, column "path" of <dir>/labels.csv; ` +
      "move the .csv to a folder that holds the images, and write paths from there",
  ]),
  [
    "path,label\n,x\nb.png,y\n",
    {},
    'the path of an image must not be empty, got "" in row 2, column "path" of <dir>/labels.csv; ' +
      "write the path there or remove the row",
  ],
  [
    "path,label\na,x\nb,y\n",
    {},
    'paths in <dir>/labels.csv must be those of image files, relative to <dir>, got "a" and 1 more that do not exist; ' +
      "check folders and extensions, or name the column (imageColumn)",
  ],
  [
    "path,label\na.png,x\nb.png,y\na.png,y\n",
    {},
    'an image must have one row or equal labels, got "x" in row 2 and "y" in row 4, column "label", for a.png of ' +
      "<dir>/labels.csv; remove one, or write several labels into one cell (cat|dog) and set labels to multi",
  ],
  [
    "path,label\na.png,x\nb.png,y\n",
    { labels: "text" as "class" },
    'labels must be one of class, multi, number, got "text"',
  ],
])("refuses %j with %j", async (csv, options, message) => {
  await expect(open(csv, options)).rejects.toThrow(new RangeError(`openDataset: ${message}`));
});

test.each([
  [
    "a million columns",
    `path,${Array.from({ length: 1e6 }, (_, i) => i).join()}\na.png,${"0,".repeat(1e6 - 1)}1\n`,
    multi,
  ],
  [
    "a hundred thousand rows",
    `path,label\n${Array.from({ length: 1e5 }, (_, i) => `a${i % 2}.png,c${i % 2}\n`).join("")}`,
    multi,
  ],
])("%s are opened in seconds", async (_, csv, options) => {
  const start = performance.now();
  const { classNames, samples } = await open(csv, { ...options });
  expect(classNames.length * samples.length).toBeGreaterThan(1e5);
  expect(performance.now() - start).toBeLessThan(20_000);
});

test("text that is no labels is refused before it fills the memory", async () => {
  const rows = Array.from({ length: 15_000 }, (_, i) => `a.png,word${i}`).join("\n");
  await expect(open(`path,caption\n${rows}\n`, multi)).rejects.toThrow(
    'openDataset: labels of <dir>/labels.csv must be names of classes, got 15000 different ones in column "caption"; ' +
      "name the column (labelColumns), or what separates the labels (labelSeparator)",
  );
});

test("long values are cut in messages, control characters shown", async () => {
  await expect(open(`path,age\na.png,\u001b[31m${"9".repeat(100)}x\n`, number)).rejects.toThrow(
    `got "\\x1b[31m${"9".repeat(75)}…" in row 2`,
  );
});

test("what is no table is refused", async () => {
  const folder = await writeTree({ "large.csv": "", "bytes.csv": Buffer.from([0x70, 0xff, 0xfe]) });
  await truncate(join(folder, "large.csv"), 2 ** 40);
  const opened = (file: string) =>
    expect(openDataset({ dataDir: join(folder, file), split: "train" })).rejects;
  await opened("large.csv").toThrow(
    new RangeError(
      `openDataset: dataDir must be a readable file, got "${folder}/large.csv" must have at most 67108864 bytes, got ${2 ** 40}`,
    ),
  );
  await opened("bytes.csv").toThrow(
    `openDataset: dataDir must be text in UTF-8, got other bytes in "${folder}/bytes.csv"; save it as UTF-8`,
  );
  await opened("none.csv").toThrow(
    `openDataset: dataDir must be a .csv file, got "${folder}/none.csv", which does not exist`,
  );
  await expect(openDataset({ dataDir: folder, split: "train", source: "csv" })).rejects.toThrow(
    `openDataset: dataDir must be a .csv file, or a folder with train.csv, got "${folder}"`,
  );
});
