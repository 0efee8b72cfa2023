/** Weights become part of a graph. */
import type { Graph, Tensor } from "../graph/graph.ts";
import { formatShape } from "../graph/shapes/shape-rule.ts";

/**
 * Turns inputs of a graph into initializers, so that an engine may lay weights out for speed and a file holds them.
 *
 * @param weights - By input name; each must have the input's type and shape and must not change afterwards.
 * @throws RangeError if a name is no input of the graph or a tensor does not fit it.
 * @example
 * const builder = new GraphBuilder("scaled");
 * const x = builder.input("x", "float32", [2, 3]);
 * builder.output(builder.op("Mul", [x, builder.input("scale", "float32", [3])]), "y");
 * const graph = bakeInitializers(builder.build(), new Map([["scale", float32([3], [1, 2, 3])]]));
 * graph.inputs.map(({ name }) => name); // => ["x"]
 * graph.initializers.get("scale")?.data; // => Float32Array [1, 2, 3]
 */
export function bakeInitializers(graph: Graph, weights: ReadonlyMap<string, Tensor>): Graph {
  const inputs = new Map(graph.inputs.map((value) => [value.name, value]));
  for (const [name, { dtype, shape }] of weights) {
    const input = inputs.get(name);
    if (!input) {
      throw new RangeError(
        `bakeInitializers: weights must be named after inputs of the graph, got "${name}"`,
      );
    }
    if (input.dtype !== dtype || input.shape.join() !== shape.join()) {
      throw new RangeError(
        `bakeInitializers: "${name}" must be ${input.dtype} ${formatShape(input.shape)}, got ${dtype} ${formatShape(shape)}`,
      );
    }
  }
  return {
    ...graph,
    inputs: graph.inputs.filter((value) => !weights.has(value.name)),
    initializers: new Map([...graph.initializers, ...weights]),
  };
}
