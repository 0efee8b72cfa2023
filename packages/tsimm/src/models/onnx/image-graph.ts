/** Graphs of ONNX files in the form of those of other models: input `input` [B, C, H, W], output `logits`. */
import { type Graph, ints, type Node, type Tensor, type Value } from "@tsimm/autodiff";
import type { ImageInput, ImageLayout } from "./image-input.ts";

/** Names that graphs of images have. */
export const INPUT = "input";
export const LOGITS = "logits";

/** Shape of a batch as the file takes it. */
export function fileShape(
  { layout, batch, channels }: Pick<ImageInput, "layout" | "batch"> & { readonly channels: number },
  {
    batchSize,
    height,
    width,
  }: { readonly batchSize: number; readonly height: number; readonly width: number },
): readonly number[] {
  // A file with a batch size of its own is opened with that, and brought to another.
  const samples = batch ?? batchSize;
  return layout === "NCHW" ? [samples, channels, height, width] : [samples, height, width, channels];
}

/** The name of a weight among inputs that are called otherwise. */
export function parameterName(name: string): string {
  return name === INPUT || name === LOGITS ? `${name}_` : name;
}

/**
 * A file's graph under the names of all models.
 *
 * @param output - New name of its output.
 */
export function imageGraph(
  graph: Graph,
  input: { readonly name: string; readonly layout: ImageLayout },
  output: string,
): Graph {
  const [given] = graph.outputs;
  const images = graph.values.get(input.name);
  if (!given || !images) return graph;
  const isLast = input.layout === "NHWC";
  const names = new Map<string, string>();
  const taken = new Set(graph.values.keys());
  const move = (name: string, to: string) => {
    // What has the name already gets another one.
    if (taken.has(to) && to !== name) names.set(to, parameterName(to));
    names.set(name, to);
  };
  const nhwc = `${INPUT}/NHWC`;
  move(input.name, isLast ? nhwc : INPUT);
  if (isLast && taken.has(INPUT) && input.name !== INPUT) names.set(INPUT, parameterName(INPUT));
  // The output may be the input's name's neighbour, never the input itself.
  move(given.name, output);
  const renamed = renameValues(graph, names);
  if (!isLast) return renamed;
  const [batch = 0, height = 0, width = 0, channels = 0] = images.shape;
  const source: Value = { name: INPUT, dtype: images.dtype, shape: [batch, channels, height, width] };
  const turn: Node = {
    ...{ name: nhwc, op: "Transpose", domain: "", inputs: [INPUT], outputs: [nhwc] },
    attributes: { perm: ints(0, 2, 3, 1) },
  };
  return {
    ...renamed,
    inputs: renamed.inputs.map((value) => (value.name === nhwc ? source : value)),
    nodes: [turn, ...renamed.nodes],
    values: new Map([...renamed.values, [INPUT, source]]),
  };
}

function renameValues(graph: Graph, names: ReadonlyMap<string, string>): Graph {
  const rename = (name: string) => names.get(name) ?? name;
  const value = (one: Value): Value => ({ ...one, name: rename(one.name) });
  return {
    ...graph,
    inputs: graph.inputs.map(value),
    outputs: graph.outputs.map(value),
    nodes: graph.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    })),
    initializers: new Map<string, Tensor>([...graph.initializers].map(([name, one]) => [rename(name), one])),
    values: new Map([...graph.values].map(([name, one]) => [rename(name), value(one)])),
  };
}
