/** What writes the folder of a run. */
import { join } from "node:path";
import { CheckpointWriter, type CheckpointWriterOptions } from "../checkpoint/save-checkpoint.ts";
import { checkpointListener } from "../listeners/checkpoints.ts";
import { earlyStopping } from "../listeners/early-stopping.ts";
import { type FiguresOptions, figuresListener } from "../listeners/figures.ts";
import { metricsJsonl } from "../listeners/metrics-jsonl.ts";
import { perClassListener } from "../listeners/per-class-csv.ts";
import { summaryListener } from "../listeners/summary-csv.ts";
import { tensorBoardListener } from "../listeners/tensorboard/tensorboard-listener.ts";
import type { Listener } from "../train/listener.ts";
import type { TrainArguments } from "./arguments.ts";
import { FinishListener, type FinishOptions } from "./finish-run.ts";

/** Options of {@link runListeners}. */
export interface RunListenersOptions {
  readonly args: TrainArguments;
  readonly checkpoints: CheckpointWriterOptions;
  readonly figures: Omit<FiguresOptions, "onWrite">;
  readonly finish: FinishOptions;
}

/**
 * The listeners that write a run's folder, in the order of their files: checkpoints last, so that a state never claims
 * what is not there yet; then what is made when the run ends.
 *
 * @returns `finish` knows the sample image when the run has ended.
 */
export function runListeners(
  folder: string,
  { args, checkpoints, figures, finish: finishOptions }: RunListenersOptions,
): { readonly listeners: readonly Listener[]; readonly finish: FinishListener } {
  const finish = new FinishListener(folder, finishOptions);
  const listeners = [
    summaryListener(folder),
    ...(args.metricsJsonl ? [metricsJsonl(join(folder, "metrics.jsonl"))] : []),
    ...(args.tensorboard ? [tensorBoardListener(folder)] : []),
    checkpointListener(new CheckpointWriter(folder, checkpoints), folder),
    ...(args.earlyStopEpochs === null ? [] : [earlyStopping({ patience: args.earlyStopEpochs })]),
    perClassListener(folder, { onWrite: (name) => finish.noteWritten(name) }),
    figuresListener(folder, { ...figures, onWrite: (name) => finish.noteWritten(name) }),
    finish,
  ];
  return { listeners, finish };
}
