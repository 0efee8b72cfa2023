/** No public function reads options in silence that it does not have. */
import { expect, test } from "vitest";
import { openDataset } from "./data/dataset.ts";
import { fashionMnistMini } from "./data/datasets/fashion-mnist-mini.ts";
import { createLoader } from "./data/loader.ts";
import { createTransform } from "./data/transforms/transform.ts";
import { createModel, modelInfo } from "./models/registry.ts";
import { clipGradients } from "./optim/clip.ts";
import { createOptimizer, createOptimizerV2 } from "./optim/create-optimizer.ts";
import { ModelEma } from "./optim/ema.ts";
import { curvesFigure, learningRateFigure } from "./plot/training-figures.ts";
import { exportOnnx } from "./predict/export-onnx.ts";
import { loadClassifier } from "./predict/load-classifier.ts";
import { createEngine } from "./runtime/create-engine.ts";
import { createEvaluation } from "./runtime/evaluation-step.ts";
import { wasmEngine } from "./runtime/onnxruntime-web.ts";
import { createTrainingStep } from "./runtime/training-step.ts";

const model = createModel("test_resnet", { numClasses: 2 });
const engine = await createEngine("wasm");
const dataset = await openDataset({ dataDir: fashionMnistMini, split: "train" });
const transform = { training: true, inputSize: [3, 8, 8] } as const;

// Options as programs in JavaScript pass them.
type Call = (options: never) => unknown;
const functions: readonly (readonly [name: string, call: Call, misspelt: string, meant: string])[] = [
  ["createModel", (options) => createModel("test_resnet", options), "num_classes", "numClasses"],
  ["modelInfo", (options) => modelInfo("test_resnet", options), "inChan", "inChans"],
  ["createOptimizer", (options) => createOptimizer(options, model), "weight_decay", "weightDecay"],
  ["createOptimizerV2", (options) => createOptimizerV2(model, options), "nestrov", "nesterov"],
  ["clipGradients", (options) => clipGradients([], options), "clip_mode", "clipMode"],
  ["ModelEma", (options) => new ModelEma(model, options), "dceay", "decay"],
  ["curvesFigure", (options) => curvesFigure([], options), "metric", "metrics"],
  ["learningRateFigure", (options) => learningRateFigure([], options), "ySclae", "yScale"],
  ["openDataset", (options) => openDataset(options), "data_dir", "dataDir"],
  ["createLoader", (options) => createLoader(dataset, options), "batch_size", "batchSize"],
  ["createTransform", (options) => createTransform(options), "crop_pct", "cropPct"],
  ["createTrainingStep", (options) => createTrainingStep(engine, model, options), "batch_size", "batchSize"],
  ["createEvaluation", (options) => createEvaluation(engine, model, options), "widht", "width"],
  ["wasmEngine", (options) => wasmEngine(options), "wasmURLs", "wasmUrl"],
  ["loadClassifier", (options) => loadClassifier("none", engine, options), "avreage", "average"],
  ["exportOnnx", (options) => exportOnnx(model, options), "class_names", "classNames"],
];

/** The error of a call, thrown or rejected. */
async function errorOf(call: Call, options: unknown): Promise<Error> {
  try {
    await call(options as never);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error(`no error for ${JSON.stringify(options)}`);
}

test.each(functions)("%s refuses an option that it does not have", async (name, call, misspelt, meant) => {
  const { message } = await errorOf(call, { [misspelt]: 1 });
  expect(message.startsWith(`${name}: `)).toBe(true);
  expect(message.endsWith(`, got "${misspelt}"; did you mean "${meant}"?`)).toBe(true);
});

test.each(functions)("%s refuses options that are no object", async (name, call) => {
  for (const options of [null, true, ["lr"], "lr", 0.1]) {
    const error = await errorOf(call, options);
    expect([error.name, error.message]).toEqual([
      "TypeError",
      `${name}: options must be an object, got ${JSON.stringify(options)}`,
    ]);
  }
});

test("a transform of a loader is checked too", () => {
  const wrong = { batchSize: 2, workers: 0, transform: { ...transform, hfilp: 0 } };
  expect(() => createLoader(dataset, wrong)).toThrow(
    /^createTransform: option must be .*, got "hfilp"; did you mean "hflip"\?$/,
  );
});
