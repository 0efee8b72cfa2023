/** Hands a run over to timm: its checkpoint and its arguments in timm's files, and what timm is to be told. */
import { stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { lockRun } from "../../checkpoint/run-lock.ts";
import type { RunState } from "../../checkpoint/run-state.ts";
import { CARRIED, carriedState } from "../../checkpoint/timm/carried.ts";
import { updateFile } from "../../files/write-file.ts";
import { printable } from "../../text/printable.ts";
import { UsageError } from "../../usage-error.ts";
import { yamlText } from "../args-yaml.ts";
import { readForTimm, TIMM_FILE } from "../export-for-timm.ts";
import { problemsError } from "../list-problems.ts";
import { type JudgedImages, judgeImages } from "./judge-images.ts";
import { type HandoffOptions, type PlannedHandoff, planHandoff } from "./plan-handoff.ts";

/** A run that timm can go on with. */
export interface Handoff extends PlannedHandoff {
  /** Folder of the run, absolute. */
  readonly folder: string;
  /** The arguments for `--config`, absolute. */
  readonly config: string;
  /** The state for `--resume`, absolute. */
  readonly checkpoint: string;
}

/**
 * Writes `handoff/last.pth.tar` and `handoff/args.yaml` into the folder of a run.
 *
 * @throws UsageError if it is no run with a finished epoch, a process is training in it, or timm cannot train it.
 */
export async function handOff(run: string, options: HandoffOptions): Promise<Handoff> {
  const folder = resolve(run);
  if (!(await isFolder(folder))) {
    throw new UsageError(`handoff: the run must be the folder of one, got "${printable(run)}"`);
  }
  const lock = await lockRun(folder, { where: "handoff", instead: "stop it with Ctrl-C" });
  try {
    const { state, notes, write } = await readForTimm(folder).catch(inOwnWords);
    const place = join(folder, TIMM_FILE);
    if (Object.keys(state.args).length === 0) throw withoutArguments(folder, await write(place));
    const plan = planHandoff(state, options);
    const { dataDir } = plan.args;
    const images =
      dataDir === null || plan.problems.length > 0
        ? null
        : await judgeImages(dataDir, plan.args, state.task.outputNames);
    const problems = [...plan.problems, ...(images?.problems ?? [])];
    if (problems.length > 0) throw cannot(folder, problems);
    const checkpoint = await write(place);
    const config = join(dirname(checkpoint), "args.yaml");
    await updateFile(config, configText(state, plan, classMapOf(folder, images)));
    const warnings = [
      ...notes.filter((note) => !note.startsWith("timm has no schedule")),
      ...plan.warnings,
      ...(images?.warnings ?? []),
    ];
    return { ...plan, folder, config, checkpoint, warnings };
  } finally {
    await lock.release();
  }
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

function inOwnWords(error: unknown): never {
  if (!(error instanceof UsageError)) throw error;
  throw new UsageError(error.message.replace(/^export:/, "handoff:"), { cause: error });
}

/** A loop of one's own says nothing of its schedule and its images. */
function withoutArguments(folder: string, checkpoint: string): UsageError {
  return new UsageError(
    `handoff: the run must be one of tsimm train, got "${printable(folder)}", which does not say what it was trained with; pass --resume "${printable(checkpoint)}" and the same settings to timm's train.py`,
  );
}

function cannot(folder: string, problems: readonly string[]): UsageError {
  const name = printable(basename(folder));
  return problemsError(
    "handoff",
    problems.map((text) => `timm cannot go on with ${name}: ${text}`),
  );
}

/** The list of classes, where timm would number them otherwise; null: it would not. */
function classMapOf(folder: string, images: JudgedImages | null): string | null {
  return images?.needsClassMap ? join(folder, "classes.txt") : null;
}

/** Arguments of the run under timm's keys, without its places, and what timm only carries along. */
function configText(state: RunState, { keys }: PlannedHandoff, classMap: string | null): string {
  const {
    experiment: _name,
    output: _parent,
    new_head: _head,
    no_initial_ema: _plain,
    ...saved
  } = state.args;
  const content = {
    ...saved,
    ...keys,
    ...(classMap === null ? {} : { class_map: classMap }),
    [CARRIED]: carriedState(state),
  };
  return yamlText(Object.fromEntries(Object.entries(content).sort(([a], [b]) => (a < b ? -1 : 1))));
}
