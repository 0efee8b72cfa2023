import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  linkFile,
  makeFolderOf,
  removeFile,
  removeTemporaryFiles,
  temporaryName,
  updateFile,
  writeFileWhole,
} from "./write-file.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tsimm-files-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("replaces a file and leaves nothing else behind", async () => {
  await writeFileWhole(join(folder, "a.txt"), "old");
  await writeFileWhole(join(folder, "a.txt"), "new");
  expect(await readFile(join(folder, "a.txt"), "utf8")).toBe("new");
  expect(await readdir(folder)).toEqual(["a.txt"]);
});

test("a link is a second name, and can be renewed", async () => {
  await writeFileWhole(join(folder, "a.txt"), "one");
  await linkFile(join(folder, "a.txt"), join(folder, "b.txt"));
  await linkFile(join(folder, "a.txt"), join(folder, "b.txt"));
  expect((await stat(join(folder, "a.txt"))).nlink).toBe(2);
  await writeFileWhole(join(folder, "a.txt"), "two");
  expect(await readFile(join(folder, "b.txt"), "utf8")).toBe("one");
  expect(await readdir(folder)).toEqual(["a.txt", "b.txt"]);
});

test("a write that fails leaves the old file and no other", async () => {
  const missing = join(folder, "missing", "a.txt");
  for (const write of [writeFileWhole(missing, "x"), linkFile(join(folder, "a.txt"), missing)]) {
    await expect(write).rejects.toThrow(`cannot write "${missing}" (ENOENT: no such file or directory)`);
    await expect(write).rejects.toMatchObject({ name: "WriteError", path: missing, code: "ENOENT" });
  }
  expect(await readdir(folder)).toEqual(["a.txt", "b.txt"]);
});

test("a file is updated only where its bytes differ", async () => {
  const path = join(folder, "u.txt");
  expect(await updateFile(path, "one")).toBe(true);
  const { ino } = await stat(path);
  expect(await updateFile(path, new TextEncoder().encode("one"))).toBe(false);
  expect((await stat(path)).ino).toBe(ino);
  expect(await updateFile(path, "two")).toBe(true);
  expect(await readFile(path, "utf8")).toBe("two");
  await removeFile(path);
  await removeFile(path);
});

test("temporary files of killed writers go, others stay", async () => {
  const path = join(folder, "last.safetensors");
  for (const name of [temporaryName(path), join(folder, ".hidden.tmp"), join(folder, "x.0123456789ab.tmp")]) {
    await writeFile(name, "");
  }
  await removeTemporaryFiles(folder);
  expect(await readdir(folder)).toEqual([".hidden.tmp", "a.txt", "b.txt", "x.0123456789ab.tmp"]);
});

test("the folder of a file is made with those around it, and not in place of a file", async () => {
  const path = join(folder, "new", "er", "a.txt");
  await makeFolderOf(path);
  await makeFolderOf(path);
  await writeFileWhole(path, "x");
  expect(await readFile(path, "utf8")).toBe("x");
  const inFile = join(path, "b.txt");
  await expect(makeFolderOf(inFile)).rejects.toMatchObject({ name: "WriteError", path: inFile });
});
