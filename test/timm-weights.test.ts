/** Weights that the real timm saves, in the forms that programs of PyTorch leave them in, give timm's logits. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createEngine, createEvaluation, createModel } from "tsimm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "./run.fixture.ts";
import { timmFolder } from "./timm.fixture.ts";

const script = fileURLToPath(new URL("pytorch/timm-weights.py", import.meta.url));
const names = ["test_resnet", "test_efficientnet", "test_vit"];
const forms = ["plain.pth", "half.pth.tar", "old.ckpt"];
const cases = names.flatMap((name) => forms.map((form) => [name, `${name}-${form}`] as const));

let folder = "";
beforeAll(async () => {
  if (timmFolder === undefined) return;
  folder = await mkdtemp(join(tmpdir(), "tsimm-timm-weights-"));
  await run(process.env["TSIMM_PYTHON"] ?? "/usr/bin/python3", [script, timmFolder, folder]);
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test.skipIf(timmFolder === undefined).each(cases)("%s of %s gives timm's logits", async (name, file) => {
  const expected: number[] = JSON.parse(await readFile(join(folder, "logits.json"), "utf8"))[file];
  const images = new Float32Array(new Uint8Array(await readFile(join(folder, "images"))).buffer);
  const size = name === "test_vit" ? { imgSize: 64 } : {};
  const model = await createModel(name, { numClasses: 5, ...size, checkpointPath: join(folder, file) });
  const engine = await createEngine("native");
  const layout = { batchSize: 2, height: 64, width: 64, input: "float32" } as const;
  const evaluation = await createEvaluation(engine, model, layout);
  const logits = await evaluation.run(images, 2);
  await evaluation.close();
  // float32 rounding.
  const scale = Math.max(...expected.map(Math.abs));
  const errors = expected.map((logit, i) => Math.abs(logit - (logits[i] ?? Number.NaN)) / scale);
  expect(errors).toHaveLength(10);
  expect(Math.max(...errors)).toBeLessThan(1e-5);
});
