/** An exported classifier: an ONNX file that carries its class names and preprocessing. */
import { bakeInitializers, decodeModel, encodeModel, type Graph, type Tensor } from "@tsimm/autodiff";
import { z } from "zod";
import { version } from "../version.ts";
import type { SafeTensors } from "../weights/safetensors.ts";
import type { Model, PretrainedConfig } from "./model.ts";

/** What {@link encodeClassifier} puts into a file. */
export interface ClassifierParts {
  readonly model: Model;
  /** State dict of the weights. */
  readonly weights: SafeTensors;
  readonly classNames: readonly string[];
  readonly dataConfig: PretrainedConfig;
  /** Whether the weights are a moving average. */
  readonly average: boolean;
  /** The task, where it is not plain classification. */
  readonly task?: TaskNote | undefined;
}

/** A task, as a file names it. */
export interface TaskNote {
  /** Name of its definition. */
  readonly name: string;
  /** JSON values that describe outputs with it. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** What {@link decodeClassifier} reads from a file. */
export interface ClassifierFile {
  /** Input `input` float32 [1, C, H, W], output `logits` float32 [1, classes]. */
  readonly graph: Graph;
  readonly architecture: string;
  readonly classNames: readonly string[];
  readonly dataConfig: PretrainedConfig;
  /** Whether the weights are a moving average. */
  readonly average: boolean;
  /** The task; absent: plain classification. */
  readonly task?: TaskNote | undefined;
}

const BATCH = "batch";

/**
 * Writes a classifier with its weights as initializers and a free batch size.
 *
 * Metadata: `architecture`, `class_names` (JSON list), `input_size` (JSON [C, H, W]), `mean`, `std` (JSON lists for
 * pixels divided by 255), `interpolation`, `crop_pct`, `crop_mode`; `weights` "ema" for a moving average;
 * `task` and `task_settings` (JSON) of another task than plain classification.
 *
 * @returns The bytes of an `.onnx` file whose input is float32 [batch, C, H, W], normalised.
 */
export function encodeClassifier(parts: ClassifierParts): Uint8Array {
  const { model, weights, classNames, dataConfig, average, task } = parts;
  const [, height, width] = dataConfig.inputSize;
  const graph = model.forwardGraph({ batchSize: 1, height, width, training: false });
  const inputs = new Set(graph.inputs.map(({ name }) => name));
  const baked = new Map<string, Tensor>();
  for (const [name, { shape, data }] of weights) {
    if (data instanceof Float32Array && inputs.has(name)) baked.set(name, { dtype: "float32", shape, data });
  }
  return encodeModel(bakeInitializers(graph, baked), {
    batchSymbol: BATCH,
    producerName: "tsimm",
    producerVersion: version,
    metadata: {
      architecture: model.name,
      class_names: JSON.stringify(classNames),
      input_size: JSON.stringify(dataConfig.inputSize),
      mean: JSON.stringify(dataConfig.mean),
      std: JSON.stringify(dataConfig.std),
      interpolation: dataConfig.interpolation,
      crop_pct: String(dataConfig.cropPct),
      crop_mode: dataConfig.cropMode,
      ...(average ? { weights: "ema" } : {}),
      ...(task === undefined ? {} : { task: task.name, task_settings: JSON.stringify(task.settings) }),
    },
  });
}

const json = z.string().transform((text): unknown => JSON.parse(text));
const metadataSchema = z.object({
  architecture: z.string(),
  class_names: json.pipe(z.array(z.string())),
  input_size: json.pipe(z.tuple([z.number(), z.number(), z.number()])),
  mean: json.pipe(z.array(z.number())),
  std: json.pipe(z.array(z.number())),
  interpolation: z.enum(["bilinear", "bicubic"]),
  crop_pct: z.string().transform(Number),
  crop_mode: z.enum(["center", "squash", "border"]),
  weights: z.enum(["plain", "ema"]).default("plain"),
  task: z.string().optional(),
  task_settings: json.pipe(z.record(z.string(), z.unknown())).optional(),
});

/**
 * Reads a file of {@link encodeClassifier}.
 *
 * @throws Error if the file is no ONNX model or lacks the metadata.
 */
export function decodeClassifier(bytes: Uint8Array): ClassifierFile {
  const { graph, metadata } = decodeModel(bytes, { dimensions: { [BATCH]: 1 } });
  const result = metadataSchema.safeParse(metadata);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new Error(
      `decodeClassifier: the model must carry tsimm's metadata, but ${issue?.path.join(".")} is missing or wrong`,
    );
  }
  const { architecture, class_names, input_size, mean, std, interpolation, crop_pct, crop_mode, weights } =
    result.data;
  const { task, task_settings } = result.data;
  return {
    graph,
    architecture,
    classNames: class_names,
    dataConfig: { inputSize: input_size, mean, std, interpolation, cropPct: crop_pct, cropMode: crop_mode },
    average: weights === "ema",
    ...(task === undefined ? {} : { task: { name: task, settings: task_settings ?? {} } }),
  };
}
