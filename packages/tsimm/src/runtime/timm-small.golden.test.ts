/** Small networks of each family of parts against timm's float64 numbers: evaluation, loss, every gradient's norm. */
import { expect, test } from "vitest";
import { goldenBits, goldenState, goldenTensor, l2, readGolden } from "../models/golden.fixture.ts";
import { createSmall, smallNetworks } from "../models/small-networks.fixture.ts";
import { engine, evaluateOnce } from "./golden-step.fixture.ts";
import { createTrainingStep } from "./training-step.ts";

interface Case {
  readonly side: number;
  readonly labels: readonly number[];
  readonly evaluated: readonly (readonly number[])[];
  readonly loss: number;
  /** Norms, in the order of the parameters. */
  readonly gradients: readonly number[];
  readonly sensitivity: number;
}

const golden = readGolden<{ salt: number; cases: Record<string, Case> }>("../timm/small.json");
test("there is a network for each case", () => {
  expect(smallNetworks).toEqual(Object.keys(golden.cases));
});

test.each(Object.entries(golden.cases))("%s computes what timm's does", async (name, expected) => {
  const { side, labels } = expected;
  const model = createSmall(name, side);
  for (const { name: tensor, shape, data } of model.state) {
    if (data instanceof Float32Array) data.set(goldenState(golden.salt, tensor, shape));
  }
  const images = goldenTensor(golden.salt, "input", 4 * 3 * side * side, 15);
  expect(labels.map((_, image) => goldenBits(golden.salt, "target", image) % 10)).toEqual(labels);
  const batch = { batchSize: 4, height: side, width: side, input: "float32" } as const;

  const evaluated = await evaluateOnce(model, images, batch);
  const differences = expected.evaluated
    .flat()
    .map((value, i) => Math.abs((evaluated[i] ?? Number.NaN) - value));
  expect(Math.max(...differences)).toBeLessThan(1e-4);

  const targets = new Float32Array(4 * 10);
  for (const [image, label] of labels.entries()) targets[image * 10 + label] = 1;
  const step = await createTrainingStep(engine, model, batch);
  const { loss } = await step.run(images, targets);
  await step.close();
  expect(Math.abs(loss - expected.loss)).toBeLessThan(1e-4);
  expect(model.parameters.length).toBe(expected.gradients.length);
  // Gradients that are 0 by algebra, as of a shift that the next normalization takes away, are rounding errors.
  const largest = Math.max(...expected.gradients);
  const bound = Math.max(1e-4, 3 * expected.sensitivity);
  const wrong = model.parameters.flatMap(({ name: tensor, grad }, place) => {
    const norm = expected.gradients[place] ?? Number.NaN;
    const error = Math.abs(l2(grad ?? [Number.NaN]) - norm) / Math.max(norm, 1e-2 * largest);
    return error < bound ? [] : [[tensor, error]];
  });
  expect(wrong).toEqual([]);
});
