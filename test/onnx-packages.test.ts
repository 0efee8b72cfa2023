/** Classifiers that npm packages ship, as somebody else made them: three classes of one's own, some steps, the same file. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe as describeModel, readMetadata } from "@tsimm/autodiff";
import { createEngine, createFineTuning, createOptimizerV2, createUpdater } from "tsimm";
import { describe, expect, test } from "vitest";
import { keyedRandom } from "../packages/tsimm/src/random/keyed-random.ts";

const installed = fileURLToPath(new URL("../node_modules", import.meta.url));
const detypify = join(installed, "detypify-service/train/model.onnx");
const wakewords = join(installed, "openwakeword-js/models");
const engine = await createEngine("native");

/** Samples of three classes that differ: noise around a level of its own. */
function samples(length: number): { readonly x: Float32Array; readonly targets: Float32Array } {
  const random = keyedRandom(3, "init", "samples");
  const x = Float32Array.from(
    { length: 3 * length },
    (_, i) => Math.floor(i / length) / 2 + 0.05 * random.normal(),
  );
  return { x, targets: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1) };
}

/** Trains a file for some steps; then the engine runs what was saved. */
async function fineTune(path: string, steps: number, lr: number) {
  const bytes = await readFile(path);
  const { inputs, classifier } = describeModel(bytes);
  const [input] = inputs;
  const shape = (input?.shape ?? []).map(Number);
  const length = shape.reduce((product, size) => product * size, 1);
  const { x, targets } = samples(length);
  const model = await createFineTuning(engine, bytes, { classes: 3, batchSize: 3, threads: 1 });
  const optimizer = createOptimizerV2(model.parameters, { opt: "adamw", lr, weightDecay: 0 });
  const updater = await createUpdater(engine, { model, optimizer });
  const name = input?.name ?? "";
  const losses: number[] = [];
  for (let update = 0; update < steps; update++) {
    losses.push((await updater.update([{ feeds: { [name]: x }, targets }], { update })).loss);
  }
  const saved = model.save();
  await updater.close();
  await model.close();
  const session = await engine.load(saved, { threads: 1 });
  const rows = [];
  for (const k of [0, 1, 2]) {
    const data = x.slice(k * length, (k + 1) * length);
    const [result] = Object.values(await session.run({ [name]: { dtype: "float32", shape, data } }));
    rows.push(result ?? { shape: [], data: [] });
  }
  await session.close();
  return { bytes, saved, losses, rows, classifier };
}

/** The class of the largest number. */
const best = ({ data }: { readonly data: ArrayLike<unknown> }) => {
  const numbers = Array.from(data, Number);
  return numbers.indexOf(Math.max(...numbers));
};

test("detypify's 411 symbols become three classes, at a batch of three where the file has one", async () => {
  const { bytes, saved, losses, rows, classifier } = await fineTune(detypify, 6, 3e-3);
  expect([classifier?.kind, classifier?.classes, classifier?.features]).toEqual(["Gemm", 411, 1280]);
  expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] ?? 0));
  expect(rows.map(({ shape }) => shape)).toEqual([
    [1, 3],
    [1, 3],
    [1, 3],
  ]);
  const [before, after] = [describeModel(bytes), describeModel(saved)];
  expect(after.producer).toEqual(before.producer);
  expect(after.inputs).toEqual(before.inputs);
  expect(after.outputs).toEqual([{ name: "linear", dtype: "float32", shape: [1, 3] }]);
  expect(after.parameters.map(({ name }) => name)).toEqual(before.parameters.map(({ name }) => name));
  expect(readMetadata(saved)).toEqual(readMetadata(bytes));
});

describe("the wake words of openwakeword-js", () => {
  test.each(["hello_deepa.onnx", "hello_deepa_old.onnx", "namaste_deepa.onnx"])(
    "%s learns three sounds, its Sigmoid stays",
    async (name) => {
      const { losses, rows } = await fineTune(join(wakewords, name), 200, 1e-2);
      expect(losses.at(-1)).toBeLessThan(0.2);
      expect(rows.map(best)).toEqual([0, 1, 2]);
      for (const { data } of rows) {
        expect(Array.from(data, Number).every((value) => value > 0 && value < 1)).toBe(true);
      }
    },
  );
});
