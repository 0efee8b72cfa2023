/** A checkpoint of timm's as a checkpoint of ours. */
import type { Checkpoint, CheckpointTensors } from "../checkpoint/checkpoint.ts";
import type { Ranking } from "../checkpoint/checkpoint-history.ts";
import { type RunState, STATE_VERSION } from "../checkpoint/run-state.ts";
import { slotTensors } from "../checkpoint/slot-tensors.ts";
import type { TimmCheckpoint } from "../checkpoint/timm/read-timm-checkpoint.ts";
import type { Model } from "../models/model.ts";
import { modelEntry } from "../models/model-entry.ts";
import type { OptimizerState } from "../optim/optimizer.ts";
import { RANDOM_SCHEME } from "../random/keyed-random.ts";
import { version } from "../version.ts";
import { savedArguments } from "./args-yaml.ts";
import type { TrainArguments } from "./arguments.ts";
import { absolutePlace } from "./data-place.ts";
import type { Log } from "./log.ts";
import type { TimmRun } from "./open-timm-run.ts";
import type { ModelParts } from "./prepare-model.ts";
import { resolveArguments } from "./resolve-arguments.ts";
import { timmProgress } from "./timm-progress.ts";
import { timmResults } from "./timm-results.ts";
import { timmTensors } from "./timm-tensors.ts";

/** Parts of the run that goes on. */
export interface TimmTarget {
  readonly parts: ModelParts;
  readonly ranking: Ranking;
  /** Names of the classes of the data. */
  readonly outputNames: readonly string[];
  readonly updatesPerEpoch: number;
  /** Whether the optimizer starts anew. */
  readonly noResumeOpt: boolean;
  readonly log: Log;
}

/**
 * The checkpoint of a run of timm's as this version would have saved it.
 *
 * @param read - The run's newest checkpoint, or another of the same run.
 * @throws UsageError if its optimizer's state does not fit.
 */
export function timmState(
  run: TimmRun,
  target: TimmTarget,
  read: TimmCheckpoint = run.checkpoint,
): Checkpoint {
  const { parts, ranking, updatesPerEpoch } = target;
  const { model, task, dataConfig } = parts;
  const args = resolveArguments(run.saved);
  const outputNames = namesOf(run, args, target);
  const results = timmResults(run, read, args, ranking);
  const arch = archOf(args.model, model);
  const isRead = !target.noResumeOpt && arch === model.name;
  const source = { args, results, model, updatesPerEpoch, isRead, log: target.log };
  const { optimizer, scheduler } = timmProgress(run, read, source);
  const { rows, best, kept } = results;
  const isEpoch = rows.at(-1)?.epoch === read.epoch && !run.isRecovery;
  const { carried } = run;
  return {
    path: run.path,
    state: {
      ...{ version: STATE_VERSION, software: { tsimm: version }, args: savedKeys(args) },
      model: { ...modelEntry(model), arch },
      task: { name: task.name, outputNames, settings: task.settings },
      dataConfig,
      evalConfig: { weights: read.ema !== null && results.ranking.of === "validation" ? "ema" : "plain" },
      ranking: results.ranking,
      ...(isEpoch
        ? { epoch: read.epoch, batch: updatesPerEpoch * args.gradAccumSteps, inEpoch: false }
        : { epoch: read.epoch + 1, batch: 0, inEpoch: true }),
      update: updatesPerEpoch * (read.epoch + 1),
      running: { loss: 0, images: 0 },
      optimizer: optimizerEntry(optimizer),
      scheduler: { ...scheduler },
      rng: { seed: args.seed, scheme: RANDOM_SCHEME },
      ...{ metricHistory: rows, best, kept },
      byOutput: best !== null && carried?.best?.epoch === best.epoch ? carried.byOutput : [],
      ...(carried?.earlierPlans && { earlierPlans: carried.earlierPlans }),
      sha256: "",
    },
    tensors: tensorsOf(read, optimizer, parts),
  };
}

/** Arguments as a run here saves them. */
function savedKeys(args: TrainArguments): Readonly<Record<string, unknown>> {
  return savedArguments(args, { dataDir: args.dataDir === null ? null : absolutePlace(args.dataDir) });
}

/** Name of a model without the tag of its weights; a place of weights says what it is only when it is opened. */
function archOf(name: string, { name: opened }: Model): string {
  return name.includes(":") ? opened : name.replace(/\..*$/, "");
}

/** Names of the classes; where none travelled with the run, those of the data, in whose order timm numbers them too. */
function namesOf(
  { carried }: TimmRun,
  { numClasses }: TrainArguments,
  { outputNames, log }: TimmTarget,
): readonly string[] {
  if (carried !== null) return carried.classNames;
  if (numClasses !== null && numClasses > outputNames.length) {
    log.warn(
      `the model has ${numClasses} outputs, the data folder ${outputNames.length} classes: timm's file does not say which of them they are`,
    );
  }
  return outputNames;
}

function optimizerEntry({ name, steps, groups, joined }: OptimizerState): RunState["optimizer"] {
  return { name, steps, groups, ...(joined !== undefined && { joined }) };
}

function tensorsOf(
  { model: weights, ema }: TimmCheckpoint,
  { slots }: OptimizerState,
  { model }: ModelParts,
): CheckpointTensors {
  const shapes = new Map(model.parameters.map(({ name, shape }) => [name, shape]));
  return {
    model: timmTensors(model, weights),
    ema: ema === null ? null : timmTensors(model, ema),
    optimizer: slotTensors(slots, shapes),
  };
}
