/** Turns a run into checkpoint files, and keeps the right ones. */
import { RANDOM_SCHEME } from "../random/keyed-random.ts";
import { version } from "../version.ts";
import type { SafeTensors } from "../weights/safetensors.ts";
import {
  type CheckpointTensors,
  linkCheckpoint,
  recoveryRoles,
  removeCheckpoint,
  writeCheckpoint,
} from "./checkpoint.ts";
import { keepBest } from "./checkpoint-history.ts";
import type { Run } from "./run.ts";
import type { RunState } from "./run-state.ts";

/** Recovery checkpoints that are kept. */
const RECOVERIES = 2;

/**
 * Writes `last`, links it as `checkpoint-<epoch>` and `model_best` where it deserves it, removes what it pushes out.
 *
 * @param metric - The epoch's metric.
 */
export async function saveEpochCheckpoint(run: Run, metric: number): Promise<void> {
  const { folder, progress, args, reporter } = run;
  const decision = keepBest(
    progress.kept,
    progress.best,
    { epoch: progress.epoch, metric },
    { limit: args.checkpointHist, decreasing: run.metric === "loss" },
  );
  progress.kept = decision.kept;
  progress.best = decision.best;
  await writeCheckpoint(folder, "last", runState(run, false), checkpointTensors(run));
  if (decision.added) await linkCheckpoint(folder, "last", `checkpoint-${progress.epoch}`);
  if (decision.isBest) await linkCheckpoint(folder, "last", "model_best", metricWeights(run));
  if (decision.removed) await removeCheckpoint(folder, decision.removed.name);
  reporter.interval("Current checkpoints:");
  for (const { name, metric } of progress.kept)
    reporter.interval(` ('${folder}/${name}.safetensors', ${metric})`);
}

/**
 * Writes a recovery checkpoint in the middle of an epoch and removes old ones.
 *
 * @returns Its role, e.g. `recovery-3-120`.
 */
export async function saveRecoveryCheckpoint(run: Run): Promise<string> {
  const { folder, progress } = run;
  const role = `recovery-${progress.epoch}-${progress.update}`;
  await writeCheckpoint(folder, role, runState(run, true), checkpointTensors(run));
  const roles = await recoveryRoles(folder);
  for (const old of roles.filter((other) => other !== role).slice(0, -(RECOVERIES - 1))) {
    await removeCheckpoint(folder, old);
  }
  return role;
}

/** Removes the recovery checkpoints of a run that has ended regularly. */
export async function removeRecoveryCheckpoints(folder: string): Promise<void> {
  for (const role of await recoveryRoles(folder)) await removeCheckpoint(folder, role);
}

/** The model's parameters and buffers as named tensors, in state-dict order. */
export function stateTensors(
  state: readonly { name: string; shape: readonly number[]; data: Float32Array | BigInt64Array }[],
): SafeTensors {
  return new Map(
    state.map(({ name, shape, data }) => [
      name,
      { dtype: data instanceof Float32Array ? ("F32" as const) : ("I64" as const), shape, data },
    ]),
  );
}

function checkpointTensors({ model, ema, optimizer }: Run): CheckpointTensors {
  const shapes = new Map(model.parameters.map(({ name, shape }) => [name, shape]));
  const slots = [...optimizer.stateDict().slots].map(([name, data]) => {
    const shape = shapes.get(name.slice(0, name.lastIndexOf("."))) ?? [];
    const fits = shape.reduce((product, size) => product * size, 1) === data.length;
    return [name, { dtype: "F32" as const, shape: fits ? shape : [data.length], data }] as const;
  });
  return {
    model: stateTensors(model.state),
    ema: ema === null ? null : stateTensors(ema.state),
    optimizer: new Map(slots),
  };
}

/** The weights that the metric is of: a moving average gives it wherever there is validation. */
function metricWeights({ ema, valLoader }: Run): "plain" | "ema" {
  return ema !== null && valLoader !== null ? "ema" : "plain";
}

function runState(run: Run, inEpoch: boolean): Omit<RunState, "sha256"> {
  const { args, savedArgs, engine, model, classNames, dataConfig, optimizer, scheduler, progress } = run;
  const { name, steps, groups } = optimizer.stateDict();
  return {
    version: 1,
    software: { tsimm: version, [`engine-${engine.name}`]: engine.version, node: process.version },
    args: savedArgs,
    arch: model.name,
    numClasses: model.numClasses,
    inChans: model.inChans,
    classNames,
    classToIdx: Object.fromEntries(classNames.map((className, index) => [className, index])),
    dataConfig,
    evalConfig: { weights: metricWeights(run) },
    epoch: progress.epoch,
    update: progress.update,
    batch: progress.batch,
    inEpoch,
    running: progress.running,
    optimizer: { name, steps, groups },
    scheduler: { ...scheduler.stateDict() },
    rng: { seed: args.seed, scheme: RANDOM_SCHEME },
    metricHistory: progress.rows,
    best: progress.best,
    kept: progress.kept,
  };
}
