import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readWeightsFile } from "./read-weights-file.ts";
import { conversion } from "./refuse-pickle.ts";

test.each([
  "pytorch_model.bin",
  "model.pth",
  "model.pt",
  "model_best.pth.tar",
  "last.ckpt",
  "x.pkl",
  "X.PTH",
])("%s is refused before it is opened, with the line that converts it", async (name) => {
  await expect(readWeightsFile(`/nowhere/${name}`)).rejects.toThrow(
    `"/nowhere/${name}" is not read: it is a pickle of PyTorch, and reading a pickle runs the code in it; ` +
      `convert it once: ${conversion(name)}`,
  );
});

test.each([
  ["a zip archive", [0x50, 0x4b, 3, 4]],
  ["a bare pickle", [0x80, 2, 0x7d, 0x71]],
])("%s under another name is refused by its first bytes", async (_, bytes) => {
  const folder = await mkdtemp(join(tmpdir(), "tsimm-pickle-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "model.safetensors");
  await writeFile(path, Uint8Array.from(bytes));
  await expect(readWeightsFile(path)).rejects.toThrow("reading a pickle runs the code in it");
});

test("a name with quotes does not get into the line", () => {
  expect(conversion(`it's "x".pth`)).toContain("torch.load('FILE'");
});
