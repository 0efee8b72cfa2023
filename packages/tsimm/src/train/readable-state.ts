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
  /** Counts of now, from before the update that is under way; null: none is yet, or the state is here. */
  #before: Counts | null = null;
  /** Counts that belong to the arrays here, where they are a mirror of a device's. */
  #mirrored: Counts | null = null;
  /** Of the store, when the mirror's counts were taken. */
  #revision = 0;
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
    if (this.#isLost && this.#mirrored !== null) return this.#stateOf(this.#mirrored);
    if (this.#store.isCurrent) return this.#stateOf();
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

  /** Called before an update, which may be the one that loses the device: keeps the counts of what is here. */
  keep(): void {
    if (this.#store.location !== "device") return;
    this.#followReads();
    const { groups } = this.#updater.optimizer.stateDict();
    const schedule = this.#schedule?.stateDict() ?? null;
    this.#before = structuredClone({ progress: this.#progress(), groups, schedule });
    if (!this.#store.isCurrent) return;
    this.#mirrored = this.#before;
    this.#revision = this.#store.revision;
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
      this.#followReads();
      return this.#mirrored?.progress ?? null;
    }
  }

  /** What was read inside the last update is the state before it. */
  #followReads(): void {
    if (this.#store.revision === this.#revision) return;
    this.#mirrored = this.#before;
    this.#revision = this.#store.revision;
  }

  #stateOf(counts?: Counts): TrainingState {
    const { model, average, optimizer } = this.#updater;
    const { groups, ...slots } = optimizer.stateDict();
    return {
      progress: counts?.progress ?? this.#progress(),
      model: model.state,
      average: average?.state ?? null,
      optimizer: { ...slots, groups: counts?.groups ?? groups },
      schedule: counts ? counts.schedule : (this.#schedule?.stateDict() ?? null),
    };
  }
}

/** What a state has beside its arrays and the steps of the optimizer. */
interface Counts {
  readonly progress: TrainingProgress;
  readonly groups: TrainingState["optimizer"]["groups"];
  readonly schedule: TrainingState["schedule"];
}
