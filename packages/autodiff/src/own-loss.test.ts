/** Losses of a user's own: a function or a definition, with or without a gradient. */
import { describe, expect, test } from "vitest";
import { arithmetic } from "./graph/arithmetic.ts";
import { GraphBuilder } from "./graph/builder.ts";
import type { Graph } from "./graph/graph.ts";
import { elementCount } from "./graph/tensor.ts";
import { type LossName, losses } from "./losses/index.ts";
import type { LossFunction } from "./losses/loss.ts";
import { encodeModel } from "./onnx/encode-model.ts";
import { compile } from "./run-graph.fixture.ts";
import type { TrainableOptions } from "./trainable/trainable-options.ts";
import { trainable } from "./trainable.ts";
import { type TrainingGraphOptions, trainingGraph } from "./training-graph.ts";

/** logits = x w, x [4, 2], w [2, 3]. */
function linear(asInput = true): Graph {
  const builder = new GraphBuilder("linear");
  const x = builder.input("x", "float32", [4, 2]);
  const values = { dtype: "float32", shape: [2, 3], data: Float32Array.of(1, -2, 0.5, 3, 0.25, -1) } as const;
  const w = asInput ? builder.input("w", "float32", [2, 3]) : builder.constant(values, "w");
  builder.output(builder.op("MatMul", [x, w]), "logits");
  return builder.build();
}

const feeds = {
  x: [1, 2, -0.5, 0.25, 3, -1.25, 0.75, 1.5],
  w: [1, -2, 0.5, 3, 0.25, -1],
  target: [1, 0, 0, 0.5, 0.25, 0.25, 0, 0, 1, 0.1, 0.8, 0.1],
};

/** The loss of this name without its formula of the gradient. */
const formulaOnly =
  (name: LossName): LossFunction =>
  (builder, logits, target) => ({ loss: losses[name].build(builder, logits, target).loss });

describe.each<LossName>(["softmax-cross-entropy", "binary-cross-entropy", "mse", "l1", "huber"])(
  "%s",
  (name) => {
    test("has the gradient that the chain rule derives from its formula", async () => {
      const run = async (loss: LossName | LossFunction) =>
        (await compile(trainingGraph(linear(), { parameters: ["w"], loss }).graph))(feeds);
      const expected = await run(name);
      const actual = await run(formulaOnly(name));
      expect(actual.loss).toEqual(expected.loss);
      expect(actual["w.grad"]).toHaveLength(6);
      for (const [index, value] of (expected["w.grad"] ?? []).entries()) {
        expect(actual["w.grad"]?.[index]).toBeCloseTo(value, 6);
      }
    });
  },
);

/** Log-cosh: mean of ln cosh(z - q) = mean of d + softplus(-2 d) - ln 2. */
const logCosh: LossFunction = (builder, logits, target) => {
  const math = arithmetic(builder);
  const difference = math.sub(logits, target);
  const each = math.sub(math.add(difference, math.unary("Softplus", math.mul(difference, -2))), Math.LN2);
  return { loss: math.div(math.sum(each, [...logits.shape.keys()]), elementCount(logits.shape)) };
};

test("a file is trained with a loss of one's own", async () => {
  const model = trainable(encodeModel(linear(false)), { loss: logCosh });
  const run = await compile(model.step.graph);
  const { loss, ...rest } = await run(feeds);
  const at = feeds.target.map((target, index) => {
    const [row, column] = [Math.floor(index / 3), index % 3];
    const [a = 0, b = 0] = feeds.x.slice(2 * row, 2 * row + 2);
    return a * (feeds.w[column] ?? 0) + b * (feeds.w[column + 3] ?? 0) - target;
  });
  expect(loss?.[0]).toBeCloseTo(at.reduce((sum, d) => sum + Math.log(Math.cosh(d)), 0) / 12, 5);
  const gradient = [0, 1].flatMap((feature) =>
    [0, 1, 2].map((column) =>
      [0, 1, 2, 3].reduce(
        (sum, row) => sum + ((feeds.x[2 * row + feature] ?? 0) * Math.tanh(at[3 * row + column] ?? 0)) / 12,
        0,
      ),
    ),
  );
  for (const [index, value] of gradient.entries()) expect(rest["w.grad"]?.[index]).toBeCloseTo(value, 5);
});

test("a definition says that it contains the activation, and reads rows", () => {
  const builder = new GraphBuilder("net");
  const x = builder.input("x", "float32", [2, 3, 1, 1]);
  const w = builder.constant({ dtype: "float32", shape: [3, 1, 1], data: Float32Array.of(1, 2, 3) }, "w");
  const z = builder.op("Mul", [x, w]);
  builder.output(builder.op("Sigmoid", [z], {}, { name: "act" }), "y");
  const bytes = encodeModel(builder.build());
  const own = { containsActivation: true, ofRows: true, build: logCosh };
  expect(() => trainable(bytes, { loss: own })).toThrow(
    new RangeError(
      `trainable: logits must be given for a model that ends in Sigmoid "act", since the loss contains it; pass "${z.name}"`,
    ),
  );
  const { step } = trainable(bytes, { loss: own, logits: z.name });
  expect(step.graph.inputs.find(({ name }) => name === step.target)?.shape).toEqual([2, 3]);
  // A function reads what the model yields.
  expect(trainable(bytes, { loss: logCosh }).step.logits).toBe("y");
});

test("without parameters the graph is that of an evaluation: loss and logits", async () => {
  const { graph, gradients } = trainingGraph(linear(), { parameters: [], loss: logCosh });
  expect([gradients.size, graph.outputs.map(({ name }) => name)]).toEqual([0, ["loss", "logits"]]);
  const training = trainingGraph(linear(), { parameters: ["w"], loss: logCosh });
  expect((await (await compile(graph))(feeds)).loss).toEqual(
    (await (await compile(training.graph))(feeds)).loss,
  );
});

const known = "softmax-cross-entropy, binary-cross-entropy, mse, l1, huber";
const ofLinear = (loss: unknown) => () =>
  trainingGraph(linear(), { parameters: ["w"], loss } as TrainingGraphOptions);

test.each<[string, () => unknown, Error]>([
  [
    "a number as a loss",
    ofLinear(3),
    new TypeError(`trainingGraph: loss must be one of ${known}, a Loss or its function, got 3`),
  ],
  [
    "an object that builds nothing",
    ofLinear({ ofRows: true }),
    new TypeError(`trainingGraph: loss must be one of ${known}, a Loss or its function, got {"ofRows":true}`),
  ],
  [
    "a number as a loss of a file",
    () => trainable(encodeModel(linear(false)), { loss: 3 } as unknown as TrainableOptions),
    new TypeError(`trainable: loss must be one of ${known}, a Loss or its function, got 3`),
  ],
  [
    "a loss per image",
    ofLinear(((builder, logits) => ({ loss: arithmetic(builder).sum(logits, [1]) })) satisfies LossFunction),
    new RangeError(
      "trainingGraph: loss must yield a loss of float32 [], got float32 [4]; sum it over all axes",
    ),
  ],
  [
    "a gradient of another shape",
    ofLinear(((builder, logits) => {
      const loss = arithmetic(builder).sum(logits, [0, 1]);
      return { loss, gradient: loss };
    }) satisfies LossFunction),
    new RangeError(
      "trainingGraph: loss must yield a gradient of float32 [4, 3], got float32 []; leave it out to have it derived",
    ),
  ],
  [
    "a loss of the target alone",
    ofLinear(((builder, _, target) => ({
      loss: arithmetic(builder).sum(target, [0, 1]),
    })) satisfies LossFunction),
    new RangeError(
      'trainingGraph: loss must depend on the logits, got "ReduceSum_0_output_0" that does not; compute it from build\'s second argument',
    ),
  ],
])("rejects %s", (_, act, error) => {
  expect(act).toThrow(error);
});
