/** What holds for every model of every family. */
import { describe, expect, test } from "vitest";
import type { ForwardOutput } from "./model.ts";
import { createModel, listModels } from "./registry.ts";

const side = 64;

describe.each(listModels())("%s", (name) => {
  // A model of its finest map alone is made in no time, and its graphs can still be those of all its layers.
  const model = createModel(name, {
    ...{ imgSize: side, featuresOnly: true, outIndices: [0] },
    ...{ dropRate: 0.1, dropPathRate: 0.2 },
  });
  const graph = (output: ForwardOutput, training = false) =>
    model.forwardGraph({ batchSize: 2, height: side, width: side, training, output });
  const shapes = (output: ForwardOutput) => graph(output).outputs.map(({ shape }) => shape);
  const inputs = (training: boolean) => graph("logits", training).inputs.map((input) => input.name);

  test("goes from images to a map, features and one vector per image of the sizes that it states", () => {
    const [{ channels = 0, reduction = 0 } = {}] = model.featureInfo;
    expect(shapes("maps")).toEqual([[2, channels, side / reduction, side / reduction]]);
    const [features = []] = shapes("features");
    expect([3, 4]).toContain(features.length);
    expect(features[0]).toBe(2);
    expect(features[features.length === 4 ? 1 : 2]).toBe(model.numFeatures);
    expect(shapes("preLogits")).toEqual(shapes("logits"));
    const [[batchSize, width = 0] = []] = shapes("preLogits");
    expect(batchSize).toBe(2);
    expect(width).toBeGreaterThanOrEqual(model.numFeatures);
  });

  test("drops in training only", () => {
    const isMask = (input: string) => input.endsWith(".mask");
    // None of these models' blocks has a shortcut by addition.
    const least = /^(test_efficientnet|densenet)/.test(name) ? 0 : 1;
    expect(inputs(true).filter(isMask).length).toBeGreaterThanOrEqual(least);
    expect(inputs(false).filter(isMask)).toEqual([]);
  });

  test("has a stem that is the first layer, blocks, and a classifier in the last", () => {
    const parameters = inputs(true).filter((input) => input !== "input" && !input.endsWith(".mask"));
    const places = parameters.map((parameter) => model.layerOf(parameter));
    expect(places[0]).toEqual([0]);
    expect(new Set(places.map(String)).size).toBeGreaterThan(3);
    expect(model.layerOf(`${model.classifier}.weight`)).toBeNull();
  });
});
