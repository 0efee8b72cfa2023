/** A run of timm's to go on with. */
import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CARRIED, type CarriedState, readCarried } from "../checkpoint/timm/carried.ts";
import type { TimmCheckpoint } from "../checkpoint/timm/read-timm-checkpoint.ts";
import { readRegularFile, TEXT_LIMIT } from "../files/read-file.ts";
import { printable } from "../text/printable.ts";
import type { EpochRow } from "../train/events.ts";
import { UsageError } from "../usage-error.ts";
import type { TrainArguments } from "./arguments.ts";
import type { Log } from "./log.ts";
import { timmArguments } from "./timm-arguments.ts";
import { isTimmRecovery, readTimmFile } from "./timm-file.ts";
import { type TimmRowsOptions, timmRows } from "./timm-rows.ts";

/** A checkpoint of timm's, and what is known of its run. */
export interface TimmRun {
  /** The file, absolute. */
  readonly path: string;
  /** Its folder. */
  readonly folder: string;
  readonly checkpoint: TimmCheckpoint;
  /** What the run had that timm drops, from when timm took it over; null: it began with timm. */
  readonly carried: CarriedState | null;
  /** Results of the epochs that are done. */
  readonly rows: readonly EpochRow[];
  /** Whether timm saved it in the middle of the epoch after the last one that is done. */
  readonly isRecovery: boolean;
  readonly saved: Partial<TrainArguments>;
}

/**
 * Reads a run of timm's.
 *
 * @param path - A file of PyTorch.
 * @throws UsageError if it is no checkpoint of timm's train.py, or has arguments that no run here has.
 */
export async function openTimmRun(path: string, log: Log): Promise<TimmRun> {
  const folder = dirname(path);
  const refuse = (reason: string) =>
    new UsageError(
      `train: --resume must be a run's folder, a .resume.safetensors file or a checkpoint of timm's train.py, got "${printable(path)}": ${reason.split("\n").map(printable).join("\n")}`,
    );
  const read = await readTimmFile(path).catch((error: NodeJS.ErrnoException) => {
    throw refuse(error.code ?? error.message);
  });
  const isRecovery = isTimmRecovery(basename(path));
  const epochs = read.epoch + 1;
  const done = `${epochs} ${epochs === 1 ? "epoch is" : "epochs are"} done`;
  log.info(`Resuming from timm's ${printable(path)}: ${done}`);
  if (isRecovery) {
    log.warn(`timm saved it within epoch ${read.epoch}; as timm does, the rest of that epoch is skipped`);
  }
  if (read.hasScaler)
    log.info("The state of timm's mixed-precision scaler is not used: everything is float32 here");
  let saved: Partial<TrainArguments>;
  try {
    saved = timmArguments(read.args, log);
  } catch (error) {
    throw refuse((error as Error).message.replace(/^train: /, ""));
  }
  const carried = carriedOf(read.args[CARRIED], log);
  const rows = await rowsOf({ epoch: read.epoch, carried }, folder, log);
  const lr = carriedBase(carried) ?? baseRate(read);
  return {
    ...{ path, folder, checkpoint: read, carried, isRecovery },
    rows: isRecovery ? rows.filter((row) => row.epoch < read.epoch) : rows,
    saved: lr === null ? saved : { ...saved, lr },
  };
}

function carriedOf(value: unknown, { warn }: Log): CarriedState | null {
  try {
    return readCarried(value);
  } catch (error) {
    warn(`what the run had before timm took it over is not read: ${(error as Error).message}`);
    return null;
  }
}

/** The rows; without those of a summary that cannot be read. */
async function rowsOf(
  run: Pick<TimmRowsOptions, "epoch" | "carried">,
  folder: string,
  { warn }: Log,
): Promise<readonly EpochRow[]> {
  try {
    return timmRows({ ...run, summary: await readSummaryFile(folder) });
  } catch (error) {
    warn(`summary.csv beside it is passed over: ${printable((error as Error).message)}`);
    return timmRows({ ...run, summary: null });
  }
}

async function readSummaryFile(folder: string): Promise<string | null> {
  const path = join(folder, "summary.csv");
  const isThere = await stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
  return isThere ? (await readRegularFile(path, { limit: TEXT_LIMIT })).toString("utf8") : null;
}

/** Base rate of a plateau schedule, which in timm's file the rate in use has taken the place of; null: it has not. */
function carriedBase(carried: CarriedState | null): number | null {
  const { plateau, baseValues } = carried?.scheduler ?? {};
  const [rate]: readonly unknown[] = Array.isArray(baseValues) ? baseValues : [];
  return plateau !== undefined && typeof rate === "number" && rate > 0 ? rate : null;
}

/** The base rate of the file's groups, which for timm beats its arguments; null: there is none. */
function baseRate({ optimizer }: TimmCheckpoint): number | null {
  const groups = optimizer instanceof Map ? optimizer.get("param_groups") : undefined;
  const [group] = Array.isArray(groups) ? groups : [];
  const rate = group instanceof Map ? group.get("initial_lr") : undefined;
  return typeof rate === "number" && rate > 0 ? rate : null;
}
