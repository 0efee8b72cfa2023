/** The thread in which a run happens, so that the engine never blocks the terminal. */
import { parentPort, workerData } from "node:worker_threads";
import { train } from "../recipe/train.ts";
import { UsageError } from "../usage-error.ts";
import type { FromThread, ThreadInput, ToThread } from "./training-messages.ts";

const port = parentPort;
if (port === null) throw new Error("training-thread: must be started as a worker thread");
const post = (message: FromThread) => port.postMessage(message);
const { given } = workerData as ThreadInput;
const stop = new AbortController();
port.on("message", ({ type }: ToThread) => type === "stop" && stop.abort());

try {
  const terminal = { name: "terminal", on: post };
  const result = await train(given, { signal: stop.signal, listeners: [terminal] });
  post({ type: "result", result });
} catch (error) {
  const { message, stack = "" } = error as Error;
  post({ type: "error", usage: error instanceof UsageError, message, stack });
}
port.close();
