/** What tsimm writes, Python reads: PyTorch its checkpoints, PyYAML its arguments. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { createEngine, createEvaluation, createModel, encodeSafetensors, type Model } from "tsimm";
import { afterAll, expect, test } from "vitest";
import { keyedRandom } from "../packages/tsimm/src/random/keyed-random.ts";
import { argsYaml, savedArguments } from "../packages/tsimm/src/recipe/args-yaml.ts";
import { resolveArguments } from "../packages/tsimm/src/recipe/resolve-arguments.ts";
import { namedTensors } from "../packages/tsimm/src/train/load-training-state.ts";
import { decodeTorchFile } from "../packages/tsimm/src/weights/torch/decode-torch-file.ts";
import { encodeTorchFile } from "../packages/tsimm/src/weights/torch/encode-torch-file.ts";
import { anyTensor, anyValue } from "../packages/tsimm/src/weights/torch/torch-values.fixture.ts";
import { required } from "./required.fixture.ts";
import { run } from "./run.fixture.ts";

// Debian's, which has python3-torch and python3-torchvision.
const python = "/usr/bin/python3";
const script = fileURLToPath(new URL("pytorch/logits.py", import.meta.url));
const resave = fileURLToPath(new URL("pytorch/resave.py", import.meta.url));
const pytorch = await required("PyTorch", () => run(python, ["-c", "import torch, torchvision, yaml"]));

const folder = await mkdtemp(join(tmpdir(), "tsimm-pytorch-"));
afterAll(() => rm(folder, { recursive: true }));
const path = (name: string) => join(folder, name);

const noise = keyedRandom(1, "init", "noise");

/** As if trained: no statistic and no normalization keeps its initial 0 or 1. */
function perturb(model: Model): void {
  for (const { shape, data } of model.state) {
    if (data instanceof BigInt64Array) data[0] = 7n;
    else if (shape.length === 1) {
      for (let i = 0; i < data.length; i++) data[i] = (data[i] ?? 0) + 0.2 * Math.abs(noise.normal());
    }
  }
}

test.skipIf(pytorch === null).each(["resnet18", "resnet50"])(
  "torchvision's %s loads our checkpoint strictly and gives our logits",
  async (name) => {
    const [batchSize, channels, height, width] = [3, 3, 64, 48];
    const model = createModel(name, { numClasses: 10, zeroInitLast: false });
    perturb(model);
    const images = Float32Array.from({ length: batchSize * channels * height * width }, () => noise.normal());
    await writeFile(path("weights"), encodeSafetensors(namedTensors(model.state), { format: "pt" }));
    await writeFile(path("images"), images);

    const sizes = [batchSize, channels, height, width].map(String);
    await run(python, [script, name, path("weights"), path("images"), path("logits"), ...sizes]);
    const theirs = new Float32Array(new Uint8Array(await readFile(path("logits"))).buffer);

    const engine = await createEngine("native");
    const evaluation = await createEvaluation(engine, model, { batchSize, height, width, input: "float32" });
    const ours = await evaluation.run(images, batchSize);
    await evaluation.close();

    expect([ours.length, theirs.length]).toEqual([batchSize * 10, batchSize * 10]);
    // float32 rounding, which grows with the depth of the network.
    const scale = Math.max(...theirs.map(Math.abs));
    const errors = ours.map((logit, i) => Math.abs(logit - (theirs[i] ?? Number.NaN)) / scale);
    expect(Math.max(...errors)).toBeLessThan(1e-4);
    expect(Math.max(...theirs) - Math.min(...theirs)).toBeGreaterThan(0.1 * scale);
  },
);

test.skipIf(pytorch === null)("PyYAML reads args.yaml as it was written", async () => {
  const args = resolveArguments({
    ...{ model: "resnet34", sched: "multistep", decayMilestones: [30, 60], lrNoise: [0.5], lr: 1e-4 },
    ...{ minLr: 1e-7, seed: 42, modelEma: true, clipGrad: null, optBetas: [1e-9, 2.5e-8] },
    ...{ dataDir: "photos: 100 % 'new'", experiment: "no", trainSplit: "12:30" },
  });
  const saved = savedArguments(args, { numClasses: 10 });
  await writeFile(path("args.yaml"), argsYaml(args, saved));
  const load = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))";
  const { stdout } = await run(python, ["-c", load, path("args.yaml")]);
  const { experiment, output: _none, ...rest } = saved;
  expect(JSON.parse(stdout)).toEqual({ ...rest, written_to: { experiment } });
});

test.skipIf(pytorch === null)(
  "PyTorch reads the files of ours, and we read them as it saves them",
  async () => {
    const values = fc.sample(anyValue, { numRuns: 200, seed: 1 });
    const tensors = new Map(
      fc.sample(anyTensor, { numRuns: 50, seed: 2 }).map((tensor, i) => [`${i}.weight`, tensor]),
    );
    await writeFile(path("values.pth"), encodeTorchFile(values));
    await writeFile(path("tensors.pth"), encodeTorchFile(tensors));
    await run(python, [resave, folder]);
    expect(decodeTorchFile(await readFile(path("tensors-again.pth")))).toStrictEqual(tensors);
    for (const file of ["zip.pth", "zip-4.pth", "legacy.pth"]) {
      expect(decodeTorchFile(await readFile(path(file))), file).toStrictEqual(values);
    }
  },
);
