/** An exported model: an ONNX file that carries the names of its outputs, its preprocessing and its task. */
import {
  bakeInitializers,
  decodeModel,
  encodeModel,
  type Graph,
  modelGraph,
  readMetadata,
  type Tensor,
} from "@tsimm/autodiff";
import { version } from "../version.ts";
import type { SafeTensors } from "../weights/safetensors.ts";
import type { Model } from "./model.ts";
import { fileShape, imageGraph, LOGITS } from "./onnx/image-graph.ts";
import { isOnnxModel } from "./onnx/is-onnx-model.ts";
import { type ExportOrigin, parseOrigin } from "./onnx/origin-metadata.ts";
import { formatOnnxMetadata, type OnnxMetadata, parseOnnxMetadata } from "./onnx-metadata.ts";

export type { TaskNote } from "./onnx-metadata.ts";

/** What {@link encodeClassifier} puts into a file. */
export interface ClassifierParts extends Omit<OnnxMetadata, "architecture"> {
  readonly model: Model;
  /** State dict of the weights. */
  readonly weights: SafeTensors;
}

/** What {@link decodeClassifier} reads from a file. */
export interface ClassifierFile extends OnnxMetadata {
  /** Input `input` float32 [B, C, H, W], output `logits` float32 [B, outputs]. */
  readonly graph: Graph;
}

/** Name of an open batch size. */
export const BATCH = "batch";

/**
 * Writes a model with its weights as initializers, a free batch size and {@link formatOnnxMetadata}.
 *
 * @param batchSize - The only batch size that the file takes; absent: any.
 * @returns The bytes of an `.onnx` file whose input is float32 [batch, C, H, W], normalised.
 */
export function encodeClassifier(
  { model, weights, ...metadata }: ClassifierParts,
  batchSize?: number,
): Uint8Array {
  if (isOnnxModel(model)) return model.onnx.encode(weights, metadata, batchSize);
  const [, height, width] = metadata.dataConfig.inputSize;
  const graph = model.forwardGraph({ batchSize: batchSize ?? 1, height, width, training: false });
  const inputs = new Set(graph.inputs.map(({ name }) => name));
  const baked = new Map<string, Tensor>();
  for (const [name, { shape, data }] of weights) {
    if (data instanceof Float32Array && inputs.has(name)) baked.set(name, { dtype: "float32", shape, data });
  }
  return encodeModel(bakeInitializers(graph, baked), {
    ...(batchSize === undefined ? { batchSymbol: BATCH } : {}),
    producerName: "tsimm",
    producerVersion: version,
    metadata: formatOnnxMetadata({ ...metadata, architecture: model.name }),
  });
}

/**
 * Reads a file of {@link encodeClassifier}.
 *
 * @param batchSize - Images that the graph takes at once, unless the file itself says how many; absent: 1.
 * @throws Error if the file is no ONNX model or lacks the metadata.
 */
export function decodeClassifier(bytes: Uint8Array, batchSize = 1): ClassifierFile {
  const origin = parseOrigin(readMetadata(bytes));
  if (origin !== null) return decodeExport(bytes, origin, batchSize);
  const { graph, metadata } = decodeModel(bytes, { dimensions: { [BATCH]: batchSize } });
  return { graph, ...parseOnnxMetadata("decodeClassifier", metadata) };
}

/** Reads the file of somebody else with the weights of a run. */
function decodeExport(bytes: Uint8Array, { input, logits }: ExportOrigin, batchSize: number): ClassifierFile {
  const metadata = parseOnnxMetadata("decodeClassifier", readMetadata(bytes));
  const [channels, height, width] = metadata.dataConfig.inputSize;
  const shape = fileShape({ ...input, channels }, { batchSize, height, width });
  const graph = modelGraph(bytes, { batchSize, inputs: { [input.name]: shape }, output: logits });
  return { graph: imageGraph(graph, input, LOGITS), ...metadata };
}
