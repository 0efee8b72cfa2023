/** A range test of the learning rate, from the arguments of a training. */
import type { FindLearningRateOptions, LearningRateRange } from "../train/find-learning-rate.ts";
import { findLearningRate } from "../train/find-learning-rate.ts";
import type { TrainArguments } from "./arguments.ts";
import { checkArguments } from "./check-arguments.ts";
import { flagMessage } from "./from-flags.ts";
import type { Log } from "./log.ts";
import { MessageQueue } from "./message-queue.ts";
import { prepareStart } from "./prepare-run.ts";
import { addRegisteredFlags } from "./registered-flags.ts";
import { Releases } from "./releases.ts";
import { resolveArguments } from "./resolve-arguments.ts";

const COMMAND = "lr-find";

/** Options of {@link findRate}. */
export interface FindRateOptions
  extends Pick<FindLearningRateOptions, "start" | "end" | "updates" | "stopAt" | "onUpdate" | "signal"> {
  readonly log: Log;
}

/** A range test, and the batch that it is for. */
export interface FoundRate extends LearningRateRange {
  /** Images of an update. */
  readonly imagesPerUpdate: number;
}

/**
 * Prepares a training as `train` does, and tries learning rates on it. Nothing is written.
 *
 * @param given - Arguments of the training.
 * @throws UsageError for arguments that make no sense.
 */
export async function findRate(
  given: Partial<TrainArguments>,
  { log, ...options }: FindRateOptions,
): Promise<FoundRate> {
  const messages = new MessageQueue([
    {
      name: "log",
      on(event) {
        if (event.type === "message") log.info(event.text);
        else if (event.type === "warning") log.warn(event.text);
      },
    },
  ]);
  const releases = new Releases();
  addRegisteredFlags();
  checkArguments(given, COMMAND);
  try {
    // Measuring the ways to compute a step takes longer than the test, and fills a cache.
    const request = {
      given: { ...given, tune: false, resume: "" },
      resume: null,
      options: {},
      messages,
      releases,
    };
    const { parts, loaders, updater, loop, data } = await prepareStart(request).finally(() =>
      messages.flush(),
    );
    const { mixingOffEpoch: _, ...kept } = loop;
    const range = await findLearningRate({
      ...{ updater, loader: loaders.trainLoader, task: parts.task },
      ...kept,
      ...options,
    });
    return { ...range, imagesPerUpdate: data.args.batchSize * data.args.gradAccumSteps };
  } catch (error) {
    if (error instanceof Error) {
      const message = flagMessage(error.message, COMMAND, resolveArguments(given));
      error.message = message.replace(/^(train|findLearningRate): /, `${COMMAND}: `);
    }
    throw error;
  } finally {
    await releases.release();
  }
}
