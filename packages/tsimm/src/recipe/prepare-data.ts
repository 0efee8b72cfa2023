/** The arguments and images of a run. */
import { type DataDigest, dataDigest } from "../checkpoint/data-digest.ts";
import { readPolicy } from "../data/transforms/augment/policy.ts";
import { printable } from "../text/printable.ts";
import { UsageError } from "../usage-error.ts";
import { checkData } from "./apply-checkpoint.ts";
import type { TrainArguments } from "./arguments.ts";
import { checkNames } from "./check-names.ts";
import { checkTaskFlags } from "./check-task-flags.ts";
import { demoArguments } from "./demo.ts";
import { flagWords } from "./flag-words.ts";
import { fromFlags } from "./from-flags.ts";
import { checkHeadOnlyFlags } from "./head-only-flags.ts";
import { onnxDefaults } from "./onnx-defaults.ts";
import { openData, type TrainingData } from "./open-data.ts";
import { resolveArguments } from "./resolve-arguments.ts";
import type { RunRequest } from "./run-request.ts";
import { smallSetAdvice } from "./small-set.ts";

/** Arguments and images. */
export interface RunData {
  readonly args: TrainArguments;
  readonly data: TrainingData;
  readonly digest: DataDigest;
}

/**
 * Completes the arguments and opens the images.
 *
 * @throws UsageError for a name that no definition has, a flag that the task does not use, or images that cannot be read.
 */
export async function prepareData({ given, resume, options, messages }: RunRequest): Promise<RunData> {
  const own = options.dataset
    ? { training: options.dataset.training, validation: options.dataset.validation ?? null }
    : null;
  const demo = resume === null && !given.dataDir && own === null ? demoArguments(given) : {};
  const tuning = resume === null ? onnxDefaults(given) : {};
  const args = resolveArguments(resume?.saved ?? {}, demo, tuning, given);
  if (resume?.timm && args.dataDir === null && own === null) throw withoutFolder(resume.timm.path);
  checkNames(args, { ownModel: options.model !== undefined });
  checkTaskFlags(given, args.task);
  const { aa } = args;
  // A slip of the pen is told before all images are listed.
  if (aa) fromFlags("train", args, () => readPolicy("trainingTransform", aa));
  checkHeadOnlyFlags(given, args);
  const data = await openData(args, own, messages);
  const digest = await dataDigest(data);
  if (resume?.checkpoint) checkData(resume.checkpoint, digest, messages);
  if (Object.keys(tuning).length > 0) messages.info(`Settings for an ONNX file: ${flagWords(tuning)}`);
  if (Object.keys(demo).length > 0) messages.info(`Settings of the demo: ${flagWords(demo)}`);
  const advice = resume === null ? smallSetAdvice(data.training.samples.length, given) : null;
  if (advice !== null) messages.info(advice);
  await messages.flush();
  return { args, data, digest };
}

/** timm has data sets that no folder holds; the images of the demo are none of a run of timm's. */
function withoutFolder(path: string): UsageError {
  return new UsageError(
    `train: --resume must be a run on a folder of images, got "${printable(path)}", which names none; pass it: tsimm train FOLDER --resume "${printable(path)}"`,
  );
}
