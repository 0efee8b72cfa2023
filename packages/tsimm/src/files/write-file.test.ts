import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { linkFile, writeFileWhole } from "./write-file.ts";

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
  await expect(writeFileWhole(join(folder, "missing", "a.txt"), "x")).rejects.toThrow("ENOENT");
  expect(await readdir(folder)).toEqual(["a.txt", "b.txt"]);
});
