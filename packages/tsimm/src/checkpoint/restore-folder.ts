/** Makes the folder of a run agree with the state that the run goes on from. */
import { join } from "node:path";
import { linkFile, removeFile, updateFile } from "../files/write-file.ts";
import type { Best, EpochRow } from "../train/events.ts";
import { isBetter } from "../train/ranking.ts";
import {
  type Checkpoint,
  type CheckpointHeader,
  epochRole,
  hasWeights,
  readCheckpoint,
  readCheckpointHeader,
  recoveryRole,
  removeCheckpoint,
  resumePath,
  rolesIn,
  writeWeights,
} from "./checkpoint.ts";
import type { Kept, Ranking } from "./checkpoint-history.ts";
import { comparePosition } from "./find-checkpoint.ts";
import type { RunState } from "./run-state.ts";

/** Checkpoints that a run goes on with. */
export interface History {
  readonly best: Best | null;
  readonly kept: readonly Kept[];
  /** Files of the epochs in `kept`, of the best and of the newest one. */
  readonly epochs: ReadonlyMap<number, CheckpointHeader>;
}

/**
 * Finds the files of the checkpoints that a state names: by the rows of the summary that they hold, which must be the
 * state's own. What is no longer there, as the run went further, is left out; then the best of the rest counts.
 *
 * @param state - Where the run goes on.
 * @param states - The good states in its folder, newest first.
 * @param ranking - What epochs are ranked by from now on. Where the state's were by another metric, they are ranked anew.
 */
export function findHistory(state: RunState, states: readonly CheckpointHeader[], ranking: Ranking): History {
  const epochs = new Map<number, CheckpointHeader>();
  for (const header of states) {
    const { epoch, inEpoch } = header.state;
    if (!inEpoch && !epochs.has(epoch) && isEarlier(header.state, state)) epochs.set(epoch, header);
  }
  const isSameMetric = state.ranking.of === ranking.of && state.ranking.name === ranking.name;
  const kept = (isSameMetric ? state.kept : ranked(state, ranking)).filter(({ epoch }) => epochs.has(epoch));
  const { best } = state;
  if (isSameMetric && (best === null || epochs.has(best.epoch))) return { best, kept, epochs };
  const rest = kept.reduce<Best | null>(
    (a, b) => (a === null || isBetter(b.metric, a.metric, ranking) ? b : a),
    null,
  );
  return { best: rest === null ? null : { epoch: rest.epoch, metric: rest.metric }, kept, epochs };
}

/** The kept epochs by another metric, best first; those without it last. */
function ranked(state: RunState, ranking: Ranking): readonly Kept[] {
  const rows = new Map(state.metricHistory.map((row) => [row.epoch, row]));
  return state.kept
    .map(({ epoch }) => ({ epoch, metric: rankedValue(rows.get(epoch), ranking) }))
    .toSorted((a, b) => {
      if (isBetter(a.metric, b.metric, ranking)) return -1;
      return isBetter(b.metric, a.metric, ranking) ? 1 : 0;
    });
}

/** Value that an epoch is ranked by; NaN where it has no such metric. */
function rankedValue(row: EpochRow | undefined, { name, of }: Ranking): number {
  return (of === "training" ? row?.trainLoss : row?.validation?.[name]) ?? Number.NaN;
}

/** Options of {@link restoreFolder}. */
export interface RestoreOptions {
  readonly checkpoint: Checkpoint;
  readonly history: History;
  /** States in the folder that lie after the checkpoint, or belong to another past of the run, are removed. */
  readonly states: readonly CheckpointHeader[];
  /** Rows of the epochs that are done. */
  readonly rows: readonly EpochRow[];
  /** Files that follow from the rows: name and content; null: there must be none. */
  readonly files: Readonly<Record<string, string | null>>;
}

/**
 * Writes and links what the state says is there, and removes what it does not know: a run that was killed between two
 * files, or goes back to an older state, goes on in a folder as if it had just written that state. May be killed and
 * repeated itself.
 *
 * @returns Names of the roles and files that were mended or removed.
 * @throws WriteError
 */
export async function restoreFolder(folder: string, options: RestoreOptions): Promise<string[]> {
  const { checkpoint, history, states, rows, files } = options;
  const { best, kept, epochs } = history;
  const changed: string[] = [];
  const newest = rows.at(-1)?.epoch;
  const wanted = new Map<string, CheckpointHeader>();
  const want = (role: string, header: CheckpointHeader | undefined) => header && wanted.set(role, header);
  if (newest !== undefined) want("last", epochs.get(newest));
  for (const { epoch } of kept) want(epochRole(epoch), epochs.get(epoch));
  if (best !== null) want("model_best", epochs.get(best.epoch));
  const { state, path: source, tensors } = checkpoint;
  if (state.inEpoch) want(recoveryRole(state), { path: source, state, average: tensors.ema !== null });
  for (const [role, header] of wanted) {
    const isGood = [checkpoint, ...states].some(({ path }) => path === resumePath(folder, role));
    if (await restoreRole(folder, role, header, isGood)) changed.push(role);
  }
  for (const [name, content] of Object.entries(files)) {
    if (content === null) await removeFile(join(folder, name));
    else if (await updateFile(join(folder, name), content)) changed.push(name);
  }
  const recoveries = states
    .filter((header) => header.state.inEpoch && isEarlier(header.state, state))
    .map((header) => header.path);
  const unknown = (await rolesIn(folder)).filter(
    (role) => !wanted.has(role) && !recoveries.includes(resumePath(folder, role)),
  );
  for (const role of unknown) await removeCheckpoint(folder, role);
  return [...changed, ...unknown];
}

/** Whether `a` is a state of the past of `b`: not after it, and with the same rows as far as it has some. */
function isEarlier(a: RunState, b: RunState): boolean {
  if (comparePosition(a, b) > 0) return false;
  return JSON.stringify(a.metricHistory) === JSON.stringify(b.metricHistory.slice(0, a.metricHistory.length));
}

/** @param isGood - Whether the role's state was found undamaged; behind a good header, its tensors may not be. */
async function restoreRole(
  folder: string,
  role: string,
  source: CheckpointHeader,
  isGood: boolean,
): Promise<boolean> {
  const path = resumePath(folder, role);
  const there = isGood ? await readCheckpointHeader(path).catch(() => null) : null;
  const whole = there?.state.sha256 === source.state.sha256;
  const weights = await hasWeights(folder, role, source);
  if (!weights) {
    const { state, tensors } = await readCheckpoint(source.path);
    await writeWeights(folder, role, state, tensors);
  }
  if (!whole) await linkFile(source.path, path);
  return !(whole && weights);
}
