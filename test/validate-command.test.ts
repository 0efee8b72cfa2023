/** `tsimm validate` and `tsimm export` as a user runs them, on what training leaves. */
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createModel, encodeSafetensors } from "tsimm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { colourFolder, type Ended, tsimm } from "./command-line.fixture.ts";
import { labelledTables } from "./labelled-tables.fixture.ts";

const MODEL = ["--model", "test_resnet", "--img-size", "32", "-b", "7", "-j", "1", "--crop-pct", "0.8"];

let root = "";
let summary: readonly Readonly<Record<string, number>>[] = [];

const run = (...words: string[]): Promise<Ended> => tsimm(words, { cwd: root });
const train = async (...words: string[]) => {
  const ended = await run("train", ...MODEL, "--output", "runs", ...words);
  expect([ended.code, ended.stderr]).toEqual([0, expect.any(String)]);
};
/** The JSON after `--result`. */
const result = ({ stdout, stderr }: Ended): unknown => {
  expect(stdout, stderr).toMatch(/^--result\n/);
  return JSON.parse(stdout.slice("--result\n".length));
};
const table = async (file: string) =>
  (await readFile(join(root, file), "utf8"))
    .trimEnd()
    .split("\r\n")
    .map((line) => line.split(","));

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-validate-"));
  await colourFolder(join(root, "photos"), { train: 9, val: 5 });
  const flags = ["--epochs", "3", "--lr", "0.02", "--model-ema", "--model-ema-decay", "0.9"];
  await train("photos", "--experiment", "run", ...flags);
  const [header = [], ...rows] = await table("runs/run/summary.csv");
  summary = rows.map((row) => Object.fromEntries(header.map((name, i) => [name, Number(row[i])])));
}, 60_000);
afterAll(() => rm(root, { recursive: true }));

describe("a run", () => {
  const best = () => summary.toSorted((a, b) => (b["eval_top1"] ?? 0) - (a["eval_top1"] ?? 0))[0];
  const expected = () => ({
    model: "test_resnet",
    ...{ top1: best()?.["eval_top1"], top5: best()?.["eval_top5"], img_size: 32, crop_pct: 0.8 },
  });

  test("has the numbers of summary.csv, to the digit; confusion and scores are written", async () => {
    const ended = await run(
      "validate",
      "photos",
      "--checkpoint",
      "runs/run",
      "-o",
      "out",
      "--metrics-avg",
      "macro",
    );
    const row = result(ended);
    expect(Object.keys(row as object)).toEqual([
      ...[
        "model",
        "top1",
        "top1_err",
        "top5",
        "top5_err",
        "macro_precision",
        "macro_recall",
        "macro_f1_score",
      ],
      ...["param_count", "img_size", "crop_pct", "interpolation"],
    ]);
    expect(row).toMatchObject(expected());
    expect(ended.stderr).toMatch(
      /^Test: \[ {3}0\/3\] {2}Time: \d+\.\d{3}s \(.*\) {2}Loss: .* Acc@1: .* Acc@5: /m,
    );
    expect(ended.stderr).toMatch(
      /^ \* Acc@1 [\d.]+ \([\d.]+\) Acc@5 100\.000 \(0\.000\) \| Precision\(macro\) /m,
    );
    expect(await readdir(join(root, "out"))).toEqual([
      "confusion.csv",
      "confusion.png",
      "confusion.svg",
      "per-class.csv",
      "results.json",
    ]);
    const [header, ...counts] = await table("out/confusion.csv");
    expect(header).toEqual(["true \\ predicted", "blue", "green", "red", "white"]);
    const right = counts.reduce((sum, row, i) => sum + Number(row[i + 1]), 0);
    expect((100 * right) / 20).toBe(expected().top1);
    const classes = await table("out/per-class.csv");
    const ofRun = await table("runs/run/per-class.csv");
    expect(classes.map((cells) => cells.slice(0, 3))).toEqual(ofRun);
  });

  test.each(["model_best.safetensors", "model_best.resume.safetensors", "model.onnx"])(
    "its %s says the same, also without naming the images",
    async (file) => {
      expect(result(await run("validate", "--checkpoint", `runs/run/${file}`))).toMatchObject(expected());
    },
  );

  test("--no-ema takes the plain weights, whose numbers have columns of their own", async () => {
    const ended = await run("validate", "photos", "--checkpoint", "runs/run/last.safetensors", "--no-ema");
    expect(result(ended)).toMatchObject({ top1: summary.at(-1)?.["model_top1"] });
    const ofRun = await run("validate", "photos", "--checkpoint", "runs/run", "--no-ema");
    expect(ofRun.stderr).toContain("(runs/run/model_best.resume.safetensors)");
    const epoch = summary.indexOf(best() ?? {});
    expect(result(ofRun)).toMatchObject({ top1: summary[epoch]?.["model_top1"] });
  });

  test("a folder of checkpoints is a table, the best one first", async () => {
    await mkdir(join(root, "many"));
    for (const epoch of [0, 1, 2]) {
      const name = `checkpoint-${epoch}`;
      await copyFile(join(root, `runs/run/${name}.safetensors`), join(root, `many/${name}.safetensors`));
      await copyFile(
        join(root, `runs/run/${name}.ema.safetensors`),
        join(root, `many/${name}.ema.safetensors`),
      );
    }
    const ended = await run("validate", "photos", "--checkpoint", "many", "--results-file", "results.csv");
    const rows = result(ended) as { top1: number; checkpoint: string }[];
    const byFile = Object.fromEntries(rows.map(({ checkpoint, top1 }) => [checkpoint, top1]));
    expect(byFile).toEqual(
      Object.fromEntries(summary.map((row, i) => [`many/checkpoint-${i}.safetensors`, row["eval_top1"]])),
    );
    expect(rows.map(({ top1 }) => top1)).toEqual(Object.values(byFile).toSorted((a, b) => b - a));
    const [header, ...lines] = await table("results.csv");
    expect(header?.at(-1)).toBe("checkpoint");
    expect(lines.map((cells) => cells.at(-1))).toEqual(rows.map(({ checkpoint }) => checkpoint));
  });

  test("of several, a damaged one is passed over; a folder that is not there is made", async () => {
    await mkdir(join(root, "half"));
    await copyFile(join(root, "runs/run/checkpoint-1.safetensors"), join(root, "half/a.safetensors"));
    await writeFile(join(root, "half/b.safetensors"), "half");
    const files = ["--results-file", "made/by/results.csv"];
    const ended = await run("validate", "photos", "--checkpoint", "half", ...files);
    expect(result(ended)).toMatchObject([{ checkpoint: "half/a.safetensors" }]);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(
      'WARNING: validate: --checkpoint must be a trained model, got "half/b.safetensors"',
    );
    expect(await table("made/by/results.csv")).toHaveLength(2);
    await rm(join(root, "half/a.safetensors"));
    const none = await run("validate", "photos", "--checkpoint", "half");
    expect([none.code, none.stdout]).toEqual([1, ""]);
  });

  test("a file exported at another size validates at that size", async () => {
    const ended = await run(
      "export",
      "--checkpoint",
      "runs/run",
      "-o",
      "big.onnx",
      "--img-size",
      "48",
      "-b",
      "4",
    );
    expect([ended.code, ended.stdout]).toEqual([0, ""]);
    expect(ended.stderr).toMatch(
      /^Checked with \w+ on 4 random images: largest difference to the model \d\.\de-\d+$/m,
    );
    const big = result(await run("validate", "photos", "--checkpoint", "big.onnx"));
    const same = ["--checkpoint", "runs/run", "--img-size", "48"];
    expect(big).toEqual(result(await run("validate", "photos", ...same)));
  });

  test("the export of a run's best is its model.onnx, from either file", async () => {
    for (const file of ["runs/run", "runs/run/model.onnx"]) {
      expect((await run("export", "--checkpoint", file, "-o", "same.onnx")).code).toBe(0);
      const [written, ofRun] = await Promise.all(
        ["same.onnx", "runs/run/model.onnx"].map((name) => readFile(join(root, name))),
      );
      expect(ofRun?.equals(written ?? new Uint8Array())).toBe(true);
    }
  });
});

test("weights of any origin need the name of their model", async () => {
  const { state } = createModel("test_resnet", { numClasses: 4, seed: 3 });
  const tensors = new Map(
    state.map(({ name, shape, data }) => [
      name,
      data instanceof Float32Array
        ? { dtype: "F32" as const, shape, data }
        : { dtype: "I64" as const, shape, data },
    ]),
  );
  const { writeFile } = await import("node:fs/promises");
  await writeFile(join(root, "plain.safetensors"), encodeSafetensors(tensors));
  const words = ["validate", "photos", "--checkpoint", "plain.safetensors"];
  expect((await run(...words)).stderr).toMatch(
    /^tsimm: validate: --checkpoint must be a trained model, got "plain.safetensors" \(.*--model/m,
  );
  const named = ["--model", "test_resnet", "--num-classes", "4", "--img-size", "32", "-b", "6"];
  expect(result(await run(...words, ...named))).toMatchObject({ model: "test_resnet", img_size: 32 });
});

describe("other tasks", () => {
  beforeAll(() => labelledTables(root));

  test("of several labels: their metrics, and scores of each label", async () => {
    await train("labels.csv", "--task", "multi-label", "--experiment", "labels", "--epochs", "1");
    const words = ["--checkpoint", "runs/labels", "--metrics-avg", "micro", "-o", "labels"];
    const row = result(await run("validate", "labels.csv", ...words));
    const [header = [], cells = []] = await table("runs/labels/summary.csv");
    const of = (name: string) => Number(cells[header.indexOf(`eval_${name}`)]);
    expect(row).toMatchObject({
      loss: of("loss"),
      map: of("map"),
      f1: of("f1"),
      micro_recall: expect.any(Number),
    });
    expect((await table("labels/per-class.csv"))[0]).toEqual([
      "name",
      "images",
      "ap",
      "predicted",
      "precision",
      "recall",
      "f1",
    ]);
  });

  test("of numbers: their metrics, and no scores", async () => {
    await train("numbers.csv", "--task", "regression", "--experiment", "numbers", "--epochs", "1");
    const row = result(await run("validate", "--checkpoint", "runs/numbers"));
    const [header = [], cells = []] = await table("runs/numbers/summary.csv");
    expect(row).toMatchObject({ mae: Number(cells[header.indexOf("eval_mae")]) });
    for (const [flag, value] of [
      ["--metrics-avg", "macro"],
      ["--confusion", "x.csv"],
    ] as const) {
      const refused = await run("validate", "--checkpoint", "runs/numbers", flag, value);
      expect([refused.code, refused.stderr]).toEqual([
        2,
        expect.stringContaining(`${flag} must be absent for the task regression`),
      ]);
      expect(refused.stderr).not.toContain("Test:");
    }
  });
});

describe("refuses", () => {
  test("images of other classes, with both lists", async () => {
    await cp(join(root, "photos"), join(root, "others"), { recursive: true });
    await rename(join(root, "others/val/red"), join(root, "others/val/pink"));
    await rename(join(root, "others/train/red"), join(root, "others/train/pink"));
    const ended = await run("validate", "others", "--checkpoint", "runs/run");
    expect([ended.code, ended.stdout]).toEqual([2, ""]);
    expect(ended.stderr).toContain(
      "validate: the data must have the checkpoint's classes [blue, green, red, white], got [blue, green, pink, white]",
    );
  });

  test("no class, where only the validation images lack it", async () => {
    await rename(join(root, "others/train/pink"), join(root, "others/train/red"));
    await rm(join(root, "others/val/pink"), { recursive: true });
    expect(result(await run("validate", "others", "--checkpoint", "runs/run"))).toMatchObject({ top5: 100 });
  });

  test("an unknown flag, as other commands do", async () => {
    const ended = await run("validate", "photos", "--checkpoint", "runs/run", "--spilt", "x");
    expect([ended.code, ended.stderr]).toEqual([
      2,
      "tsimm: unknown option '--spilt'\n(Did you mean --split?)\n",
    ]);
  });
});
