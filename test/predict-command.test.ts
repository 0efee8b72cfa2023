/** `tsimm predict` as a user runs it, on what every task and one's own loop leave. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StepLRScheduler } from "@tsimm/scheduler";
import {
  arrayLoader,
  createEngine,
  createModel,
  createOptimizerV2,
  createTask,
  exportOnnx,
  memoryDataset,
  fit as runLoop,
  train,
} from "tsimm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { colourFolder, type Ended, tsimm } from "./command-line.fixture.ts";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-predict-"));
  await colourFolder(join(root, "photos"), { train: 8, val: 2 });
});
afterAll(() => rm(root, { recursive: true }));

const MODEL = ["--model", "test_resnet", "--img-size", "32", "-b", "8", "-j", "1", "--threads", "1"];
const IMAGES = ["photos/val/white/0.png", "photos/val/red/1.png"];

const predict = (checkpoint: string, ...words: string[]): Promise<Ended> =>
  tsimm(["predict", ...IMAGES, "--checkpoint", checkpoint, ...words], { cwd: root });

/** Writes a table for each split with the cells that follow the path of an image. */
async function writeTables(header: string, cells: (name: string, index: number) => string): Promise<void> {
  for (const [split, folder, count] of [
    ["train", "train", 8],
    ["validation", "val", 2],
  ] as const) {
    const rows = ["blue", "green", "red", "white"].flatMap((name) =>
      Array.from({ length: count }, (_, i) => `photos/${folder}/${name}/${i}.png,${cells(name, i)}`),
    );
    await writeFile(join(root, `${split}.csv`), `path,${header}\n${rows.join("\n")}\n`);
  }
}

async function trained(name: string, ...words: string[]): Promise<string[]> {
  const run = ["--epochs", "1", "--output", "runs", "--experiment", name];
  const ended = await tsimm(["train", "train.csv", ...MODEL, ...run, ...words], { cwd: root });
  expect([ended.code, ended.stderr]).toEqual([0, expect.stringContaining("per-class.csv")]);
  return (await readFile(join(root, "runs", name, "per-class.csv"), "utf8")).split("\r\n");
}

const FILES = ["model.onnx", "model_best.safetensors", "model_best.resume.safetensors"];

/** What all files of a run say, which has to be the same. */
async function said(name: string, ...words: string[]): Promise<string> {
  const answers = await Promise.all(FILES.map((file) => predict(join("runs", name, file), ...words)));
  expect(answers.map(({ code, stderr }) => [code, stderr])).toEqual(FILES.map(() => [0, ""]));
  const [first = "", ...others] = answers.map(({ stdout }) => stdout);
  expect(others).toEqual([first, first]);
  return first;
}

describe("of several labels", () => {
  beforeAll(async () => {
    await writeTables("labels", (name) => (name === "white" ? "blue|red" : name));
    const rows = await trained("labels", "--task", "multi-label");
    expect(rows).toEqual([
      "name,images,ap",
      expect.stringMatching(/^blue,4,\d/),
      expect.stringMatching(/^green,2,\d/),
      expect.stringMatching(/^red,4,\d/),
      "",
    ]);
  });

  test("those that hold are said with their probabilities, at least the best one", async () => {
    const lines = (await said("labels")).trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    for (const [i, line] of lines.entries()) {
      expect(line.startsWith(`${IMAGES[i]}: `)).toBe(true);
      const probs = [...line.matchAll(/(?:blue|green|red) (0\.\d{4})/g)].map(([, prob]) => Number(prob));
      expect(probs.length).toBeGreaterThan(0);
      expect(probs.slice(1).filter((prob) => prob < 0.5)).toEqual([]);
    }
  });

  test("as many are said as are asked for, best first", async () => {
    for (const line of (await said("labels", "--topk", "3")).trimEnd().split("\n")) {
      const probs = [...line.matchAll(/ (0\.\d{4})/g)].map(([, prob]) => Number(prob));
      expect(probs).toHaveLength(3);
      expect(probs.toSorted((a, b) => b - a)).toEqual(probs);
    }
  });
});

test("the numbers of a regression are said by name", async () => {
  await writeTables("age,height", (name, i) => `${30 + 10 * name.length + i},${1 + i / 10}`);
  const words = ["--task", "regression", "--label-columns", "age", "height"];
  expect((await trained("numbers", ...words))[0]).toBe("name,images,mae");
  const number = String.raw`-?\d+(?:\.\d+)?(?:e-\d+)?`;
  const lines = (await said("numbers")).trimEnd().split("\n");
  expect(lines).toHaveLength(2);
  for (const line of lines) expect(line).toMatch(new RegExp(`png: age ${number}, height ${number}$`));
  expect(await said("numbers", "--topk", "1")).toMatch(/^[^,]*\n[^,]*\n$/);
});

/** Dark and light squares. */
function shades(count: number) {
  return Array.from({ length: count }, (_, i) => ({
    ...({ width: 32, height: 32, channels: 3 } as const),
    data: Uint8Array.from({ length: 32 * 32 * 3 }, (_, at) => (i % 2 === 0 ? 20 : 200) + ((at * 7 + i) % 30)),
  }));
}

test("a file that one's own loop exports says what the loop has taught", async () => {
  const model = createModel("test_resnet", { numClasses: 2 });
  const optimizer = createOptimizerV2(model, { opt: "adamw", lr: 0.003, weightDecay: 0.01 });
  const task = createTask("classification", { outputNames: ["dark", "light"] });
  const images = shades(16);
  const loader = arrayLoader({
    images: Uint8Array.from(images.flatMap(({ data }) => [...data])),
    labels: Int32Array.from(images, (_, i) => i % 2),
    ...{ inputSize: [3, 32, 32], batchSize: 8, training: true },
  });
  await runLoop({
    ...{ engine: await createEngine("native"), model, optimizer, loader, task, epochs: 8 },
    schedule: new StepLRScheduler(optimizer, { decayT: 4 }),
  });
  const file = exportOnnx(model, { task, dataConfig: { inputSize: [3, 32, 32] } });
  await writeFile(join(root, "own-loop.onnx"), file);
  const { default: sharp } = await import("sharp");
  for (const [i, name] of ["dark.png", "light.png"].entries()) {
    const { data, ...raw } = shades(2)[i] ?? { data: new Uint8Array(), width: 1, height: 1, channels: 3 };
    await sharp(data, { raw }).png().toFile(join(root, name));
  }
  const words = ["predict", "dark.png", "light.png", "--checkpoint", "own-loop.onnx"];
  const ended = await tsimm(words, { cwd: root });
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  expect(ended.stdout).toMatch(/^dark\.png: dark 0\.\d{4}\nlight\.png: light 0\.\d{4}\n$/);
});

test("a run with a model of one's own is read from its ONNX file; its weights say what to do", async () => {
  const model = { ...createModel("test_resnet", { numClasses: 2 }), name: "my_net" };
  const images = memoryDataset({
    ...{ images: shades(8), labels: shades(8).map((_, i) => i % 2), classNames: ["dark", "light"] },
  });
  await train(
    {
      ...{ batchSize: 8, workers: 0, epochs: 1, imgSize: 32, output: join(root, "runs"), experiment: "own" },
    },
    { model, dataset: { training: images, validation: images } },
  );
  const fromOnnx = await predict("runs/own/model.onnx", "--topk", "2");
  expect(fromOnnx).toMatchObject({ code: 0, stderr: "" });
  expect(fromOnnx.stdout.match(/(dark|light) 0\.\d{4}/g)).toHaveLength(4);
  const fromWeights = await predict("runs/own/model_best.safetensors");
  expect(fromWeights).toMatchObject({ code: 1, stdout: "" });
  expect(fromWeights.stderr).toBe(
    "tsimm: predict: --checkpoint must be a model.onnx, a .safetensors file of a run or a checkpoint of timm's, " +
      'got "runs/own/model_best.safetensors" ' +
      '(loadClassifier: model of the weights must be one of listModels(), got "my_net"; ' +
      "take the run's model.onnx, which holds the whole model, or make the name known with registerModelFamily)\n",
  );
});

test("a file of a task that is not registered names it, the nearest one and the cure", async () => {
  const task = { ...createTask("multi-label", { outputNames: ["a", "b"] }), name: "multi-lable" };
  const file = exportOnnx(createModel("test_resnet", { numClasses: 2 }), { task });
  await writeFile(join(root, "unknown.onnx"), file);
  expect(await predict("unknown.onnx")).toMatchObject({
    ...{ code: 1, stdout: "" },
    stderr:
      "tsimm: predict: --checkpoint must be a model.onnx, a .safetensors file of a run or a checkpoint of timm's, " +
      'got "unknown.onnx" ' +
      "(loadClassifier: task of the file must be one of classification, multi-label, regression, " +
      'or one that registerTask has made known, got "multi-lable"; did you mean "multi-label"?)\n',
  });
});
