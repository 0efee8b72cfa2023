import { beforeAll, expect, test } from "vitest";
import { createEngine } from "../../runtime/create-engine.ts";
import type { Engine } from "../../runtime/engine.ts";
import { createEvaluation } from "../../runtime/evaluation-step.ts";
import { createTrainingStep } from "../../runtime/training-step.ts";
import type { Model } from "../model.ts";
import { createModel } from "../registry.ts";
import { splitHead } from "./split-head.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine("native");
});

const wave = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(0.1 * i));

async function evaluated(model: Model, size: number, images: Float32Array): Promise<Float32Array> {
  const options = { batchSize: 2, height: size, width: size, input: "float32", threads: 1 } as const;
  const evaluation = await createEvaluation(engine, model, options);
  const logits = await evaluation.run(images, 2);
  await evaluation.close();
  return logits;
}

test.each<[name: string, options: object, features: number]>([
  ["test_resnet", { dropRate: 0.5 }, 96],
  ["mobilenetv3_small_050", { dropRate: 0.2, dropPathRate: 0.1 }, 1024],
  ["test_efficientnet", {}, 256],
  ["test_vit", { imgSize: 32, dropRate: 0.1 }, 64],
  ["test_convnext", { dropRate: 0.1 }, 64],
])("the head of %s after its backbone is the model", async (name, options, features) => {
  const model = createModel(name, { numClasses: 3, ...options });
  for (const { shape, data } of model.state) {
    if (data instanceof Float32Array && shape.length === 1)
      for (const i of data.keys()) data[i] = 1 + 0.1 * Math.sin(i);
  }
  const split = splitHead(model, { height: 32, width: 32 });
  expect(split.features).toBe(features);
  const images = wave(2 * 3 * 32 * 32);
  const seen = await evaluated(split.backbone, 32, images);
  expect(seen.length).toBe(2 * features);
  const [logits, expected] = [await evaluated(split.head, 1, seen), await evaluated(model, 32, images)];
  for (const [i, value] of expected.entries()) expect(logits[i]).toBeCloseTo(value, 4);
});

test("dropout before the classifier is the head's, drop path is not", () => {
  const model = createModel("mobilenetv3_small_050", { numClasses: 3, dropRate: 0.2, dropPathRate: 0.1 });
  expect(model.masks.length).toBeGreaterThan(1);
  expect(splitHead(model, { height: 32, width: 32 }).head.masks).toEqual([
    { name: "classifier_drop.mask", keep: 0.8 },
  ]);
});

test("the head has the state of the whole model, and trains the classifier", async () => {
  const model = createModel("test_resnet", { numClasses: 3 });
  const { head, features } = splitHead(model, { height: 32, width: 32 });
  expect(head.state).toBe(model.state);
  const step = await createTrainingStep(engine, head, {
    ...{ batchSize: 2, height: 1, width: 1, input: "float32", frozen: ["backbone"], threads: 1 },
  });
  await step.run(wave(2 * features), Float32Array.of(1, 0, 0, 0, 1, 0));
  await step.close();
  expect(model.parameters.filter(({ grad }) => grad !== null)).toEqual(model.getClassifier());
});

test("a model without a classifier is refused", () => {
  expect(() => splitHead(createModel("test_resnet", { numClasses: 0 }))).toThrow(
    new RangeError("splitHead: model must have a classifier, got test_resnet without one"),
  );
  const { head } = splitHead(createModel("test_resnet", { numClasses: 2 }));
  expect(() =>
    head.forwardGraph({ batchSize: 1, height: 1, width: 1, training: false, output: "features" }),
  ).toThrow(new RangeError('splitHead: output of the head must be logits, got "features"'));
});
