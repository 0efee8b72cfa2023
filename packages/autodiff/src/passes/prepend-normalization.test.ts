import { expect, test } from "vitest";
import { GraphBuilder } from "../graph/builder.ts";
import { compile } from "../run-graph.fixture.ts";
import { prependNormalization } from "./prepend-normalization.ts";

function pooled() {
  const builder = new GraphBuilder("pooled");
  const x = builder.input("input", "float32", [1, 3, 2, 2]);
  builder.output(builder.op("Flatten", [x]), "pixels");
  return builder.build();
}

const options = { input: "input", mean: [0.5, 0.25, 0], std: [0.5, 0.25, 1] };

test("normalises bytes of interleaved channels", async () => {
  const graph = prependNormalization(pooled(), options);
  expect(graph.inputs).toEqual([{ name: "input", dtype: "uint8", shape: [1, 2, 2, 3] }]);
  const run = await compile(graph);
  const { pixels } = await run({ input: Uint8Array.of(0, 0, 0, 255, 255, 255, 51, 51, 51, 102, 102, 102) });
  const expected = [-1, 1, -0.6, -0.2, -1, 3, -0.2, 0.6, 0, 1, 0.2, 0.4];
  expect(pixels).toHaveLength(expected.length);
  for (const [index, value] of expected.entries()) expect(pixels?.[index]).toBeCloseTo(value, 6);
});

test.each([
  [
    { ...options, input: "image" },
    'prependNormalization: input must name a float32 [B, C, H, W] input, got "image"',
  ],
  [
    { ...options, mean: [0.5] },
    "prependNormalization: mean and std must have 3 entries, std > 0, got [0.5] and [0.5, 0.25, 1]",
  ],
  [
    { ...options, mean: [0.5, Number.NaN, 1] },
    "prependNormalization: mean must be a list of finite numbers, got 0.5,NaN,1",
  ],
  [
    { ...options, std: [0.5, 0, 1] },
    "prependNormalization: mean and std must have 3 entries, std > 0, got [0.5, 0.25, 0] and [0.5, 0, 1]",
  ],
])("rejects %o", (wrong, message) => {
  expect(() => prependNormalization(pooled(), wrong)).toThrow(new RangeError(message));
});
