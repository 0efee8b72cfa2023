/** `evaluate` on what a run has left gives the numbers in the run's own files. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createEngine,
  createLoader,
  createModel,
  decodeSafetensors,
  evaluate,
  loadClassifier,
  loadState,
  openDataset,
} from "tsimm";
import { expect, test } from "vitest";
import { colourFolder, tsimm } from "./command-line.fixture.ts";

test("the best weights have the metrics of summary.csv and per-class.csv, and of what predict says", async () => {
  const root = await mkdtemp(join(tmpdir(), "tsimm-evaluate-"));
  await colourFolder(join(root, "photos"), { train: 12, val: 5 });
  const model = ["--model", "test_resnet", "--img-size", "32", "-b", "8", "-j", "1", "--crop-pct", "0.8"];
  const run = ["--epochs", "3", "--lr", "0.02", "--output", root, "--experiment", "run"];
  expect((await tsimm(["train", "photos", ...model, ...run], { cwd: root })).code).toBe(0);
  const file = (name: string) => join(root, "run", name);

  const engine = await createEngine("native");
  const classifier = await loadClassifier(file("model.onnx"), engine);
  const { task } = classifier;
  const { std, ...transform } = classifier.dataConfig;
  const dataset = await openDataset({ dataDir: join(root, "photos"), split: "validation" });
  expect(dataset.classNames).toEqual(classifier.classNames);
  const net = createModel(classifier.architecture, { numClasses: dataset.classNames.length });
  const { tensors } = decodeSafetensors(await readFile(file("model_best.safetensors")));
  loadState(net, tensors);
  const loader = createLoader(dataset, {
    ...{ batchSize: 8, workers: 0, transform: { ...transform, training: false } },
  });
  const result = await evaluate(net, loader, task, { engine, mean: transform.mean, std });
  await loader.close();

  const table = async (name: string) =>
    (await readFile(file(name), "utf8"))
      .trimEnd()
      .split("\r\n")
      .map((line) => line.split(","));
  const [header = [], ...rows] = await table("summary.csv");
  const column = (name: string) => rows.map((row) => Number(row[header.indexOf(name)]));
  const best = column("eval_top1").indexOf(Math.max(...column("eval_top1")));
  expect(result.metrics).toEqual({
    ...{ loss: column("eval_loss")[best], top1: column("eval_top1")[best] },
    top5: column("eval_top5")[best],
  });
  expect(result.images).toBe(20);

  const [names, ...classes] = await table("per-class.csv");
  expect(names).toEqual(["name", "images", "accuracy"]);
  expect(classes).toEqual(
    result.byOutput.map(({ label, images, value }) => [label, String(images), String(value)]),
  );

  let right = 0;
  for (const { path, label } of dataset.samples) {
    const [said] = await classifier.classify(await readFile(path));
    if (said?.label === dataset.classNames[Number(label)]) right++;
  }
  expect((100 * right) / dataset.samples.length).toBe(result.metrics["top1"]);
  await classifier.close();
  await rm(root, { recursive: true });
});
