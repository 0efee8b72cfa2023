/** Each file of a run holds the weights whose metric it carries, with a moving average too. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeSafetensors } from "../packages/tsimm/src/weights/safetensors.ts";
import { colourFolder, tsimm } from "./command-line.fixture.ts";

let root = "";
let log = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-average-"));
  await colourFolder(join(root, "photos"), { train: 12, val: 6 });
  const model = ["--model", "test_resnet", "--img-size", "32", "-b", "8", "-j", "1", "--threads", "1"];
  const schedule = ["--epochs", "2", "--warmup-epochs", "0", "--lr", "0.02"];
  const average = ["--model-ema", "--model-ema-decay", "0.95", "--no-model-ema-warmup"];
  const run = ["--output", ".", "--experiment", "run"];
  const ended = await tsimm(["train", "photos", ...model, ...schedule, ...average, ...run], { cwd: root });
  expect(ended.code).toBe(0);
  log = ended.stderr;
}, 120_000);
afterAll(() => rm(root, { recursive: true }));

/** Top-1 in percent of a file of the run on the validation images, and what was said. */
async function predict(file: string, ...words: string[]) {
  const checkpoint = join("run", file);
  const { stdout, stderr } = await tsimm(
    ["predict", join("photos", "val"), "--checkpoint", checkpoint, ...words],
    {
      cwd: root,
    },
  );
  const lines = stdout.trimEnd().split("\n");
  const right = lines.filter((line) => {
    const [, truth, label] = /val\/(\w+)\/\d+\.png: (\w+) /.exec(line) ?? [];
    return truth === label;
  });
  return { top1: (100 * right.length) / lines.length, stderr };
}

test("the best average is what the summary, the weights and the ONNX file have", async () => {
  const summary = await readFile(join(root, "run", "summary.csv"), "utf8");
  const [head = "", ...rows] = summary.trimEnd().split("\r\n");
  const column = (name: string) => rows.map((row) => Number(row.split(",")[head.split(",").indexOf(name)]));
  const averaged = column("eval_top1");
  const best = averaged.indexOf(Math.max(...averaged));
  const plain = column("model_top1")[best];
  expect(plain).not.toBe(averaged[best]);

  for (const file of ["model_best.safetensors", "model_best.resume.safetensors", "model.onnx"]) {
    const { top1, stderr } = await predict(file);
    expect([file, top1]).toEqual([file, averaged[best]]);
    expect(stderr).toBe(
      `Weights: the moving average in ${join("run", file)}; --no-ema takes the plain ones\n`,
    );
  }
  const role = `checkpoint-${best}`;
  expect(await predict(`${role}.safetensors`, "--no-ema")).toEqual({ top1: plain, stderr: "" });
  expect((await predict("model_best.safetensors", "--no-ema")).stderr).toContain(
    `the plain ones are in "${join("run", "model_best.resume.safetensors")}"`,
  );

  const entryOf = async (file: string) => {
    const { metadata } = decodeSafetensors(await readFile(join(root, "run", file)));
    return JSON.parse(metadata["tsimm"] ?? "null");
  };
  expect(await entryOf("model_best.safetensors")).toMatchObject({
    weights: "ema",
    metric: { top1: averaged[best] },
  });
  expect(await entryOf(`${role}.safetensors`)).toMatchObject({ weights: "plain", metric: { top1: plain } });
  expect(log).toContain("model.onnx holds the moving average of the weights");
});

test("a run that starts from an average says so, and takes the plain weights on request", async () => {
  const train = ["train", "photos", "--model", "test_resnet", "--img-size", "32", "-b", "48", "-j", "1"];
  const once = ["--epochs", "1", "--output", ".", "--initial-checkpoint", join("run", "last.safetensors")];
  const [averaged, plain] = await Promise.all([
    tsimm([...train, ...once, "--experiment", "a"], { cwd: root }),
    tsimm([...train, ...once, "--no-initial-ema", "--experiment", "b"], { cwd: root }),
  ]);
  expect(averaged.code).toBe(0);
  expect(averaged.stderr).toContain(
    `Initial weights: the moving average in ${join("run", "last.ema.safetensors")}; --no-initial-ema takes the plain ones\n`,
  );
  expect(await readFile(join(root, "a", "args.yaml"), "utf8")).not.toContain("no_initial_ema");
  expect(plain.stderr).not.toContain("Initial weights");
  expect(await readFile(join(root, "b", "args.yaml"), "utf8")).toContain("no_initial_ema: true");
});
