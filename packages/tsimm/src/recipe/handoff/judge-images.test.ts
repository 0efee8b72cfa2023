import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { judgeImages } from "./judge-images.ts";

const root = await mkdtemp(join(tmpdir(), "tsimm-judge-"));
afterAll(() => rm(root, { recursive: true }));

let made = 0;
/** A data set of empty files; timm goes by their names. */
async function dataSet(...files: readonly string[]): Promise<string> {
  const folder = join(root, String(made++));
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), "");
  }
  return folder;
}
const ARGS = { trainSplit: "train", valSplit: "validation", classMap: "" };
const CLASSES = ["c9", "c10"];
const WHOLE = ["train/c9/1.png", "train/c10/1.JPG", "valid/c9/2.jpeg", "valid/c10/2.png"];
const FINE = { problems: [], warnings: [], needsClassMap: false, images: 2 };

test("the same classes in the same order need nothing", async () => {
  expect(await judgeImages(await dataSet(...WHOLE), ARGS, CLASSES)).toEqual(FINE);
  expect(await judgeImages(await dataSet(...WHOLE.slice(0, 2)), { ...ARGS, valSplit: "" }, CLASSES)).toEqual(
    FINE,
  );
});

test("links to folders are followed, and a loop ends", async () => {
  const folder = await dataSet(...WHOLE);
  await symlink(join(folder, "train"), join(folder, "train", "c9", "loop"));
  await rm(join(folder, "valid", "c10"), { recursive: true });
  await symlink(join(folder, "train", "c10"), join(folder, "valid", "c10"));
  expect(await judgeImages(folder, ARGS, CLASSES)).toEqual(FINE);
});

test.each<[string, readonly string[], Partial<typeof ARGS>]>([
  ["a class that validation has not", WHOLE.slice(0, 3), {}],
  ["hidden folders and those of the system", [...WHOLE, "train/c9/@eaDir/1.png", "train/.old/1.png"], {}],
  ["a class map", [...WHOLE, "train/c11/1.png"], { classMap: "classes.txt" }],
])("%s needs the list of the classes", async (_, files, args) => {
  const judged = await judgeImages(await dataSet(...files), { ...ARGS, ...args }, CLASSES);
  expect(judged).toMatchObject({ problems: [], warnings: [], needsClassMap: true });
});

test("images of other formats, and hidden files that look like images, are told", async () => {
  const folder = await dataSet(...WHOLE, "train/c9/2.webp", "train/c9/._1.png", "valid/c9/.DS_Store");
  expect(await judgeImages(folder, ARGS, CLASSES)).toEqual({
    ...FINE,
    warnings: [
      "timm reads .png, .jpg and .jpeg files only: 1 of the 3 training images are of other formats and left out",
      `timm takes hidden files for images: 1 of them in "${join(folder, "train")}"; remove them`,
    ],
  });
});

test("folders within those of the classes, and images outside of them, stop it", async () => {
  const folder = await dataSet(...WHOLE, "train/c9/day 1/1.png", "train/1.png");
  const { problems } = await judgeImages(folder, ARGS, CLASSES);
  expect(problems).toEqual([
    `timm takes the folder that an image lies in for its class, and in "${join(folder, "train")}" these are no classes of the run: the folder itself, day 1; lay the images out as <split>/<class>/<image> and pass that folder with --data-dir`,
  ]);
});

test("a split that is not there would be the whole data set for timm", async () => {
  const folder = await dataSet(...WHOLE.slice(0, 2));
  expect((await judgeImages(folder, ARGS, CLASSES)).problems).toEqual([
    `timm finds no validation folder in "${folder}" and would take all of it for the validation images`,
  ]);
});

test("images of other classes alone stop it", async () => {
  const folder = await dataSet("train/dog/1.png", "val/dog/1.png");
  expect((await judgeImages(folder, ARGS, CLASSES)).problems[0]).toBe(
    `timm finds no image of a class of the run in "${join(folder, "train")}": it reads .png, .jpg and .jpeg files only in folders that have the names of the classes; lay the images out as <split>/<class>/<image> and pass that folder with --data-dir`,
  );
});
