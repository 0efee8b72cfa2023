import { describe, expect, test } from "vitest";
import { goldenBits, goldenNumbers, readGolden } from "./golden.fixture.ts";
import { elementCount } from "./graph/tensor.ts";
import { compile } from "./run-graph.fixture.ts";
import { tinyNet, tinyParameters } from "./tiny-net.fixture.ts";
import { trainingGraph } from "./training-graph.ts";

const golden = readGolden("tiny.json") as {
  salt: number;
  case: {
    eval: { logits: number[][]; loss: number };
    train: { logits: number[][]; loss: number; loss_smoothing_0_1: number };
    grads: Readonly<Record<string, number[]>>;
    grads_full: Readonly<Record<string, number[]>>;
    running_full: Readonly<Record<string, number[]>>;
  };
};
const expected = golden.case;
const bits = goldenBits(golden.salt, "target");
const labels = [0, 1, 2, 3].map((index) => bits(index) % 10);

/** Dense targets, [4, 10]. */
const target = (smoothing: number) =>
  labels.flatMap((label) =>
    Array.from({ length: 10 }, (_, at) => smoothing / 10 + (at === label ? 1 - smoothing : 0)),
  );

/** Weights by the rule of the golden files: the scale halves until the variance fits the fan-in. */
const feeds: Record<string, Float32Array> = {
  input: goldenNumbers(golden.salt, "input", 4 * 3 * 16 * 16, 2 ** -15),
};
for (const [name, shape] of Object.entries(tinyParameters)) {
  const exponent = Math.max(0, Math.ceil(Math.log2(elementCount(shape.slice(1)) / 6) / 2));
  const scale = shape.length > 1 ? 2 ** -(16 + exponent) : 2 ** -18;
  const offset = name === "bn1.weight" ? 1 : 0;
  feeds[name] = goldenNumbers(golden.salt, name, elementCount(shape), scale).map((value) => value + offset);
}
const runningMean = goldenNumbers(golden.salt, "bn1.running_mean", 8, 2 ** -18);
const runningVar = goldenNumbers(golden.salt, "bn1.running_var", 8, 2 ** -18).map((value) => 1 + value);

const step = trainingGraph(tinyNet(true), { parameters: Object.keys(tinyParameters) });

describe("the training graph of a small net gives PyTorch's", () => {
  test("logits and loss, hard and smoothed", async () => {
    const run = await compile(step.graph);
    const hard = await run({ ...feeds, target: target(0) });
    expectClose(hard.logits, expected.train.logits.flat(), 1e-4);
    expectClose(hard.loss, [expected.train.loss], 1e-4);
    const smoothed = await run({ ...feeds, target: target(0.1) });
    expectClose(smoothed.loss, [expected.train.loss_smoothing_0_1], 1e-4);
  });

  test("gradient of every parameter", async () => {
    const results = await (await compile(step.graph))({ ...feeds, target: target(0) });
    for (const [name, output] of step.gradients) {
      const [norm = 0, ...first] = expected.grads[name] ?? [];
      const gradient = results[output] ?? [];
      expectClose([Math.hypot(...gradient)], [norm], 1e-5);
      expectClose(gradient.slice(0, first.length), first, 1e-5);
      const all = expected.grads_full[name];
      if (all) expectClose(gradient, all, 1e-5);
    }
  });

  test("running statistics after one step of momentum 0.1", async () => {
    const results = await (await compile(step.graph))({ ...feeds, target: target(0) });
    const [statistics] = step.batchStatistics;
    expect(statistics).toEqual({
      node: "bn1",
      mean: "bn1.mean",
      variance: "bn1.variance",
      count: 4 * 16 * 16,
    });
    const unbiased = 1024 / 1023;
    expectClose(
      results["bn1.mean"]?.map((value, index) => 0.9 * (runningMean[index] ?? 0) + 0.1 * value),
      expected.running_full["bn1.running_mean"],
      1e-5,
    );
    expectClose(
      results["bn1.variance"]?.map((value, index) => 0.9 * (runningVar[index] ?? 0) + 0.1 * unbiased * value),
      expected.running_full["bn1.running_var"],
      1e-5,
    );
  });
});

test("the evaluation graph of a small net gives PyTorch's logits", async () => {
  const run = await compile(tinyNet(false));
  const results = await run({ ...feeds, "bn1.running_mean": runningMean, "bn1.running_var": runningVar });
  expectClose(results.logits, expected.eval.logits.flat(), 1e-4);
});

/** Absolute and relative, as the README of the golden files suggests for float32. */
function expectClose(
  actual: readonly number[] | undefined,
  wanted: readonly number[] | undefined,
  tolerance: number,
) {
  expect(actual?.length).toBe(wanted?.length);
  for (const [index, value] of (wanted ?? []).entries()) {
    expect(Math.abs((actual?.[index] ?? Number.NaN) - value)).toBeLessThan(tolerance * (1 + Math.abs(value)));
  }
}
