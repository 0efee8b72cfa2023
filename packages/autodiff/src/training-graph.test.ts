import { expect, test } from "vitest";
import { int, text } from "./graph/attributes.ts";
import { GraphBuilder } from "./graph/builder.ts";
import type { Graph, Value } from "./graph/graph.ts";
import { compile } from "./run-graph.fixture.ts";
import { tinyNet, tinyParameters } from "./tiny-net.fixture.ts";
import { type TrainingGraphOptions, trainingGraph } from "./training-graph.ts";

/** logits = f(x) wT, x [2, 3], w [2, 3]. */
function linear(before: (builder: GraphBuilder, x: Value) => Value): Graph {
  const builder = new GraphBuilder("linear");
  const x = builder.input("x", "float32", [2, 3]);
  const w = builder.input("w", "float32", [2, 3]);
  builder.output(builder.op("Gemm", [before(builder, x), w], { transB: int(1) }), "logits");
  return builder.build();
}

test("asks no gradient of what lies before the parameters", () => {
  const withoutRule = linear((builder, x) => builder.op("Softplus", [x], {}, { name: "act" }));
  const step = trainingGraph(withoutRule, { parameters: ["w"] });
  expect(step.gradients).toEqual(new Map([["w", "w.grad"]]));
});

test("gives no gradient of images: the first convolution has none by its input", () => {
  const { graph } = trainingGraph(tinyNet(true), { parameters: Object.keys(tinyParameters) });
  const convolutions = graph.nodes.filter((node) => node.op === "Conv" || node.op === "ConvTranspose");
  // Forward, and the gradient by the filters, which have 3 channels.
  expect(convolutions.map(({ inputs: [x = ""] }) => graph.values.get(x)?.shape[0])).toEqual([4, 3]);
});

test("stops at frozen parameters", () => {
  const { graph, gradients } = trainingGraph(tinyNet(true), { parameters: ["fc.bias"] });
  expect([...gradients.keys()]).toEqual(["fc.bias"]);
  expect(graph.nodes.filter((node) => node.op === "Conv")).toHaveLength(1);
});

test("adds up the gradients of a parameter that is used twice", async () => {
  const shared = new GraphBuilder("shared");
  const x = shared.input("x", "float32", [1, 2]);
  const w = shared.input("w", "float32", [2, 2]);
  shared.output(shared.op("Gemm", [shared.op("Gemm", [x, w]), w]), "logits");
  const step = trainingGraph(shared.build(), { parameters: ["w"], loss: "binary-cross-entropy" });
  const run = await compile(step.graph);
  const feeds = { x: [1, -2], w: [0.5, 0.25, -1, 2], target: [1, 0] };
  const results = await run(feeds);
  for (const index of feeds.w.keys()) {
    const moved = async (distance: number) => {
      const moves = await run({
        ...feeds,
        w: feeds.w.map((value, at) => (at === index ? value + distance : value)),
      });
      return moves.loss?.[0] ?? Number.NaN;
    };
    const numeric = ((await moved(0.01)) - (await moved(-0.01))) / 0.02;
    expect(results["w.grad"]?.[index]).toBeCloseTo(numeric, 3);
  }
});

test("names target, loss, logits and gradients", () => {
  const step = trainingGraph(tinyNet(true), { parameters: Object.keys(tinyParameters) });
  expect(step).toMatchObject({ target: "target", loss: "loss", logits: "logits" });
  expect(step.graph.outputs.map(({ name, shape }) => [name, shape])).toEqual([
    ["loss", []],
    ["logits", [4, 10]],
    ...Object.entries(tinyParameters).map(([name, shape]) => [`${name}.grad`, shape]),
    ["bn1.mean", [8]],
    ["bn1.variance", [8]],
  ]);
});

test("takes other names where the graph has its own target, loss or gradient", () => {
  const builder = new GraphBuilder("net");
  const w = builder.input("w", "float32", [3, 2]);
  const target = builder.input("target", "float32", [2, 3]);
  const loss = builder.input("w.grad", "float32", [2, 2]);
  builder.output(builder.op("Add", [builder.op("MatMul", [target, w]), loss]), "loss");
  const step = trainingGraph(builder.build(), { parameters: ["w"] });
  expect(step).toMatchObject({ target: "target_", loss: "loss_", logits: "loss" });
  expect(step.gradients).toEqual(new Map([["w", "w.grad_"]]));
});

test.each<[string, () => unknown, string]>([
  [
    "an operator without a gradient rule",
    () => {
      const builder = new GraphBuilder("net");
      const x = builder.input("x", "float32", [2, 3]);
      const w = builder.input("w", "float32", [3]);
      builder.output(builder.op("Mod", [builder.op("Mul", [x, w]), x], {}, { name: "act" }), "logits");
      return trainingGraph(builder.build(), { parameters: ["w"] });
    },
    'trainingGraph: every operator on the way to the loss must have a gradient rule, got Mod at node "act"; freeze what lies before it or add a rule',
  ],
  [
    "an unknown approximation of Gelu",
    () => {
      const builder = new GraphBuilder("net", { opset: 20 });
      const w = builder.input("w", "float32", [2, 3]);
      builder.output(builder.op("Gelu", [w], { approximate: text("sigmoid") }, { name: "act" }), "logits");
      return trainingGraph(builder.build(), { parameters: ["w"] });
    },
    'Gelu "act": approximate must be "none" or "tanh", got "sigmoid"',
  ],
  [
    "a parameter that is no input",
    () => trainingGraph(tinyNet(true), { parameters: ["fc.weigth"] }),
    'trainingGraph: parameters must name inputs of the graph, got "fc.weigth"',
  ],
  [
    "a parameter that does not reach the loss",
    () => {
      const builder = new GraphBuilder(linear((_, x) => x));
      builder.input("unused", "float32", [1]);
      return trainingGraph(builder.build(), { parameters: ["w", "unused"] });
    },
    'trainingGraph: parameters must reach the loss, got "unused" that does not',
  ],
  [
    "integers as a parameter",
    () => {
      const builder = new GraphBuilder(linear((_, x) => x));
      builder.input("ids", "int64", [2]);
      return trainingGraph(builder.build(), { parameters: ["ids"] });
    },
    'trainingGraph: parameters must be float32, got "ids" of int64; leave it out',
  ],
  [
    "integers as logits",
    () => {
      const builder = new GraphBuilder("net");
      builder.output(builder.op("ArgMax", [builder.input("x", "float32", [2, 3])]), "y");
      return trainingGraph(builder.build(), { parameters: [] });
    },
    'trainingGraph: logits must be float32, got "y" of int64',
  ],
  [
    "an unknown loss",
    () => trainingGraph(tinyNet(true), { parameters: [], loss: "constructor" as "binary-cross-entropy" }),
    'trainingGraph: loss must be one of softmax-cross-entropy, binary-cross-entropy, mse, l1, huber, got "constructor"',
  ],
  [
    "an unknown option",
    () => trainingGraph(tinyNet(true), { parameters: [], unreachd: "skip" } as TrainingGraphOptions),
    'trainingGraph: option must be one of loss, logits, parameters, unreached, got "unreachd"; did you mean "unreached"?',
  ],
  [
    "another way with parameters that are not reached",
    () => trainingGraph(tinyNet(true), { parameters: [], unreached: "ignore" as "skip" }),
    'trainingGraph: unreached must be error or skip, got "ignore"',
  ],
  [
    "logits that are no output",
    () => trainingGraph(tinyNet(true), { parameters: [], logits: "features" }),
    'trainingGraph: logits must name an output, got "features"',
  ],
  [
    "logits of another rank",
    () => {
      const builder = new GraphBuilder("net");
      builder.output(builder.op("Relu", [builder.input("x", "float32", [2, 3, 4])]), "y");
      return trainingGraph(builder.build(), { parameters: [] });
    },
    'trainingGraph: logits must name an output of shape [B, C], got "y" of shape [2, 3, 4]',
  ],
])("rejects %s", (_, act, message) => {
  expect(act).toThrow(new RangeError(message));
});
