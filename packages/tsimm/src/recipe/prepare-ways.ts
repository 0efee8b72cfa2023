/** The ways in which a run computes its training step. */
import type { WayChoices } from "@tsimm/autodiff";
import type { RecordedWays } from "../checkpoint/run-state.ts";
import type { Engine } from "../runtime/engine.ts";
import { describeProcessor } from "../runtime/tuning/processor.ts";
import { checkedWays, type TuneOptions, tuneTrainingStep } from "../runtime/tuning/tune-training-step.ts";
import type { TrainArguments } from "./arguments.ts";
import { imagesOfBatch } from "./augmentation-splits.ts";
import { isGiven } from "./given.ts";
import type { ModelParts } from "./prepare-model.ts";
import { erases } from "./random-erasing.ts";
import type { RunRequest } from "./run-request.ts";

/**
 * A run that goes on computes as its checkpoint says, whatever this machine would choose. A new one is measured for, unless
 * `--no-tune` or its surroundings want fixed numbers.
 *
 * @returns Record for the checkpoints; null: the fixed ways.
 */
export async function prepareWays(
  engine: Engine,
  args: TrainArguments,
  { model, task, frozen, dataConfig }: ModelParts,
  { given, resume, messages }: RunRequest,
): Promise<RecordedWays | null> {
  if (!args.tune || engine.channelBlock === undefined) return null;
  const { inputSize, mean, std } = dataConfig;
  const [, height, width] = inputSize;
  const { threads } = args;
  const batchSize = imagesOfBatch(args);
  const options: TuneOptions = {
    ...{ loss: task.loss, batchSize, height, width },
    ...(erases(args) ? { input: "float32" } : { input: "uint8", mean, std }),
    ...(threads === null ? {} : { threads }),
    // The ways of the whole step hold for what of it is not frozen yet.
    ...(args.unfreezeAt === null ? { frozen } : {}),
  };
  if (resume?.checkpoint) {
    const recorded = resume.checkpoint.state.ways;
    if (recorded === undefined) return null;
    const { ways, dropped } = await checkedWays(engine, model, options, recorded);
    if (dropped.length > 0) {
      messages.warn(
        `${dropped.length} of the recorded ways to compute do not exist on this processor or in this version; fixed ones take their place, and the last bits differ`,
      );
    }
    return record(ways);
  }
  if (!isGiven(given, "tune") && wantsFixedNumbers(process.env)) return null;
  const ways = await tuneTrainingStep(engine, model, {
    ...options,
    async onMeasure(shapes, seconds) {
      messages.info(
        `Tuning ${shapes} shapes for this processor (once, at most ${seconds} s; --no-tune is without it)`,
      );
      await messages.flush();
    },
    onWarning: messages.warn,
  });
  return record(ways);
}

async function record(choices: WayChoices): Promise<RecordedWays | null> {
  return Object.keys(choices).length === 0 ? null : { processor: await describeProcessor(), choices };
}

/** Whether this is a test or a build server, where the same bytes count more than speed. */
function wantsFixedNumbers({ CI, NODE_ENV }: NodeJS.ProcessEnv): boolean {
  return NODE_ENV === "test" || !["", "0", "false", undefined].includes(CI);
}
