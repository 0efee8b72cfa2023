/** The state of a run as listeners have it: read from the updater's store. */
import type { Scheduler } from "@tsimm/scheduler";
import { hostStore } from "../state/host-store.ts";
import type { StateStore } from "../state/store.ts";
import type { Updater } from "../update/updater.ts";
import type { TrainingProgress, TrainingState } from "./training-state.ts";

/** A run's state, and where its device is lost the last one that was read. */
export class ReadableState {
  readonly #updater: Updater;
  readonly #store: StateStore;
  readonly #schedule: Scheduler | null;
  readonly #progress: () => TrainingProgress;
  /** State of the arrays here, where they are a mirror of a device's; null: it was never read. */
  #mirrored: TrainingState | null = null;
  #isLost = false;

  /** @param progress - Gives a copy of that of now. */
  constructor(updater: Updater, schedule: Scheduler | null, progress: () => TrainingProgress) {
    this.#updater = updater;
    this.#store = updater.store ?? hostStore(updater);
    this.#schedule = schedule;
    this.#progress = progress;
  }

  /**
   * The state of now, or the last one that was read if the device is lost.
   *
   * Model, average and optimizer throw when they are asked for while a device has newer ones.
   */
  now(): TrainingState {
    if (this.#isLost && this.#mirrored !== null) return this.#mirrored;
    if (this.#store.isCurrent) return this.#take();
    const refuse = (): never => {
      throw new Error(
        "RunHandle.state: the weights must be read from the device first, got those before the last update; await run.readState()",
      );
    };
    return {
      progress: this.#progress(),
      schedule: this.#schedule?.stateDict() ?? null,
      get model() {
        return refuse();
      },
      get average() {
        return refuse();
      },
      get optimizer() {
        return refuse();
      },
    };
  }

  /** Reads the state of now. */
  async read(): Promise<void> {
    if (!this.#isLost) await this.#store.read();
  }

  /** Called before an update, which may be the one that loses the device: keeps what the arrays here are of. */
  keep(): void {
    if (this.#store.location === "device" && this.#store.isCurrent) {
      this.#mirrored = withOwnCounts(this.#take());
    }
  }

  /**
   * Reads what can still be read when a run fails.
   *
   * @returns The progress of what is left where that is not the state of now, else null.
   */
  async settle(): Promise<TrainingProgress | null> {
    try {
      await this.#store.read();
      return null;
    } catch {
      this.#isLost = true;
      return this.#mirrored?.progress ?? null;
    }
  }

  #take(): TrainingState {
    const { model, average, optimizer } = this.#updater;
    return {
      progress: this.#progress(),
      model: model.state,
      average: average?.state ?? null,
      optimizer: optimizer.stateDict(),
      schedule: this.#schedule?.stateDict() ?? null,
    };
  }
}

/** The same state; what schedules change in place is copied. */
function withOwnCounts({ optimizer, schedule, ...state }: TrainingState): TrainingState {
  const { groups, ...rest } = optimizer;
  return {
    ...state,
    optimizer: { ...rest, groups: structuredClone(groups) },
    schedule: structuredClone(schedule),
  };
}
