/** The training loop, in timm's order; runs in Node and in a page. */
import { createUpdater, type Updater } from "../update/updater.ts";
import { checkOutputs } from "./evaluate.ts";
import { checkFitOptions, type FitLoopOptions, type FitOptions, type FitResult } from "./fit-options.ts";
import { loadTrainingState } from "./load-training-state.ts";
import { FitRun } from "./run.ts";
import type { TrainingState } from "./training-state.ts";

/**
 * Trains.
 *
 * Each update: gradients of `gradAccumSteps` batches, clipping, the optimizer's rule, the moving average, the schedule
 * where it counts updates. Each epoch: validation of the weights and of their average, ranking, the schedule, a
 * checkpoint that is due. What happens is told to the listeners as `TrainingEvent`s; nothing is written or printed.
 *
 * @throws RangeError for options out of range, an empty loader, a ranking metric that is NaN; DivergedError if the loss
 * or a gradient is not finite; ListenerError with the listener's name if one fails, DeviceLostError if the engine's device
 * is gone, after the others were told that a checkpoint is due: of the last state that could be read.
 * @example
 * const model = createModel("test_resnet", { numClasses: 2 });
 * const optimizer = createOptimizer({ opt: "sgd", lr: 0.05, weightDecay: 0, momentum: 0.9 }, model);
 * const pixels = Uint8Array.from({ length: 4 * 32 * 32 * 3 }, (_, i) => i % 251);
 * const loader = {
 *   batchSize: 4, inputSize: [3, 32, 32], length: 1, samples: 4,
 *   async *batches() {
 *     yield { images: pixels, labels: Int32Array.of(0, 1, 0, 1), size: 4 };
 *   },
 * };
 * const { history } = await fit({
 *   engine: await createEngine(), model, optimizer, loader,
 *   task: classification.create({ outputNames: ["cat", "dog"] }),
 *   schedule: new StepLRScheduler(optimizer, { decayT: 1, decayRate: 0.5 }),
 *   epochs: 2,
 * });
 * history.map(({ lr }) => lr); // => [0.05, 0.025]
 * @see timm `train.py`
 */
export async function fit(options: FitOptions): Promise<FitResult> {
  checkFitOptions(options);
  const { updater: own, loader, task, seed = 42 } = options;
  if (own !== undefined) return await train(own, options);
  const { engine, model, optimizer, average, clipGrad, clipMode, threads, frozen } = options;
  checkOutputs("fit", model, task);
  const { mean = model.pretrainedCfg.mean, std = model.pretrainedCfg.std } = options;
  const [, height, width] = loader.inputSize;
  const erases = options.erasing && options.erasing.reprob > 0;
  const updater = await createUpdater(engine, {
    ...{ model, optimizer, average, frozen, clipGrad, seed, loss: task.loss },
    ...{ batchSize: loader.batchSize, height, width },
    ...(loader.input === "float32" ? { input: "float32" } : { input: "uint8", mean, std }),
    ...(erases ? { trainingInput: "float32" as const } : {}),
    ...(clipMode === undefined ? {} : { clipMode }),
    ...(threads === undefined ? {} : { threads }),
  });
  try {
    return await train(
      updater,
      erases ? { ...options, erasing: { mean, std, ...options.erasing } } : options,
    );
  } finally {
    await updater.close();
  }
}

async function train(updater: Updater, options: FitLoopOptions): Promise<FitResult> {
  const { resume = null, schedule = null } = options;
  checkOutputs("fit", updater.model, options.task);
  if (resume !== null && isWhole(resume)) {
    await updater.store?.read();
    loadTrainingState(resume, updater, schedule);
  }
  const run = new FitRun(updater, options, resume?.progress);
  return await run.train();
}

function isWhole(resume: TrainingState | Pick<TrainingState, "progress">): resume is TrainingState {
  return "model" in resume;
}
