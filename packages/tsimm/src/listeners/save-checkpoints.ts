/** Checkpoints of a loop of one's own. */
import { mkdir } from "node:fs/promises";
import { readTrainingState } from "../checkpoint/read-training-state.ts";
import { CheckpointWriter } from "../checkpoint/save-checkpoint.ts";
import type { Model, PretrainedConfig } from "../models/model.ts";
import { modelEntry } from "../models/model-entry.ts";
import { checkOptionNames } from "../option-names.ts";
import type { Engine } from "../runtime/engine.ts";
import type { Task } from "../task/task.ts";
import type { RunStarted } from "../train/events.ts";
import type { Listener, RunHandle } from "../train/listener.ts";
import { checkpointListener } from "./checkpoints.ts";

/** Options of {@link saveCheckpoints}. */
export interface SaveCheckpointsOptions {
  readonly engine: Pick<Engine, "name" | "version">;
  readonly model: Model;
  readonly task: Task;
  /** Preprocessing of the images; absent: the model's own. */
  readonly dataConfig?: PretrainedConfig | undefined;
  /** Best checkpoints to keep, an integer >= 1; absent: 10. */
  readonly keep?: number | undefined;
  /** Seed that `fit` was given; absent: 42. */
  readonly seed?: number | undefined;
}

/**
 * Writes the checkpoints of `tsimm train` into a folder: `last`, the best epochs, `model_best`, and `recovery` in
 * mid-epoch, as safetensors under timm's tensor names. `readTrainingState` reads the newest one back, for `fit` to go on.
 *
 * @param folder - Made if missing. One run at a time writes there.
 * @returns A listener for `fit`; while the run goes it throws WriteError if a file cannot be written.
 * @throws RangeError for an option out of range.
 * @example
 * const model = createModel("test_resnet", { numClasses: 2 });
 * const optimizer = createOptimizer({ opt: "sgd", lr: 0.05, weightDecay: 0, momentum: 0.9 }, model);
 * const engine = await createEngine();
 * const task = classification.create({ outputNames: ["cat", "dog"] });
 * const images = Uint8Array.from({ length: 4 * 32 * 32 * 3 }, (_, i) => i % 251);
 * const loader = arrayLoader({ images, labels: [0, 1, 0, 1], inputSize: [3, 32, 32], batchSize: 4, training: true });
 * const listeners = [saveCheckpoints("runs/first", { engine, model, task })];
 * const run = { engine, model, optimizer, loader, task, listeners };
 * await fit({ ...run, epochs: 1 });
 * const saved = await readTrainingState("runs/first");
 * const { history } = await fit({ ...run, epochs: 2, resume: saved.state });
 * history.map(({ epoch }) => epoch); // => [0, 1]
 */
export function saveCheckpoints(folder: string, options: SaveCheckpointsOptions): Listener {
  checkOptionNames("saveCheckpoints", options, {
    ...{ engine: true, model: true, task: true, dataConfig: true, keep: true, seed: true },
  });
  const { keep = 10 } = options;
  if (!(Number.isSafeInteger(keep) && keep >= 1)) {
    throw new RangeError(`saveCheckpoints: keep must be an integer >= 1, got ${keep}`);
  }
  let writing: Listener | null = null;
  return {
    name: "checkpoints",
    async on(event, run) {
      if (event.type === "runStarted") writing = await begin(folder, { ...options, keep }, event, run);
      await writing?.on(event, run);
    },
  };
}

async function begin(
  folder: string,
  { engine, model, task, dataConfig, keep, seed = 42 }: SaveCheckpointsOptions & { readonly keep: number },
  { metric, validationImages, history }: RunStarted,
  run: RunHandle,
): Promise<Listener> {
  await mkdir(folder, { recursive: true });
  const isValidated = validationImages > 0;
  const average = run.state().average !== null;
  const before = history.length === 0 ? null : await readTrainingState(folder).catch(() => null);
  const writer = new CheckpointWriter(folder, {
    facts: {
      ...{ engine, args: {}, seed, data: null, earlierPlans: [] },
      model: modelEntry(model),
      task: { name: task.name, outputNames: task.outputNames, settings: task.settings },
      dataConfig: dataConfig ?? model.pretrainedCfg,
      ranking: { name: metric.name, better: metric.better, of: isValidated ? "validation" : "training" },
      weights: average && isValidated ? "ema" : "plain",
    },
    limit: keep,
    kept: before?.kept ?? [],
  });
  return checkpointListener(writer, folder);
}
