import { expect, test } from "vitest";
import { createModel } from "../registry.ts";

const create = (options = {}) =>
  createModel("swin_tiny_patch4_window7_224", {
    ...{ imgSize: 64, numClasses: 4, featuresOnly: true, outIndices: [0] },
    ...options,
  });

test("has a drop path of 0.1 unless it is given another", () => {
  // Of the second of 12 blocks.
  const keep = (options: object) => create(options).masks.at(-1)?.keep ?? 1;
  expect(keep({})).toBeCloseTo(1 - 0.1 / 11, 12);
  expect(keep({ dropPathRate: 0.3 })).toBeCloseTo(1 - 0.3 / 11, 12);
  expect(keep({ dropPathRate: 0 })).toBe(1);
});

test("maps are channels first, features too", () => {
  const model = create({ outIndices: [0, 1] });
  const shapes = (output: "maps" | "features") =>
    model
      .forwardGraph({ batchSize: 2, height: 64, width: 64, training: false, output })
      .outputs.map(({ name, shape }) => [name, ...shape]);
  expect(shapes("maps")).toEqual([
    ["layers.0", 2, 96, 16, 16],
    ["layers.1", 2, 192, 8, 8],
  ]);
  expect(shapes("features")).toEqual([["features", 2, 768, 2, 2]]);
});

test("position biases are as large as the window, and have no weight decay", () => {
  const tables = (imgSize: number) =>
    create({ imgSize, outIndices: [1] })
      .parameters.filter(({ name }) => name.endsWith("bias_table"))
      .map(({ shape }) => shape[0]);
  expect([tables(64), tables(32)]).toEqual([
    [169, 169, 169, 169],
    [169, 169, 49, 49],
  ]);
  const { noWeightDecay } = create();
  expect(noWeightDecay.length).toBe(12);
  expect(noWeightDecay[0]).toBe("layers.0.blocks.0.attn.relative_position_bias_table");
});

test("images of another size, and of less than a token in the last stage, are refused", () => {
  expect(() => create().forwardGraph({ batchSize: 1, height: 64, width: 96, training: false })).toThrow(
    new RangeError(
      "swin_tiny_patch4_window7_224: images must have 64×64 pixels, got 64×96; create the model with imgSize",
    ),
  );
  expect(() => create({ imgSize: 31 })).toThrow(
    new RangeError("swin_tiny_patch4_window7_224: imgSize must be an integer >= 32, got 31"),
  );
});
