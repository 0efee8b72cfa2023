/** A runner that is opened anew where what its graphs hold as constants has changed. */
import type { StateStore } from "../state/store.ts";
import type { UpdateRunner } from "./update-runner.ts";

/** A runner whose graphs follow the constants in them. */
export interface ReopenedRunner<Batch> extends UpdateRunner<Batch> {
  /** Opens the runner of other graphs at the next update; the state stays. */
  reopen(): Promise<void>;
}

/**
 * Opens a runner, and opens it again where that is needed.
 *
 * @param open - Opens one for the present constants.
 * @param hasConstants - Whether arrays of the state are constants of its graphs: they are read again when the store is told
 * that they were written.
 */
export async function reopenedRunner<Batch>(
  open: () => Promise<UpdateRunner<Batch>>,
  hasConstants: () => boolean,
): Promise<ReopenedRunner<Batch>> {
  let runner = await open();
  /** Revisions of the stores before. */
  let revisions = 0;
  let isStale = false;

  async function current(): Promise<UpdateRunner<Batch>> {
    if (!isStale) return runner;
    await runner.store.read();
    revisions += runner.store.revision;
    await runner.close();
    runner = await open();
    isStale = false;
    return runner;
  }

  const store: StateStore = {
    location: runner.store.location,
    get isCurrent() {
      return runner.store.isCurrent;
    },
    get revision() {
      return revisions + runner.store.revision;
    },
    tensors: () => runner.store.tensors(),
    read: () => runner.store.read(),
    written() {
      runner.store.written();
      isStale ||= hasConstants();
    },
  };
  const { openEvaluation } = runner;
  return {
    store,
    run: async (batches, update) => await (await current()).run(batches, update),
    ...(openEvaluation && {
      async openEvaluation(weights, key, graph) {
        const opened = await current();
        if (opened.openEvaluation) return await opened.openEvaluation(weights, key, graph);
        throw new Error("createUpdater: the engine must evaluate where its state is");
      },
    }),
    finishEpoch: () => runner.finishEpoch(),
    close: () => runner.close(),
    async reopen() {
      isStale = true;
      await current();
    },
  };
}
