/** Runs training in a thread of its own, shows its events, and turns Ctrl-C into a clean end. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { TrainArguments } from "../recipe/arguments.ts";
import type { TrainResult } from "../recipe/train.ts";
import { UsageError } from "../usage-error.ts";
import { terminalLog } from "./terminal.ts";
import type { FromThread, ThreadInput, ToThread } from "./training-messages.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** Milliseconds in which a second signal is the first one again: npx and timeout pass on what the terminal sends too. */
const ECHO = 100;

/**
 * Trains, with progress on stderr.
 *
 * The first SIGINT, SIGTERM or SIGHUP ends the run after the current update, with a recovery checkpoint, and so does
 * a reader of stderr that closes it; the second SIGINT kills the process at once.
 *
 * @throws What went wrong in the training thread.
 */
export async function runTraining(given: Partial<TrainArguments>): Promise<TrainResult> {
  // sharp must be loaded here first: the last thread that ends would unload its library.
  await import("sharp");
  const terminal = terminalLog(process.stderr);
  const workerData: ThreadInput = { given };
  const thread = new Worker(new URL("./training-thread.js", import.meta.url), { workerData });
  let result: TrainResult | null = null;
  let failure: Error | null = null;
  let stoppedAt: number | null = null;
  const stop = () => {
    stoppedAt = performance.now();
    thread.postMessage({ type: "stop" } satisfies ToThread);
  };
  const interrupt = (signal: NodeJS.Signals) => {
    if (stoppedAt === null) {
      terminal.line(`${signal}: ending after the current update; press Ctrl-C again to stop at once`);
      stop();
    } else if (signal !== "SIGHUP" && performance.now() - stoppedAt > ECHO) {
      // A closed terminal sends SIGHUP more than once.
      terminal.close();
      removeListeners();
      // process.exit would wait for the engine's current run; the signal's own action does not.
      process.kill(process.pid, signal);
    }
  };
  const removeListeners = () => {
    for (const signal of SIGNALS) process.off(signal, interrupt);
    process.stderr.off("error", stop);
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  process.stderr.on("error", stop);
  thread.on("message", (message: FromThread) => {
    if (message.type === "result") result = message.result;
    else if (message.type === "error") failure = rebuild(message);
    else terminal.show(message);
  });
  try {
    const [code] = await once(thread, "exit");
    if (failure !== null) throw failure;
    if (result === null)
      throw new Error(`train: the training thread ended without a result (exit code ${code})`);
    return result;
  } finally {
    removeListeners();
    terminal.close();
  }
}

function rebuild(message: { usage: boolean; message: string; stack: string }): Error {
  const error = message.usage ? new UsageError(message.message) : new Error(message.message);
  error.stack = message.stack;
  return error;
}
