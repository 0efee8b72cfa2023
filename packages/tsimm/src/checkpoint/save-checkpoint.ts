/** Turns a run into checkpoint files, and keeps the right ones. */
import { join } from "node:path";
import { linkFile, writeFileWhole } from "../files/write-file.ts";
import { summaryCsv } from "../listeners/summary.ts";
import { RANDOM_SCHEME } from "../random/keyed-random.ts";
import type { Run } from "../train/run.ts";
import { version } from "../version.ts";
import type { SafeTensors } from "../weights/safetensors.ts";
import {
  type CheckpointTensors,
  epochRole,
  linkWeights,
  recoveryRole,
  removeCheckpoint,
  resumePath,
  rolesIn,
  type UnsignedState,
  type WeightsKind,
  writeResume,
  writeWeights,
} from "./checkpoint.ts";
import { keepBest } from "./checkpoint-history.ts";

/** Recovery checkpoints that are kept. */
const RECOVERIES = 2;

/**
 * Saves a finished epoch: weights as `last` and, where it deserves them, under the names `checkpoint-<epoch>` and
 * `model_best`; `summary.csv`; then `last.resume.safetensors`, which makes it the point to go on from. Only then goes
 * the checkpoint that it pushes out. A kill in between leaves a folder that `restoreFolder` completes.
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
  const state = runState(run, false);
  const tensors = checkpointTensors(run);
  const roles = [
    ...(decision.added ? [epochRole(progress.epoch)] : []),
    ...(decision.isBest ? ["model_best"] : []),
  ];
  await writeWeights(folder, "last", state, tensors);
  for (const role of roles) await linkWeights(folder, role, { state, average: tensors.ema !== null });
  await writeFileWhole(join(folder, "summary.csv"), summaryCsv(progress.rows));
  await writeResume(folder, "last", state, tensors);
  for (const role of roles) await linkFile(resumePath(folder, "last"), resumePath(folder, role));
  if (decision.removed) await removeCheckpoint(folder, epochRole(decision.removed.epoch));
  reporter.interval("Current checkpoints:");
  for (const kept of progress.kept)
    reporter.interval(` ('${folder}/${epochRole(kept.epoch)}.safetensors', ${kept.metric})`);
}

/**
 * Writes a recovery checkpoint in the middle of an epoch and removes old ones.
 *
 * @returns Its role, e.g. `recovery-3-120`.
 */
export async function saveRecoveryCheckpoint(run: Run): Promise<string> {
  const { folder, progress } = run;
  const role = recoveryRole(progress);
  const state = runState(run, true);
  const tensors = checkpointTensors(run);
  await writeWeights(folder, role, state, tensors);
  await writeResume(folder, role, state, tensors);
  const others = (await recoveryRoles(folder)).filter((other) => other !== role);
  for (const old of others.slice(RECOVERIES - 1)) await removeCheckpoint(folder, old);
  return role;
}

/**
 * Removes the recovery checkpoints of a run that has ended regularly.
 *
 * @returns Their roles.
 */
export async function removeRecoveryCheckpoints(folder: string): Promise<string[]> {
  const roles = await recoveryRoles(folder);
  for (const role of roles) await removeCheckpoint(folder, role);
  return roles;
}

/** Newest first. */
async function recoveryRoles(folder: string): Promise<string[]> {
  return (await rolesIn(folder)).filter((role) => role.startsWith("recovery-"));
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
function metricWeights({ ema, valLoader }: Run): WeightsKind {
  return ema !== null && valLoader !== null ? "ema" : "plain";
}

function runState(run: Run, inEpoch: boolean): UnsignedState {
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
    data: run.data,
    rng: { seed: args.seed, scheme: RANDOM_SCHEME },
    metricHistory: progress.rows,
    best: progress.best,
    kept: progress.kept,
    ...(progress.earlierPlans.length > 0 && { earlierPlans: progress.earlierPlans }),
  };
}
