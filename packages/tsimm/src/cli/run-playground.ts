/** Serves the playground until it is stopped. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { warn } from "./log-lines.ts";
import { findEngineFiles } from "./playground/engine-files.ts";
import { listen } from "./playground/listen.ts";
import { serveFolder } from "./playground/serve-folder.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The built pages, beside the compiled sources. */
const FOLDER = fileURLToPath(new URL("../../dist/playground", import.meta.url));

/** Options of {@link runPlayground}. */
export interface PlaygroundOptions {
  /** null: 5180, or the next free one. */
  readonly port: number | null;
  /** What the printed address ends in: empty, or `#` and the state of the page. */
  readonly state: string;
}

/**
 * Serves the playground on this machine, prints its address, and waits for a signal, which ends the process as it does
 * `tail -f`.
 *
 * @throws Error if the pages were not built, or the port is in use.
 */
export async function runPlayground({ port, state }: PlaygroundOptions): Promise<void> {
  if (!existsSync(join(FOLDER, "index.html"))) {
    throw new Error(
      "playground: the pages are not built in this copy of the repository; run npm run build there first",
    );
  }
  const { files, missing } = await findEngineFiles(FOLDER);
  if (missing.length > 0) {
    warn(
      `train.html cannot train here: it was built for another version of ${missing.join(", ")}; reinstall tsimm`,
    );
  }
  const { address, close } = await listen("playground", serveFolder(FOLDER, files), port);
  process.stdout.write(`Playground: ${address}${state} (Ctrl-C to end)\n`);
  const ending = await firstSignal();
  await close();
  process.kill(process.pid, ending);
}

function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const end = (signal: NodeJS.Signals) => {
      for (const other of SIGNALS) process.off(other, end);
      resolve(signal);
    };
    for (const signal of SIGNALS) process.on(signal, end);
  });
}
