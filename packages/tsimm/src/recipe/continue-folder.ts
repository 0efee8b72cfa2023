/** Brings the folder of a run to the point at which it goes on. */
import { join } from "node:path";
import {
  type Checkpoint,
  type CheckpointHeader,
  epochRole,
  readCheckpoint,
  resumePath,
} from "../checkpoint/checkpoint.ts";
import type { Kept, Ranking } from "../checkpoint/checkpoint-history.ts";
import { comparePosition, roleText } from "../checkpoint/find-checkpoint.ts";
import { findHistory, restoreFolder } from "../checkpoint/restore-folder.ts";
import { removeFile } from "../files/write-file.ts";
import { summaryCsv } from "../listeners/summary-csv.ts";
import type { Task } from "../task/task.ts";
import type { Best } from "../train/events.ts";
import type { TrainingProgress } from "../train/training-state.ts";
import type { Log } from "./log.ts";

/** Checkpoint that a run goes on from, and all states in its folder. */
export interface ContinuedRun {
  readonly checkpoint: Checkpoint;
  readonly states: readonly CheckpointHeader[];
  /** Folder of the states. */
  readonly folder: string;
}

/** Options of {@link continueFolder}. */
export interface ContinueFolderOptions {
  readonly progress: TrainingProgress;
  readonly task: Task;
  /** Ranking of epochs from now on. */
  readonly ranking: Ranking;
  /** Best checkpoints to keep, >= 1. */
  readonly limit: number;
  /**
   * Role of a state in the folder at the point where the run goes on, where that is another epoch than the checkpoint's
   * (`--start-epoch`): the checkpoint's own would be the newer one for ever. And in a new folder, where nothing else has
   * the arguments that it goes on with. null: the checkpoint is that point.
   */
  readonly start: string | null;
  readonly log: Log;
}

/** Files that are made of all epochs, at the end. */
const PRODUCTS = ["model.onnx", "per-class.csv", "curves.svg", "curves.png", "report.html"];

/**
 * Makes a folder agree with the state that its run goes on from.
 *
 * @returns The checkpoints that are there.
 */
export async function continueFolder(
  folder: string,
  resume: ContinuedRun,
  options: ContinueFolderOptions,
): Promise<{ readonly kept: readonly Kept[]; readonly best: Best | null }> {
  const { progress, task, ranking, limit, start, log } = options;
  const checkpoint = start === null ? resume.checkpoint : await readCheckpoint(resumePath(folder, start));
  const { state } = checkpoint;
  const found = findHistory(state, resume.states, ranking);
  // Fewer may be kept from now on.
  const history = { ...found, kept: found.kept.slice(0, limit) };
  const later = resume.states
    .filter((header) => comparePosition(header.state, state) > 0)
    .map(({ path }) => roleText(path));
  if (later.length > 0 && resume.folder === folder) {
    log.warn(
      `going back to epoch ${progress.epoch}: what the run did from there on is removed and trained anew (${later.join(", ")}); with --experiment NAME it goes on in another folder`,
    );
    for (const name of PRODUCTS) await removeFile(join(folder, name));
  }
  for (const { epoch } of state.kept) {
    if (!history.epochs.has(epoch)) {
      log.info(`${epochRole(epoch)} is no longer there and does not count among the best any more`);
    }
  }
  const rows = progress.history;
  const metrics = task.metrics.map(({ name }) => name);
  const changed = await restoreFolder(folder, {
    ...{ checkpoint, history, states: resume.states, rows },
    files: { "summary.csv": rows.length === 0 ? null : summaryCsv(rows, metrics) },
  });
  if (changed.length > 0 && later.length === 0) {
    log.info(`Made the folder agree with the checkpoint: ${changed.join(", ")}`);
  }
  return { kept: history.kept, best: history.best };
}
