/** The home of training state: named tensors by role, here or on a device. */
import type { Buffer, Model, Parameter } from "../models/model.ts";
import type { ModelEma } from "../optim/ema.ts";
import type { Optimizer } from "../optim/optimizer.ts";

/**
 * Kinds of training state: weights; running statistics and other buffers; slots of the optimizer; the moving average of
 * weights and buffers.
 */
export type StateRole = "parameter" | "statistic" | "slot" | "average";

/** A tensor of a store. */
export interface StateTensor extends Pick<Parameter | Buffer, "name" | "shape" | "data"> {
  readonly role: StateRole;
}

/** What holds training state on the host. */
export interface StateParts {
  readonly model: Pick<Model, "name" | "state" | "parameters">;
  readonly optimizer: Pick<Optimizer, "stateDict">;
  /** null: there is none. */
  readonly average: Pick<ModelEma, "state"> | null;
}

/**
 * The training state of an updater, which alone changes it.
 *
 * On the host the arrays of model, optimizer and moving average are the state, changed in place. On a device they are a
 * mirror of it: as it was at the last `read`.
 */
export interface StateStore {
  readonly location: "host" | "device";
  /** Whether the arrays here are the state of now; always true on the host. */
  readonly isCurrent: boolean;
  /** Grows each time `read` changes the arrays here. */
  readonly revision: number;
  /** The arrays here, by role; of the optimizer those that it has made so far. */
  tensors(): readonly StateTensor[];
  /**
   * Brings the arrays here up to date: all, or none if it fails. Needed before they are read, e.g. for a checkpoint or an
   * export; without effect where they are current.
   *
   * @throws DeviceLostError if the device is gone; the arrays are as at the last `read` then.
   */
  read(): Promise<void>;
  /**
   * Says that the arrays here have been changed, e.g. by a resume: they are the state from now on. Read before changing a
   * part of them.
   */
  written(): void;
}
