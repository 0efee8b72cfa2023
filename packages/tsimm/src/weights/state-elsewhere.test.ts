import { beforeAll, expect, test } from "vitest";
import { createSmooth, smoothInput } from "../models/smooth.fixture.ts";
import { createOptimizerV2 } from "../optim/create-optimizer.ts";
import { ModelEma } from "../optim/ema.ts";
import { exportOnnx } from "../predict/export-onnx.ts";
import { createEngine } from "../runtime/create-engine.ts";
import type { Engine } from "../runtime/engine.ts";
import { createEvaluation } from "../runtime/evaluation-step.ts";
import { withHostDevice } from "../runtime/host-device.fixture.ts";
import { namedTensors } from "../train/load-training-state.ts";
import { bytesOf } from "../update/device/trained-pair.fixture.ts";
import { createUpdater } from "../update/updater.ts";
import { loadState } from "./load-state.ts";

let host: Engine;
beforeAll(async () => {
  host = await createEngine("native");
});

const [channels, height, width] = smoothInput;
const names = { classNames: ["a", "b", "c"] };

/** An updater on a device, after an update. */
async function trained() {
  const engine = withHostDevice(host);
  const model = createSmooth();
  const average = new ModelEma(model);
  const { mean, std } = model.pretrainedCfg;
  const optimizer = createOptimizerV2(model, { opt: "sgd", lr: 0.1, momentum: 0.9 });
  const updater = await createUpdater(engine, {
    ...{ model, optimizer, average, batchSize: 8, height, width, input: "uint8", mean, std },
  });
  const weights = () => model.parameters.map(({ data }) => data[0]);
  const before = weights();
  await updater.update([bytesOf(0)], { update: 0 });
  return { engine, model, average, updater, weights, before };
}

test("what reads weights at once refuses those that are older than the device's, and says how to read them", async () => {
  const { model, average, updater, weights, before } = await trained();
  const older = (where: string) =>
    new Error(
      `${where}: the weights of ${model.name} must be here, got older ones than the device has; await updater.store.read()`,
    );
  expect(() => exportOnnx(model, names)).toThrow(older("exportOnnx"));
  expect(() => exportOnnx(model, { ...names, average })).toThrow(older("exportOnnx"));
  expect(() => new ModelEma(model)).toThrow(older("ModelEma"));
  expect(() => loadState(model, namedTensors(model.state))).toThrow(older("loadState"));
  expect(weights()).toEqual(before);
  await updater.store.read();
  expect(weights()).not.toEqual(before);
  expect(exportOnnx(model, names).length).toBeGreaterThan(0);
  await updater.close();
});

test("an evaluation reads the weights", async () => {
  const { model, updater, weights, before } = await trained();
  const options = { batchSize: 1, height, width, input: "float32" } as const;
  const evaluation = await createEvaluation(host, model, options);
  expect(weights()).not.toEqual(before);
  const own = await updater.createEvaluation("plain", 1);
  const images = bytesOf(1).images.slice(0, channels * height * width);
  expect(await own.run(images, 1)).toHaveLength(3);
  await own.close();
  await evaluation.close();
  await updater.close();
});

test("weights that are loaded are those of the next update", async () => {
  const { model, updater, weights } = await trained();
  await updater.store.read();
  const other = createSmooth();
  for (const { data } of other.parameters) data.fill(0.25);
  loadState(model, namedTensors(other.state));
  for (const group of updater.optimizer.paramGroups) group.lr = 0;
  await updater.update([bytesOf(1)], { update: 1 });
  await updater.store.read();
  expect(new Set(weights())).toEqual(new Set([0.25]));
  await updater.close();
});

test("closing brings the weights here; of a lost device they stay as they were read last", async () => {
  const first = await trained();
  await first.updater.close();
  expect(first.weights()).not.toEqual(first.before);
  expect(exportOnnx(first.model, names).length).toBeGreaterThan(0);
  const second = await trained();
  second.engine.lose();
  await second.updater.close();
  expect(second.weights()).toEqual(second.before);
});
