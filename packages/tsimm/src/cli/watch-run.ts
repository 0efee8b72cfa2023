/** Watches a run from the command line: signals, terminal, waiting. */
import { FolderChanges } from "../files/folder-changes.ts";
import type { WatchOptions } from "./flags/watch-flags.ts";
import { info, warn } from "./log-lines.ts";
import { followRun } from "./watch/follow-run.ts";
import { lineOutput } from "./watch/line-output.ts";
import { type ScreenOutput, screenOutput } from "./watch/screen-output.ts";
import { snapshotOutput } from "./watch/snapshot-output.ts";
import type { ViewOutput } from "./watch/view-output.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Seconds between two looks, where the system does not tell of changes. */
const INTERVAL = 2;

/**
 * Shows a run until it ends, on stdout: drawn on a terminal, else a line for each epoch. A signal gives the terminal back
 * and ends the process as it does `tail -f`.
 *
 * @param path - Folder of a run, or of runs.
 * @throws Error if it is the folder of something else; UsageError for a metric that the run does not have.
 */
export async function watchRun(path: string, options: WatchOptions): Promise<void> {
  const { metric, once = false, interval = INTERVAL } = options;
  const stop = new AbortController();
  let ending: NodeJS.Signals | null = null;
  const end = (signal: NodeJS.Signals) => {
    ending = signal;
    stop.abort();
  };
  for (const signal of SIGNALS) process.once(signal, end);
  const isDrawn = process.stdout.isTTY && process.env["TERM"] !== "dumb";
  const parts = { metric, info, warn, now: Date.now };
  const screen = once || !isDrawn ? null : screenOutput(process.stdout, parts);
  const output: ViewOutput =
    screen ?? (once ? snapshotOutput(process.stdout, parts) : lineOutput(process.stdout, parts));
  const release = screen === null ? () => {} : followTerminal(screen);
  const changes = new FolderChanges();
  try {
    await followRun(path, {
      ...{ once, output, now: Date.now, signal: stop.signal },
      wait: (folder) => changes.wait(folder, interval, stop.signal),
    });
  } finally {
    changes.close();
    release();
    for (const signal of SIGNALS) process.off(signal, end);
  }
  if (ending !== null) process.kill(process.pid, ending);
}

/** Follows the size of the terminal, and Ctrl-Z. */
function followTerminal(screen: ScreenOutput): () => void {
  const suspend = () => {
    screen.suspend();
    process.kill(process.pid, "SIGSTOP");
  };
  const { redraw } = screen;
  process.stdout.on("resize", redraw);
  // Windows has neither.
  if (process.platform !== "win32") process.on("SIGTSTP", suspend).on("SIGCONT", redraw);
  return () => {
    process.stdout.off("resize", redraw);
    process.off("SIGTSTP", suspend).off("SIGCONT", redraw);
  };
}
