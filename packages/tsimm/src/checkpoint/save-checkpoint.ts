/** Turns points of a run into checkpoint files, and keeps the right ones. */
import { linkFile } from "../files/write-file.ts";
import type { PretrainedConfig } from "../models/model.ts";
import type { ModelEntry } from "../models/model-entry.ts";
import { RANDOM_SCHEME } from "../random/keyed-random.ts";
import { namedTensors } from "../train/load-training-state.ts";
import type { TrainingState } from "../train/training-state.ts";
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
import { type Kept, keepBest, type Ranking } from "./checkpoint-history.ts";
import type { DataDigest } from "./data-digest.ts";
import { type EarlierPlan, type RecordedWays, STATE_VERSION, type TaskEntry } from "./run-state.ts";
import { slotTensors } from "./slot-tensors.ts";
import { type EngineFacts, softwareOf } from "./software.ts";

/** Recovery checkpoints that are kept. */
const RECOVERIES = 2;

/** Facts that are the same in all checkpoints of a run. */
export interface RunFacts {
  readonly engine: EngineFacts;
  /** Arguments under their snake_case names; empty: there are none. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly model: ModelEntry;
  readonly task: TaskEntry;
  readonly dataConfig: PretrainedConfig;
  readonly ranking: Ranking;
  /** The weights that the metric is of. */
  readonly weights: WeightsKind;
  readonly seed: number;
  /** Digests of the images, where they are known. */
  readonly data: DataDigest | null;
  /** Ways of the training step; null: the fixed ones. */
  readonly ways: RecordedWays | null;
  /** Schedules before a resume with another one. */
  readonly earlierPlans: readonly EarlierPlan[];
}

/** An epoch to save. */
export interface SavedEpoch {
  readonly epoch: number;
  readonly metric: number;
}

/** Options of {@link CheckpointWriter}. */
export interface CheckpointWriterOptions {
  readonly facts: RunFacts;
  /** Best checkpoints to keep, >= 1. */
  readonly limit: number;
  /** Those that are there, best first. */
  readonly kept: readonly Kept[];
}

/** Writes the checkpoints of a run. */
export class CheckpointWriter {
  readonly #folder: string;
  readonly #facts: RunFacts;
  readonly #limit: number;
  #kept: readonly Kept[];

  /** @param folder - An existing folder. */
  constructor(folder: string, { facts, limit, kept }: CheckpointWriterOptions) {
    this.#folder = folder;
    this.#facts = facts;
    this.#limit = limit;
    this.#kept = kept;
  }

  /** Best checkpoints that are there, best first. */
  get kept(): readonly Kept[] {
    return this.#kept;
  }

  /**
   * Saves a finished epoch: weights as `last` and, where it deserves them, under the names `checkpoint-<epoch>` and
   * `model_best`; then `last.resume.safetensors`, which makes it the point to go on from. Only then goes the checkpoint
   * that it pushes out. A kill in between leaves a folder that `restoreFolder` completes.
   *
   * @param state - After the epoch; its row is the newest of the history.
   * @param isBest - Whether the epoch is the best one so far.
   */
  async saveEpoch(state: TrainingState, saved: SavedEpoch, isBest: boolean): Promise<void> {
    const folder = this.#folder;
    const { better } = this.#facts.ranking;
    const decision = keepBest(this.#kept, null, saved, { limit: this.#limit, better });
    this.#kept = decision.kept;
    const runState = this.#state(state, false);
    const tensors = checkpointTensors(state);
    const roles = [...(decision.added ? [epochRole(saved.epoch)] : []), ...(isBest ? ["model_best"] : [])];
    await writeWeights(folder, "last", runState, tensors);
    for (const role of roles)
      await linkWeights(folder, role, { state: runState, average: tensors.ema !== null });
    await writeResume(folder, "last", runState, tensors);
    for (const role of roles) await linkFile(resumePath(folder, "last"), resumePath(folder, role));
    if (decision.removed) await removeCheckpoint(folder, epochRole(decision.removed.epoch));
  }

  /**
   * Writes a recovery checkpoint in the middle of an epoch and removes old ones.
   *
   * @returns Its role, e.g. `recovery-3-120`.
   */
  async saveRecovery(state: TrainingState): Promise<string> {
    const folder = this.#folder;
    const role = recoveryRole(state.progress);
    const runState = this.#state(state, true);
    const tensors = checkpointTensors(state);
    await writeWeights(folder, role, runState, tensors);
    await writeResume(folder, role, runState, tensors);
    const others = (await recoveryRoles(folder)).filter((other) => other !== role);
    for (const old of others.slice(RECOVERIES - 1)) await removeCheckpoint(folder, old);
    return role;
  }

  #state(state: TrainingState, inEpoch: boolean): UnsignedState {
    const { engine, data, earlierPlans, weights, seed, ways, ...facts } = this.#facts;
    const { epoch, update, batch, running, history, best, byOutput } = state.progress;
    const { name, steps, groups, joined } = state.optimizer;
    return {
      version: STATE_VERSION,
      software: softwareOf(engine),
      ...facts,
      evalConfig: { weights },
      ...{ epoch, update, batch, inEpoch, running },
      optimizer: { name, steps, groups, ...(joined === undefined ? {} : { joined }) },
      scheduler: { ...state.schedule },
      ...(data !== null && { data }),
      ...(ways !== null && { ways }),
      rng: { seed, scheme: RANDOM_SCHEME },
      ...{ metricHistory: history, best, kept: this.#kept, byOutput },
      ...(earlierPlans.length > 0 && { earlierPlans }),
    };
  }
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

function checkpointTensors({ model, average, optimizer }: TrainingState): CheckpointTensors {
  const shapes = new Map(model.map(({ name, shape }) => [name, shape]));
  return {
    model: namedTensors(model),
    ema: average === null ? null : namedTensors(average),
    optimizer: slotTensors(optimizer.slots, shapes),
  };
}
