/** One training step of a model on an engine: loss, logits, gradients, running statistics. */
import {
  type Loss,
  type LossFunction,
  type LossName,
  prependNormalization,
  type Tensor,
  trainingGraph,
} from "@tsimm/autodiff";
import type { Model } from "../models/model.ts";
import { checkOptionNames } from "../option-names.ts";
import { keyedRandom } from "../random/keyed-random.ts";
import { drawMask } from "./draw-mask.ts";
import type { Engine } from "./engine.ts";
import { checkFinite } from "./first-not-finite.ts";
import { type ImageOptions, imageOptionNames, imageTensor } from "./images.ts";
import { createTrainingSession, type StepResult } from "./training-session.ts";

/** Options of {@link createTrainingStep}. */
export type TrainingStepOptions = ImageOptions & {
  /** Threads of the engine, an integer >= 1; absent: all cores. */
  readonly threads?: number;
  /** Loss of outputs against targets, a mean over the batch; absent: softmax cross-entropy. */
  readonly loss?: LossName | Loss | LossFunction | undefined;
  /** Seed of the masks of dropout and drop path, a safe integer; absent: 42. */
  readonly seed?: number;
};

/** A model's training step, compiled for one batch size and image size. */
export interface TrainingStep {
  /**
   * Forward and backward pass. Writes every parameter's `grad` (null until then) and updates the running statistics of every
   * batch normalization; parameters stay as they are, and must until the promise settles.
   *
   * @param images - A whole batch in the layout that the options name.
   * @param target - What the loss takes, [B, numClasses]; for the default one the probabilities of the classes.
   * @param keys - Integers that tell this step from all others, e.g. update and batch within it: dropout and
   * drop path draw their masks from seed, keys and module name alone. Needed if the model has any.
   * @throws TypeError or RangeError for images or a target that do not fit or are not finite; nothing has changed then.
   */
  run(images: Uint8Array | Float32Array, target: Float32Array, keys?: readonly number[]): Promise<StepResult>;
  /** Releases the native memory; nothing runs afterwards. */
  close(): Promise<void>;
}

/**
 * Compiles the training step of a model: a loss against dense targets.
 *
 * @throws Error if the model holds an operator without a gradient rule, or the engine refuses the graph.
 */
export async function createTrainingStep(
  engine: Engine,
  model: Model,
  options: TrainingStepOptions,
): Promise<TrainingStep> {
  checkOptionNames<TrainingStepOptions>("createTrainingStep", options, {
    ...imageOptionNames,
    threads: true,
    loss: true,
    seed: true,
  });
  const { batchSize, height, width, threads, loss, seed = 42 } = options;
  const forward = model.forwardGraph({ batchSize, height, width, training: true });
  const step = trainingGraph(forward, {
    logits: "logits",
    ...(loss && { loss }),
    parameters: model.parameters.map(({ name }) => name),
  });
  const { input, mean, std } = options;
  const graph =
    input === "uint8" ? prependNormalization(step.graph, { input: "input", mean, std }) : step.graph;
  const { parameters, batchNormalizations } = model;
  const state = { parameters, runningStates: batchNormalizations };
  const session = await createTrainingSession(engine, step, graph, state, threads);
  const shapes = new Map(forward.inputs.map(({ name, shape }) => [name, shape]));
  const masks = model.masks.map(({ name, keep }) => ({ name, keep, shape: shapes.get(name) ?? [] }));
  const targetShape = [batchSize, model.numClasses];
  return {
    async run(images, target, keys) {
      if (target.length !== batchSize * model.numClasses) {
        throw new RangeError(
          `TrainingStep.run: target must have ${batchSize * model.numClasses} elements [${targetShape}], got ${target.length}`,
        );
      }
      const input = imageTensor("TrainingStep.run", images, model.inChans, options);
      // One NaN would spoil the running statistics for good.
      checkFinite("TrainingStep.run", "images", images);
      checkFinite("TrainingStep.run", "target", target);
      const feeds: Record<string, Tensor> = {
        input,
        [step.target]: { dtype: "float32", shape: targetShape, data: target },
      };
      if (masks.length > 0 && keys === undefined) {
        throw new RangeError(
          `TrainingStep.run: keys must be given for the ${masks.length} masks of ${model.name}, got none; count the updates`,
        );
      }
      for (const { name, keep, shape } of masks) {
        feeds[name] = drawMask(shape, keep, keyedRandom(seed, "dropout", ...(keys ?? []), name));
      }
      return session.run(feeds);
    },
    close: () => session.close(),
  };
}
