/** The one thing that changes the weights in training. */
import { type Frozen, type FrozenOption, frozenOf } from "../models/frozen/frozen.ts";
import type { Model } from "../models/model.ts";
import type { ModelEma } from "../optim/ema.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { checkOptionNames } from "../option-names.ts";
import type { Engine } from "../runtime/engine.ts";
import {
  createEvaluation,
  type Evaluation,
  evaluationGraph,
  evaluationOver,
} from "../runtime/evaluation-step.ts";
import type { ImageOptions } from "../runtime/images.ts";
import { programOfModel, type UpdateBatch, wholeBatches } from "../runtime/training-program.ts";
import { createTrainingSession } from "../runtime/training-session.ts";
import type { TrainingStepOptions } from "../runtime/training-step.ts";
import type { StateStore } from "../state/store.ts";
import { noteHome } from "../weights/state-elsewhere.ts";
import { checkedUpdates } from "./checked-updates.ts";
import { createDeviceUpdater } from "./device/device-updater.ts";
import {
  createFineTuningUpdater,
  type FineTuningUpdater,
  type FineTuningUpdaterOptions,
  isFineTuning,
} from "./fine-tuning-updater.ts";
import { createHostUpdater } from "./host-updater.ts";
import { reopenedRunner } from "./reopened-runner.ts";
import { stillFrozen } from "./still-frozen.ts";
import { checkedRule, type UpdateRuleOptions } from "./update-rule.ts";
import type { UpdateParts, UpdateResult, UpdateRunner } from "./update-runner.ts";

export type { UpdateBatch, UpdateResult };

/** Changes the weights of a model. */
export interface Updater {
  readonly model: Model;
  /** Its groups hold the learning rates that schedules write. */
  readonly optimizer: Optimizer;
  /** Moving average of the model's state; null: there is none. */
  readonly average: ModelEma | null;
  /** The state that updates change; absent: the arrays of model, optimizer and average are always up to date. */
  readonly store?: StateStore;
  /**
   * One update: the mean gradient over the batches, clipping, the optimizer's rule, the moving average.
   *
   * @param batches - One, or several whose gradients are accumulated.
   * @param position - `update`: updates made before this one, an integer >= 0. Masks of dropout and drop path are drawn
   *   from it, and a moving average warms up by it.
   * @throws DivergedError if the loss or a gradient is not finite; the parameters are as before then. DeviceLostError if
   * the engine's device is gone. RangeError without a batch, or for an update that is no integer >= 0.
   */
  update(batches: readonly UpdateBatch[], position: { readonly update: number }): Promise<UpdateResult>;
  /**
   * Trains everything that the optimizer holds from the next update on; what it holds not stays frozen. Absent: nothing is
   * frozen.
   */
  unfreeze?(): Promise<void>;
  /** Called at the end of each epoch; absent: the optimizer's `syncLookahead` is, where it has one. */
  finishEpoch?(): Promise<void>;
  /**
   * Compiles an evaluation of the present weights.
   *
   * @param weights - The model's own, or their moving average.
   * @param batchSize - Images in a batch, an integer >= 1.
   */
  createEvaluation(weights: "plain" | "average", batchSize: number): Promise<Evaluation>;
  /** Brings the state here and releases the memory of engine and device; nothing runs afterwards. */
  close(): Promise<void>;
}

/** Options of {@link createUpdater}. */
export type UpdaterOptions = ImageOptions &
  Pick<TrainingStepOptions, "loss" | "seed" | "threads"> &
  UpdateRuleOptions & {
    readonly model: Model;
    /** Follows the model after each update; absent: none. */
    readonly average?: ModelEma | null | undefined;
    /** Images of updates, where they differ from those of evaluations: normalised, `[B, C, H, W]`; absent: `input`. */
    readonly trainingInput?: "float32" | undefined;
    /**
     * Part of the model that is not trained, as patterns or from `freeze`: it is not differentiated, and constant in the
     * graphs. Call `store.written()` where its arrays have been changed. Absent: none.
     */
    readonly frozen?: FrozenOption | null | undefined;
  };

/**
 * Compiles the training step of a model and joins it with an optimizer.
 *
 * @param engine - Computes loss and gradients; the optimizer's rule runs here, or on the engine's device if it has one.
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
export async function createUpdater(engine: Engine, options: UpdaterOptions): Promise<Required<Updater>>;
/**
 * Joins an ONNX model in training with an optimizer.
 *
 * @param engine - The one that the model was prepared on.
 * @throws RangeError for options out of range, or an optimizer of another model.
 * @example
 * const builder = new GraphBuilder("a file of somebody else");
 * const x = builder.input("x", "float32", [1, 2]);
 * const w = builder.constant(float32([3, 2], [1, 2, 3, 4, 5, 6]), "w");
 * builder.output(builder.op("Gemm", [x, w], { transB: int(1) }), "y");
 * const engine = await createEngine();
 * const model = await createFineTuning(engine, encodeModel(builder.build()));
 * const optimizer = createOptimizerV2(model.parameters, { opt: "sgd", lr: 0.1 });
 * const updater = await createUpdater(engine, { model, optimizer });
 * const batch = { feeds: { x: Float32Array.of(1, 1) }, targets: Float32Array.of(1, 0, 0) };
 * const first = await updater.update([batch], { update: 0 });
 * const second = await updater.update([batch], { update: 1 });
 * second.loss < first.loss; // => true
 * await updater.close();
 * await model.close();
 */
export async function createUpdater(
  engine: Engine,
  options: FineTuningUpdaterOptions,
): Promise<FineTuningUpdater>;
export async function createUpdater(
  engine: Engine,
  options: UpdaterOptions | FineTuningUpdaterOptions,
): Promise<Required<Updater> | FineTuningUpdater> {
  return isFineTuning(options)
    ? createFineTuningUpdater(options, (parts) => openRunner(engine, parts))
    : overModel(engine, options);
}

async function overModel(engine: Engine, options: UpdaterOptions): Promise<Required<Updater>> {
  checkOptionNames<UpdaterOptions>("createUpdater", options, {
    ...{ batchSize: true, height: true, width: true, input: true, mean: true, std: true },
    ...{ loss: true, seed: true, threads: true, model: true, optimizer: true, average: true },
    ...{ clipGrad: true, clipMode: true, trainingInput: true, frozen: true },
  });
  const { model, optimizer, average = null, clipGrad, clipMode, trainingInput, ...others } = options;
  const { frozen: given, ...stepOptions } = others;
  const rule = checkedRule(model, { optimizer, clipGrad, clipMode });
  if (average !== null && !average.follows(model)) {
    throw new RangeError(
      `createUpdater: average must be of the model ${model.name}, got one of another; make it by new ModelEma(model)`,
    );
  }
  const trainingOptions =
    trainingInput === undefined
      ? stepOptions
      : { ...stepOptions, input: trainingInput, mean: undefined, std: undefined };
  let frozen: Frozen | null = given ? frozenOf(model, given) : null;
  const { loss: _loss, seed: _seed, ...evaluationOptions } = stepOptions;
  const parts = { model, optimizer, average };
  const runner = await reopenedRunner(
    () => {
      const programs = wholeBatches(programOfModel(model, { ...trainingOptions, frozen }));
      forgetGradients(model, frozen);
      return openRunner(engine, {
        ...{ programs, ...rule, average, state: parts },
        openSession: () => createTrainingSession(engine, programs, stepOptions.threads),
      });
    },
    () => frozen !== null,
  );
  const checked = checkedUpdates(model, parts, runner);
  // Weights that are loaded are constants of the graphs where they are frozen.
  const forget = frozen === null ? () => {} : noteHome([model.state], runner.store);
  return {
    ...parts,
    ...checked,
    async close() {
      forget();
      await checked.close();
    },
    async unfreeze() {
      if (frozen === null) return;
      frozen = stillFrozen(model, frozen, optimizer);
      await runner.reopen();
    },
    async createEvaluation(weights, batchSize) {
      if (weights !== "plain" && weights !== "average") {
        throw new RangeError(
          `Updater.createEvaluation: weights must be one of plain, average, got "${weights}"`,
        );
      }
      const { state } = weights === "average" ? averageOf(average) : model;
      const options = { ...evaluationOptions, batchSize };
      const graph = () => evaluationGraph(engine, model, options);
      const opened = await runner.openEvaluation?.(weights, String(batchSize), graph);
      if (opened) return evaluationOver(opened, model, options);
      await runner.store.read();
      return createEvaluation(engine, { ...model, state }, options);
    },
  };
}

/** Gradients of earlier updates must not reach what is frozen now. */
function forgetGradients({ parameters }: Model, frozen: Frozen | null): void {
  for (const parameter of parameters) if (frozen?.parameters.has(parameter.name)) parameter.grad = null;
}

/** State goes to the device of an engine that has one. */
async function openRunner<Batch>(engine: Engine, parts: UpdateParts<Batch>): Promise<UpdateRunner<Batch>> {
  const { device } = engine;
  return device ? createDeviceUpdater(engine, device, parts) : await createHostUpdater(parts);
}

function averageOf(average: ModelEma | null): ModelEma {
  if (average !== null) return average;
  throw new RangeError(
    'Updater.createEvaluation: weights must be "plain" without a moving average, got "average"',
  );
}
