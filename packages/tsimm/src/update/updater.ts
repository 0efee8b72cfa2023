/** The one thing that changes the weights in training. */
import type { Model, Parameter } from "../models/model.ts";
import { type ClipMode, clipGradients, globalNorm } from "../optim/clip.ts";
import type { ModelEma } from "../optim/ema.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { checkOptionNames } from "../option-names.ts";
import type { Engine } from "../runtime/engine.ts";
import { createEvaluation, type Evaluation } from "../runtime/evaluation-step.ts";
import type { ImageOptions } from "../runtime/images.ts";
import { createTrainingStep, type TrainingStepOptions } from "../runtime/training-step.ts";
import { DivergedError } from "./diverged-error.ts";

/** Images of an update, and the targets of the loss. */
export interface UpdateBatch {
  /** A whole batch in the layout that the updater was made for. */
  readonly images: Uint8Array | Float32Array;
  /** float32 [B, outputs]; for classification the probabilities of the classes. */
  readonly targets: Float32Array;
}

/** Result of an update. */
export interface UpdateResult {
  /** Mean over the batches, before the update. */
  readonly loss: number;
  /** Norm of all gradients together, before clipping. */
  readonly gradNorm: number;
}

/** Changes the weights of a model. */
export interface Updater {
  readonly model: Model;
  /** Its groups hold the learning rates that schedules write. */
  readonly optimizer: Optimizer;
  /** Moving average of the model's state; null: there is none. */
  readonly average: ModelEma | null;
  /**
   * One update: the mean gradient over the batches, clipping, the optimizer's rule, the moving average.
   *
   * @param batches - One, or several whose gradients are accumulated.
   * @param position - `update`: updates made before this one, an integer >= 0. Masks of dropout and drop path are drawn
   *   from it, and a moving average warms up by it.
   * @throws DivergedError if the loss or a gradient is not finite; the parameters are as before then. RangeError
   * without a batch, or for an update that is no integer >= 0.
   */
  update(batches: readonly UpdateBatch[], position: { readonly update: number }): Promise<UpdateResult>;
  /**
   * Compiles an evaluation of the present weights.
   *
   * @param weights - The model's own, or their moving average.
   * @param batchSize - Images in a batch, an integer >= 1.
   */
  createEvaluation(weights: "plain" | "average", batchSize: number): Promise<Evaluation>;
  /** Releases the native memory; nothing runs afterwards. */
  close(): Promise<void>;
}

/** Options of {@link createUpdater}. */
export type UpdaterOptions = ImageOptions &
  Pick<TrainingStepOptions, "loss" | "seed" | "threads" | "ways"> & {
    readonly model: Model;
    /** Over the model's parameters. */
    readonly optimizer: Optimizer;
    /** Follows the model after each update; absent: none. */
    readonly average?: ModelEma | null | undefined;
    /** Bound of the gradients, > 0; absent: none. */
    readonly clipGrad?: number | null | undefined;
    /** Quantity that `clipGrad` bounds; absent: the norm of all gradients together. */
    readonly clipMode?: ClipMode | undefined;
  };

/**
 * Compiles the training step of a model and joins it with an optimizer.
 *
 * @param engine - Computes loss and gradients; the optimizer's rule runs here.
 * @throws RangeError for options out of range, or an optimizer of another model; Error if the model holds an operator
 * without a gradient rule, or the engine refuses the graph.
 * @example
 * const model = createModel("test_resnet", { numClasses: 2 });
 * const optimizer = createOptimizer({ opt: "sgd", lr: 0.1, weightDecay: 0, momentum: 0.9 }, model);
 * const images = { batchSize: 2, height: 32, width: 32, input: "float32" };
 * const updater = await createUpdater(await createEngine(), { model, optimizer, ...images });
 * const batch = { images: new Float32Array(2 * 3 * 32 * 32).fill(0.5), targets: Float32Array.of(1, 0, 1, 0) };
 * const first = await updater.update([batch], { update: 0 });
 * const second = await updater.update([batch], { update: 1 });
 * second.loss < first.loss; // => true
 * await updater.close();
 */
export async function createUpdater(engine: Engine, options: UpdaterOptions): Promise<Updater> {
  checkOptionNames<UpdaterOptions>("createUpdater", options, {
    ...{ batchSize: true, height: true, width: true, input: true, mean: true, std: true },
    ...{ loss: true, seed: true, threads: true, model: true, optimizer: true, average: true },
    ...{ clipGrad: true, clipMode: true, ways: true },
  });
  const { model, optimizer, average = null, clipGrad = null, clipMode = "norm", ...stepOptions } = options;
  checkParameters(model, optimizer);
  if (average !== null && !average.follows(model)) {
    throw new RangeError(
      `createUpdater: average must be of the model ${model.name}, got one of another; make it by new ModelEma(model)`,
    );
  }
  if (clipGrad !== null && !(typeof clipGrad === "number" && clipGrad > 0)) {
    throw new RangeError(`createUpdater: clipGrad must be a number > 0, got ${clipGrad}`);
  }
  const { loss: _loss, seed: _seed, ways: _ways, ...evaluationOptions } = stepOptions;
  const { parameters } = model;
  const step = await createTrainingStep(engine, model, stepOptions);

  async function gradients(batches: readonly UpdateBatch[], update: number): Promise<number> {
    const share = 1 / batches.length;
    let loss = 0;
    let sums: (Float32Array | null)[] = [];
    for (const [index, { images, targets }] of batches.entries()) {
      loss += share * (await step.run(images, targets, [update, index])).loss;
      if (batches.length > 1) sums = accumulate(parameters, sums, share);
    }
    if (batches.length > 1) {
      for (const [i, parameter] of parameters.entries()) parameter.grad = sums[i] ?? null;
    }
    return loss;
  }

  return {
    ...{ model, optimizer, average },
    async update(batches, position) {
      if (!Array.isArray(batches)) {
        throw new TypeError(`Updater.update: batches must be a list, got ${typeof batches}`);
      }
      if (batches.length === 0)
        throw new RangeError("Updater.update: batches must have at least one, got none");
      const update = position?.update;
      if (!(Number.isSafeInteger(update) && update >= 0)) {
        throw new RangeError(`Updater.update: update must be an integer >= 0, got ${update}`);
      }
      if (busy.has(model)) {
        throw new Error(
          `Updater.update: ${model.name} must be updated once at a time, got a call before the last one has ended; await it`,
        );
      }
      busy.add(model);
      const loss = await gradients(batches, update).finally(() => busy.delete(model));
      const gradNorm =
        clipGrad === null ? globalNorm(parameters) : clipGradients(parameters, { clipGrad, clipMode });
      if (!Number.isFinite(loss) || !Number.isFinite(gradNorm)) throw new DivergedError(loss, gradNorm);
      optimizer.step();
      average?.update(update + 1);
      return { loss, gradNorm };
    },
    async createEvaluation(weights, batchSize) {
      if (weights !== "plain" && weights !== "average") {
        throw new RangeError(
          `Updater.createEvaluation: weights must be one of plain, average, got "${weights}"`,
        );
      }
      const { state } = weights === "average" ? averageOf(average) : model;
      return createEvaluation(engine, { ...model, state }, { ...evaluationOptions, batchSize });
    },
    close: () => step.close(),
  };
}

/** Models whose gradients are being computed: they lie in the parameters. */
const busy = new WeakSet<Model>();

function checkParameters(model: Model, { paramGroups }: Optimizer): void {
  const own = new Set(model.parameters);
  for (const { params } of paramGroups) {
    const foreign = params.find((parameter) => !own.has(parameter));
    if (foreign === undefined) continue;
    throw new RangeError(
      `createUpdater: optimizer must be over parameters of the model ${model.name}, got "${foreign.name}" of another; create it from this model`,
    );
  }
}

function averageOf(average: ModelEma | null): ModelEma {
  if (average !== null) return average;
  throw new RangeError(
    'Updater.createEvaluation: weights must be "plain" without a moving average, got "average"',
  );
}

function accumulate(
  parameters: readonly Parameter[],
  sums: readonly (Float32Array | null)[],
  share: number,
): (Float32Array | null)[] {
  return parameters.map(({ grad }, i) => {
    const sum = sums[i] ?? (grad === null ? null : new Float32Array(grad.length));
    if (grad === null || sum === null) return sum;
    for (let k = 0; k < grad.length; k++) sum[k] = (sum[k] as number) + share * (grad[k] as number);
    return sum;
  });
}
