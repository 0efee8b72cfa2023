/** Files made for one batch size, in steps of another: the gradients of each sample alone, averaged. */
import { describe, expect, test } from "vitest";
import { int, ints } from "../graph/attributes.ts";
import { elementCount } from "../graph/tensor.ts";
import { compile } from "../run-graph.fixture.ts";
import { trainable } from "../trainable.ts";
import { list, type ModelParts, modelFile, node, numbers } from "./model.fixture.ts";

const convolutional: ModelParts = {
  initializers: {
    w: numbers(4, 3, 3, 3),
    fc: numbers(24, 5),
    rows: list(1, -1),
  },
  nodes: [
    node("Conv", ["x", "w"], "conv", { strides: ints(2, 2) }),
    node("Relu", ["conv"], "act"),
    node("Reshape", ["act", "rows"], "flat"),
    node("MatMul", ["flat", "fc"], "y"),
  ],
  x: [1, 3, 7, 5],
};

/** Patches, a token, heads beside the batch as in nn.MultiheadAttention, all with a batch of 1 in their shapes. */
const attention: ModelParts = {
  x: [1, 3, 4, 4],
  initializers: {
    ...{ w: numbers(6, 3, 2, 2), token: numbers(1, 1, 6), position: numbers(1, 5, 6), q: numbers(6, 6) },
    ...{ k: numbers(6, 6), v: numbers(6, 6), head: numbers(6, 5) },
    ...{ patches: list(1, 6, 4), split: list(5, 2, 3), joined: list(5, 1, 6), rows: list(1, 6) },
    ...{ zero: list(0), one: list(1), first: list(1) },
  },
  nodes: [
    node("Conv", ["x", "w"], "conv", { strides: ints(2, 2) }),
    node("Reshape", ["conv", "patches"], "channels"),
    node("Transpose", ["channels"], "tokens", { perm: ints(0, 2, 1) }),
    node("Concat", ["token", "tokens"], "all", { axis: int(1) }),
    node("Add", ["all", "position"], "placed"),
    node("Transpose", ["placed"], "long", { perm: ints(1, 0, 2) }),
    ...["q", "k", "v"].flatMap((name) => [
      node("MatMul", ["long", name], `${name}1`),
      node("Reshape", [`${name}1`, "split"], `${name}2`),
      node("Transpose", [`${name}2`], `${name}3`, { perm: name === "k" ? ints(1, 2, 0) : ints(1, 0, 2) }),
    ]),
    node("MatMul", ["q3", "k3"], "scores"),
    node("Softmax", ["scores"], "weights", { axis: int(-1) }),
    node("MatMul", ["weights", "v3"], "mixed"),
    node("Transpose", ["mixed"], "back", { perm: ints(1, 0, 2) }),
    node("Reshape", ["back", "joined"], "heads"),
    node("Slice", ["heads", "zero", "one", "zero"], "cls"),
    node("Reshape", ["cls", "rows"], "features"),
    node("MatMul", ["features", "head"], "y"),
  ],
};

const inputs = (samples: number, shape: readonly number[]) =>
  Array.from({ length: samples }, (_, sample) =>
    Array.from({ length: elementCount(shape) }, (_, i) => Math.sin(i * i + 7 * sample)),
  );
const targets = (samples: number) =>
  Array.from({ length: samples }, (_, sample) => [0, 0, 0, 0, 0].with(sample % 5, 1));

describe.each([
  ["a convolutional network", convolutional],
  ["attention", attention],
])("%s with a batch of 1 in its file", (_, parts) => {
  const bytes = modelFile(parts);
  const [, ...shape] = (parts.x ?? []).map(Number);

  test.each([
    [4, undefined],
    [4, 3],
    [1, 2],
  ])("option %d, step for %s: trains each sample as it does alone", async (batchSize, smaller) => {
    const model = trainable(bytes, { batchSize });
    const step = smaller === undefined ? model.step : model.stepFor(smaller);
    const samples = smaller ?? batchSize;
    const weights = Object.fromEntries(model.parameters.map(({ name, data }) => [name, data]));
    const run = await compile(step.graph);
    const alone = await compile(trainable(bytes).step.graph);
    const [x, target] = [inputs(samples, shape), targets(samples)];
    const together = await run({ ...weights, x: x.flat(), target: target.flat() });
    const each = await Promise.all(
      x.map((sample, index) => alone({ ...weights, x: sample, target: target[index] ?? [] })),
    );
    expect(together.y).toHaveLength(samples * 5);
    const mean = (name: string, at: number) =>
      each.reduce((sum, results) => sum + (results[name]?.[at] ?? Number.NaN), 0) / samples;
    expect(together.loss?.[0]).toBeCloseTo(mean("loss", 0), 4);
    for (const { name } of model.parameters) {
      const gradient = together[`${name}.grad`] ?? [];
      expect(gradient).toHaveLength(weights[name]?.length ?? 0);
      for (const [at, value] of gradient.entries()) {
        const expected = mean(`${name}.grad`, at);
        expect(Math.abs(value - expected)).toBeLessThan(1e-4 * (1 + Math.abs(expected)));
      }
    }
  });

  test("the file keeps its batch size", () => {
    expect(trainable(bytes, { batchSize: 4 }).save()).toEqual(bytes);
  });
});

const head = { w: numbers(3, 5) };
test.each<[string, ModelParts, string]>([
  [
    "a softmax over the batch",
    {
      x: [1, 3],
      initializers: head,
      nodes: [node("Softmax", ["x"], "p", { axis: int(0) }), node("MatMul", ["p", "w"], "y")],
    },
    'Softmax "p/Softmax" reads other samples',
  ],
  [
    "a mean over the batch",
    {
      x: [1, 3],
      initializers: head,
      nodes: [
        node("ReduceMean", ["x"], "mean", { axes: ints(0) }),
        node("Sub", ["x", "mean"], "centred"),
        node("MatMul", ["centred", "w"], "y"),
      ],
    },
    'ReduceMean "mean/ReduceMean" reads other samples',
  ],
  [
    "a product of samples with each other",
    {
      x: [1, 3],
      initializers: head,
      nodes: [
        node("Transpose", ["x"], "t"),
        node("MatMul", ["x", "t"], "scores"),
        node("MatMul", ["scores", "x"], "mixed"),
        node("MatMul", ["mixed", "w"], "y"),
      ],
    },
    '"scores" becomes [3, 3] from [1, 1]',
  ],
  [
    "the first sample alone",
    {
      x: [1, 3],
      initializers: { ...head, first: list(0) },
      nodes: [node("Gather", ["x", "first"], "one", { axis: int(0) }), node("MatMul", ["one", "w"], "y")],
    },
    'Gather "one/Gather" reads other samples',
  ],
  [
    "samples doubled",
    {
      x: [2, 3],
      initializers: head,
      nodes: [node("Concat", ["x", "x"], "twice", { axis: int(0) }), node("MatMul", ["twice", "w"], "y")],
    },
    'Concat "twice/Concat" reads other samples',
  ],
])("refuses %s", (_, parts, message) => {
  const bytes = modelFile(parts);
  const fixed = parts.x?.[0];
  expect(() => trainable(bytes, { batchSize: 3 })).toThrow(
    new RangeError(
      `trainable: batchSize must be ${fixed}, which the file fixes, got 3: ${message}; export the model with an open batch size`,
    ),
  );
});

test("an open batch size takes that of the option, and both must agree", () => {
  const bytes = modelFile({
    x: ["batch", 3],
    initializers: head,
    nodes: [node("MatMul", ["x", "w"], "y")],
  });
  const shapeOf = (model: ReturnType<typeof trainable>, samples: number) => {
    const { graph, target } = model.stepFor(samples);
    return graph.values.get(target)?.shape;
  };
  expect(() => trainable(bytes)).toThrow(
    new RangeError(
      'trainable: batchSize must be given where the file leaves it open, the first dimension of "x", got none; ' +
        'give it, or the whole shape: inputs: { "x": [...] }',
    ),
  );
  const model = trainable(bytes, { batchSize: 6 });
  expect(model.step.graph.values.get("x")?.shape).toEqual([6, 3]);
  expect(shapeOf(model, 2)).toEqual([2, 5]);
  expect(shapeOf(trainable(bytes, { inputs: { x: [4, 3] } }), 3)).toEqual([3, 5]);
  expect(() => trainable(bytes, { batchSize: 6, inputs: { x: [4, 3] } })).toThrow(
    new RangeError(
      'trainable: batchSize must be the first dimension in inputs, 4 of "x", got 6; leave one of them out',
    ),
  );
});
