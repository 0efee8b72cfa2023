/** The worker as the page sees it. */
import type { Command, Report } from "./messages.ts";

/** A worker that trains. */
export interface Trainer {
  send(command: Command): void;
  /** Ends the worker at once. */
  close(): void;
}

/**
 * Starts the worker.
 *
 * @param asked - `webgpu` or `wasm`; else the faster engine is chosen.
 * @param onReport - Receives what it reports, a failure to start too.
 */
export function startTrainer(asked: string, onReport: (report: Report) => void): Trainer {
  const worker = new Worker(new URL("./training-worker.ts", import.meta.url), {
    type: "module",
    name: asked,
  });
  worker.addEventListener("message", ({ data }: MessageEvent<Report>) => onReport(data));
  worker.addEventListener("error", ({ message }) => {
    onReport({
      type: "failed",
      run: null,
      message: message || "The worker could not be started; reload the page",
    });
  });
  return {
    send: (command) => worker.postMessage(command),
    close: () => worker.terminate(),
  };
}
