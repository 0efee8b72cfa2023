import { decodeModel } from "@tsimm/autodiff";
import { expect, test } from "vitest";
import { decodeClassifier } from "../models/onnx-file.ts";
import { createModel } from "../models/registry.ts";
import { createTiny } from "../models/tiny.fixture.ts";
import { ModelEma } from "../optim/ema.ts";
import { createTask } from "../task/tasks.ts";
import { type ExportOnnxOptions, exportOnnx } from "./export-onnx.ts";

const model = createModel("test_resnet", { numClasses: 2 });
const classNames = ["cat", "dog"];

test("the file has the model's own preprocessing, with what is given in place of it", () => {
  const { graph, ...rest } = decodeClassifier(
    exportOnnx(model, { classNames, dataConfig: { inputSize: [3, 48, 32], cropMode: "border" } }),
  );
  expect(rest).toEqual({
    ...{ architecture: "test_resnet", classNames, average: false },
    dataConfig: { ...model.pretrainedCfg, inputSize: [3, 48, 32], cropMode: "border" },
  });
  expect(graph.inputs).toEqual([{ name: "input", dtype: "float32", shape: [1, 3, 48, 32] }]);
  expect(graph.outputs).toEqual([{ name: "logits", dtype: "float32", shape: [1, 2] }]);
});

test("the batch size is free", () => {
  const { graph } = decodeModel(exportOnnx(model, { classNames }), { dimensions: { batch: 7 } });
  expect([graph.inputs[0]?.shape[0], graph.outputs[0]?.shape]).toEqual([7, [7, 2]]);
});

test("a task is named, but for plain classification, whose file says no more than its class names", () => {
  const task = createTask("multi-label", { outputNames: classNames }, { threshold: 0.25 });
  expect(decodeClassifier(exportOnnx(model, { task })).task).toEqual({
    name: "multi-label",
    settings: { threshold: 0.25 },
  });
  const plain = createTask("classification", { outputNames: classNames }, { smoothing: 0.1 });
  expect(exportOnnx(model, { task: plain })).toEqual(exportOnnx(model, { classNames }));
});

test("a moving average gives its weights, and the file says so", () => {
  const average = new ModelEma(model);
  average.state.find(({ name }) => name === "fc.bias")?.data.set([5, 7] as never);
  const { graph, ...rest } = decodeClassifier(exportOnnx(model, { classNames, average }));
  expect(rest.average).toBe(true);
  expect(graph.initializers.get("fc.bias")?.data).toEqual(Float32Array.of(5, 7));
  const plain = decodeClassifier(exportOnnx(model, { classNames }));
  expect(plain.graph.initializers.get("fc.bias")?.data).toEqual(
    model.state.find(({ name }) => name === "fc.bias")?.data,
  );
});

test("a model of grey images takes the mean of the colours' statistics", () => {
  const grey = createModel("test_resnet", { numClasses: 2, inChans: 1 });
  const pretrainedCfg = { ...grey.pretrainedCfg, mean: [0.25, 0.5, 0.125], std: [0.5, 0.25, 0.75] };
  const { dataConfig } = decodeClassifier(exportOnnx({ ...grey, pretrainedCfg }, { classNames }));
  expect(dataConfig.inputSize).toEqual([1, ...model.pretrainedCfg.inputSize.slice(1)]);
  expect([dataConfig.mean, dataConfig.std]).toEqual([[0.875 / 3], [0.5]]);
});

test("a model of one's own, of no registered name, is exported too", () => {
  const names = Array.from({ length: 10 }, (_, index) => `class ${index}`);
  expect(decodeClassifier(exportOnnx(createTiny(), { classNames: names })).architecture).toBe("tiny");
});

const task = createTask("regression", { outputNames: ["age"] });
const wrong: readonly (readonly [options: object, message: string])[] = [
  [
    {},
    "exportOnnx: either classNames or task must be given, got neither; a task has the names of its outputs",
  ],
  [
    { classNames, task },
    "exportOnnx: either classNames or task must be given, got both; a task has the names of its outputs",
  ],
  [{ classNames: "cat" }, 'exportOnnx: classNames must be a list of names, got "cat"'],
  [{ classNames: [1, 2] }, "exportOnnx: classNames must be a list of names, got [1,2]"],
  [
    { classNames: ["cat"] },
    "exportOnnx: classNames must be the names of the 2 outputs of test_resnet, got 1",
  ],
  [{ task }, "exportOnnx: outputNames of the task must be the names of the 2 outputs of test_resnet, got 1"],
  [
    { classNames, dataConfig: { inputSize: [1, 32, 32] } },
    "exportOnnx: inputSize must have the 3 channels of test_resnet, got [1, 32, 32]",
  ],
  [
    { classNames, dataConfig: { inputSize: [3, 32] } },
    "exportOnnx: inputSize must be [channels, height, width] with 1 or 3 channels, got [3, 32]",
  ],
  [
    { classNames, dataConfig: { mean: [0.5] } },
    "exportOnnx: mean must be a number for each of the 3 channels of test_resnet, got [0.5]",
  ],
  [
    { classNames, dataConfig: { std: [1, 0, 1] } },
    "exportOnnx: std must be a number > 0 for each of the 3 channels of test_resnet, got [1, 0, 1]",
  ],
  [{ classNames, dataConfig: { cropPct: 1.5 } }, "exportOnnx: cropPct must be a number in (0, 1], got 1.5"],
  [
    { classNames, dataConfig: { cropMode: "centre" } },
    'exportOnnx: cropMode must be one of center, squash, border, got "centre"',
  ],
  [
    { classNames, dataConfig: { crop_pct: 1 } },
    'exportOnnx: option must be one of inputSize, interpolation, cropPct, cropMode, mean, std, got "crop_pct"; did you mean "cropPct"?',
  ],
];

test.each(wrong)("%j is refused", (options, message) => {
  expect(() => exportOnnx(model, options as ExportOnnxOptions)).toThrow(message);
});

test("a model without outputs that could have names is refused", () => {
  const options = { classNames: [] };
  expect(() => exportOnnx(createModel("test_resnet", { numClasses: 0 }), options)).toThrow(
    "exportOnnx: model must have outputs with names, got test_resnet with features only; create it with numClasses",
  );
  expect(() => exportOnnx(createModel("test_resnet", { featuresOnly: true }), { classNames })).toThrow(
    /^exportOnnx: model must have outputs with names, got test_resnet with features only; create it /,
  );
});
