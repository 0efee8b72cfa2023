/** Files of timm's in the place of a run. */
import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { RESUME_SUFFIX } from "../checkpoint/checkpoint.ts";
import { readTimmCheckpoint, type TimmCheckpoint } from "../checkpoint/timm/read-timm-checkpoint.ts";
import { readRegularFile, WEIGHTS_LIMIT } from "../files/read-file.ts";
import { printable } from "../text/printable.ts";
import { UsageError } from "../usage-error.ts";
import { decodeTorchFile } from "../weights/torch/decode-torch-file.ts";
import { TorchFileError } from "../weights/torch/torch-file-error.ts";

/** Newest checkpoint of a run of timm's, in its folder. */
const LAST = "last.pth.tar";
/** Checkpoint within an epoch: epoch and batch. */
const RECOVERY = /^recovery-(\d{1,15})-(\d{1,15})\.pth\.tar$/;

/** Ending of the names of PyTorch's files. */
const TORCH_FILE = /\.(pth|pt|pkl|bin|tar)$/i;

/**
 * The file of timm's that `--resume` means: one with an ending of PyTorch's, or in a folder without checkpoints of ours
 * the last one, else the newest recovery.
 *
 * @returns null: it means none.
 * @throws UsageError for a folder that holds only other files of timm's.
 */
export async function findTimmFile(target: string): Promise<string | null> {
  const kind = await stat(target).catch(() => null);
  if (kind === null || !kind.isDirectory())
    return kind !== null && TORCH_FILE.test(target) ? resolve(target) : null;
  const names = await readdir(target);
  if (names.some((name) => name.endsWith(RESUME_SUFFIX))) return null;
  const recoveries = names
    .filter((name) => RECOVERY.test(name))
    .sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
  const name = names.includes(LAST) ? LAST : recoveries[0];
  if (name !== undefined) return resolve(target, name);
  const others = names.filter((other) => other.endsWith(".pth.tar"));
  if (others.length === 0) return null;
  throw new UsageError(
    `train: --resume must name one file of timm's where its folder holds no ${LAST}, got "${printable(target)}", which holds ${printable(others.join(", "))}`,
  );
}

/** Whether a file is of the middle of an epoch, by the name that timm gives it. */
export function isTimmRecovery(name: string): boolean {
  return RECOVERY.test(name);
}

/**
 * Reads a checkpoint of timm's.
 *
 * @throws Error that says what is wrong with it, in words that go behind its name.
 */
export async function readTimmFile(path: string): Promise<TimmCheckpoint> {
  const bytes = await readRegularFile(path, { limit: WEIGHTS_LIMIT });
  try {
    return readTimmCheckpoint(decodeTorchFile(bytes));
  } catch (error) {
    throw error instanceof TorchFileError ? new Error(error.reason, { cause: error }) : error;
  }
}

/** Reads the weights that timm kept of an epoch; null: they are not in the folder. */
export async function findTimmEpoch(folder: string, epoch: number): Promise<TimmCheckpoint | null> {
  for (const name of [`checkpoint-${epoch}.pth.tar`, "model_best.pth.tar"]) {
    const found = await readTimmFile(join(folder, name)).catch(() => null);
    if (found?.epoch === epoch) return found;
  }
  return null;
}
