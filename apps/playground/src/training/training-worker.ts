/** The worker: opens runs, trains, stops and exports them as the page asks. */
import type { Engine } from "tsimm/browser";
import { chooseEngine } from "../../../../examples/browser-training/choose-engine.ts";
import type { Command, Report } from "./messages.ts";
import { TrainingRun } from "./training-run.ts";

const report = (message: Report) => postMessage(message);

const engine: Promise<Engine> = chooseEngine(self.name).then(({ engine, description }) => {
  report({ type: "engine", engine: description });
  return engine;
});
engine.catch((error: unknown) => fail(null, error));

let run: TrainingRun | null = null;
let stop = new AbortController();
/** Commands are carried out one after the other. */
let work: Promise<void> = Promise.resolve();

addEventListener("message", ({ data }: MessageEvent<Command>) => receive(data));

function receive(command: Command): void {
  switch (command.type) {
    case "open":
      stop.abort();
      enqueue(command.run, async () => {
        const before = run;
        run = null;
        await before?.close();
        run = new TrainingRun(command, await engine, report);
        await run.open();
      });
      break;
    case "start": {
      stop = new AbortController();
      const { signal } = stop;
      enqueue(null, async () => run?.train(signal));
      break;
    }
    case "stop":
      stop.abort();
      break;
    case "change":
      run?.change(command.settings);
      break;
    case "export":
      run?.export(command.format).catch((error: unknown) => fail(null, error));
  }
}

function enqueue(of: number | null, job: () => Promise<void>): void {
  work = work.then(job).catch((error: unknown) => fail(of, error));
}

function fail(of: number | null, error: unknown): void {
  report({ type: "failed", run: of, message: error instanceof Error ? error.message : String(error) });
}
