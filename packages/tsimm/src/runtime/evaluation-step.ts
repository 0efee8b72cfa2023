/** Evaluation of a model on an engine, with the weights as constants of the graph. */
import {
  bakeInitializers,
  encodeModel,
  type Graph,
  lowerGraph,
  prependNormalization,
  type Tensor,
} from "@tsimm/autodiff";
import type { ForwardOutput, Model } from "../models/model.ts";
import { checkOptionNames } from "../option-names.ts";
import { bringHere } from "../weights/state-elsewhere.ts";
import type { Engine, Session } from "./engine.ts";
import { type ImageOptions, imageOptionNames, imageTensor } from "./images.ts";

/** Options of {@link createEvaluation}. */
export type EvaluationOptions = ImageOptions & {
  /** Threads of the engine, an integer >= 1; absent: all cores. */
  readonly threads?: number;
  /** What is computed; absent: logits, or the maps of a model made with `featuresOnly`. */
  readonly output?: ForwardOutput;
};

/** A set of weights, compiled for one batch size and image size. */
export interface Evaluation {
  /**
   * Logits of images, or the pooled features of a model without classes; with another `output` its first tensor.
   *
   * @param images - At most a batch, in the layout that the options name; a smaller one is padded.
   * @param count - Images in it.
   * @returns [count, numClasses] or [count, numFeatures].
   */
  run(images: Uint8Array | Float32Array, count: number): Promise<Float32Array>;
  /**
   * All that is computed of images, e.g. every feature map by the name of its module.
   *
   * @param images - As in `run`.
   * @param count - Images in it.
   * @returns Tensors [count, ..] by name.
   */
  outputs(images: Uint8Array | Float32Array, count: number): Promise<Readonly<Record<string, Tensor>>>;
  /** Releases the native memory; nothing runs afterwards. */
  close(): Promise<void>;
}

/**
 * Compiles the evaluation of a model with the weights and running statistics that `model.state` holds now.
 *
 * As constants they let the engine choose its fastest layouts; a change of the model has no effect on what is
 * compiled.
 *
 * @param model - Its weights are read from the device where an updater trains it there. Another set (a moving average) is
 * evaluated as `{ ...model, state }`.
 * @example
 * const model = createModel("test_resnet", { numClasses: 2 });
 * const images = { batchSize: 4, height: 32, width: 32, input: "float32" } as const;
 * const evaluation = await createEvaluation(await createEngine(), model, images);
 * const logits = await evaluation.run(new Float32Array(3 * 3 * 32 * 32), 3);
 * logits.length; // => 6
 * await evaluation.close();
 */
export async function createEvaluation(
  engine: Engine,
  model: Model,
  options: EvaluationOptions,
): Promise<Evaluation> {
  checkOptionNames<EvaluationOptions>("createEvaluation", options, {
    ...imageOptionNames,
    threads: true,
    output: true,
  });
  await bringHere(model);
  const graph = evaluationGraph(engine, model, options);
  const inputs = new Set(graph.inputs.map(({ name }) => name));
  const weights = new Map<string, Tensor>();
  for (const { name, shape, data } of model.state) {
    if (data instanceof Float32Array && inputs.has(name))
      weights.set(name, { dtype: "float32", shape, data });
  }
  const { threads } = options;
  const baked = encodeModel(bakeInitializers(graph, weights));
  return evaluationOver(await engine.load(baked, threads === undefined ? {} : { threads }), model, options);
}

/** The graph of an evaluation for an engine: `input`, the images, and an input for each weight and running statistic. */
export function evaluationGraph(
  { lowering = "generic" }: Pick<Engine, "lowering">,
  model: Model,
  options: EvaluationOptions,
): Graph {
  const { batchSize, height, width, input, mean, std, output } = options;
  const forward = model.forwardGraph({ batchSize, height, width, training: false, output });
  const graph = input === "uint8" ? prependNormalization(forward, { input: "input", mean, std }) : forward;
  return lowerGraph(graph, lowering);
}

/** An evaluation over a loaded graph, whose only feed is `input`: the images of a whole batch. */
export function evaluationOver(
  session: Pick<Session, "run" | "close">,
  { inChans }: Pick<Model, "inChans">,
  options: ImageOptions,
): Evaluation {
  const { batchSize, height, width, input } = options;
  const padded = new (input === "uint8" ? Uint8Array : Float32Array)(batchSize * inChans * height * width);
  const outputs: Evaluation["outputs"] = async (images, count) => {
    if (!(Number.isInteger(count) && count >= 1 && count <= batchSize)) {
      throw new RangeError(`Evaluation.run: count must be an integer from 1 to ${batchSize}, got ${count}`);
    }
    const batch = imageTensor("Evaluation.run", images, inChans, { ...options, batchSize: count });
    let feed = batch;
    if (count < batchSize) {
      padded.set(images);
      feed = imageTensor("Evaluation.run", padded, inChans, options);
    }
    const results = await session.run({ input: feed });
    return Object.fromEntries(
      Object.entries(results).map(([name, result]) => [name, firstImages(result, count)]),
    );
  };
  return {
    outputs,
    async run(images, count) {
      const [first] = Object.values(await outputs(images, count));
      if (!(first?.data instanceof Float32Array)) throw new TypeError("Evaluation.run: no float32 output");
      return first.data;
    },
    close: () => session.close(),
  };
}

function firstImages({ dtype, shape: [batchSize = 0, ...rest], data }: Tensor, count: number): Tensor {
  return { dtype, shape: [count, ...rest], data: data.subarray(0, (data.length * count) / batchSize) };
}
