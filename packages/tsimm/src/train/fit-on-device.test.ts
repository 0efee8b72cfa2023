/** The loop over an engine with a device: the same points, wherever a run goes on from. */
import { createSchedulerV2 } from "@tsimm/scheduler";
import { beforeAll, expect, test } from "vitest";
import type { Loader } from "../data/batch.ts";
import { createSmooth, smoothInput } from "../models/smooth.fixture.ts";
import { createOptimizerV2 } from "../optim/create-optimizer.ts";
import { ModelEma } from "../optim/ema.ts";
import { createEngine } from "../runtime/create-engine.ts";
import type { Engine } from "../runtime/engine.ts";
import { withHostDevice } from "../runtime/host-device.fixture.ts";
import { stateTensors } from "../state/state-tensors.ts";
import type { StateTensor } from "../state/store.ts";
import { classification } from "../task/classification.ts";
import { distance } from "../update/device/trained-pair.fixture.ts";
import { listener } from "./counted-run.fixture.ts";
import { fit } from "./fit.ts";
import type { FitLoopOptions } from "./fit-options.ts";
import type { TrainingState } from "./training-state.ts";

const [channels, height, width] = smoothInput;
const size = channels * height * width;

/** Images that follow from epoch and batch. */
const loader: Loader = {
  ...{ batchSize: 4, inputSize: smoothInput, length: 3, samples: 12 },
  async *batches(epoch, firstBatch = 0) {
    for (let batch = firstBatch; batch < 3; batch++) {
      const images = Uint8Array.from(
        { length: 4 * size },
        (_, i) => 128 + 120 * Math.sin(0.013 * i * (1 + batch) + 0.7 * epoch),
      );
      yield { images, labels: Int32Array.of(0, 1, 2, batch), size: 4 };
    }
  },
};

let host: Engine;
beforeAll(async () => {
  host = await createEngine("native");
});

/** Trains two epochs with momentum, accumulation, a schedule over updates and a moving average. */
async function train(engine: Engine, options: Partial<FitLoopOptions> = {}) {
  const model = createSmooth();
  const optimizer = createOptimizerV2(model, { opt: "adamw", lr: 0.01, weightDecay: 0.05 });
  const average = new ModelEma(model, { decay: 0.9 });
  const { scheduler: schedule } = createSchedulerV2(optimizer, {
    ...{ sched: "cosine", numEpochs: 2, warmupEpochs: 0, updatesPerEpoch: 2, stepOnEpochs: false },
  });
  const [result] = await Promise.allSettled([
    fit({
      ...{ engine, threads: 1, model, optimizer, average, schedule, epochs: 2, clipGrad: 1 },
      ...{ loader, validation: loader, gradAccumSteps: 2, recoveryInterval: 1 },
      task: classification.create({ outputNames: ["a", "b", "c"] }),
      ...options,
    }),
  ]);
  return { result, tensors: stateTensors({ model, optimizer, average }), steps: optimizer.stateDict().steps };
}

/** Copies of the state at every checkpoint that is due. */
function copies() {
  const states: TrainingState[] = [];
  const on = listener((event, run) => {
    if (event.type === "checkpointDue") states.push(structuredClone(run.state()));
  }, "copies");
  return { states, on };
}

function expectSame(tensors: readonly StateTensor[], others: readonly StateTensor[]): void {
  for (const role of ["parameter", "statistic", "slot", "average"] as const) {
    expect(distance(tensors, others, role)).toBeLessThan(1e-5);
  }
}

test("a run on a device is the host's, and its parts are here when it has ended", async () => {
  const [here, there] = [await train(host), await train(withHostDevice(host))];
  expectSame(there.tensors, here.tensors);
  expect(there.steps).toBe(here.steps);
  expect(here.result.status).toBe("fulfilled");
  expect(there.result.status).toBe("fulfilled");
});

test("a run goes on from any checkpoint, from host to device and from device to host", async () => {
  const whole = await train(host);
  for (const [from, to] of [
    [host, withHostDevice(host)],
    [withHostDevice(host), host],
    [withHostDevice(host), withHostDevice(host)],
  ] as const) {
    const { states, on } = copies();
    await train(from, { listeners: [on] });
    expect(states.map(({ progress }) => progress.update)).toEqual([1, 2, 2, 3, 4, 4]);
    for (const resume of states.slice(0, -1))
      expectSame((await train(to, { resume })).tensors, whole.tensors);
  }
});

test("a device that is lost leaves the checkpoint of the last update read; the host goes on from there", async () => {
  const engine = withHostDevice(host);
  const { states, on } = copies();
  const loses = listener((event) => {
    if (event.type === "updateDone" && event.update === 3) engine.lose();
  }, "loses");
  const lost = await train(engine, { listeners: [on, loses], recoveryInterval: 0 });
  expect(lost.result).toMatchObject({
    reason: {
      name: "DeviceLostError",
      message:
        "fit: host device: the device is lost; it was lost in update 3 (epoch 1), what is left is the state of update 2; a smaller recoveryInterval loses less",
    },
  });
  expect(states.map(({ progress }) => progress.update)).toEqual([2]);
  const [resume] = states;
  expect(resume).toBeDefined();
  const rest = await train(host, { resume: resume ?? null });
  expectSame(rest.tensors, (await train(host)).tensors);
});
