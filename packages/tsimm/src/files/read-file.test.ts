import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readRegularFile, readRegularFileSync } from "./read-file.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tsimm-read-"));
  await writeFile(join(folder, "four.bin"), new Uint8Array([1, 2, 3, 4]));
});
afterAll(() => rm(folder, { recursive: true }));

const both = [
  { name: "readRegularFile", read: readRegularFile },
  {
    name: "readRegularFileSync",
    read: async (...words: Parameters<typeof readRegularFileSync>) => readRegularFileSync(...words),
  },
];

test.each(both)("$name reads a file up to its limit", async ({ read }) => {
  expect([...(await read(join(folder, "four.bin"), { limit: 4 }))]).toEqual([1, 2, 3, 4]);
  await expect(read(join(folder, "four.bin"), { limit: 3 })).rejects.toThrow(
    "must have at most 3 bytes, got 4",
  );
});

test.each(both)("$name keeps the file system's code", async ({ read }) => {
  await expect(read(join(folder, "none.bin"), { limit: 4 })).rejects.toMatchObject({ code: "ENOENT" });
});

test.each(both)("$name refuses a folder", async ({ read }) => {
  await expect(read(folder, { limit: 4 })).rejects.toThrow(/must be a regular file, got a folder|EISDIR/);
});

test.skipIf(process.platform === "win32").each(both)(
  "$name refuses pipes and devices at once",
  async ({ read }) => {
    const pipe = join(folder, `pipe-${Math.random()}`);
    execFileSync("mkfifo", [pipe]);
    await expect(read(pipe, { limit: 4 })).rejects.toThrow("must be a regular file, got a pipe");
    await expect(read("/dev/zero", { limit: 4 })).rejects.toThrow("must be a regular file, got a device");
  },
);
