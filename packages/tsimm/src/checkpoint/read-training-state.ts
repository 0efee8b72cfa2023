/** A point of a run from its files, for a loop of one's own to go on from. */
import type { TrainingState } from "../train/training-state.ts";
import type { SafeTensors } from "../weights/safetensors.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { Kept } from "./checkpoint-history.ts";
import { findCheckpoint } from "./find-checkpoint.ts";

/** A point of a run, and the checkpoints that are kept beside it. */
export interface SavedTraining {
  readonly state: TrainingState;
  /** Best checkpoints by metric, best first. */
  readonly kept: readonly Kept[];
}

/** Options of {@link readTrainingState}. */
export interface ReadTrainingStateOptions {
  /** Callback for each damaged file that is passed over, and what is read instead. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/**
 * Reads the newest point of a run that `saveCheckpoints` or `tsimm train` has saved, for the option `resume` of `fit`.
 *
 * @param path - A run's folder, or one of its `.resume.safetensors` files.
 * @returns null for a folder without such a file.
 * @throws UsageError if there is nothing of that name, or no good file.
 * @example
 * import { mkdirSync } from "node:fs";
 * mkdirSync("empty");
 * await readTrainingState("empty"); // => null
 */
export async function readTrainingState(
  path: string,
  { onWarning = () => {} }: ReadTrainingStateOptions = {},
): Promise<SavedTraining | null> {
  const { checkpoint } = await findCheckpoint(path, onWarning);
  return checkpoint === null ? null : { state: trainingState(checkpoint), kept: checkpoint.state.kept };
}

function trainingState({ state, tensors }: Checkpoint): TrainingState {
  const { epoch, update, batch, inEpoch, running, metricHistory: history, best, byOutput } = state;
  const place = inEpoch
    ? { epoch, batch, running }
    : { epoch: epoch + 1, batch: 0, running: { loss: 0, images: 0 } };
  const slots = [...tensors.optimizer].flatMap(([name, { data }]) =>
    data instanceof Float32Array ? [[name, data] as const] : [],
  );
  const schedule = state.scheduler as unknown as TrainingState["schedule"];
  return {
    progress: { ...place, update, history, best, byOutput },
    model: namedTensors(tensors.model),
    average: tensors.ema === null ? null : namedTensors(tensors.ema),
    optimizer: { ...state.optimizer, slots: new Map(slots) },
    schedule: Object.keys(state.scheduler).length === 0 ? null : schedule,
  };
}

function namedTensors(tensors: SafeTensors): TrainingState["model"] {
  return [...tensors].flatMap(([name, { shape, data }]) =>
    data instanceof Float32Array || data instanceof BigInt64Array ? [{ name, shape, data }] : [],
  );
}
