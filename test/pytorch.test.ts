/** What tsimm writes, PyTorch reads. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createEngine, createEvaluation, createModel, encodeSafetensors } from "tsimm";
import { expect, test } from "vitest";
import { keyedRandom } from "../packages/tsimm/src/random/keyed-random.ts";
import { stateTensors } from "../packages/tsimm/src/train/save-checkpoint.ts";
import { run } from "./run.fixture.ts";

// Debian's, which has python3-torch and python3-torchvision.
const python = "/usr/bin/python3";
const script = fileURLToPath(new URL("load-checkpoint.py", import.meta.url));
const [batchSize, channels, height, width] = [3, 3, 64, 48];

const missing = await run(python, ["-c", "import torch, torchvision"]).then(
  () => null,
  (error: Error) => error.message,
);

test("torchvision loads our ResNet-18 strictly and gives our logits", async ({ skip }) => {
  if (missing !== null && !process.env["CI"]) skip(`NO PYTORCH: nothing was compared with it: ${missing}`);
  const folder = await mkdtemp(join(tmpdir(), "tsimm-pytorch-"));
  const path = (name: string) => join(folder, name);
  try {
    const model = createModel("resnet18", { numClasses: 10, zeroInitLast: false });
    // As if trained: no statistic and no normalization keeps its initial 0 or 1.
    const noise = keyedRandom(1, "init", "noise");
    for (const { shape, data } of model.state) {
      if (data instanceof BigInt64Array) data[0] = 7n;
      else if (shape.length === 1)
        data.forEach((value, i) => {
          data[i] = value + 0.2 * Math.abs(noise.normal());
        });
    }
    const images = Float32Array.from({ length: batchSize * channels * height * width }, () => noise.normal());
    await writeFile(
      path("model.safetensors"),
      encodeSafetensors(stateTensors(model.state), { format: "pt" }),
    );
    await writeFile(path("images"), images);

    const words = [path("model.safetensors"), path("images"), path("logits")];
    const sizes = [batchSize, channels, height, width].map(String);
    await run(python, [script, ...words, ...sizes]);
    const theirs = new Float32Array(new Uint8Array(await readFile(path("logits"))).buffer);

    const engine = await createEngine("native");
    const evaluation = await createEvaluation(engine, model, { batchSize, height, width, input: "float32" });
    const ours = await evaluation.run(images, batchSize);
    await evaluation.close();

    expect(ours.length).toBe(batchSize * 10);
    expect(theirs.length).toBe(ours.length);
    // Logits of this size differ by float32 rounding only, which grows with the depth of the network.
    const differences = ours.map((logit, i) => Math.abs(logit - (theirs[i] ?? Number.NaN)));
    expect(Math.max(...differences)).toBeLessThan(1e-4);
    expect(Math.max(...ours) - Math.min(...ours)).toBeGreaterThan(0.1);
  } finally {
    await rm(folder, { recursive: true });
  }
});
