/** What is trained, before an engine computes it: a training graph, and the arrays behind its inputs. */
import {
  type Loss,
  type LossFunction,
  type LossName,
  prependNormalization,
  type Tensor,
  type TrainingGraph,
  trainingGraph,
} from "@tsimm/autodiff";
import { type FrozenOption, frozenOf, trainedParameters } from "../models/frozen/frozen.ts";
import type { Model, Parameter } from "../models/model.ts";
import { keyedRandom } from "../random/keyed-random.ts";
import { drawMask } from "./draw-mask.ts";
import { checkFinite } from "./first-not-finite.ts";
import { freezeGraph } from "./frozen-graph.ts";
import { type ImageOptions, imageTensor } from "./images.ts";

/** Options of {@link programOfModel}. */
export type TrainingProgramOptions = ImageOptions & {
  /** Loss of outputs against targets, a mean over the batch; absent: softmax cross-entropy. */
  readonly loss?: LossName | Loss | LossFunction | undefined;
  /** Seed of the masks of dropout and drop path, a safe integer; absent: 42. */
  readonly seed?: number;
  /** Part of the model that is not trained, as patterns or from `freeze`: constants of the graph; absent: none. */
  readonly frozen?: FrozenOption | null | undefined;
};

/** Images of a step, and the targets of the loss. */
export interface UpdateBatch {
  /** A whole batch in the layout that the updater was made for. */
  readonly images: Uint8Array | Float32Array;
  /** float32 [B, outputs]; for classification the probabilities of the classes. */
  readonly targets: Float32Array;
}

/** Running statistics of a batch normalization. */
export interface RunningState {
  /** Name of its node in the graph. */
  readonly module: string;
  readonly runningMean: Float32Array;
  readonly runningVar: Float32Array;
  /** Weight of a new batch, in [0, 1]. */
  readonly momentum: number;
  /** Batches seen, where that is counted. */
  readonly numBatchesTracked?: BigInt64Array;
}

/** A training graph for one number of samples, the arrays behind its inputs, and what a batch feeds it. */
export interface TrainingProgram<Batch = UpdateBatch> {
  /** Of the model. */
  readonly name: string;
  /** Of standard operators, not yet lowered for an engine. */
  readonly step: TrainingGraph;
  readonly parameters: readonly Parameter[];
  readonly runningStates: readonly RunningState[];
  /**
   * What a batch feeds: all inputs besides the parameters.
   *
   * @param keys - Integers that tell this step from all others: masks are drawn from them.
   * @throws TypeError or RangeError for a batch that does not fit or is not finite.
   */
  feeds(batch: Batch, keys: readonly number[] | undefined): Promise<Record<string, Tensor>>;
  /** Explains a loss that is not finite, for these feeds; absent: it is a result like others. */
  explainLoss?(loss: number, feeds: Readonly<Record<string, Tensor>>): Error;
}

/** The programs of one model over the same arrays: for whole batches, and for smaller ones. */
export interface TrainingPrograms<Batch = UpdateBatch> {
  /** For a whole batch. */
  readonly whole: TrainingProgram<Batch>;
  /** The program of a batch: `whole`, or the one for its number of samples, which is kept until another is asked for. */
  programFor(batch: Batch): Promise<TrainingProgram<Batch>>;
  /** Releases what the programs run beside their graphs. */
  close(): Promise<void>;
}

/**
 * The training program of a model for one batch size and image size. Frozen tensors are constants of its graph, which are
 * read when an engine loads it: make it anew where they have changed.
 */
export function programOfModel(model: Model, options: TrainingProgramOptions): TrainingProgram {
  const { batchSize, height, width, loss, seed = 42 } = options;
  const frozen = options.frozen ? frozenOf(model, options.frozen) : null;
  const whole = model.forwardGraph({ batchSize, height, width, training: true });
  const forward = frozen === null ? whole : freezeGraph(whole, model, frozen);
  const parameters = trainedParameters(model, frozen);
  const step = trainingGraph(forward, {
    logits: "logits",
    ...(loss && { loss }),
    parameters: parameters.map(({ name }) => name),
  });
  const { input, mean, std } = options;
  const graph =
    input === "uint8" ? prependNormalization(step.graph, { input: "input", mean, std }) : step.graph;
  const shapes = new Map(forward.inputs.map(({ name, shape }) => [name, shape]));
  const masks = model.masks.map(({ name, keep }) => ({ name, keep, shape: shapes.get(name) ?? [] }));
  const where = "TrainingStep.run";
  const keysOf = (keys: readonly number[] | undefined): readonly number[] => {
    if (keys !== undefined || masks.length === 0) return keys ?? [];
    throw new RangeError(
      `${where}: keys must be given for the ${masks.length} masks of ${model.name}, got none; count the updates`,
    );
  };
  const targetShape = [batchSize, model.numClasses];
  return {
    name: model.name,
    step: { ...step, graph },
    parameters,
    runningStates: model.batchNormalizations.filter(({ module }) => !frozen?.batchNormalizations.has(module)),
    async feeds({ images, targets: target }, keys) {
      if (target.length !== batchSize * model.numClasses) {
        throw new RangeError(
          `${where}: target must have ${batchSize * model.numClasses} elements [${targetShape}], got ${target.length}`,
        );
      }
      const input = imageTensor(where, images, model.inChans, options);
      // One NaN would spoil the running statistics for good.
      checkFinite(where, "images", images);
      checkFinite(where, "target", target);
      const feeds: Record<string, Tensor> = {
        input,
        [step.target]: { dtype: "float32", shape: targetShape, data: target },
      };
      const all = keysOf(keys);
      for (const { name, keep, shape } of masks) {
        feeds[name] = drawMask(shape, keep, keyedRandom(seed, "dropout", ...all, name));
      }
      return feeds;
    },
  };
}

/** Programs of a model that takes whole batches alone. */
export function wholeBatches<Batch>(whole: TrainingProgram<Batch>): TrainingPrograms<Batch> {
  return { whole, programFor: async () => whole, close: async () => {} };
}
