import { expect, test } from "vitest";
import { GraphBuilder } from "../graph/builder.ts";
import { float32 } from "../graph/tensor.ts";
import { bakeInitializers } from "./bake-initializers.ts";

function scaled() {
  const builder = new GraphBuilder("scaled");
  const x = builder.input("x", "float32", [2, 3]);
  builder.output(builder.op("Mul", [x, builder.input("scale", "float32", [3])]), "y");
  return builder.build();
}

test("turns an input into an initializer", () => {
  const graph = bakeInitializers(scaled(), new Map([["scale", float32([3], [1, 2, 3])]]));
  expect(graph.inputs.map((value) => value.name)).toEqual(["x"]);
  expect(graph.initializers.get("scale")?.data).toEqual(Float32Array.of(1, 2, 3));
  expect(graph.nodes).toEqual(scaled().nodes);
});

test.each([
  [
    "scal",
    float32([3], [1, 2, 3]),
    'bakeInitializers: weights must be named after inputs of the graph, got "scal"',
  ],
  ["scale", float32([2], [1, 2]), 'bakeInitializers: "scale" must be float32 [3], got float32 [2]'],
])("rejects weights that do not fit: %s", (name, weight, message) => {
  expect(() => bakeInitializers(scaled(), new Map([[name, weight]]))).toThrow(new RangeError(message));
});
