/** Follows a run until it ends. */
import { type FoundRun, findRun } from "../../checkpoint/find-run.ts";
import { printable } from "../../text/printable.ts";
import { shortPath } from "../short-path.ts";
import { RunReader } from "./run-reader.ts";
import { epochsDone, isComplete, type RunView } from "./run-view.ts";
import type { ViewOutput } from "./view-output.ts";

/** Options of {@link followRun}. */
export interface FollowOptions {
  /** true: shows the present state, and ends. */
  readonly once: boolean;
  readonly output: ViewOutput;
  /** Milliseconds since 1970. */
  now(): number;
  /** Waits until something in a folder, which need not exist, may have changed. */
  wait(folder: string): Promise<void>;
  /** Ends the following. */
  readonly signal: AbortSignal;
}

/**
 * Shows a run until all of its epochs are done, its training ends, or the signal comes.
 *
 * @param path - Folder of a run, or of runs; it need not exist yet.
 * @throws Error if it is the folder of something else, or its table cannot be read.
 */
export async function followRun(path: string, options: FollowOptions): Promise<void> {
  const { once, output, now, wait, signal } = options;
  const folder = await awaitRun(path, options);
  if (folder === null) return;
  const reader = new RunReader(folder, now);
  let before: RunView["training"] = null;
  let reason: string | null = null;
  try {
    for (;;) {
      const view = await reader.read();
      output.show(view);
      reason = whyOver(view, before);
      if (once || reason !== null || signal.aborted) return;
      before = view.training;
      await wait(folder);
      if (signal.aborted) return;
    }
  } finally {
    output.close(reason);
  }
}

/** Waits for a run; null: the signal came first. */
async function awaitRun(path: string, { once, output, wait, signal }: FollowOptions): Promise<string | null> {
  let said: FoundRun["kind"] | string = "";
  while (!signal.aborted) {
    const found = await findRun("watch", path);
    if (found.kind === "run") {
      const name = shortPath(found.folder);
      output.say(found.isNewest ? `The newest run in ${path}: ${name}` : `Watching ${name}`);
      return found.folder;
    }
    const state = found.reason === "missing" ? "does not exist" : "is empty";
    if (once)
      throw new Error(printable(`watch: <run> must be the folder of a run, got "${path}", which ${state}`));
    if (said !== found.reason) output.say(`"${path}" ${state} yet: waiting for a run there`);
    said = found.reason;
    await wait(path);
  }
  return null;
}

/** Why there is nothing more to wait for; null: there may be. */
function whyOver(view: RunView, before: RunView["training"]): string | null {
  const { numEpochs } = view.plan;
  if (isComplete(view)) return `All ${numEpochs} epochs are done`;
  // One that was killed may go on.
  if (before !== "running" || view.training !== "ended") return null;
  const of = numEpochs === null ? "" : ` of ${numEpochs}`;
  return `The training has ended after ${epochsDone(view)}${of} epochs`;
}
