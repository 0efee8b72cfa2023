/** Finds the checkpoint to go on from: by what the files say, never by their dates. */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { printable } from "../text/printable.ts";
import type { EpochRow } from "../train/events.ts";
import { UsageError } from "../usage-error.ts";
import {
  type Checkpoint,
  type CheckpointHeader,
  RESUME_SUFFIX,
  readCheckpoint,
  readCheckpointHeader,
} from "./checkpoint.ts";
import type { RunState } from "./run-state.ts";

/** A file that cannot be used, and why. */
export interface DamagedFile {
  readonly path: string;
  readonly reason: string;
}

/** The states in a folder. */
export interface FolderStates {
  /** Newest first; the files of one state in the order last, checkpoint, model_best, recovery, others. */
  readonly states: readonly CheckpointHeader[];
  readonly damaged: readonly DamagedFile[];
}

const ORDER = ["last", "checkpoint", "model_best", "recovery"];

/**
 * Whether one state lies before another: < 0 before, > 0 after, 0 at the same point. Of two with as many epochs done
 * the one with more batches of the next is later; the state after an epoch's validation is later than any within it.
 * Updates come last: another batch size counts them anew.
 */
export function comparePosition(a: RunState, b: RunState): number {
  const epochs = (state: RunState) => (state.inEpoch ? state.epoch : state.epoch + 1);
  const batches = (state: RunState) => (state.inEpoch ? state.batch : 0);
  const within = Number(a.inEpoch) - Number(b.inEpoch);
  return epochs(a) - epochs(b) || batches(a) - batches(b) || within || a.update - b.update;
}

/** Reads the headers of all `.resume.safetensors` files in a folder. */
export async function readStates(folder: string): Promise<FolderStates> {
  const names = (await readdir(folder)).filter(
    (name) => name.endsWith(RESUME_SUFFIX) && !name.startsWith("."),
  );
  const states: CheckpointHeader[] = [];
  const damaged: DamagedFile[] = [];
  for (const name of names.sort()) {
    const path = join(folder, name);
    try {
      states.push(await readCheckpointHeader(path));
    } catch (error) {
      damaged.push({ path, reason: printable((error as Error).message) });
    }
  }
  const rank = ({ path }: CheckpointHeader) => {
    const place = ORDER.indexOf(basename(path).split(/[-.]/)[0] ?? "");
    return place < 0 ? ORDER.length : place;
  };
  return { states: states.sort((a, b) => comparePosition(b.state, a.state) || rank(a) - rank(b)), damaged };
}

/**
 * Reads the checkpoint to go on from: the one named, or the newest of a folder. Where it is damaged, the newest good
 * one.
 *
 * @param target - A `.resume.safetensors` file (or the weights beside it), or the folder of a run.
 * @param warn - Told of each damaged file that is passed over, and what is used instead.
 * @returns The checkpoint, null for a folder that holds no `.resume.safetensors` file; and the good states beside it.
 * @throws UsageError if there is nothing of that name, or no good one, or the file is a pickle.
 */
export async function findCheckpoint(
  target: string,
  warn: (line: string) => void,
): Promise<{ readonly checkpoint: Checkpoint | null; readonly states: readonly CheckpointHeader[] }> {
  const kind = await stat(target).catch(() => null);
  if (kind === null) throw new UsageError(`train: --resume must exist, got "${printable(target)}"`);
  if (/\.(pth|pt|pkl|tar)$/.test(target)) {
    throw new UsageError(
      `train: --resume must be a run folder or a .resume.safetensors file, got "${printable(target)}"; tsimm train takes a checkpoint of timm's`,
    );
  }
  const path = resolve(target);
  const folder = kind.isDirectory() ? path : dirname(path);
  const first = kind.isDirectory() ? [] : [path.replace(/((\.ema|\.resume)?\.safetensors)?$/, RESUME_SUFFIX)];
  const { states, damaged } = await readStates(folder);
  const others = states.filter((header) => !first.includes(header.path));
  const passedOver: DamagedFile[] = damaged.filter((file) => !first.includes(file.path));
  for (const candidate of [...first, ...others.map((header) => header.path)]) {
    try {
      const checkpoint = await readCheckpoint(candidate);
      const { epoch } = checkpoint.state;
      for (const file of passedOver) {
        warn(
          `${printable(file.path)} is damaged and passed over: ${file.reason}; going on from ${roleText(candidate)}, epoch ${epoch}`,
        );
      }
      const bad = passedOver.map((file) => file.path);
      return { checkpoint, states: states.filter((header) => !bad.includes(header.path)) };
    } catch (error) {
      passedOver.unshift({ path: candidate, reason: printable((error as Error).message) });
    }
  }
  if (kind.isDirectory() && passedOver.length === 0) return { checkpoint: null, states };
  const reasons = passedOver.map(({ path, reason }) => {
    return `${printable(basename(path))} (${reason.replaceAll(printable(join(folder, "/")), "")})`;
  });
  throw new UsageError(
    `train: --resume found no usable .resume.safetensors file in "${printable(folder)}": ${reasons.join(", ")}`,
  );
}

/**
 * Whether a folder holds states, all of them of the past of a run: with its rows as far as they have some, and within no
 * epoch that it has not done.
 *
 * @param rows - Of the run.
 */
export async function holdsPastOf(folder: string, rows: readonly EpochRow[]): Promise<boolean> {
  const { states } = await readStates(folder).catch(() => ({ states: [] }));
  const lastDone = rows.at(-1)?.epoch ?? -1;
  return (
    states.length > 0 &&
    states.every(({ state: { metricHistory, epoch, inEpoch } }) => {
      const before = rows.slice(0, metricHistory.length);
      const isDone = !inEpoch || epoch <= lastDone;
      return isDone && JSON.stringify(metricHistory) === JSON.stringify(before);
    })
  );
}

/** Name of a state's file without its ending, for people. */
export function roleText(path: string): string {
  return printable(basename(path, RESUME_SUFFIX));
}
