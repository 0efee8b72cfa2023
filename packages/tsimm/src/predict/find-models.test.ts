import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findModels } from "./find-models.ts";

async function folderOf(...files: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tsimm-models-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, "timm"));
  for (const file of files) await writeFile(join(folder, file), "");
  return folder;
}

test("of a run of timm's the best weights are taken, or else the last", async () => {
  const folder = await folderOf("args.yaml", "last.pth.tar", "checkpoint-3.pth.tar");
  expect(await findModels("validate", folder)).toEqual({
    kind: "run",
    files: [join(folder, "last.pth.tar")],
  });
  await writeFile(join(folder, "model_best.pth.tar"), "");
  expect((await findModels("validate", folder)).files).toEqual([join(folder, "model_best.pth.tar")]);
});

test("in a folder of models those of PyTorch count, archives of images do not", async () => {
  const files = ["a.pth", "b.pth.tar", "c.safetensors", "photos.tar", "timm/args.yaml", "timm/last.pth.tar"];
  const folder = await folderOf(...files);
  const expected = ["a.pth", "b.pth.tar", "c.safetensors", "timm/last.pth.tar"];
  expect(await findModels("validate", folder)).toEqual({
    kind: "several",
    files: expected.map((name) => join(folder, name)),
  });
});

test("a folder without models is refused", async () => {
  const folder = await folderOf("photos.tar");
  await expect(findModels("validate", folder)).rejects.toThrow(
    `validate: --checkpoint must be a .safetensors or .onnx file, one of PyTorch, the folder of a run, or one with such files, got "${folder}" without any`,
  );
});
