/** Pixels become the normalised input of a model inside the graph. */
import { int, ints } from "../graph/attributes.ts";
import { GraphBuilder } from "../graph/builder.ts";
import { dataTypeCode } from "../graph/data-type.ts";
import type { Graph } from "../graph/graph.ts";
import { formatShape } from "../graph/shapes/shape-rule.ts";
import { float32 } from "../graph/tensor.ts";

/** Options of {@link prependNormalization}. */
export interface NormalizationOptions {
  /** Name of the graph's image input, float32 [B, C, H, W]; the new input takes it over. */
  readonly input: string;
  /** Per channel, on a scale where a byte of 255 is 1. */
  readonly mean: readonly number[];
  /** Per channel, > 0, on the same scale. */
  readonly std: readonly number[];
}

/**
 * Replaces a graph's image input by bytes as decoders yield them.
 *
 * normalised = (x / 255 - mean) / std, per channel; [B, H, W, C] becomes [B, C, H, W].
 *
 * @returns A graph whose input of the same name is uint8 [B, H, W, C].
 * @throws RangeError if the input is not float32 with four dimensions, or mean or std do not have C finite entries.
 * @example
 * const builder = new GraphBuilder("net");
 * const x = builder.input("images", "float32", [2, 3, 8, 8]);
 * builder.output(builder.op("GlobalAveragePool", [x]), "y");
 * const [mean, std] = [[0.5, 0.5, 0.5], [0.25, 0.25, 0.25]];
 * const graph = prependNormalization(builder.build(), { input: "images", mean, std });
 * graph.inputs; // => [{ name: "images", dtype: "uint8", shape: [2, 8, 8, 3] }]
 */
export function prependNormalization(graph: Graph, { input, mean, std }: NormalizationOptions): Graph {
  const old = graph.inputs.find((value) => value.name === input);
  if (old?.dtype !== "float32" || old.shape.length !== 4) {
    throw new RangeError(
      `prependNormalization: input must name a float32 [B, C, H, W] input, got "${input}"${old ? ` of type ${old.dtype} ${formatShape(old.shape)}` : ""}`,
    );
  }
  const [batch = 0, channels = 0, height = 0, width = 0] = old.shape;
  for (const [name, list] of Object.entries({ mean, std })) {
    if (Array.isArray(list) && list.every(Number.isFinite)) continue;
    throw new RangeError(`prependNormalization: ${name} must be a list of finite numbers, got ${list}`);
  }
  if (mean.length !== channels || std.length !== channels || !std.every((deviation) => deviation > 0)) {
    throw new RangeError(
      `prependNormalization: mean and std must have ${channels} entries, std > 0, got ${formatShape(mean)} and ${formatShape(std)}`,
    );
  }
  const builder = new GraphBuilder(graph.name, { opset: graph.opset });
  for (const value of graph.inputs) {
    if (value === old) builder.input(input, "uint8", [batch, height, width, channels]);
    else builder.input(value.name, value.dtype, value.shape);
  }
  for (const [name, tensor] of graph.initializers) builder.constant(tensor, name);
  const bytes = builder.op(
    "Transpose",
    [builder.value(input)],
    { perm: ints(0, 3, 1, 2) },
    { name: "normalize.transpose" },
  );
  const pixels = builder.op(
    "Cast",
    [bytes],
    { to: int(dataTypeCode("float32")) },
    { name: "normalize.cast" },
  );
  const perChannel = (values: readonly number[]) => builder.constant(float32([1, channels, 1, 1], values));
  const centred = builder.op(
    "Sub",
    [pixels, perChannel(mean.map((value) => 255 * value))],
    {},
    { name: "normalize.sub" },
  );
  const normalised = builder.op(
    "Mul",
    [centred, perChannel(std.map((value) => 1 / (255 * value)))],
    {},
    { name: "normalize.mul" },
  );
  const rename = (name: string) => (name === input ? normalised.name : name);
  for (const node of graph.nodes) builder.node({ ...node, inputs: node.inputs.map(rename) });
  for (const value of graph.outputs) builder.output(builder.value(value.name));
  return builder.build();
}
