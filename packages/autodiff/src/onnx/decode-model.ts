/** Reads an ONNX model as a graph with static shapes. */
import type { Graph } from "../graph/graph.ts";
import { replayGraph } from "./graph-from-proto.ts";
import { parseModel } from "./parse-model.ts";

/** A decoded ONNX model. */
export interface OnnxModel {
  readonly graph: Graph;
  readonly metadata: Readonly<Record<string, string>>;
  readonly producerName: string;
  readonly producerVersion: string;
}

/** Options of {@link decodeModel}. */
export interface DecodeOptions {
  /** Sizes of symbolic dimensions, e.g. `{ batch: 16 }`. */
  readonly dimensions?: Readonly<Record<string, number>>;
  /** Shapes of graph inputs by name, where the file leaves them open. */
  readonly inputs?: Readonly<Record<string, readonly number[]>>;
}

/**
 * Deserializes an ONNX model and infers every shape.
 *
 * Nodes of operator sets before 18 are rewritten as those of opset 18; what depends on shapes alone becomes a constant.
 *
 * @param bytes - An `.onnx` file, opset 7 to 21, weights inside.
 * @throws RangeError if the bytes are no such model, an operator has no shape rule, or a symbolic dimension has no
 * size in `dimensions` or `inputs`.
 * @example
 * const builder = new GraphBuilder("double");
 * const x = builder.input("x", "float32", [2, 3]);
 * builder.output(builder.op("Add", [x, x]), "y");
 * const bytes = encodeModel(builder.build(), { batchSymbol: "batch" });
 * const { graph } = decodeModel(bytes, { dimensions: { batch: 16 } });
 * graph.outputs; // => [{ name: "y", dtype: "float32", shape: [16, 3] }]
 */
export function decodeModel(bytes: Uint8Array, options: DecodeOptions = {}): OnnxModel {
  const { dimensions = {}, inputs = {} } = options;
  const { model, graph, opset } = parseModel(bytes);
  const outputs = graph.output.map(({ name }) => name);
  const builder = replayGraph(graph, outputs, {
    opset,
    dimensions: new Map(Object.entries(dimensions)),
    shapes: new Map(Object.entries(inputs)),
  });
  for (const name of outputs) builder.output(builder.value(name));
  return {
    graph: builder.build(),
    metadata: Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value])),
    producerName: model.producerName,
    producerVersion: model.producerVersion,
  };
}
