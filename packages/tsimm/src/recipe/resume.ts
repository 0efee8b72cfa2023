/** A run to go on with: its folder, its checkpoint and its arguments. */
import { realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { Checkpoint, CheckpointHeader } from "../checkpoint/checkpoint.ts";
import { findCheckpoint } from "../checkpoint/find-checkpoint.ts";
import { type ClaimedFolder, claimFolder } from "../checkpoint/output-folder.ts";
import type { RunState } from "../checkpoint/run-state.ts";
import { printable } from "../text/printable.ts";
import { UsageError } from "../usage-error.ts";
import { separated, type TrainArguments, trainFlagRows } from "./arguments.ts";
import { isAddress } from "./data-place.ts";
import type { Log } from "./log.ts";
import { openTimmRun, type TimmRun } from "./open-timm-run.ts";
import { fromKeys, readStart } from "./read-configuration.ts";
import { findTimmFile } from "./timm-file.ts";

/** A run to go on with. */
export interface Resume {
  /** Folder of the run, absolute. */
  readonly folder: string;
  /** null: the run was stopped before its first checkpoint and starts from the beginning. */
  readonly checkpoint: Checkpoint | null;
  /** The run of timm's that it goes on from; null: it is one of ours. */
  readonly timm: TimmRun | null;
  /** Arguments that it was written under. */
  readonly saved: Partial<TrainArguments>;
  /** All good states in the folder, newest first. */
  readonly states: readonly CheckpointHeader[];
  /** Folder that the run goes on in; null: a new one. */
  readonly claimed: ClaimedFolder | null;
}

/**
 * Locks the run of `--resume`, reads its newest checkpoint, or the one named, and logs which saved arguments the given
 * ones change.
 *
 * @throws UsageError if there is no run, it cannot be read, it is in use, or its images are gone.
 */
export async function openResume(target: string, given: Partial<TrainArguments>, log: Log): Promise<Resume> {
  const timmFile = await findTimmFile(target);
  if (timmFile !== null) return await openTimm(timmFile, given, log);
  const stats = await stat(target).catch(() => null);
  const folder = resolve(stats?.isDirectory() ? target : dirname(target));
  const claimed = stats === null ? null : await claimSame(folder, given);
  try {
    const { checkpoint, states } = await findCheckpoint(target, (line) => log.warn(line));
    const saved =
      checkpoint === null
        ? await startingArguments(folder)
        : savedArguments(checkpoint.path, checkpoint.state);
    if (checkpoint === null) {
      log.info(
        `${printable(folder)} holds no checkpoint yet: starting from the beginning with its args.yaml`,
      );
    } else {
      const { path, state } = checkpoint;
      log.info(`Resuming from ${printable(path)} (epoch ${state.epoch}, update ${state.update})`);
    }
    logChanges(saved, given, log);
    await checkDataDir(target, saved, given);
    return { folder, checkpoint, timm: null, saved, states, claimed };
  } catch (error) {
    await claimed?.lock.release();
    throw error;
  }
}

/** Whether a run goes on from weights that are trained: from a checkpoint of ours or of timm's. */
export function hasCheckpoint(resume: Resume | null): boolean {
  return resume !== null && (resume.checkpoint !== null || resume.timm !== null);
}

/** A run of timm's: nothing in its folder is changed. */
async function openTimm(path: string, given: Partial<TrainArguments>, log: Log): Promise<Resume> {
  const timm = await openTimmRun(path, log);
  const { folder, saved } = timm;
  logChanges(saved, given, log);
  await checkDataDir(path, saved, given);
  return { folder, checkpoint: null, timm, saved, states: [], claimed: null };
}

/** Claims the run's own folder, unless the arguments name another one to go on in. */
async function claimSame(folder: string, given: Partial<TrainArguments>): Promise<ClaimedFolder | null> {
  if (given.output || given.experiment) {
    const other = resolve(given.output || dirname(folder), given.experiment || basename(folder));
    const real = (path: string) => realpath(path).catch(() => path);
    if ((await real(other)) !== (await real(folder))) return null;
  }
  return claimFolder(folder, "--resume");
}

function savedArguments(path: string, state: RunState): Partial<TrainArguments> {
  try {
    return fromKeys(state.args).given;
  } catch (error) {
    throw new UsageError(
      `train: --resume must hold arguments of this version, got "${printable(path)}": ${(error as Error).message}`,
    );
  }
}

async function startingArguments(folder: string): Promise<Partial<TrainArguments>> {
  const path = join(folder, "args.yaml");
  const isThere = await stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
  if (!isThere) {
    throw new UsageError(
      `train: --resume found no usable .resume.safetensors file in "${printable(folder)}", which holds no run; start it anew with its own command`,
    );
  }
  return await readStart(path);
}

function logChanges(saved: Partial<TrainArguments>, given: Partial<TrainArguments>, { info }: Log): void {
  for (const [name] of trainFlagRows()) {
    const now = given[name];
    if (name === "resume" || now === undefined || now === null) continue;
    if (String(now) !== String(saved[name] ?? null)) {
      info(printable(`Resume: ${separated(name, "_")} ${saved[name] ?? null} -> ${now} (command line)`));
    }
  }
}

async function checkDataDir(
  target: string,
  { dataDir }: Partial<TrainArguments>,
  given: Partial<TrainArguments>,
): Promise<void> {
  if (given.dataDir || !dataDir || isAddress(dataDir)) return;
  const isThere = await stat(dataDir).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  throw new UsageError(
    `train: the images were in "${printable(dataDir)}", which is not there; pass the new folder: tsimm train FOLDER --resume "${printable(target)}"`,
  );
}
