/** One training step of a model on an engine: loss, logits, gradients, running statistics. */
import type { Model } from "../models/model.ts";
import { checkOptionNames } from "../option-names.ts";
import type { Engine } from "./engine.ts";
import { imageOptionNames } from "./images.ts";
import { programOfModel, type TrainingProgramOptions, wholeBatches } from "./training-program.ts";
import { createTrainingSession, type StepResult } from "./training-session.ts";

/** Options of {@link createTrainingStep}. */
export type TrainingStepOptions = TrainingProgramOptions & {
  /** Threads of the engine, an integer >= 1; absent: all cores. */
  readonly threads?: number;
};

/** A model's training step, compiled for one batch size and image size. Frozen tensors are those of the creation. */
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
 * @example
 * const model = createModel("test_resnet", { numClasses: 2 });
 * const images = { batchSize: 2, height: 32, width: 32, input: "float32" } as const;
 * const step = await createTrainingStep(await createEngine(), model, images);
 * const pixels = Float32Array.from({ length: 2 * 3 * 32 * 32 }, (_, i) => Math.sin(i));
 * const { loss } = await step.run(pixels, Float32Array.of(1, 0, 0, 1));
 * loss > 0; // => true
 * model.parameters.every(({ grad }) => grad !== null); // => true
 * await step.close();
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
    frozen: true,
  });
  const programs = wholeBatches(programOfModel(model, options));
  const session = await createTrainingSession(engine, programs, options.threads);
  return {
    run: (images, targets, keys) => session.run({ images, targets }, keys),
    close: () => session.close(),
  };
}
