/** Writes what a run of timm's left as checkpoints of ours. */
import {
  type Checkpoint,
  epochRole,
  readCheckpoint,
  recoveryRole,
  resumePath,
  writeResume,
  writeWeights,
} from "../checkpoint/checkpoint.ts";
import { readStates } from "../checkpoint/find-checkpoint.ts";
import { printable } from "../text/printable.ts";
import { UsageError } from "../usage-error.ts";
import type { ContinuedRun } from "./continue-folder.ts";
import type { TimmRun } from "./open-timm-run.ts";
import { findTimmEpoch } from "./timm-file.ts";
import { type TimmTarget, timmState } from "./timm-state.ts";

/**
 * Fills the folder of a new run with the checkpoint that it goes on from, and with that of the best epoch where timm's
 * folder has it. From then on the folder is one of ours.
 *
 * @param folder - Of the new run.
 */
export async function writeTimmStates(
  folder: string,
  run: TimmRun,
  checkpoint: Checkpoint,
  target: TimmTarget,
): Promise<ContinuedRun> {
  const { best, epoch, inEpoch } = checkpoint.state;
  const { states: there } = await readStates(folder);
  const isThere = there.some(({ state }) => !state.inEpoch && state.epoch === best?.epoch);
  const isElsewhere = best !== null && !isThere && (inEpoch || best.epoch < epoch);
  const found = isElsewhere ? await bestState(run, target, best.epoch) : null;
  if (isElsewhere && found === null) {
    target.log.warn(
      printable(
        `the best epoch so far is ${best.epoch}, with ${best.metric}; its weights are not beside ${run.path}, so the best of the new folder counts from here on; with --output and --experiment the run goes on in the folder where it began`,
      ),
    );
  }
  // The newest first: a run that is killed here goes on from it.
  const path = await write(folder, checkpoint);
  if (found !== null) await write(folder, found);
  const { states } = await readStates(folder);
  return { checkpoint: await readCheckpoint(path), states, folder };
}

/** The state after an epoch that timm kept; null: its file is not there, or is of another run. */
async function bestState(run: TimmRun, target: TimmTarget, epoch: number): Promise<Checkpoint | null> {
  const read = await findTimmEpoch(run.folder, epoch);
  try {
    return read === null ? null : timmState(run, target, read);
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
}

/** @returns Path of the file to go on from. */
async function write(folder: string, { state, tensors }: Checkpoint): Promise<string> {
  const role = state.inEpoch ? recoveryRole(state) : epochRole(state.epoch);
  await writeWeights(folder, role, state, tensors);
  await writeResume(folder, role, state, tensors);
  return resumePath(folder, role);
}
