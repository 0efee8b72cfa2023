/** The calls of an updater, checked before its runner has them. */
import type { StateParts, StateStore } from "../state/store.ts";
import { noteHome } from "../weights/state-elsewhere.ts";
import type { UpdateResult, UpdateRunner } from "./update-runner.ts";

/** What updaters of every kind of model have. */
export interface CheckedUpdates<Batch> {
  readonly store: StateStore;
  update(batches: readonly Batch[], position: { readonly update: number }): Promise<UpdateResult>;
  finishEpoch(): Promise<void>;
  close(): Promise<void>;
}

/** Models whose gradients are being computed: they lie in the parameters. */
const busy = new WeakSet<object>();

/**
 * Checks batches and position, refuses two updates at once, and brings the state here when the updater is closed.
 *
 * @param model - What is trained; two updaters of one model do not update at once either.
 * @param state - Its name and arrays.
 */
export function checkedUpdates<Batch>(
  model: object,
  { model: { name, state }, average }: StateParts,
  runner: UpdateRunner<Batch>,
): CheckedUpdates<Batch> {
  const { store } = runner;
  const states = [state, ...(average === null ? [] : [average.state])];
  const forget = store.location === "device" ? noteHome(states, store) : () => {};
  return {
    store,
    async update(batches, position) {
      if (!Array.isArray(batches)) {
        throw new TypeError(`Updater.update: batches must be a list, got ${typeof batches}`);
      }
      if (batches.length === 0)
        throw new RangeError("Updater.update: batches must have at least one, got none");
      const update = position?.update;
      if (!(Number.isSafeInteger(update) && update >= 0)) {
        throw new RangeError(`Updater.update: update must be an integer >= 0, got ${update}`);
      }
      if (busy.has(model)) {
        throw new Error(
          `Updater.update: ${name} must be updated once at a time, got a call before the last one has ended; await it`,
        );
      }
      busy.add(model);
      return await runner.run(batches, update).finally(() => busy.delete(model));
    },
    finishEpoch: () => runner.finishEpoch(),
    async close() {
      // Of a lost device the arrays keep what was read last.
      await store.read().catch(() => {});
      forget();
      await runner.close();
    },
  };
}
