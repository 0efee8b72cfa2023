import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { type Fingerprint, fillGolden, fingerprintError, goldenState, l2 } from "../models/golden.fixture.ts";
import { createModel } from "../models/registry.ts";
import { createEngine } from "../runtime/create-engine.ts";
import { createEvaluation } from "../runtime/evaluation-step.ts";
import { createTrainingStep } from "../runtime/training-step.ts";
import { classification } from "../task/classification.ts";
import { UsageError } from "../usage-error.ts";
import type { TrainArguments } from "./arguments.ts";
import { checkSplits, erasingSplits, splitModel } from "./augmentation-splits.ts";
import { resolveArguments } from "./resolve-arguments.ts";

/** Printed by timm; see `make.py` there. */
const golden: {
  readonly names: readonly string[];
  readonly parameters: readonly string[];
  readonly loss: number;
  readonly gradNorms: Readonly<Record<string, number>>;
  readonly runningMeans: Readonly<Record<string, Fingerprint>>;
  readonly logits: readonly number[];
} = JSON.parse(
  await readFile(new URL("../../../../test/golden/timm-options/splits.json", import.meta.url), "utf8"),
);
const SALT = 20271;
const engine = await createEngine("native");

test("three splits with normalizations of their own train as timm's do", async () => {
  const model = createModel("test_resnet", { numClasses: 5 });
  splitModel(model, { splitBn: true, augSplits: 3 });
  expect(model.state.map(({ name }) => name)).toEqual(golden.names);
  expect(model.parameters.map(({ name }) => name)).toEqual(golden.parameters);
  fillGolden(SALT, model, { lastNorms: false });
  const task = classification.create(
    { outputNames: ["a", "b", "c", "d", "e"] },
    { smoothing: 0.1, jsdLoss: true, augSplits: 3 },
  );
  const images = goldenState(SALT, "input", [6, 3, 32, 32]).map((value) => 64 * value);
  const size = { height: 32, width: 32, input: "float32" } as const;
  const step = await createTrainingStep(engine, model, { ...size, batchSize: 6, loss: task.loss });
  const { loss } = await step.run(images, task.targets(Int32Array.of(1, 3, 1, 3, 1, 3)));
  await step.close();
  expect(Math.abs(loss - golden.loss)).toBeLessThan(1e-4);
  const tensors = new Map(model.state.map((tensor) => [tensor.name, tensor]));
  for (const [name, norm] of Object.entries(golden.gradNorms)) {
    const tensor = tensors.get(name);
    const grad = tensor !== undefined && "grad" in tensor ? tensor.grad : null;
    expect([name, Math.abs(l2(grad ?? []) / norm - 1) < 1e-2]).toEqual([name, true]);
  }
  for (const [name, mean] of Object.entries(golden.runningMeans)) {
    const { data } = tensors.get(name) ?? {};
    expect(fingerprintError(data instanceof Float32Array ? data : [], mean)).toBeLessThan(1e-4);
  }
  const evaluation = await createEvaluation(engine, model, { ...size, batchSize: 1 });
  const logits = await evaluation.run(images.subarray(0, 3 * 32 * 32), 1);
  await evaluation.close();
  const errors = golden.logits.map((value, i) => Math.abs(value - (logits[i] ?? Number.NaN)));
  expect(Math.max(...errors)).toBeLessThan(1e-4);
});

test("further normalizations start as copies, and a model with them can be made again", () => {
  const model = createModel("test_resnet", { numClasses: 5 });
  for (const { data } of model.parameters) data[0] = 0.25;
  model.splitBatchNorms?.(2);
  const bn = model.parameters.filter(({ name }) => name.startsWith("bn1."));
  expect(bn.map(({ name, data }) => [name, data[0]])).toEqual(
    ["weight", "bias", "aux_bn.0.weight", "aux_bn.0.bias"].map((name) => [`bn1.${name}`, 0.25]),
  );
  const again = createModel("test_resnet", { numClasses: 5, splitBn: 2 });
  expect(again.state.map(({ name }) => name)).toEqual(model.state.map(({ name }) => name));
  expect(again.options).toEqual({ splitBn: 2 });
  const graph = { height: 32, width: 32, training: true } as const;
  expect(() => model.forwardGraph({ ...graph, batchSize: 3 })).toThrow(
    "conv1.1: batch must be a multiple of its 2 splits, got 3 images",
  );
});

test.each<[Partial<TrainArguments>, string | null]>([
  [{ augSplits: 3, jsdLoss: true, splitBn: true, resplit: true }, null],
  [{ splitBn: true, resplit: true, batchSize: 4 }, null],
  [{ augSplits: 1 }, "train: --aug-splits must be 0 or 2 and more, got 1; one split is every image as it is"],
  [
    { jsdLoss: true },
    "train: --jsd-loss must come with --aug-splits, got true without it; pass --aug-splits 3",
  ],
  [{ splitBn: true }, "train: --split-bn must come with --aug-splits or --resplit, got true without them"],
  [
    { splitBn: true, resplit: true, batchSize: 3 },
    "train: --batch-size must be even with --split-bn and --resplit, got 3",
  ],
  [{ augSplits: 2, mixup: 0.2 }, "train: --aug-splits must be left out with --mixup and --cutmix, got 2"],
  [{ augSplits: 2, noAug: true }, "train: --aug-splits must be left out with --no-aug, got 2"],
])("%j: %s", (given, message) => {
  const check = () => checkSplits(resolveArguments(given));
  if (message === null) expect(check).not.toThrow();
  else expect(check).toThrow(new UsageError(message));
});

test("the part that is not erased is the first split, or half of the batch", () => {
  expect([
    erasingSplits({ augSplits: 3, resplit: true }),
    erasingSplits({ augSplits: 0, resplit: true }),
    erasingSplits({ augSplits: 3, resplit: false }),
  ]).toEqual([3, 2, 0]);
});

test("a model without batch normalization cannot be split", () => {
  const model = createModel("test_vit", { numClasses: 2, imgSize: 32 });
  expect(() => splitModel(model, { splitBn: true, augSplits: 3 })).toThrow(
    "train: --split-bn must be left out for test_vit, got true; it has no batch normalization to split",
  );
});
