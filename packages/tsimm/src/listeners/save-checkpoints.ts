/** Checkpoints of a loop of one's own. */
import { mkdir } from "node:fs/promises";
import { readStates } from "../checkpoint/find-checkpoint.ts";
import { readTrainingState } from "../checkpoint/read-training-state.ts";
import { lockRun, type RunLock } from "../checkpoint/run-lock.ts";
import { CheckpointWriter } from "../checkpoint/save-checkpoint.ts";
import type { EngineFacts } from "../checkpoint/software.ts";
import type { Model, PretrainedConfig } from "../models/model.ts";
import { modelEntry } from "../models/model-entry.ts";
import { checkOptionNames } from "../option-names.ts";
import type { Task } from "../task/task.ts";
import { printable } from "../text/printable.ts";
import type { RunStarted } from "../train/events.ts";
import type { Listener, RunHandle } from "../train/listener.ts";
import { checkpointListener } from "./checkpoints.ts";

/** Options of {@link saveCheckpoints}. */
export interface SaveCheckpointsOptions {
  readonly engine: EngineFacts;
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
 * @param folder - Made if missing. One run at a time writes there: a run that begins anew wants one without checkpoints.
 * @returns A listener for `fit`. When the run starts it throws UsageError if another run writes to the folder, RangeError
 * if it has checkpoints and the run does not go on, or if another model is trained; while it goes, WriteError if a file
 * cannot be written.
 * @throws TypeError for an option of another kind, RangeError for one out of range.
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
  for (const [name, part] of Object.entries({
    engine: options.engine,
    model: options.model,
    task: options.task,
  })) {
    if (typeof part === "object" && part !== null && typeof part.name === "string") continue;
    throw new TypeError(
      `saveCheckpoints: ${name} must be what fit is given, got ${typeof part} without a name`,
    );
  }
  if (typeof folder !== "string" || folder === "") {
    throw new TypeError(`saveCheckpoints: folder must be a path, got ${JSON.stringify(folder)}`);
  }
  let lock: RunLock | null = null;
  let writing: Listener | null = null;
  const end = async () => {
    const held = lock;
    [lock, writing] = [null, null];
    await held?.release();
  };
  return {
    name: "checkpoints",
    async on(event, run) {
      try {
        if (event.type === "runStarted") {
          await mkdir(folder, { recursive: true });
          lock = await lockRun(folder, { where: "saveCheckpoints", instead: "save into another folder" });
          writing = await begin(folder, { ...options, keep }, event, run);
        }
        await writing?.on(event, run);
        if (event.type === "runEnded") await end();
      } catch (error) {
        // One that has failed hears of no end.
        await end();
        throw error;
      }
    },
  };
}

async function begin(
  folder: string,
  { engine, model, task, dataConfig, keep, seed = 42 }: SaveCheckpointsOptions & { readonly keep: number },
  { metric, validationImages, history, update }: RunStarted,
  run: RunHandle,
): Promise<Listener> {
  if (run.state().model !== model.state) {
    throw new RangeError("saveCheckpoints: model must be the one that is trained, got another");
  }
  if (update === 0) await checkIsNew(folder);
  const isValidated = validationImages > 0;
  const average = run.state().average !== null;
  const before = history.length === 0 ? null : await readTrainingState(folder).catch(() => null);
  const writer = new CheckpointWriter(folder, {
    facts: {
      ...{ engine, args: {}, seed, data: null, ways: null, earlierPlans: [] },
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

/** Checkpoints of two runs in one folder would be taken for those of one. */
async function checkIsNew(folder: string): Promise<void> {
  const { states, damaged } = await readStates(folder);
  if (states.length + damaged.length === 0) return;
  throw new RangeError(
    `saveCheckpoints: folder must have no checkpoints where a run begins, got those of another in "${printable(folder)}"; ` +
      "go on with the option resume of fit, or save into another folder",
  );
}
