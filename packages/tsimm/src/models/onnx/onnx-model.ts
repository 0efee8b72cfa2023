/** An ONNX file of any origin as a model. */
import { describe, type ForwardModel, forwardModel } from "@tsimm/autodiff";
import type { SafeTensors } from "../../weights/safetensors.ts";
import type { Buffer, ForwardGraphOptions, Model, Parameter } from "../model.ts";
import { formatOnnxMetadata, type OnnxMetadata } from "../onnx-metadata.ts";
import { filePreprocessing } from "./file-preprocessing.ts";
import { fileShape, imageGraph, LOGITS, parameterName } from "./image-graph.ts";
import { type ImageInput, imageInput } from "./image-input.ts";
import type { OnnxModel } from "./is-onnx-model.ts";
import { formatOrigin } from "./origin-metadata.ts";

/** Options of {@link createOnnxModel}. */
export interface OnnxModelOptions {
  /** Name of the model, e.g. that of its file. */
  readonly name: string;
  /** SHA-256 of the file. */
  readonly sha256: string;
  /** Outputs of a new head, an integer >= 1; null: the head of the file stays. */
  readonly numClasses: number | null;
  /** Value to look before for the head; null: the outputs. */
  readonly logits?: string | null;
  /** Height and width in pixels, where the file leaves them open; null: as its metadata say, else 224. */
  readonly size?: readonly [number, number] | null;
  /** Seed of the new head's weights. */
  readonly seed?: number;
}

/**
 * Makes a model of an ONNX file: its weights are the parameters, under the names of the file.
 *
 * @param bytes - An `.onnx` file with one input, images, its tensors inside.
 * @throws RangeError if it takes no images, has no classifier to give new outputs, or holds what cannot be trained.
 */
export function createOnnxModel(bytes: Uint8Array, options: OnnxModelOptions): OnnxModel {
  const { name, sha256, logits = null, size = null, seed = 42 } = options;
  const description = describe(bytes, logits === null ? {} : { logits });
  const input = imageInput(description);
  if ("problem" in input) throw new RangeError(`createOnnxModel: the file ${input.problem}`);
  const { metadata, obstacles } = description;
  const { config, source } = filePreprocessing(metadata, input, size);
  const withoutGradient = [...new Set(obstacles.flatMap(({ weightsBefore }) => weightsBefore))];
  const open = (numClasses: number | null): ForwardModel => {
    const [, height, width] = config.inputSize;
    return forwardModel(bytes, {
      logits: logits ?? description.logits,
      seed,
      ...(numClasses === null ? {} : { classes: numClasses }),
      inputs: { [input.name]: fileShape(input, { batchSize: 1, height, width }) },
      // float16 weights are trained as float32.
      train: ["*"],
      freeze: withoutGradient,
    });
  };
  let forward = open(options.numClasses);
  const model: OnnxModel = {
    ...{ name, inChans: input.channels, pretrainedCfg: config, masks: [], featureInfo: [] },
    ...{ noWeightDecay: [], layerOf: () => null, numFeatures: description.classifier?.features ?? 0 },
    ...partsOf(forward, []),
    forwardGraph: (request: ForwardGraphOptions) => graphOf(name, forward, input, request),
    getClassifier: () => model.parameters.filter((parameter) => isHead(forward, parameter)),
    resetClassifier(numClasses: number): void {
      if (!(Number.isInteger(numClasses) && numClasses >= 1)) {
        throw new RangeError(`${name}: numClasses must be an integer >= 1, got ${numClasses}`);
      }
      forward = open(numClasses);
      Object.assign(model, partsOf(forward, model.state));
      Object.assign(model.onnx, { newHead: true });
    },
    onnx: {
      ...{ bytes, sha256, input, from: logits, description, withoutGradient },
      newHead: options.numClasses !== null,
      preprocessing: source,
      encode(weights: SafeTensors, given: Omit<OnnxMetadata, "architecture">, batchSize?: number) {
        if (batchSize !== undefined && batchSize !== input.batch) {
          throw new RangeError(
            `${name}: batchSize must be ${input.batch ?? "open"} as in the file it was made of, got ${batchSize}; leave it out`,
          );
        }
        const values = new Map<string, Float32Array>();
        for (const { name: own } of [...forward.weights, ...statisticsOf(forward)]) {
          const tensor = weights.get(parameterName(own))?.data;
          if (tensor instanceof Float32Array) values.set(own, tensor);
        }
        const origin = formatOrigin({ input, logits: forward.logits });
        return forward.saveFiles({
          values,
          ...activationOf(given.task?.name),
          metadata: { ...formatOnnxMetadata({ ...given, architecture: name }), ...origin },
        }).bytes;
      },
    },
  };
  return model;
}

/** The activation behind the logits that a task's answers are read with; classification has that of the file. */
function activationOf(task: string | undefined): { readonly activation?: "Sigmoid" | "Identity" } {
  if (task === "multi-label") return { activation: "Sigmoid" };
  return task === "regression" ? { activation: "Identity" } : {};
}

/** All that a new head changes; of the other tensors the old objects stay. */
function partsOf(
  forward: ForwardModel,
  old: Model["state"],
): Pick<Model, "numClasses" | "parameters" | "buffers" | "state" | "batchNormalizations" | "classifier"> {
  const before = new Map(old.map((tensor) => [tensor.name, tensor]));
  const parameters = forward.weights.map(({ name: given, shape, data }): Parameter => {
    const name = parameterName(given);
    const own = before.get(name);
    return own && "grad" in own && !forward.head.includes(given) ? own : { name, shape, data, grad: null };
  });
  const buffers = statisticsOf(forward).map((buffer) => before.get(buffer.name) ?? buffer);
  const dataOf = (name: string, data: Float32Array) => {
    const own = before.get(name)?.data;
    return own instanceof Float32Array ? own : data;
  };
  const [weight = ""] = forward.head;
  return {
    ...{ numClasses: forward.outputs, parameters, buffers, state: [...parameters, ...buffers] },
    batchNormalizations: forward.runningStatistics.map(({ module, momentum, ...given }) => ({
      ...{ module, momentum, numBatchesTracked: new BigInt64Array(1) },
      runningMean: dataOf(given.meanName, given.runningMean),
      runningVar: dataOf(given.varName, given.runningVar),
    })),
    classifier: parameterName(weight).replace(/[./]weight$/, ""),
  };
}

/** Running statistics, each once, under the names of the file. */
function statisticsOf({
  runningStatistics,
}: ForwardModel): readonly (Buffer & { readonly data: Float32Array })[] {
  const found = new Map<string, Float32Array>();
  for (const { meanName, varName, runningMean, runningVar } of runningStatistics) {
    found.set(meanName, runningMean).set(varName, runningVar);
  }
  return [...found].map(([name, data]) => ({ name, shape: [data.length], data }));
}

function isHead({ head }: ForwardModel, { name }: Parameter): boolean {
  return head.some((tensor) => parameterName(tensor) === name);
}

function graphOf(
  name: string,
  forward: ForwardModel,
  input: ImageInput,
  { batchSize, height, width, training, output = "logits" }: ForwardGraphOptions,
) {
  if (output !== "logits" && output !== "preLogits") {
    throw new RangeError(
      `${name}.forwardGraph: output must be logits or preLogits for an ONNX file, got ${output}`,
    );
  }
  if (output === "preLogits" && forward.features === null) {
    throw new RangeError(
      `${name}.forwardGraph: output must be logits for a file without a classifier, got ${output}`,
    );
  }
  const graph = forward.graph({
    ...{ batchSize, batchNorm: training ? ("train" as const) : ("frozen" as const) },
    inputs: { [input.name]: fileShape(input, { batchSize, height, width }) },
    ...(output === "preLogits" && forward.features !== null ? { output: forward.features } : {}),
  });
  return imageGraph(graph, input, output === "logits" ? LOGITS : output);
}
