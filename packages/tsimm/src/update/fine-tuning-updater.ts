/** Updates of an ONNX model in training. */
import type { Optimizer } from "../optim/optimizer.ts";
import { checkOptionNames } from "../option-names.ts";
import type { FineTuning } from "../runtime/fine-tuning.ts";
import type { FeedBatch } from "../runtime/onnx-program.ts";
import type { StateStore } from "../state/store.ts";
import { checkedUpdates } from "./checked-updates.ts";
import { checkedRule, type UpdateRuleOptions } from "./update-rule.ts";
import type { UpdateParts, UpdateResult, UpdateRunner } from "./update-runner.ts";

/** Options of {@link createUpdater} for an ONNX model. */
export interface FineTuningUpdaterOptions extends UpdateRuleOptions {
  /** Prepared on the same engine. */
  readonly model: FineTuning;
}

/** Changes the weights of an ONNX model. */
export interface FineTuningUpdater {
  readonly model: FineTuning;
  /** Its groups hold the learning rates that schedules write. */
  readonly optimizer: Optimizer;
  /** The state that updates change; read it before {@link FineTuning.save}. */
  readonly store: StateStore;
  /**
   * One update: the mean gradient over the batches, clipping, the optimizer's rule.
   *
   * @param batches - One, or several whose gradients are accumulated; smaller ones are compiled when they come first.
   * @param position - `update`: updates made before this one, an integer >= 0.
   * @throws RangeError as {@link FineTuning.run} does, without a batch, or for an update that is no integer >= 0;
   * DivergedError if a gradient is not finite; DeviceLostError if the engine's device is gone.
   */
  update(batches: readonly FeedBatch[], position: { readonly update: number }): Promise<UpdateResult>;
  /** Called at the end of an epoch, for optimizers with slow weights. */
  finishEpoch(): Promise<void>;
  /** Brings the state here and releases what the updater has made; the model stays open. */
  close(): Promise<void>;
}

/** Whether the options of `createUpdater` are for an ONNX model. */
export function isFineTuning(options: object): options is FineTuningUpdaterOptions {
  const model: unknown = "model" in options ? options.model : undefined;
  return typeof model === "object" && model !== null && "programs" in model;
}

/**
 * An updater over an ONNX model.
 *
 * @param open - Makes the runner of an engine.
 */
export async function createFineTuningUpdater(
  options: FineTuningUpdaterOptions,
  open: (parts: UpdateParts<FeedBatch>) => Promise<UpdateRunner<FeedBatch>>,
): Promise<FineTuningUpdater> {
  checkOptionNames<FineTuningUpdaterOptions>("createUpdater", options, {
    ...{ model: true, optimizer: true, clipGrad: true, clipMode: true },
  });
  const { model, optimizer } = options;
  const { programs } = model;
  const { name, parameters } = programs.whole;
  const rule = checkedRule({ name, parameters }, options);
  const state = { model: programs, optimizer, average: null };
  const runner = await open({
    ...{ programs, ...rule, average: null, state },
    openSession: async () => ({
      run: ({ feeds, targets }) => model.run(feeds, targets),
      close: async () => {},
    }),
  });
  return { model, optimizer, ...checkedUpdates(model, state, runner) };
}
