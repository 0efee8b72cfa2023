/** The arguments in a checkpoint of timm's as arguments here. */
import { printable } from "../text/printable.ts";
import { separated, type TrainArguments, trainFlagRows } from "./arguments.ts";
import { judgeTimmFlags } from "./judge-timm-flags.ts";
import type { Log } from "./log.ts";
import { fromKeys } from "./read-configuration.ts";
import { CARRIED_KEYS } from "./recorded-run.ts";
import { saysNothing } from "./says-nothing.ts";
import { timmFlags, timmKeyAliases } from "./timm-flags.ts";

/** Arguments of one call, or of a place: the run goes on elsewhere. */
const NOT_TAKEN = [
  ...["resume", "no_resume_opt", "start_epoch", "initial_checkpoint", "pretrained", "pretrained_path"],
  ...["output", "experiment", "overwrite"],
];

/** Keys that timm adds to its arguments while it runs. */
const RUNTIME = ["prefetcher", "distributed", "world_size", "rank", "local_rank", ...CARRIED_KEYS];

/**
 * The arguments of a run of timm's, with the batch size of all its processes together. Features of timm that are not
 * offered here, and keys that nobody knows, are named in a warning and left out.
 *
 * @param keys - Arguments by timm's keys.
 * @throws UsageError for values that no argument here has.
 */
export function timmArguments(
  keys: Readonly<Record<string, unknown>>,
  { info, warn }: Log,
): Partial<TrainArguments> {
  const own = new Set(trainFlagRows().map(([name]) => separated(name, "_")));
  const isKnown = (key: string) =>
    own.has(key) || Object.hasOwn(timmFlags, key) || Object.hasOwn(timmKeyAliases, key);
  const taken = Object.entries(keys).filter(([key]) => ![...NOT_TAKEN, ...RUNTIME].includes(key));
  const unknown = taken.filter(([key, value]) => !isKnown(key) && !saysNothing(value)).map(([key]) => key);
  if (unknown.length > 0) {
    warn(`arguments that are not known here are passed over: ${printable(unknown.join(", "))}`);
  }
  const ofTimm = taken.filter(([key]) => Object.hasOwn(timmFlags, key));
  const { problems, withoutEffect } = judgeTimmFlags(
    ofTimm.map(([key, value]) => ({ key, typed: key, value })),
  );
  if (problems.length > 0) {
    warn(`timm trained with what is not offered here, the run goes on without: ${problems.join("; ")}`);
  }
  if (withoutEffect.length > 0) info(`No effect here: ${withoutEffect.join(", ")}`);
  const rest = taken.filter(([key]) => own.has(key) || Object.hasOwn(timmKeyAliases, key));
  const { given } = fromKeys(Object.fromEntries(rest));
  return { ...given, ...joinedBatches(given, keys["world_size"], info) };
}

/** timm's batch sizes are those of one process. */
function joinedBatches(
  { batchSize, validationBatchSize }: Partial<TrainArguments>,
  processes: unknown,
  info: Log["info"],
): Partial<TrainArguments> {
  if (typeof processes !== "number" || !Number.isSafeInteger(processes) || processes <= 1) return {};
  if (typeof batchSize !== "number") return {};
  info(`Batch size ${batchSize * processes}: timm had ${batchSize} in each of ${processes} processes`);
  return {
    batchSize: batchSize * processes,
    ...(typeof validationBatchSize === "number" && { validationBatchSize: validationBatchSize * processes }),
  };
}
