import { expect, test } from "vitest";
import { type LoweringTarget, lower } from "../lower/lower.ts";
import { compile } from "../run-graph.fixture.ts";
import { trainingGraph } from "../training-graph.ts";
import { float, int } from "./attributes.ts";
import { GraphBuilder } from "./builder.ts";
import type { Graph } from "./graph.ts";
import { float32 } from "./tensor.ts";

/** Two batch normalizations whose constants equal those that the gradient rule makes. */
function normalizedTwice(): Graph {
  const builder = new GraphBuilder("net");
  let x = builder.input("x", "float32", [4, 2, 3]);
  const zeros = builder.constant(float32([2], [0, 0]), "zeros");
  const ones = builder.constant(float32([2], [1, 1]), "ones");
  for (const name of ["bn1", "bn2"]) {
    const scale = builder.input(`${name}.weight`, "float32", [2]);
    const bias = builder.input(`${name}.bias`, "float32", [2]);
    const attributes = { training_mode: int(1), momentum: float(0) };
    const [y] = builder.ops("BatchNormalization", [x, scale, bias, zeros, ones], attributes, 3, { name });
    // Constants that the kernel must not write over.
    x = builder.op("Mul", [builder.op("Add", [y ?? null, builder.constant(float32([1], [0.25]))]), x]);
    x = builder.op("BatchNormalization", [x, ones, zeros, zeros, ones], {}, { name: `${name}.scaled` });
  }
  builder.output(builder.op("Flatten", [x]), "logits");
  return builder.build();
}

const parameters = ["bn1.weight", "bn1.bias", "bn2.weight", "bn2.bias"];
const feeds = {
  x: Array.from({ length: 24 }, (_, i) => 3 * Math.sin(i * i)),
  "bn1.weight": [1.5, -0.5],
  "bn1.bias": [0.25, 1],
  "bn2.weight": [0.75, 2],
  "bn2.bias": [-1, 0.5],
  target: Array.from({ length: 24 }, (_, i) => Math.cos(i)),
};

test("gives each batch normalization in training mode constants that nobody else reads", () => {
  const { nodes, initializers, values } = normalizedTwice();
  const statistics = nodes
    .filter(({ attributes }) => "training_mode" in attributes)
    .flatMap(({ inputs }) => inputs.slice(3));
  expect(statistics).toEqual([
    "bn1.mean_before",
    "bn1.variance_before",
    "bn2.mean_before",
    "bn2.variance_before",
  ]);
  const numbers = [...statistics, "ones", "zeros"].map((name) => String(initializers.get(name)?.data));
  // The engine makes one constant of equal ones.
  expect(new Set(numbers).size).toBe(6);
  expect(values.get("bn2.variance_before")).toEqual({
    name: "bn2.variance_before",
    dtype: "float32",
    shape: [2],
  });
  // Others go on reading the shared ones.
  expect(nodes.find(({ name }) => name === "bn1.scaled")?.inputs.slice(1)).toEqual([
    "ones",
    "zeros",
    "zeros",
    "ones",
  ]);
});

test.each<LoweringTarget>(["generic", "ort-cpu"])(
  "gradients are right without the statistics among the outputs, run after run, %s",
  async (target) => {
    const step = lower(trainingGraph(normalizedTwice(), { parameters, loss: "mse" }), target);
    const statistics = step.batchStatistics.flatMap(({ mean, variance }) => [mean, variance]);
    expect(statistics).toHaveLength(4);
    const outputs = step.graph.outputs.filter(({ name }) => !statistics.includes(name));
    const run = await compile({ ...step.graph, outputs });
    const first = await run(feeds);
    expect(await run(feeds)).toEqual(first);
    for (const name of parameters) {
      const at: readonly number[] = feeds[name as keyof typeof feeds];
      for (const index of at.keys()) {
        const moved = async (distance: number) => {
          const values = at.map((value, other) => (other === index ? value + distance : value));
          return (await run({ ...feeds, [name]: values })).loss?.[0] ?? Number.NaN;
        };
        const numeric = ((await moved(1e-2)) - (await moved(-1e-2))) / 2e-2;
        const gradient = first[`${name}.grad`]?.[index] ?? Number.NaN;
        expect(Math.abs(gradient - numeric)).toBeLessThan(2e-3 * (1 + Math.abs(numeric)));
      }
    }
  },
);
