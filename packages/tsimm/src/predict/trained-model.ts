/** A trained model of any file, to be evaluated in batches. */

import {
  encodeModel,
  type Graph,
  lowerGraph,
  prependNormalization,
  readMetadata,
  withMetadata,
} from "@tsimm/autodiff";
import type { ReadWeights } from "../checkpoint/read-weights.ts";
import { readRegularFile } from "../files/read-file.ts";
import type { Model, PretrainedConfig } from "../models/model.ts";
import { parseOrigin } from "../models/onnx/origin-metadata.ts";
import { BATCH, decodeClassifier, encodeClassifier, type TaskNote } from "../models/onnx-file.ts";
import { formatOnnxMetadata } from "../models/onnx-metadata.ts";
import { createModel } from "../models/pretrained/create-model.ts";
import { loadAdapted } from "../models/pretrained/load-start.ts";
import type { Engine } from "../runtime/engine.ts";
import { createEvaluation, type Evaluation, evaluationOver } from "../runtime/evaluation-step.ts";
import { isDefaultTask } from "../task/default-task.ts";
import { namedTensors } from "../train/load-training-state.ts";
import { version } from "../version.ts";
import { cleanNames } from "../weights/clean-names.ts";
import { isWeightsName } from "../weights/weights-file-name.ts";
import { readDescribedWeights } from "./read-described-weights.ts";
import { modelOfWeights } from "./weights-classifier.ts";

/** Largest `.onnx` file: a protobuf message holds less than 2 GiB. */
const ONNX_LIMIT = 2 ** 31;

/** Options of {@link openTrainedModel}. */
export interface OpenTrainedOptions {
  /** false: the plain weights; true: a moving average; absent: a moving average where there is one. */
  readonly average?: boolean | undefined;
  /** Name of the model, in place of the one that a file of weights names. */
  readonly model?: string | undefined;
  /** Outputs of the model; absent: those of the file, or of its classifier. */
  readonly numClasses?: number | undefined;
  /** Side of the input in pixels; absent: that of the file. */
  readonly imgSize?: number | undefined;
}

/** Size of a batch, and what its pixels are normalised with. */
export interface BatchLayout {
  readonly batchSize: number;
  readonly dataConfig: PretrainedConfig;
  /** Threads of the engine; absent: all cores. */
  readonly threads?: number | undefined;
}

/** What an exported file says beside its weights. */
export interface ExportLayout {
  /** Names of the classes or outputs. */
  readonly classNames: readonly string[];
  readonly dataConfig: PretrainedConfig;
  /** The only batch size of the file; absent: any. */
  readonly batchSize?: number | undefined;
}

/** A trained model. */
export interface TrainedModel {
  /** The file that holds the weights. */
  readonly path: string;
  readonly architecture: string;
  /** Names of the classes or outputs; null: the file does not say. */
  readonly classNames: readonly string[] | null;
  /** Task of the outputs; undefined: plain classification. */
  readonly task: TaskNote | undefined;
  /** Numbers that it gives for an image. */
  readonly outputs: number;
  /** Preprocessing that it was trained with. */
  readonly dataConfig: PretrainedConfig;
  /** Preprocessing of its architecture; null: the file is all that is known. */
  readonly ownConfig: PretrainedConfig | null;
  /** Whether the weights are a moving average. */
  readonly average: boolean;
  readonly parameterCount: number;
  /** The model with its weights; null: there is only a graph. */
  readonly model: Model | null;
  /** Batch size that its graph is fixed to; null: any. */
  readonly fixedBatch: number | null;
  /** Compiles it for batches of pixels, uint8 [B, H, W, C]. */
  compile(engine: Engine, layout: BatchLayout): Promise<Evaluation>;
  /** The bytes of an `.onnx` file with the weights as initializers; names, preprocessing and task are its metadata. */
  encode(layout: ExportLayout): Uint8Array;
}

/**
 * Opens a file of weights that training wrote, another one whose model is named, or an ONNX file of a trained model.
 *
 * @param path - A `.safetensors` file, a file of PyTorch, or an `.onnx` file.
 * @throws Error if it cannot be read, does not say what it is, or has no weights of the kind asked for.
 */
export async function openTrainedModel(
  path: string,
  options: OpenTrainedOptions = {},
): Promise<TrainedModel> {
  const trained = isWeightsName(path)
    ? await ofWeights(await readDescribedWeights(path, { average: options.average !== false }), options)
    : ofFile(path, await readRegularFile(path, { limit: ONNX_LIMIT }));
  if (options.average === true && !trained.average) {
    throw new Error(`"${path}" must hold a moving average, got plain weights; leave --use-ema out`);
  }
  if (options.average === false && trained.average) {
    throw new Error(
      `"${path}" must hold plain weights, got the moving average; the plain ones are in model_best.resume.safetensors`,
    );
  }
  return trained;
}

async function ofWeights(weights: ReadWeights, options: OpenTrainedOptions): Promise<TrainedModel> {
  const { path, average, description } = weights;
  if (description === null && options.model === undefined) {
    throw new Error("it does not say of which model its weights are; pass --model");
  }
  const model =
    options.model === undefined
      ? modelOfWeights(weights, options.imgSize).model
      : await named(weights, options);
  const note = description?.task;
  const task = note === undefined || isDefaultTask(note.name, note.settings) ? undefined : note;
  return ofModel(model, {
    ...{ path, average, task, classNames: namesOf(description) },
    dataConfig: description?.dataConfig ?? model.pretrainedCfg,
  });
}

/** Names of the outputs; null: the file does not say. */
function namesOf(description: ReadWeights["description"]): readonly string[] | null {
  const names = description?.task.outputNames ?? [];
  return names.length > 0 ? names : null;
}

/** Options of {@link openPretrainedModel}. */
export interface OpenPretrainedOptions extends Pick<OpenTrainedOptions, "numClasses" | "imgSize"> {
  /** Receives what is adapted, and how far a download is. */
  readonly onMessage?: ((text: string) => void) | undefined;
}

/**
 * Opens a model with pretrained weights of the hub.
 *
 * @param name - As `createModel` takes it.
 * @throws RangeError for an unknown name; Error for weights that cannot be had.
 */
export async function openPretrainedModel(
  name: string,
  { numClasses, imgSize, onMessage = () => {} }: OpenPretrainedOptions = {},
): Promise<TrainedModel> {
  const model = await createModel(name, {
    ...{ pretrained: true, onMessage },
    ...(numClasses === undefined ? {} : { numClasses }),
    ...(imgSize === undefined ? {} : { imgSize }),
    onProgress: (file, loaded, total) => {
      if (loaded === total) onMessage(`Downloaded ${file}: ${(loaded / 1e6).toFixed(1)} MB`);
    },
  });
  const { labelNames } = model.pretrainedCfg;
  const { numClasses: outputs, pretrainedCfg: dataConfig } = model;
  const classNames = labelNames?.length === outputs ? labelNames : null;
  return ofModel(model, { ...{ path: name, average: false, task: undefined }, classNames, dataConfig });
}

type FileFacts = Pick<TrainedModel, "path" | "average" | "task" | "classNames" | "dataConfig">;

function ofModel(model: Model, facts: FileFacts): TrainedModel {
  const { average, task } = facts;
  return {
    ...facts,
    ...{ model, architecture: model.name, outputs: model.numClasses, fixedBatch: null },
    ownConfig: model.pretrainedCfg,
    parameterCount: model.parameters.reduce((sum, { data }) => sum + data.length, 0),
    compile: (engine, { batchSize, dataConfig, threads }) => {
      const { mean, std, inputSize } = dataConfig;
      const [, height, width] = inputSize;
      return createEvaluation(engine, model, {
        ...{ batchSize, height, width, input: "uint8", mean, std },
        ...(threads === undefined ? {} : { threads }),
      });
    },
    encode: ({ batchSize, ...layout }) =>
      encodeClassifier(
        { ...layout, ...{ model, average, task, weights: namedTensors(model.state) } },
        batchSize,
      ),
  };
}

/** The model that the caller names, for weights of any origin. */
async function named({ tensors, description }: ReadWeights, options: OpenTrainedOptions): Promise<Model> {
  const { model = "", imgSize = description?.dataConfig.inputSize[1] } = options;
  const given = { inChans: description?.model.inChans ?? 3, imgSize };
  const numClasses = options.numClasses ?? description?.model.numClasses;
  let created = await createModel(model, numClasses === undefined ? given : { ...given, numClasses });
  const found = numClasses === undefined ? classesOf(created, tensors) : null;
  if (found !== null && found !== created.numClasses) {
    created = await createModel(model, { ...given, numClasses: found });
  }
  loadAdapted(created, tensors, { head: false });
  return created;
}

/** Classes of the classifier in weights; null: there is none. */
function classesOf({ classifier, state }: Model, tensors: ReadWeights["tensors"]): number | null {
  const names = new Set(state.map(({ name }) => name));
  const [classes] = cleanNames(tensors, names).get(`${classifier}.weight`)?.shape ?? [];
  return classes ?? null;
}

function ofFile(path: string, bytes: Uint8Array): TrainedModel {
  const { graph, ...file } = decodeClassifier(bytes);
  // Asked for two images, a file with a batch size of its own keeps it.
  const [asked = 1] = decodeClassifier(bytes, 2).graph.inputs[0]?.shape ?? [];
  return {
    ...{ path, ...file, task: file.task, ownConfig: null, model: null },
    outputs: graph.outputs[0]?.shape.at(-1) ?? 0,
    fixedBatch: asked === 2 ? null : asked,
    parameterCount: parameterCount(graph),
    async compile(engine, { batchSize, dataConfig, threads }) {
      const { mean, std, inputSize } = dataConfig;
      const [inChans, height, width] = inputSize;
      const { graph: ofBatch } = decodeClassifier(bytes, batchSize);
      const ofBytes = prependNormalization(ofBatch, { input: "input", mean, std });
      const model = encodeModel(lowerGraph(ofBytes, engine.lowering ?? "generic"));
      const session = await engine.load(model, threads === undefined ? {} : { threads });
      return evaluationOver(session, { inChans }, { batchSize, height, width, input: "uint8", mean, std });
    },
    encode: ({ classNames, dataConfig, batchSize }) =>
      parseOrigin(readMetadata(bytes)) !== null
        ? withMetadata(bytes, formatOnnxMetadata({ ...file, classNames, dataConfig }))
        : encodeModel(decodeClassifier(bytes, batchSize ?? 1).graph, {
            ...(batchSize === undefined && asked === 2 ? { batchSymbol: BATCH } : {}),
            ...{ producerName: "tsimm", producerVersion: version },
            metadata: formatOnnxMetadata({ ...file, classNames, dataConfig }),
          }),
  };
}

/** Numbers in the weights of a graph, without running statistics. */
function parameterCount({ initializers }: Graph): number {
  let count = 0;
  for (const [name, { dtype, data }] of initializers) {
    if (dtype === "float32" && !/running_(mean|var)$/.test(name)) count += data.length;
  }
  return count;
}
