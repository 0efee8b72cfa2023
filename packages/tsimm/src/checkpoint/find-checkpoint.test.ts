import { mkdir, mkdtemp, readFile, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findCheckpoint } from "./find-checkpoint.ts";
import { exampleRecovery, exampleState, writeRole } from "./run-state.fixture.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tsimm-find-"));
});
afterEach(() => rm(folder, { recursive: true }));

const path = (role: string) => join(folder, `${role}.resume.safetensors`);
const age = (role: string, seconds: number) => utimes(path(role), seconds, seconds);

async function find(target = folder): Promise<[string | undefined, string[]]> {
  const warnings: string[] = [];
  const { checkpoint } = await findCheckpoint(target, (line) => warnings.push(line));
  return [checkpoint?.path, warnings];
}

test("the newest state is the one with the most epochs and batches, whatever the dates say", async () => {
  await writeRole(folder, "checkpoint-2", exampleState(2));
  await writeRole(folder, "last", exampleState(3));
  await writeRole(folder, "checkpoint-10", exampleState(1));
  await age("last", 1_000);
  await age("checkpoint-2", 2_000_000_000);
  expect(await find()).toEqual([path("last"), []]);

  await writeRole(folder, "recovery-4-26", exampleRecovery(4, 2));
  await age("recovery-4-26", 0);
  expect(await find()).toEqual([path("recovery-4-26"), []]);

  await writeRole(folder, "recovery-4-30", exampleRecovery(4, 6));
  await writeRole(folder, "backup", exampleState(4));
  expect(await find()).toEqual([path("backup"), []]);
});

test("a state of another batch size, which counts its updates anew, is not older for it", async () => {
  await writeRole(folder, "checkpoint-3", exampleState(3));
  await writeRole(folder, "last", exampleState(4, { update: 15 }));
  expect(await find()).toEqual([path("last"), []]);
});

test("of one state `last` is named; a damaged one falls back to the next, with file and reason", async () => {
  for (const role of ["model_best", "checkpoint-3", "last"]) await writeRole(folder, role, exampleState(3));
  await writeRole(folder, "checkpoint-2", exampleState(2));
  expect((await find())[0]).toBe(path("last"));

  await truncate(path("last"), 600);
  const bytes = await readFile(path("checkpoint-3"));
  bytes.set([1], bytes.length - 1);
  await writeFile(path("checkpoint-3"), bytes);
  await rm(path("model_best"));
  await mkdir(path("model_best"));
  await writeFile(path("checkpoint-9"), "");
  const [found, warnings] = await find();
  expect(found).toBe(path("checkpoint-2"));
  expect(warnings.map((line) => line.replace(folder, "")).sort()).toEqual([
    expect.stringMatching(
      /^\/checkpoint-3\.resume\.safetensors is damaged and passed over: its checksum does not match its content; going on from checkpoint-2, epoch 2$/,
    ),
    expect.stringMatching(
      /^\/checkpoint-9\.resume\.safetensors is damaged and passed over: it ends at byte 0; /,
    ),
    expect.stringMatching(/^\/last\.resume\.safetensors is damaged and passed over: /),
    expect.stringMatching(
      /^\/model_best\.resume\.safetensors is damaged and passed over: it is not a regular file; /,
    ),
  ]);
});

test("a file that is named is taken, newer ones or not", async () => {
  await writeRole(folder, "last", exampleState(3));
  await writeRole(folder, "checkpoint-1", exampleState(1));
  for (const suffix of [".resume.safetensors", ".safetensors"]) {
    expect(await find(join(folder, `checkpoint-1${suffix}`))).toEqual([path("checkpoint-1"), []]);
  }
});

test("a folder without a state gives null, one with damaged ones alone is an error that names them", async () => {
  expect(await find()).toEqual([undefined, []]);
  await writeFile(path("last"), "x");
  await expect(find()).rejects.toThrow(
    `train: --resume found no usable .resume.safetensors file in "${folder}": last.resume.safetensors (it ends at byte 1)`,
  );
  await expect(find(join(folder, "none"))).rejects.toThrow(
    `--resume must exist, got "${join(folder, "none")}"`,
  );
  await writeFile(join(folder, "last.pth.tar"), "");
  await expect(find(join(folder, "last.pth.tar"))).rejects.toThrow(
    "last.pth.tar\"; tsimm train takes a checkpoint of timm's",
  );
});
