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
import type { Model, Parameter } from "../models/model.ts";
import { keyedRandom } from "../random/keyed-random.ts";
import { drawMask } from "./draw-mask.ts";
import { checkFinite } from "./first-not-finite.ts";
import { type ImageOptions, imageTensor } from "./images.ts";
import type { RunningState } from "./training-session.ts";

/** Options of {@link programOfModel}. */
export type TrainingProgramOptions = ImageOptions & {
  /** Loss of outputs against targets, a mean over the batch; absent: softmax cross-entropy. */
  readonly loss?: LossName | Loss | LossFunction | undefined;
  /** Seed of the masks of dropout and drop path, a safe integer; absent: 42. */
  readonly seed?: number;
};

/** A training graph, and the arrays behind its inputs. */
export interface TrainingProgram {
  /** Of the model. */
  readonly name: string;
  /** Of standard operators, not yet lowered for an engine. */
  readonly step: TrainingGraph;
  readonly parameters: readonly Parameter[];
  readonly runningStates: readonly RunningState[];
  /**
   * What a batch feeds: all inputs besides the parameters.
   *
   * @param where - Function named in errors.
   * @param keys - Integers that tell this step from all others: masks are drawn from them.
   * @throws TypeError or RangeError for images or a target that do not fit or are not finite.
   */
  feeds(
    where: string,
    images: Uint8Array | Float32Array,
    target: Float32Array,
    keys: readonly number[] | undefined,
  ): Record<string, Tensor>;
}

/** The training program of a model for one batch size and image size. */
export function programOfModel(model: Model, options: TrainingProgramOptions): TrainingProgram {
  const { batchSize, height, width, loss, seed = 42 } = options;
  const forward = model.forwardGraph({ batchSize, height, width, training: true });
  const step = trainingGraph(forward, {
    logits: "logits",
    ...(loss && { loss }),
    parameters: model.parameters.map(({ name }) => name),
  });
  const { input, mean, std } = options;
  const graph =
    input === "uint8" ? prependNormalization(step.graph, { input: "input", mean, std }) : step.graph;
  const shapes = new Map(forward.inputs.map(({ name, shape }) => [name, shape]));
  const masks = model.masks.map(({ name, keep }) => ({ name, keep, shape: shapes.get(name) ?? [] }));
  const keysOf = (where: string, keys: readonly number[] | undefined): readonly number[] => {
    if (keys !== undefined || masks.length === 0) return keys ?? [];
    throw new RangeError(
      `${where}: keys must be given for the ${masks.length} masks of ${model.name}, got none; count the updates`,
    );
  };
  const targetShape = [batchSize, model.numClasses];
  return {
    name: model.name,
    step: { ...step, graph },
    parameters: model.parameters,
    runningStates: model.batchNormalizations,
    feeds(where, images, target, keys) {
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
      const all = keysOf(where, keys);
      for (const { name, keep, shape } of masks) {
        feeds[name] = drawMask(shape, keep, keyedRandom(seed, "dropout", ...all, name));
      }
      return feeds;
    },
  };
}
