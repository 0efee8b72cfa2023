/** What the model of a run starts from: its name, the weights of the hub, or those of a file. */
import { basename } from "node:path";
import type { Model } from "../models/model.ts";
import { loadStart } from "../models/pretrained/load-start.ts";
import { type ModelStart, modelStart } from "../models/pretrained/model-start.ts";
import { printable } from "../text/printable.ts";
import { UsageError } from "../usage-error.ts";
import { HubError } from "../weights/hub/hub-error.ts";
import type { HubFileName } from "../weights/hub/hub-file.ts";
import type { TrainArguments } from "./arguments.ts";
import { flagMessage } from "./from-flags.ts";
import { hasCheckpoint } from "./resume.ts";
import type { RunRequest } from "./run-request.ts";

/** Milliseconds between two lines about a download. */
const LINE_INTERVAL = 5000;

/**
 * Finds out what `--model` stands for and reads the weights of `--pretrained` or `--pretrained-path`. A run that goes
 * on from a checkpoint reads nothing: its weights and preprocessing are in the checkpoint.
 *
 * @throws UsageError for weights that cannot be had.
 */
export async function openModelSource(
  args: TrainArguments,
  { resume, messages }: Pick<RunRequest, "resume" | "messages">,
): Promise<ModelStart> {
  const { model: name, pretrained, pretrainedPath } = args;
  const state = resume?.checkpoint?.state ?? null;
  const isNamed = !name.includes(":") && pretrainedPath === null;
  if (state !== null && !isNamed) {
    const { dataConfig, model } = state;
    const options = { imgSize: dataConfig.inputSize[1], ...model.options };
    return { arch: model.arch, config: dataConfig, options, weights: null };
  }
  let shownAt = Number.NEGATIVE_INFINITY;
  const progress = async (file: HubFileName, loaded: number, total: number | null) => {
    const now = performance.now();
    if (now - shownAt < LINE_INTERVAL && loaded !== total) return;
    shownAt = now;
    messages.info(downloadLine(file, loaded, total));
    await messages.flush();
  };
  try {
    const start = await modelStart("train", name, {
      ...{ pretrained: pretrained && !hasCheckpoint(resume), pretrainedPath },
      listener: { progress, warn: (text) => messages.warn(text) },
    });
    if (start.weights !== null) messages.info(`Pretrained weights: ${printable(start.weights.from)}`);
    return start;
  } catch (error) {
    throw inFlags(error, args);
  }
}

/** The error in the words of the command line: a mistake in what was asked for, or one of the hub. */
function inFlags(error: unknown, args: TrainArguments): Error {
  const { message, cause } = error as Error;
  const text = flagMessage(message, "train", args).replace(/\bpretrainedPath\b/g, "--pretrained-path");
  const isOfHub = error instanceof HubError || cause instanceof HubError;
  return isOfHub ? new Error(text, { cause: error }) : new UsageError(text, { cause: error });
}

function downloadLine({ repository, name }: HubFileName, loaded: number, total: number | null): string {
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  const share = total === null ? "" : ` of ${megabytes(total)} MB, ${Math.floor((100 * loaded) / total)}%`;
  return `Downloading ${printable(repository.id)}/${printable(basename(name))}: ${megabytes(loaded)}${share || " MB"}`;
}

/**
 * Loads the weights of a start into the model, and logs what is adapted.
 *
 * @throws UsageError that names every tensor that does not fit.
 */
export function loadModelSource(
  model: Model,
  { weights }: ModelStart,
  args: TrainArguments,
  { messages }: Pick<RunRequest, "messages">,
): void {
  if (weights === null) return;
  try {
    for (const note of loadStart("train", model, weights)) messages.info(`Adapting: ${note}`);
  } catch (error) {
    throw inFlags(error, args);
  }
}
