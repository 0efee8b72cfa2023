import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeSafetensors, type SafeTensors } from "../weights/safetensors.ts";
import { encodeTorchFile } from "../weights/torch/encode-torch-file.ts";
import { TorchTensor, type TorchValue } from "../weights/torch/torch-value.ts";
import { readWeights } from "./read-weights.ts";
import { exampleState, writeRole } from "./run-state.fixture.ts";

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

test.each(["role.safetensors", "role.ema.safetensors", "role.resume.safetensors"])(
  "%s describes model, task and preprocessing",
  async (file) => {
    const state = exampleState(2, {
      task: { name: "multi-label", outputNames: ["cat", "dog"], settings: { threshold: 0.25 } },
    });
    const tensors = { model: weight(1), ema: weight(2), optimizer: new Map() };
    await writeRole(folder, "role", state, tensors);
    const { description, average } = await readWeights(join(folder, file));
    const { model, task, dataConfig } = state;
    expect(description).toEqual({ model, task, dataConfig });
    expect(average).toBe(true);
  },
);

test("files of a classifier, which have no word on their task, are of classification", async () => {
  await writeRole(folder, "plain", exampleState(2));
  const { description } = await readWeights(join(folder, "plain.safetensors"));
  expect(description?.task).toEqual({
    ...{ name: "classification", outputNames: ["cat", "dog"], settings: {} },
  });
});

test("a resume file of version 1 is read, with or without its average", async () => {
  const { version: _, model, task, ranking, byOutput, ...rest } = exampleState(1);
  const blank = "0".repeat(64);
  const state = {
    ...rest,
    ...model,
    classNames: task.outputNames,
    classToIdx: { cat: 0, dog: 1 },
    version: 1,
  };
  const tensors = new Map([
    ...[...weight(3)].map(([name, tensor]) => [`model.${name}`, tensor] as const),
    ...[...weight(4)].map(([name, tensor]) => [`ema.${name}`, tensor] as const),
  ]);
  const bytes = Buffer.from(
    encodeSafetensors(tensors, { tsimm: JSON.stringify({ ...state, sha256: blank }) }),
  );
  bytes.write(createHash("sha256").update(bytes).digest("hex"), bytes.indexOf(blank), "latin1");
  await writeFile(join(folder, "first.resume.safetensors"), bytes);
  expect(await read("first.resume.safetensors")).toEqual([4, true]);
  expect(await read("first.resume.safetensors", { average: false })).toEqual([3, false]);
  const { description } = await readWeights(join(folder, "first.resume.safetensors"));
  expect(description).toEqual({ model, task, dataConfig: rest.dataConfig });
});

test("a file of others does not say what it is", async () => {
  expect((await readWeights(join(folder, "foreign.safetensors"))).description).toBeNull();
});

test("a checkpoint of timm's gives its average or its plain weights, and its arguments", async () => {
  const tensor = (value: number) =>
    new Map([["w", new TorchTensor({ dtype: "F32", shape: [1], data: Float32Array.of(value) })]]);
  const args = new Map<string, TorchValue>([
    ["model", "resnet18"],
    ["num_classes", 3],
  ]);
  const path = join(folder, "last.pth.tar");
  const checkpoint = { state_dict: tensor(1), state_dict_ema: tensor(2), args };
  await writeFile(path, encodeTorchFile(new Map(Object.entries<TorchValue>(checkpoint))));
  expect(await read("last.pth.tar")).toEqual([2, true]);
  expect(await read("last.pth.tar", { average: false })).toEqual([1, false]);
  expect(await readWeights(path)).toMatchObject({ description: null, args });
});
