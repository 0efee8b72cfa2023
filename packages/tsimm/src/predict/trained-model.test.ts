import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createModel } from "../models/pretrained/create-model.ts";
import { encodeTorchFile } from "../weights/torch/encode-torch-file.ts";
import { TorchTensor } from "../weights/torch/torch-value.ts";
import { openTrainedModel } from "./trained-model.ts";

const folder = await mkdtemp(join(tmpdir(), "tsimm-trained-"));
afterAll(() => rm(folder, { recursive: true }));

const model = createModel("test_resnet", { numClasses: 3, seed: 3 });
const path = join(folder, "weights.pth");
await writeFile(
  path,
  encodeTorchFile(
    new Map(
      model.parameters.map(({ name, shape, data }) => [
        `module.${name}`,
        new TorchTensor({ dtype: "F32", shape, data }),
      ]),
    ),
  ),
);

test("a state dict of PyTorch without statistics is refused by their names", async () => {
  await expect(openTrainedModel(path, { model: "test_resnet" })).rejects.toThrow(
    /missing: conv1\.1\.running_mean, conv1\.1\.running_var, /,
  );
});

test("a state dict of PyTorch takes a model by name, and has as many classes as its classifier", async () => {
  const state = model.state.flatMap(({ name, shape, data }) =>
    data instanceof Float32Array
      ? [[`module.${name}`, new TorchTensor({ dtype: "F32", shape, data })] as const]
      : [],
  );
  await writeFile(path, encodeTorchFile(new Map(state)));
  const trained = await openTrainedModel(path, { model: "test_resnet" });
  expect(trained).toMatchObject({
    architecture: "test_resnet",
    outputs: 3,
    classNames: null,
    average: false,
  });
  expect(trained.model?.getClassifier()[0]?.data).toEqual(model.getClassifier()[0]?.data);
  await expect(openTrainedModel(path)).rejects.toThrow(
    "it does not say of which model its weights are; pass --model",
  );
  await expect(openTrainedModel(path, { model: "test_resnet", average: true })).rejects.toThrow(
    `"${path}" must hold a moving average, got plain weights; leave --use-ema out`,
  );
});
