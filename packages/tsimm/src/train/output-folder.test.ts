import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createOutputFolder, runName } from "./output-folder.ts";

let parent = "";
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "tsimm-output-"));
});
afterAll(() => rm(parent, { recursive: true }));

test("names a run by time, model and size", () => {
  const now = new Date(2026, 10, 2, 3, 4, 5);
  expect(runName("resnet18", 32, now)).toBe("20261102-030405-resnet18-32");
  expect(runName("resnet18.a1_in1k.", 224, now)).toBe("20261102-030405-resnet18_a1_in1k-224");
});

test("a folder that holds a run is taken only with overwrite", async () => {
  const options = { parent, name: "run", overwrite: false };
  const folder = await createOutputFolder(options);
  expect(await createOutputFolder(options)).toBe(folder);
  await writeFile(join(folder, "args.yaml"), "");
  await expect(createOutputFolder(options)).rejects.toThrow(`"${folder}" holds a run; pass --resume`);
  expect(await createOutputFolder({ ...options, overwrite: true })).toBe(folder);
});

test("a folder that cannot be made is one clear error", async () => {
  await writeFile(join(parent, "file"), "");
  await expect(
    createOutputFolder({ parent: join(parent, "file"), name: "run", overwrite: false }),
  ).rejects.toThrow(/^train: --output must be a folder that can be written, got ".*" \(ENOTDIR\)$/);
});
