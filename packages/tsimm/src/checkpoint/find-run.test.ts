import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findRun } from "./find-run.ts";

let root = "";
const at = (...names: string[]) => join(root, ...names);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-find-run-"));
  const files = {
    "train/a/summary.csv": 300,
    "train/b/args.yaml": 100,
    "train/b/summary.csv": 500,
    "train/c/args.yaml": 400,
  };
  for (const [file, time] of Object.entries(files)) {
    await mkdir(at(file, ".."), { recursive: true });
    await writeFile(at(file), "");
    await utimes(at(file), time, time);
  }
  await mkdir(at("train", ".hidden"));
  await writeFile(at("train", ".hidden", "summary.csv"), "");
  await writeFile(at("train", "notes.txt"), "");
  await mkdir(at("ours"));
  await writeFile(at("ours", "last.resume.safetensors"), "");
  await mkdir(at("photos", "cat"), { recursive: true });
  await mkdir(at("empty"));
  await mkdir(at("summary.csv"));
});
afterAll(() => rm(root, { recursive: true }));

test.each<[string, readonly string[], object]>([
  ["the folder of a run of timm", ["train", "a"], { kind: "run", isNewest: false, folder: ["train", "a"] }],
  ["the folder of a run of tsimm", ["ours"], { kind: "run", isNewest: false, folder: ["ours"] }],
  [
    "the table of a run",
    ["train", "a", "summary.csv"],
    { kind: "run", isNewest: false, folder: ["train", "a"] },
  ],
  ["the newest run of a folder", ["train"], { kind: "run", isNewest: true, folder: ["train", "b"] }],
  ["no run where nothing is", ["none", "deep"], { kind: "none", reason: "missing" }],
  ["no run in an empty folder", ["empty"], { kind: "none", reason: "empty" }],
  ["no run in a folder with the name of a table", ["summary.csv"], { kind: "none", reason: "empty" }],
])("finds %s", async (_, names, expected) => {
  const found = await findRun("watch", at(...names));
  const { folder } = expected as { folder?: string[] };
  expect(found).toEqual({ ...expected, ...(folder === undefined ? {} : { folder: at(...folder) }) });
});

test("follows links to runs", async () => {
  await mkdir(at("links"));
  await symlink(at("train", "a"), at("links", "z"), "dir");
  expect(await findRun("watch", at("links"))).toEqual({
    kind: "run",
    isNewest: true,
    folder: at("links", "z"),
  });
});

test.each([
  ["a folder of something else", "photos", ""],
  ["a file", join("train", "notes.txt"), " (ENOTDIR)"],
])("refuses %s", async (_, name, why) => {
  const allowed = "the folder of a run, with summary.csv or args.yaml, or a folder of runs";
  await expect(findRun("watch", at(name))).rejects.toThrow(
    `watch: <run> must be ${allowed}, got "${at(name)}"${why}`,
  );
});
