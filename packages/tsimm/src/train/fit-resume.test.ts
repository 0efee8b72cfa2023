import { createHash } from "node:crypto";
import { createSchedulerV2 } from "@tsimm/scheduler";
import { expect, test } from "vitest";
import type { Loader } from "../data/batch.ts";
import { createModel } from "../models/registry.ts";
import { createOptimizer } from "../optim/create-optimizer.ts";
import { ModelEma } from "../optim/ema.ts";
import { createEngine } from "../runtime/create-engine.ts";
import { classification } from "../task/classification.ts";
import { type Changes, listener, trainCounted, validation } from "./counted-run.fixture.ts";
import type { TrainingEvent } from "./events.ts";
import { fit } from "./fit.ts";
import type { TrainingState } from "./training-state.ts";

/** Images of a few grey levels in an order of each epoch; the lighter ones are of class 1. */
const images: Loader = {
  ...{ batchSize: 4, inputSize: [3, 32, 32], length: 5, samples: 20 },
  async *batches(epoch, firstBatch = 0) {
    for (let batch = firstBatch; batch < 5; batch++) {
      const levels = [0, 1, 2, 3].map((image) => (37 * (epoch + 1) * (4 * batch + image + 1)) % 251);
      const pixels = levels.flatMap((level) => Array.from({ length: 3072 }, (_, i) => (level + i) % 256));
      const labels = Int32Array.from(levels, (level) => (level > 125 ? 1 : 0));
      yield { images: Uint8Array.from(pixels), labels, size: 4 };
    }
  },
};

/** A whole recipe: mixup, dropout, drop path, accumulation, clipping, momentum, average, a schedule over updates. */
async function trainReal(resume: TrainingState | null, copies: (type: string, state: TrainingState) => void) {
  const model = createModel("test_resnet", { numClasses: 2, dropRate: 0.2, dropPathRate: 0.2 });
  const optimizer = createOptimizer({ opt: "sgd", lr: 0.1, weightDecay: 1e-4, momentum: 0.9 }, model);
  const average = new ModelEma(model, { decay: 0.9 });
  const { scheduler: schedule } = createSchedulerV2(optimizer, {
    ...{ sched: "cosine", numEpochs: 2, warmupEpochs: 1, updatesPerEpoch: 3, stepOnEpochs: false },
  });
  const { history, best } = await fit({
    ...{ engine: await createEngine(), threads: 1, model, optimizer, average, schedule, epochs: 2, resume },
    ...{ loader: images, validation: images, gradAccumSteps: 2, clipGrad: 1 },
    ...{ mixing: { mixup: 0.8, cutmix: 1 }, seed: 7 },
    task: classification.create({ outputNames: ["dark", "light"] }, { smoothing: 0.1 }),
    listeners: [listener((event, run) => copies(event.type, run.state()))],
  });
  const { slots, steps, groups } = optimizer.stateDict();
  return {
    ...{ history, best, steps, groups, schedule: schedule.stateDict() },
    model: digests(model.state.map(({ name, data }) => [name, data])),
    average: digests(average.state.map(({ name, data }) => [name, data])),
    slots: digests(slots),
  };
}

/** Digests, quick to compare, of arrays by name. */
function digests(arrays: Iterable<readonly [string, Float32Array | BigInt64Array]>): Record<string, string> {
  const entries = [...arrays].map(([name, { buffer, byteOffset, byteLength }]) => {
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    return [name, createHash("sha256").update(bytes).digest("hex")] as const;
  });
  return Object.fromEntries(entries);
}

test("a run that goes on from any update ends with the same bytes as one that was never stopped", async () => {
  const states: TrainingState[] = [];
  const whole = await trainReal(null, (type, state) => {
    if (type === "updateDone") states.push(structuredClone(state));
  });
  expect(states.map(({ progress: { epoch, batch } }) => [epoch, batch])).toEqual([
    ...[2, 4, 5].map((batch) => [0, batch]),
    ...[2, 4, 5].map((batch) => [1, batch]),
  ]);
  for (const state of states) expect(await trainReal(state, () => {})).toEqual(whole);
});

test("a run can go on from every event, to the same results", async () => {
  const parts: Changes = {
    ...{ validation, plateau: true, epochs: 4, recoveryInterval: 2 },
    counted: { average: true, score: (updates) => [5, 5, 6, 1][Math.ceil(updates / 3) - 1] ?? 9 },
  };
  const states: [TrainingEvent["type"], TrainingState][] = [];
  const copies = listener((event, run) => void states.push([event.type, structuredClone(run.state())]));
  const whole = await trainCounted({ ...parts, listeners: [copies] });
  const { history, best } = await whole.run;
  expect(new Set(states.map(([type]) => type)).size).toBe(8);
  for (const [type, state] of states) {
    const resumed = await trainCounted({ ...parts, resume: state });
    const result = await resumed.run;
    expect({ type, history: result.history, best: result.best }).toEqual({ type, history, best });
    expect(resumed.updater.optimizer.paramGroups[0]?.lr).toBe(whole.updater.optimizer.paramGroups[0]?.lr);
    expect(resumed.updater.average?.state).toEqual(whole.updater.average?.state);
    expect(resumed.events.at(-1)).toEqual(whole.events.at(-1));
  }
});

test("only the progress is taken where the rest was restored before", async () => {
  const { run } = await trainCounted();
  const { progress } = await run;
  const { events, updater } = await trainCounted({ epochs: 3, resume: { progress } });
  expect(events[0]).toMatchObject({ epoch: 2, update: 6, history: progress.history });
  expect(updater.calls).toHaveLength(3);
});

test("an average that the state does not have begins as a copy of the model", async () => {
  let state: TrainingState | null = null;
  const copies = listener((event, run) => {
    if (event.type === "updateDone" && event.update === 2) state = structuredClone(run.state());
  });
  await trainCounted({ listeners: [copies] });
  const averages: unknown[] = [];
  const looks = listener((event, run) => {
    if (event.type === "runStarted") averages.push(run.state().average?.[0]?.data[0]);
  });
  await trainCounted({ resume: state, counted: { average: true }, listeners: [looks] });
  expect(averages).toEqual([2]);
});
