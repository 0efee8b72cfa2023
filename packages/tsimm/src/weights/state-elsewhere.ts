/** State whose newest values are not in its arrays, but on a device. */

/** Where such state is: a store of training state. */
export interface StateHome {
  /** Whether the arrays are up to date. */
  readonly isCurrent: boolean;
  /** Brings them up to date. */
  read(): Promise<void>;
  /** Says that they have been changed. */
  written(): void;
}

/** A named list of tensors, e.g. a model. */
interface Named {
  readonly name: string;
  readonly state: object;
}

const homes = new WeakMap<object, StateHome>();

/**
 * Notes where the newest values of lists of tensors are.
 *
 * @returns Forgets it.
 */
export function noteHome(states: readonly object[], home: StateHome): () => void {
  for (const state of states) homes.set(state, home);
  return () => {
    for (const state of states) if (homes.get(state) === home) homes.delete(state);
  };
}

/** Brings the arrays of a model up to date, where that is needed. */
export async function bringHere({ state }: Pick<Named, "state">): Promise<void> {
  await homes.get(state)?.read();
}

/**
 * Refuses arrays that are older than what a device holds.
 *
 * @param where - Function named in the error.
 * @throws Error
 */
export function checkIsHere(where: string, { name, state }: Named): void {
  if (homes.get(state)?.isCurrent !== false) return;
  throw new Error(
    `${where}: the weights of ${name} must be here, got older ones than the device has; await updater.store.read()`,
  );
}

/** Says that arrays have been changed, which a device then takes over. */
export function noteWritten({ state }: Pick<Named, "state">): void {
  homes.get(state)?.written();
}
