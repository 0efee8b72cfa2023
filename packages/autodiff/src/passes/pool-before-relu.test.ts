import { expect, test } from "vitest";
import { ints } from "../graph/attributes.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Graph, Value } from "../graph/graph.ts";
import { compile } from "../run-graph.fixture.ts";
import { poolBeforeRelu } from "./pool-before-relu.ts";

const window = { kernel_shape: ints(3, 3), strides: ints(2, 2), pads: ints(1, 1, 1, 1) };

/** y = pool(relu(x)), x [1, 2, 5, 5], and what `more` adds. */
function reluThenPool(more: (builder: GraphBuilder, rectified: Value) => void = () => {}): Graph {
  const builder = new GraphBuilder("net");
  const x = builder.input("x", "float32", [1, 2, 5, 5]);
  const rectified = builder.op("Relu", [builder.op("Neg", [x])], {}, { name: "act" });
  builder.output(builder.op("MaxPool", [rectified], window, { name: "pool" }), "y");
  more(builder, rectified);
  return builder.build();
}

test("pools first, with the same result", async () => {
  const graph = reluThenPool();
  const swapped = poolBeforeRelu(graph);
  expect(swapped.nodes.map(({ name }) => name)).toEqual(["Neg_0", "pool", "act"]);
  expect(swapped.values.get("act_output_0")?.shape).toEqual([1, 2, 3, 3]);
  const x = Float32Array.from({ length: 50 }, (_, i) => ((i * 37) % 23) - 4.5);
  const [before, after] = await Promise.all(
    [graph, swapped].map(async (one) => (await (await compile(one))({ x })).y),
  );
  expect(after).toEqual(before);
  expect(after?.filter((value) => value === 0).length).toBeGreaterThan(0);
});

test.each<[string, Graph]>([
  ["another node", reluThenPool((builder, rectified) => builder.output(builder.op("Exp", [rectified]), "z"))],
  ["the caller", reluThenPool((builder, rectified) => builder.output(rectified, "z"))],
])("leaves a Relu that %s reads", (_, graph) => {
  expect(poolBeforeRelu(graph)).toEqual(graph);
});
