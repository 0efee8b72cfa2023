/** Runs graphs on ONNX Runtime in tests. */
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import type { Graph } from "./graph/graph.ts";
import { encodeModel } from "./onnx/encode-model.ts";

/** Values of graph inputs; shapes come from the graph. */
export type Feeds = Readonly<Record<string, readonly number[] | Float32Array | Uint8Array>>;

/** Loads a graph; the function it returns runs it and yields every output as plain numbers. */
export async function compile(graph: Graph): Promise<(feeds: Feeds) => Promise<Record<string, number[]>>> {
  const session = await InferenceSession.create(encodeModel(graph), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  return async (feeds) => {
    const tensors = graph.inputs.map(({ name, dtype, shape }) => {
      const data = feeds[name] ?? [];
      return [
        name,
        dtype === "uint8"
          ? new OrtTensor("uint8", Uint8Array.from(data), shape)
          : new OrtTensor("float32", Float32Array.from(data), shape),
      ];
    });
    const results = await session.run(Object.fromEntries(tensors));
    for (const { name, shape } of graph.outputs) {
      const dims = results[name]?.dims.join();
      if (dims !== shape.join())
        throw new Error(`${name}: inferred shape [${shape}], but the engine gave [${dims}]`);
    }
    return Object.fromEntries(
      Object.entries(results).map(([name, { data }]) => [name, Array.from(data, Number)]),
    );
  };
}
