/** Makes the folder of a run agree with the state that the run goes on from. */
import { join } from "node:path";
import { linkFile, removeFile, updateFile } from "../files/write-file.ts";
import { type EpochRow, summaryCsv } from "../listeners/summary.ts";
import type { Run } from "../train/run.ts";
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
import { type Best, isBetter, type Kept } from "./checkpoint-history.ts";
import { comparePosition, roleText } from "./find-checkpoint.ts";
import type { RunState } from "./run-state.ts";
import { saveRecoveryCheckpoint } from "./save-checkpoint.ts";

/**
 * Brings the folder of a run to the point at which it goes on, and `run.progress` to the checkpoints that are there.
 *
 * @param resume - Where the run goes on from, and all states in the folder of that.
 * @param elsewhere - The run goes on at another epoch than the checkpoint's (`--start-epoch`).
 */
export async function continueFolder(
  run: Run,
  resume: {
    readonly checkpoint: Checkpoint;
    readonly states: readonly CheckpointHeader[];
    readonly folder: string;
  },
  elsewhere: boolean,
): Promise<void> {
  const { folder, progress, reporter } = run;
  let { checkpoint } = resume;
  // A state at the new point; the checkpoint's own would be the newer one for ever.
  if (elsewhere) {
    checkpoint = await readCheckpoint(resumePath(folder, await saveRecoveryCheckpoint(run)));
  }
  const { state } = checkpoint;
  const found = findHistory(state, resume.states, run.valLoader === null ? "trainLoss" : run.metric);
  // Fewer may be kept from now on.
  const history = { ...found, kept: found.kept.slice(0, run.args.checkpointHist) };
  const later = resume.states
    .filter((header) => comparePosition(header.state, state) > 0)
    .map(({ path }) => roleText(path));
  if (later.length > 0 && resume.folder === folder) {
    reporter.warn(
      `going back to epoch ${progress.epoch}: what the run did from there on is removed and trained anew (${later.join(", ")}); with --experiment NAME it goes on in another folder`,
    );
    for (const name of PRODUCTS) await removeFile(join(folder, name));
  }
  for (const { epoch } of state.kept) {
    if (!history.epochs.has(epoch)) {
      reporter.info(`${epochRole(epoch)} is no longer there and does not count among the best any more`);
    }
  }
  progress.kept = history.kept;
  progress.best = history.best;
  const changed = await restoreFolder(folder, {
    checkpoint,
    history,
    states: resume.states,
    rows: progress.rows,
  });
  if (changed.length > 0 && later.length === 0) {
    reporter.info(`Made the folder agree with the checkpoint: ${changed.join(", ")}`);
  }
}

/** Made of all epochs, at the end. */
const PRODUCTS = ["model.onnx", "curves.svg", "curves.png"];

/** What epochs are ranked by: a metric of validation, or the training loss where there is none. */
export type RankingMetric = Run["metric"] | "trainLoss";

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
 * @param metric - What epochs are ranked by from now on. Where the state's were by another one, they are ranked anew.
 */
export function findHistory(
  state: RunState,
  states: readonly CheckpointHeader[],
  metric: RankingMetric,
): History {
  const epochs = new Map<number, CheckpointHeader>();
  for (const header of states) {
    const { epoch, inEpoch } = header.state;
    if (!inEpoch && !epochs.has(epoch) && isEarlier(header.state, state)) epochs.set(epoch, header);
  }
  const isSameMetric = metricOf(state) === metric;
  const isDecreasing = metric === "loss" || metric === "trainLoss";
  const kept = (isSameMetric ? state.kept : ranked(state, metric, isDecreasing)).filter(({ epoch }) =>
    epochs.has(epoch),
  );
  const { best } = state;
  if (isSameMetric && (best === null || epochs.has(best.epoch))) return { best, kept, epochs };
  const rest = kept.reduce<Best | null>(
    (a, b) => (a === null || isBetter(b.metric, a.metric, isDecreasing) ? b : a),
    null,
  );
  return { best: rest === null ? null : { epoch: rest.epoch, metric: rest.metric }, kept, epochs };
}

/** The metric that a state's best and kept epochs are by. */
function metricOf({ args, metricHistory }: RunState): unknown {
  return metricHistory.at(-1)?.validation === null ? "trainLoss" : args["eval_metric"];
}

/** The kept epochs by another metric, best first; those without it last. */
function ranked(state: RunState, metric: RankingMetric, isDecreasing: boolean): readonly Kept[] {
  const rows = new Map(state.metricHistory.map((row) => [row.epoch, row]));
  const value = (row: EpochRow | undefined) =>
    (metric === "trainLoss" ? row?.trainLoss : row?.validation?.[metric]) ?? Number.NaN;
  return state.kept
    .map(({ epoch }) => ({ epoch, metric: value(rows.get(epoch)) }))
    .toSorted((a, b) => {
      if (isBetter(a.metric, b.metric, isDecreasing)) return -1;
      return isBetter(b.metric, a.metric, isDecreasing) ? 1 : 0;
    });
}

/** Options of {@link restoreFolder}. */
export interface RestoreOptions {
  readonly checkpoint: Checkpoint;
  readonly history: History;
  /** States in the folder that lie after the checkpoint, or belong to another past of the run, are removed. */
  readonly states: readonly CheckpointHeader[];
  /** Rows of `summary.csv`. */
  readonly rows: readonly EpochRow[];
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
  const { checkpoint, history, states, rows } = options;
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
  const path = join(folder, "summary.csv");
  if (rows.length === 0) await removeFile(path);
  else if (await updateFile(path, summaryCsv(rows))) changed.push("summary.csv");
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
