/** Training graphs of every family, as formulas and as ONNX Runtime's CPU provider gets them. */
import { encodeModel, lower, type TrainingGraph } from "@tsimm/autodiff";
import { describe, expect, test } from "vitest";
import { goldenTensor } from "../models/golden.fixture.ts";
import { createModel, modelFamilies } from "../models/registry.ts";
import { createSmall } from "../models/small-networks.fixture.ts";
import { createEngine } from "./create-engine.ts";
import { programOfModel } from "./training-program.ts";

/** Model -> side of its images in pixels. */
const models = {
  mobilenetv3_small_100: 64,
  regnety_002: 64,
  resnext50_32x4d: 64,
  test_convnext: 64,
  test_efficientnet: 96,
  test_resnet: 64,
  test_vit: 160,
};

/** Family without a small model -> a small network of its parts, side of its images. */
const networks = {
  densenet: ["densenet", 36],
  swin_transformer: ["swin", 44],
  vgg: ["vgg", 36],
} as const;

test("every built-in family has a model here", () => {
  const names = Object.keys(models);
  const without = modelFamilies().filter(({ models: own }) => !names.some((name) => name in own));
  expect(without.map(({ name }) => name).sort()).toEqual(Object.keys(networks));
});

const engine = await createEngine("native");
const batchSize = 4;

const cases = [
  ...Object.entries(models).map(([name, side]) => ({
    ...{ name, side },
    model: createModel(name, { numClasses: 10, imgSize: side, dropPathRate: 0.1, seed: 1 }),
  })),
  ...Object.values(networks).map(([name, side]) => ({ name, side, model: createSmall(name, side) })),
];

describe.each(cases)("$name", ({ model, side }) => {
  const program = programOfModel(model, { batchSize, height: side, width: side, input: "float32" });
  const { step } = program;

  test("its training graph has standard operators alone, and no factor at the edge of float32", () => {
    expect(step.graph.nodes.filter(({ domain }) => domain !== "")).toEqual([]);
    const numbers = step.graph.nodes.flatMap(({ attributes }) => Object.values(attributes));
    expect(numbers.filter(({ type, value }) => type === "float" && Math.abs(value) > 1e6)).toEqual([]);
  });

  test("lowered for the CPU it gives the same loss, logits, gradients and statistics", async () => {
    const images = goldenTensor(1, "input", batchSize * 3 * side * side, 15);
    const target = new Float32Array(batchSize * 10);
    for (let image = 0; image < batchSize; image++) target[image * 11] = 1;
    const feeds = { ...(await program.feeds({ images, targets: target }, [0])) };
    for (const { name, shape, data } of model.parameters) feeds[name] = { dtype: "float32", shape, data };
    const run = async ({ graph }: TrainingGraph) => {
      const session = await engine.load(encodeModel(graph));
      const outputs = await session.run(feeds);
      await session.close();
      return outputs;
    };
    const [formulas, lowered] = [await run(step), await run(lower(step, "ort-cpu"))];
    const distance = (names: Iterable<string>) => {
      let [difference, size] = [0, 0];
      for (const name of names) {
        const [expected, actual] = [formulas[name]?.data ?? [], lowered[name]?.data ?? []];
        expect(actual.length).toBe(expected.length);
        for (const [index, value] of expected.entries()) {
          difference += (Number(value) - Number(actual[index])) ** 2;
          size += Number(value) ** 2;
        }
      }
      return difference === 0 ? 0 : Math.sqrt(difference / size);
    };
    expect(distance([step.loss, step.logits])).toBeLessThan(1e-5);
    expect(distance(step.gradients.values())).toBeLessThan(1e-5);
    expect(distance(step.batchStatistics.map(({ variance }) => variance))).toBeLessThan(1e-5);
  });
});
