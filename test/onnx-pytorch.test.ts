/** Networks that PyTorch exports get a head of three classes and train as PyTorch trains them with it. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeModel, describe as describeModel } from "@tsimm/autodiff";
import { createEngine, createFineTuning, createOptimizerV2, createUpdater } from "tsimm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { required } from "./required.fixture.ts";
import { run } from "./run.fixture.ts";

// Debian's, which has python3-torch and python3-torchvision.
const python = "/usr/bin/python3";
const script = fileURLToPath(new URL("pytorch/fine_tune.py", import.meta.url));
const pytorch = await required("PyTorch", () => run(python, ["-c", "import torch, torchvision"]));
const folder = await mkdtemp(join(tmpdir(), "tsimm-onnx-pytorch-"));
afterAll(() => rm(folder, { recursive: true }));

/** What PyTorch says of a network. */
interface Theirs {
  /** Weight and bias. */
  readonly head: readonly [readonly number[], readonly number[]];
  readonly images: readonly number[];
  readonly losses: readonly number[];
  /** Norm and weighted sum, by parameter. */
  readonly gradients: Readonly<Record<string, readonly [number, number]>>;
}

const networks = ["resnet18", "mobilenet_v2", "efficientnet_b0", "swin_t", "tiny_vit"];

describe.skipIf(pytorch === null)("a network of PyTorch", () => {
  beforeAll(() => run(python, [script, folder, ...networks]), 240_000);

  test.each(networks)("%s", { timeout: 120_000 }, async (name) => {
    const bytes = await readFile(join(folder, `${name}.onnx`));
    const theirs: Theirs = JSON.parse(await readFile(join(folder, `${name}.json`), "utf8"));
    const { classifier } = describeModel(bytes);
    expect(classifier?.classes).toBe(1000);
    const engine = await createEngine("native");
    const model = await createFineTuning(engine, bytes, {
      inputs: { images: [2, 3, 32, 32] },
      classes: 3,
      threads: 1,
    });
    const [weight, bias] = [classifier?.weight, classifier?.bias].map((tensor) =>
      model.parameters.find((parameter) => parameter.name === tensor),
    );
    expect([weight?.shape, bias?.shape]).toEqual([[3, classifier?.features], [3]]);
    weight?.data.set(theirs.head[0]);
    bias?.data.set(theirs.head[1]);
    const batch = {
      feeds: { images: Float32Array.from(theirs.images) },
      targets: Float32Array.of(1, 0, 0, 0, 0, 1),
    };
    const optimizer = createOptimizerV2(model.parameters, {
      ...{ opt: "momentum", lr: 0.01, momentum: 0.9, weightDecay: 0 },
    });
    const updater = await createUpdater(engine, { model, optimizer });
    const first = await updater.update([batch], { update: 0 });
    expect(first.loss).toBeCloseTo(theirs.losses[0] ?? Number.NaN, 4);
    const errors = Object.entries(theirs.gradients).flatMap(([parameter, [norm, sum]]) => {
      // Exporters call some weights after their nodes.
      const grad = model.parameters.find((one) => one.name === parameter)?.grad;
      if (!grad) return [];
      const length = Math.sqrt(grad.reduce((total, value) => total + value * value, 0));
      const weighted = grad.reduce((total, value, i) => total + value * Math.cos(i), 0);
      return [Math.max(Math.abs(length - norm), Math.abs(weighted - sum)) / (norm + 1e-3)];
    });
    errors.sort((a, b) => a - b);
    expect(errors.length).toBeGreaterThan(0.6 * Object.keys(theirs.gradients).length);
    expect(errors[errors.length >> 1]).toBeLessThan(1e-3);
    // An activation on the edge of a Relu may fall to the other side, for the layers before it.
    expect(errors.at(-1)).toBeLessThan(3e-2);
    const second = await updater.update([batch], { update: 1 });
    const [, loss = Number.NaN] = theirs.losses;
    expect(Math.abs(second.loss - loss)).toBeLessThan(2e-3 * Math.max(1, loss));
    const { graph } = decodeModel(model.save(), { inputs: { images: [5, 3, 32, 32] } });
    expect(graph.inputs.map(({ name: input }) => input)).toEqual(["images"]);
    expect(graph.outputs).toEqual([{ name: "scores", dtype: "float32", shape: [5, 3] }]);
    await updater.close();
    await model.close();
  });
});
