import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeSafetensors, type SafeTensors } from "../weights/safetensors.ts";
import { readWeights } from "./read-weights.ts";

const weight = (value: number): SafeTensors =>
  new Map([["w", { dtype: "F32", shape: [1], data: Float32Array.of(value) }]]);
const entry = (weights: "plain" | "ema", epoch: number) => ({
  tsimm: JSON.stringify({ arch: "net", weights, epoch }),
});

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tsimm-weights-"));
  const write = (name: string, value: number, metadata: Record<string, string>) =>
    writeFile(join(folder, `${name}.safetensors`), encodeSafetensors(weight(value), metadata));
  await write("last", 1, entry("plain", 3));
  await write("last.ema", 2, entry("ema", 3));
  await write("old", 3, entry("plain", 3));
  await write("old.ema", 4, entry("ema", 2));
  await write("model_best", 5, entry("ema", 3));
  await write("alone", 6, entry("plain", 3));
  await write("foreign", 7, { format: "pt" });
});
afterAll(() => rm(folder, { recursive: true }));

const read = async (name: string, options?: { average: boolean }) => {
  const { tensors, average } = await readWeights(join(folder, name), options);
  return [tensors.get("w")?.data[0], average];
};

test.each([
  ["last.safetensors", 2, true],
  ["last.ema.safetensors", 2, true],
  ["model_best.safetensors", 5, true],
  ["old.safetensors", 3, false], // the average beside it is of another epoch
  ["alone.safetensors", 6, false],
  ["foreign.safetensors", 7, false],
])("%s gives %d", async (name, value, average) => {
  expect(await read(name)).toEqual([value, average]);
});

test("plain weights on request", async () => {
  expect(await read("last.safetensors", { average: false })).toEqual([1, false]);
  await expect(read("last.ema.safetensors", { average: false })).rejects.toThrow(
    `must hold plain weights, got the moving average; the plain ones are in "${join(folder, "last.safetensors")}"`,
  );
  await expect(read("model_best.safetensors", { average: false })).rejects.toThrow(
    `the plain ones are in "${join(folder, "model_best.resume.safetensors")}"`,
  );
});
