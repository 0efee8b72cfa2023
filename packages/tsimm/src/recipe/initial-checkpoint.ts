/** Weights that a run starts from as they are. */
import { readWeights } from "../checkpoint/read-weights.ts";
import type { Model } from "../models/model.ts";
import { loadAdapted } from "../models/pretrained/load-start.ts";
import { printable } from "../text/printable.ts";
import { UsageError } from "../usage-error.ts";
import { reasonNotRead } from "../weights/read-weights-file.ts";
import type { SafeTensors } from "../weights/safetensors.ts";
import type { TrainArguments } from "./arguments.ts";
import type { Log } from "./log.ts";

/** Refuses `--new-head` where there are no weights that it could be about. */
export function checkNewHead({ initialCheckpoint, newHead }: TrainArguments): void {
  if (!newHead || initialCheckpoint !== "") return;
  throw new UsageError(
    "train: --new-head must come with --initial-checkpoint, got it alone; --pretrained, --pretrained-path and an .onnx file get the head that fits by themselves",
  );
}

/**
 * Loads `--initial-checkpoint`: the weights of a file, all of them and nothing else, with `--new-head` all
 * but the classifier; the moving average where there is one, as timm does, said in the log.
 *
 * @throws UsageError if the file cannot be read or its tensors do not fit; the model is as it was then.
 */
export async function loadInitialWeights(
  model: Model,
  { initialCheckpoint, noInitialEma, newHead }: TrainArguments,
  { info }: Log,
): Promise<void> {
  const file = printable(initialCheckpoint);
  const reading = readWeights(initialCheckpoint, { average: !noInitialEma });
  const { tensors, average, path } = await reading.catch((error: unknown) => {
    throw new UsageError(
      `train: --initial-checkpoint must be a readable file of weights, got "${file}" (${reasonNotRead(error, initialCheckpoint)})`,
    );
  });
  if (average) {
    info(`Initial weights: the moving average in ${path}; --no-initial-ema takes the plain ones`);
  }
  try {
    const notes = loadAdapted(model, tensors, { shapes: false, head: newHead });
    for (const note of notes) info(`Adapting: ${note}`);
  } catch (error) {
    const reason = printable((error as Error).message);
    throw new UsageError(
      `train: --initial-checkpoint must hold the weights of --model, got "${file}" (${reason})${cure(model, tensors, newHead)}`,
      { cause: error },
    );
  }
}

/** What helps, where anything does: a new classifier, or adaptation of more. */
function cure(model: Model, tensors: SafeTensors, newHead: boolean): string {
  const fits = (options: { readonly shapes: boolean }) => {
    const state = model.state.map((tensor) => ({ ...tensor, data: tensor.data.slice() }));
    try {
      loadAdapted({ ...model, state }, tensors, { ...options, head: true });
      return true;
    } catch {
      return false;
    }
  };
  if (!newHead && fits({ shapes: false })) return "; pass --new-head to take all but the classifier";
  return fits({ shapes: true }) ? "; pass it as --pretrained-path, which is adapted to the model" : "";
}
