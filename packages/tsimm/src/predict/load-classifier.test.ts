import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exampleState, writeRole } from "../checkpoint/run-state.fixture.ts";
import { encodeClassifier } from "../models/onnx-file.ts";
import { createModel } from "../models/registry.ts";
import { ModelEma } from "../optim/ema.ts";
import { createEngine } from "../runtime/create-engine.ts";
import { defineTask } from "../task/define-task.ts";
import { createTask, registerTask } from "../task/tasks.ts";
import { namedTensors } from "../train/load-training-state.ts";
import { encodeTorchFile } from "../weights/torch/encode-torch-file.ts";
import { TorchTensor, type TorchValue } from "../weights/torch/torch-value.ts";
import type { Classifier } from "./classifier.ts";
import { exportOnnx } from "./export-onnx.ts";
import { loadClassifier } from "./load-classifier.ts";
import { loadClassifier as loadInPage } from "./load-in-page.ts";
import type { Pixels } from "./pixels.ts";

const engine = await createEngine("native");
const outputNames = ["indoor", "people", "night"];
const model = createModel("test_resnet", { numClasses: 3, seed: 3 });
const dataConfig = { inputSize: [3, 32, 32] } as const;
const raw = createTask("regression", { outputNames }, { standardize: false });

const [width, height] = [50, 40];
const pixels: Pixels = {
  ...{ width, height, channels: 3 },
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * i * 31 + (i >> 3)) % 251),
};
const png = await sharp(pixels.data, { raw: { width, height, channels: 3 } })
  .png()
  .toBuffer();

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tsimm-predict-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Loads, asks, and closes. */
async function asked<S, T>(
  loading: Promise<Classifier<S>>,
  ask: (classifier: Classifier<S>) => Promise<T>,
): Promise<T> {
  const classifier = await loading;
  try {
    return await ask(classifier);
  } finally {
    await classifier.close();
  }
}

const load = (options: Parameters<typeof exportOnnx>[1]) =>
  loadClassifier(exportOnnx(model, { dataConfig, ...options }), engine);

/** The model's own outputs. */
const logits = await asked(load({ task: raw }), (net) => net.predict(png)).then((answers) =>
  answers.map(({ value }) => value),
);

test("a path, its bytes, and the bytes in a page give the same numbers, for a file and for its pixels", async () => {
  const bytes = exportOnnx(model, { classNames: outputNames, dataConfig });
  const path = join(folder, "model.onnx");
  await writeFile(path, bytes);
  const expected = await asked(loadClassifier(path, engine), (net) => net.classify(png, 3));
  expect(expected).toHaveLength(3);
  expect(expected.reduce((sum, { prob }) => sum + prob, 0)).toBeCloseTo(1, 12);
  expect(await asked(loadClassifier(bytes, engine), (net) => net.classify(png, 3))).toEqual(expected);
  expect(await asked(loadClassifier(bytes, engine), (net) => net.classify(pixels, 3))).toEqual(expected);
  expect(await asked(loadInPage(bytes, engine), (net) => net.classify(pixels, 3))).toEqual(expected);
});

test("a classifier says what it is, and where it comes from", async () => {
  const path = join(folder, "named.onnx");
  await writeFile(path, exportOnnx(model, { classNames: outputNames, dataConfig }));
  const classifier = await loadClassifier(path, engine);
  const { architecture, classNames, average, task } = classifier;
  expect({ architecture, classNames, average, path: classifier.path, task: task.name }).toEqual({
    ...{ architecture: "test_resnet", classNames: outputNames, average: false, path },
    task: "classification",
  });
  expect(classifier.dataConfig).toEqual({ ...model.pretrainedCfg, ...dataConfig });
  await classifier.close();
  expect(await asked(load({ classNames: outputNames }), async (net) => net.path)).toBeNull();
});

test("a classifier gives the best class, or as many as are asked for", async () => {
  const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0);
  const expected = outputNames
    .map((label, i) => ({ label, prob: Math.exp(logits[i] ?? Number.NaN) / sum }))
    .toSorted((a, b) => b.prob - a.prob);
  await asked(load({ classNames: outputNames }), async (net) => {
    const said = await net.classify(png, 2);
    expect(said.map(({ label }) => label)).toEqual(expected.slice(0, 2).map(({ label }) => label));
    for (const [i, { prob }] of said.entries()) expect(prob).toBeCloseTo(expected[i]?.prob ?? Number.NaN, 6);
    expect(await net.classify(png)).toEqual(said.slice(0, 1));
    const [best] = said;
    expect(await net.predict(png)).toEqual([{ label: best?.label, value: best?.prob }]);
  });
});

test("of several labels those are said that hold, the best one in any case", async () => {
  const probs = logits.map((logit) => 1 / (1 + Math.exp(-logit)));
  const sorted = probs.toSorted((a, b) => b - a);
  const said = (threshold: number, topk?: number) => {
    const task = createTask("multi-label", { outputNames }, { threshold });
    return asked(load({ task }), (net) => net.classify(png, topk));
  };
  const [first = 0, second = 0, third = 0] = sorted;
  expect(await said((second + third) / 2)).toHaveLength(2);
  expect(await said((first + 1) / 2)).toHaveLength(1);
  expect(await said(third / 2)).toHaveLength(3);
  const all = await said((first + 1) / 2, 3);
  for (const [i, { label, prob }] of all.entries()) {
    expect(prob).toBeCloseTo(sorted[i] ?? Number.NaN, 6);
    expect(prob).toBeCloseTo(probs[outputNames.indexOf(label)] ?? Number.NaN, 6);
  }
});

test("a regression tells its numbers in their unit and order, and has no classes", async () => {
  const standardize = { mean: [10, 20, 30], std: [1, 2, 4] };
  const task = createTask("regression", { outputNames }, { standardize });
  await asked(load({ task }), async (net) => {
    const answers = await net.predict(png);
    expect(answers.map(({ label }) => label)).toEqual(outputNames);
    for (const [i, { value }] of answers.entries()) {
      const expected = (logits[i] ?? Number.NaN) * (standardize.std[i] ?? 0) + (standardize.mean[i] ?? 0);
      expect(value).toBeCloseTo(expected, 5);
    }
    expect(await net.predict(png, 2)).toEqual(answers.slice(0, 2));
    await expect(net.classify(png)).rejects.toThrow(
      "classify: the model must give probabilities of classes or labels, got one of the task regression; predict tells its numbers",
    );
  });
});

test("outputs beyond the class names are called by their number", async () => {
  const file = encodeClassifier({
    ...{ model, weights: namedTensors(model.state), classNames: ["one"], average: false },
    dataConfig: { ...model.pretrainedCfg, ...dataConfig },
  });
  expect(await asked(loadClassifier(file, engine), async (net) => net.classNames)).toEqual(["one", "1", "2"]);
});

test("a registered task is found by its name, and an unknown one is an error with the cure", async () => {
  const own = defineTask({
    name: "brightness",
    create: (context) => ({ ...createTask("regression", context), name: "brightness" }),
  });
  const file = exportOnnx(model, { task: own.create({ outputNames }) });
  await expect(loadClassifier(file, engine)).rejects.toThrow(
    'loadClassifier: task of the file must be one of classification, multi-label, regression, or one that registerTask has made known, got "brightness"',
  );
  registerTask(own);
  expect(await asked(loadClassifier(file, engine), async (net) => net.task.name)).toBe("brightness");
  const misspelt = exportOnnx(model, { task: { ...own.create({ outputNames }), name: "multi-labels" } });
  await expect(loadInPage(misspelt, engine)).rejects.toThrow(
    'got "multi-labels"; did you mean "multi-label"?',
  );
});

test.each([
  ["model_best.safetensors", false],
  ["model_best.resume.safetensors", false],
  ["averaged.safetensors", true],
  ["averaged.resume.safetensors", true],
])("%s gives what its model gives, whatever the task", async (name, averaged) => {
  const role = name.split(".")[0] ?? "";
  const average = averaged ? new ModelEma(model) : null;
  const task = createTask("multi-label", { outputNames }, { threshold: 0.25 });
  const state = exampleState(0, {
    model: { arch: "test_resnet", numClasses: 3, inChans: 3 },
    task: { name: task.name, outputNames, settings: task.settings },
    dataConfig: { ...model.pretrainedCfg, ...dataConfig },
  });
  await writeRole(folder, role, state, {
    ...{ model: namedTensors(model.state), optimizer: new Map() },
    ema: average === null ? null : namedTensors(average.state),
  });
  const expected = await asked(load({ task }), (net) => net.predict(png, 3));
  await asked(loadClassifier(join(folder, name), engine), async (net) => {
    expect(await net.predict(png, 3)).toEqual(expected);
    expect([net.average, net.task.settings]).toEqual([averaged, { threshold: 0.25 }]);
  });
});

test("weights of a model of no registered name name it, and what to do", async () => {
  const state = exampleState(0, { model: { arch: "my_net", numClasses: 2, inChans: 3 } });
  await writeRole(folder, "own", state);
  for (const file of ["own.safetensors", "own.resume.safetensors"]) {
    await expect(loadClassifier(join(folder, file), engine)).rejects.toThrow(
      'loadClassifier: model of the weights must be one of listModels(), got "my_net"; take the run\'s model.onnx, which holds the whole model, or make the name known with registerModelFamily',
    );
  }
});

test("a checkpoint of timm's names its model; its classes are called by their number", async () => {
  const weights = new Map(
    model.state.map(({ name, shape, data }) => {
      const dtype = data instanceof Float32Array ? "F32" : "I64";
      return [`module.${name}`, new TorchTensor({ dtype, shape, data })];
    }),
  );
  const { mean, std, interpolation, cropPct } = model.pretrainedCfg;
  const args = new Map<string, TorchValue>([
    ...([
      ["model", "test_resnet"],
      ["num_classes", 3],
      ["img_size", 32],
      ["crop_pct", cropPct],
    ] as const),
    ...([
      ["mean", mean],
      ["std", std],
      ["interpolation", interpolation],
    ] as const),
  ]);
  const path = join(folder, "model_best.pth.tar");
  await writeFile(
    path,
    encodeTorchFile(
      new Map<string, TorchValue>([
        ["state_dict", weights],
        ["args", args],
      ]),
    ),
  );
  const expected = await asked(load({ classNames: ["0", "1", "2"] }), (net) => net.classify(png, 3));
  expect(await asked(loadClassifier(path, engine), (net) => net.classify(png, 3))).toEqual(expected);

  await writeFile(path, encodeTorchFile(weights));
  await expect(loadClassifier(path, engine)).rejects.toThrow(
    "loadClassifier: the file must be one that tsimm train or timm's train.py wrote, which names its model; make a model.onnx of " +
      "other weights: tsimm export --checkpoint FILE --model NAME --output model.onnx",
  );
});

test("a moving average alone is refused where the plain weights are asked for", async () => {
  const bytes = exportOnnx(model, { classNames: outputNames, dataConfig, average: new ModelEma(model) });
  expect(await asked(loadClassifier(bytes, engine), async (net) => net.average)).toBe(true);
  const message =
    "the bytes must hold plain weights, got the moving average; the plain ones are in model_best.resume.safetensors";
  await expect(loadClassifier(bytes, engine, { average: false })).rejects.toThrow(message);
  await expect(loadInPage(bytes, engine, { average: false })).rejects.toThrow(message);
  const path = join(folder, "averaged.onnx");
  await writeFile(path, bytes);
  await expect(loadClassifier(path, engine, { average: false })).rejects.toThrow(`"${path}" must hold plain`);
});

const inPage = "fetch the file first: paths are read in Node alone, by the function of this name in tsimm";
const sources: readonly (readonly [unknown, string, string])[] = [
  [
    "model.onnx",
    `loadClassifier: bytes of a model.onnx must be a Uint8Array, got text; ${inPage}`,
    "ENOENT: no such file or directory",
  ],
  [
    null,
    `loadClassifier: bytes of a model.onnx must be a Uint8Array, got null; ${inPage}`,
    "loadClassifier: bytes of a model.onnx must be a Uint8Array, got null; give these bytes, or the path of a file",
  ],
  [
    Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 123),
    "loadClassifier: bytes must be of a model.onnx, got those of a .safetensors file; the run's model.onnx holds its best weights",
    "loadClassifier: bytes must be of a model.onnx, got those of a .safetensors file; the run's model.onnx holds its best weights",
  ],
];

test.each(sources)("%j is refused as a source", async (source, page, node) => {
  await expect(loadInPage(source as Uint8Array, engine)).rejects.toThrow(page);
  await expect(loadClassifier(source as string, engine)).rejects.toThrow(node);
});

test("what is no image, and a count that is none, are refused", async () => {
  const bytes = exportOnnx(model, { classNames: outputNames, dataConfig });
  await asked(loadClassifier(bytes, engine), async (net) => {
    await expect(net.classify("photo.png" as never)).rejects.toThrow(
      "classify: image must be the bytes of an image file or pixels { width, height, data }, got string",
    );
    await expect(net.classify(png, 0)).rejects.toThrow("classify: topk must be an integer >= 1, got 0");
    await expect(net.predict(png, 1.5)).rejects.toThrow("predict: most must be an integer >= 1, got 1.5");
  });
  await asked(loadInPage(bytes, engine), async (net) => {
    await expect(net.predict(png as never)).rejects.toThrow(
      "predict: image must be pixels { width, height, data }, such as ImageData, got object; " +
        "the bytes of image files are decoded in Node alone, in a page draw them on a canvas",
    );
  });
});
