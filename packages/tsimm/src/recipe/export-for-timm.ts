/** Writes a run as timm's train.py resumes it. */
import { lstat, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { listSchedules } from "@tsimm/scheduler";
import { readCheckpoint, roleOf } from "../checkpoint/checkpoint.ts";
import { comparePosition, readStates, roleText } from "../checkpoint/find-checkpoint.ts";
import { ARGUMENTS_FILE } from "../checkpoint/find-run.ts";
import type { RunState } from "../checkpoint/run-state.ts";
import { torchOptimizer } from "../checkpoint/timm/torch-layout.ts";
import { timmCheckpoint } from "../checkpoint/timm/write-timm-checkpoint.ts";
import { makeFolderOf, writeFileWhole } from "../files/write-file.ts";
import { isOptimizer } from "../optim/optimizers.ts";
import { DEFAULT_TASK } from "../task/default-task.ts";
import { printable } from "../text/printable.ts";
import { UsageError } from "../usage-error.ts";
import { encodeTorchFile } from "../weights/torch/encode-torch-file.ts";
import { builtInNames } from "./generated/built-ins.ts";
import { findTimmFile } from "./timm-file.ts";

/** Place of the file in the run's folder. */
export const TIMM_FILE: string = join("handoff", "last.pth.tar");

/** A file that timm's train.py takes with `--resume`. */
export interface TimmExport {
  /** Absolute path of the file. */
  readonly path: string;
  /** State of the run that it holds: between two epochs. */
  readonly state: RunState;
  /** What timm will do otherwise, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Writes the newest state of a run that lies between two epochs, whole: weights, moving average, optimizer, epoch,
 * arguments, and what timm only carries along.
 *
 * @param run - Folder of a run.
 * @param output - The file; absent: `handoff/last.pth.tar` in the folder.
 * @throws UsageError if there is no such state, timm has not its task or its model, or `output` is there; WriteError.
 */
export async function exportForTimm(run: string, output: string = join(run, TIMM_FILE)): Promise<TimmExport> {
  const isOwn = resolve(output) === resolve(run, TIMM_FILE);
  if (!/\.(pth|pt|tar)$/.test(output)) {
    throw new UsageError(`export: --output must end in .pth.tar for timm, got "${printable(output)}"`);
  }
  if (!isOwn && (await lstat(output).catch(() => null)) !== null) {
    throw new UsageError(
      `export: --output must be a new file with --format timm, as what timm has trained may have no copy, got "${printable(output)}"; pass another name, or take the file away first`,
    );
  }
  const { state, notes, write } = await readForTimm(run);
  return { path: await write(output), state, notes };
}

/** A state of a run, to be written for timm. */
export interface ReadyForTimm extends Omit<TimmExport, "path"> {
  /** Writes the file, and returns its absolute path. */
  readonly write: (output: string) => Promise<string>;
}

/**
 * Reads the newest state of a run that lies between two epochs; nothing is written yet.
 *
 * @param run - Folder of a run.
 * @throws UsageError if there is no such state, or timm has not its task or its model.
 */
export async function readForTimm(run: string): Promise<ReadyForTimm> {
  const { path: source, notes: found } = await newestWhole(run);
  const { state, tensors } = await readCheckpoint(source);
  refuse(state, run);
  const { reason, notes } = optimizerProblem(state);
  return {
    state,
    notes: [...found, ...(reason === null ? [] : [reason]), ...notes, ...scheduleNotes(state)],
    async write(output) {
      const bytes = encodeTorchFile(timmCheckpoint(state, tensors, { optimizer: reason === null }));
      await makeFolderOf(output);
      await writeFileWhole(output, bytes);
      return resolve(output);
    },
  };
}

/** The newest state that timm can begin an epoch from. */
async function newestWhole(
  run: string,
): Promise<{ readonly path: string; readonly notes: readonly string[] }> {
  const isFolder = await stat(run).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new UsageError(`export: the run must be the folder of one, got "${printable(run)}"`);
  const { states, damaged } = await readStates(run);
  const whole = states.find(({ state }) => !state.inEpoch || (state.batch === 0 && state.epoch > 0));
  if (whole === undefined) {
    const timmFile = await findTimmFile(run);
    if (timmFile !== null) {
      throw new UsageError(
        `export: the run must be one of tsimm, got "${printable(run)}", which timm wrote: timm's train.py goes on with it by --resume "${printable(timmFile)}"`,
      );
    }
    if (states.length === 0 && (await lstat(join(run, ARGUMENTS_FILE)).catch(() => null)) === null) {
      throw new UsageError(
        `export: the run must be the folder of one, got "${printable(run)}", which holds none`,
      );
    }
    const has = states.length > 0 ? "holds none that is finished" : "holds no checkpoint";
    throw new UsageError(
      `export: the run must have finished an epoch, as timm begins with a whole one, but "${printable(run)}" ${has}; go on with it first`,
    );
  }
  const later = states.filter(({ state }) => comparePosition(state, whole.state) > 0);
  return {
    path: whole.path,
    notes: [
      ...damaged.flatMap(({ path, reason }) => {
        return roleOf(path) === null ? [] : [`${printable(path)} is damaged and passed over: ${reason}`];
      }),
      ...later.slice(0, 1).map(({ path, state: { epoch, batch } }) => {
        return `${roleText(path)} is further, at batch ${batch} of epoch ${epoch}; timm begins with whole epochs and trains that one anew`;
      }),
    ],
  };
}

/** Refuses a run whose file would be of no use. */
function refuse({ model, task }: RunState, run: string): void {
  const reason =
    model.onnx !== undefined
      ? "is of an ONNX file, which timm cannot train"
      : task.name !== DEFAULT_TASK
        ? `has the task ${task.name}, which timm has not`
        : null;
  if (reason === null) return;
  throw new UsageError(
    `export: the run must be one that timm can go on with, got "${printable(run)}", which ${printable(reason)}`,
  );
}

function scheduleNotes({ args }: RunState): readonly string[] {
  const schedule = listSchedules().find(({ name }) => name === args["sched"]);
  if (args["sched"] === undefined || schedule?.traits.inTimm) return [];
  return [`timm has no schedule ${printable(String(args["sched"]))}; pass another --sched there`];
}

interface OptimizerProblem {
  /** Why the file has no state of the optimizer; null: it has. */
  readonly reason: string | null;
  readonly notes: readonly string[];
}

function optimizerProblem({ optimizer, args, epoch }: RunState): OptimizerProblem {
  const name = optimizer.name.replace(/^lookahead_/, "");
  if (!isOptimizer(name) || !builtInNames.optimizer.includes(name) || torchOptimizer(name) === null) {
    const reason = `timm has no optimizer ${printable(name)}: the file has no state of it; pass another --opt there`;
    return { reason, notes: [] };
  }
  const isFrozen = (args["freeze"] ?? null) !== null || args["head_only"] === true;
  if (!isFrozen) return { reason: null, notes: [] };
  const until = args["unfreeze_at"] ?? null;
  if (until !== null) {
    const isThawed = typeof until === "number" && epoch + 1 >= until;
    const note = `timm freezes nothing and trains all of the model from now on, not from epoch ${until}`;
    return { reason: null, notes: isThawed ? [] : [note] };
  }
  const reason =
    "timm freezes nothing and trains all of the model; the file has no state of the optimizer, which begins anew there";
  return { reason, notes: [] };
}
