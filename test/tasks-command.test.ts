/** Every task on the command line: it learns, says what it does, and goes on to the byte. */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Ended, tsimm } from "./command-line.fixture.ts";
import { labelledTables } from "./labelled-tables.fixture.ts";
import { safetensorsEntry } from "./safetensors-entry.fixture.ts";

// Each test runs the command line up to four times.
vi.setConfig({ testTimeout: 180_000 });

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-tasks-"));
  await labelledTables(root);
});
afterAll(() => rm(root, { recursive: true }));

const SMALL = ["--model", "test_resnet", "--img-size", "32", "-b", "8", "-j", "1", "--threads", "1"];
const SHORT = [...SMALL, "--warmup-epochs", "0", "--opt", "adamw", "--lr", "0.003", "--log-interval", "1"];

/** Words of a run; its folder is `out/run` below a working folder of its own, so that two runs can be equal. */
const words = (table: string, ...flags: string[]) => [
  ...["train", join(root, table), ...SHORT, "--output", "out", "--experiment", "run", ...flags],
];

async function workingFolder(name: string): Promise<string> {
  const cwd = join(root, name);
  await mkdir(cwd);
  return cwd;
}

async function run(name: string, table: string, ...flags: string[]): Promise<Ended> {
  return await tsimm(words(table, ...flags), { cwd: await workingFolder(name) });
}

const out = (name: string, file: string) => join(root, name, "out", "run", file);
const text = (name: string, file: string) => readFile(out(name, file), "utf8");

async function contents(name: string): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const file of (await readdir(out(name, ""))).sort()) {
    hashes[file] = createHash("sha256")
      .update(await readFile(out(name, file)))
      .digest("hex");
  }
  return hashes;
}

/** Columns of `summary.csv`, by name. */
async function summary(name: string): Promise<Record<string, number[]>> {
  const [header = "", ...rows] = (await text(name, "summary.csv")).trimEnd().split("\r\n");
  const cells = rows.map((row) => row.split(",").map(Number));
  return Object.fromEntries(
    header.split(",").map((column, at) => [column, cells.map((row) => row[at] ?? Number.NaN)]),
  );
}

/** Values of a column; an error if there is no such column. */
function column(columns: Record<string, number[]>, name: string): number[] {
  const values = columns[name];
  if (values === undefined) throw new Error(`there is no column ${name}`);
  return values;
}

/** Lines of a log from the first that matches, as many as asked for. */
function linesFrom(log: string, first: RegExp, count: number): string[] {
  const lines = log.split("\n");
  const at = lines.findIndex((line) => first.test(line));
  return at < 0 ? [] : lines.slice(at, at + count);
}

const CASES = {
  "classification by binary cross-entropy": {
    table: "classes.csv",
    flags: [
      ...["--bce-loss", "--bce-sum", "--bce-target-thresh", "0.2", "--bce-pos-weight", "2"],
      ...["--class-weights", "balanced", "--mixup", "0.2"],
    ],
  },
  "classification with balanced sampling": {
    table: "classes.csv",
    flags: ["--balanced-sampling", "--class-weights", "white=3.5", "red=1.5", "--smoothing", "0.2"],
  },
  "multi-label": {
    table: "labels.csv",
    flags: [
      ...["--task", "multi-label", "--class-weights", "balanced", "--bce-sum", "--mixup", "0.2"],
      ...["--cutmix", "1", "--model-ema", "--model-ema-decay", "0.9", "--balanced-sampling"],
    ],
  },
  regression: {
    table: "numbers.csv",
    flags: [
      ...["--task", "regression", "--regression-loss", "huber", "--huber-delta", "0.5"],
      ...["--mixup", "0.3", "--cutmix", "1", "--sched", "plateau", "--patience-epochs", "0"],
    ],
  },
} as const;

describe.each(Object.entries(CASES))("%s", (name, { table, flags }) => {
  const at = (what: string) => `${name.replaceAll(" ", "-")}-${what}`;

  test("stopped in mid-epoch and resumed, it ends with the bytes of a run never stopped", async () => {
    expect(await run(at("whole"), table, ...flags, "--epochs", "3")).toMatchObject({ code: 0 });
    const cwd = await workingFolder(at("stopped"));
    let asked = false;
    const stopped = await tsimm(words(table, ...flags, "--epochs", "3"), {
      cwd,
      watch(stderr, kill) {
        if (asked || !stderr.includes("Train: 1 [   2/6")) return;
        asked = true;
        kill("SIGINT");
      },
    });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toMatch(/^Recovery checkpoint: recovery-1-\d+$/m);
    const resumed = await tsimm(["train", "--resume", "out/run"], { cwd });
    expect(resumed.code).toBe(0);
    expect(await contents(at("stopped"))).toEqual(await contents(at("whole")));
  });

  test("its args.yaml repeats it to the last byte", async () => {
    const cwd = await workingFolder(at("repeated"));
    const words = ["-c", out(at("whole"), "args.yaml"), "--output", "out", "--experiment", "run"];
    const repeated = await tsimm(["train", ...words], { cwd });
    expect(repeated.code).toBe(0);
    expect(await contents(at("repeated"))).toEqual(await contents(at("whole")));
  });
});

test("a regression that is killed at any moment ends with the bytes of one never killed", async () => {
  const cwd = await workingFolder("killed");
  const { table, flags } = CASES.regression;
  for (const killAfter of [600 + 1200 * Math.random(), 600 + 1200 * Math.random()]) {
    const begun = await readdir(join(cwd, "out", "run")).catch((): string[] => []);
    const resume = ["train", "--resume", "out/run", "--log-interval", "1"];
    const isBegun = begun.includes("args.yaml");
    await tsimm(isBegun ? resume : words(table, ...flags, "--epochs", "3"), { cwd, killAfter });
  }
  const begun = await readdir(join(cwd, "out", "run")).catch((): string[] => []);
  const last = begun.includes("args.yaml")
    ? ["train", "--resume", "out/run"]
    : words(table, ...flags, "--epochs", "3");
  expect(await tsimm(last, { cwd })).toMatchObject({ code: 0 });
  expect(await run("never-killed", table, ...flags, "--epochs", "3")).toMatchObject({ code: 0 });
  expect(await contents("killed")).toEqual(await contents("never-killed"));
});

describe("what a run says and leaves", () => {
  test("multi-label: mean average precision of over 90 % within seconds, and of each label", async () => {
    const flags = ["--task", "multi-label", "--epochs", "4", "--no-aug", "--eval-metric", "f1"];
    const { stderr, stdout, code } = await run("labels", "labels.csv", ...flags);
    expect(code).toBe(0);
    expect(linesFrom(stderr, /^Data: /, 4)).toEqual([
      "Data: 48 training images, 16 validation images, 3 labels",
      "\t0: blue (24)",
      "\t1: green (24)",
      "\t2: red (24)",
    ]);
    expect(stderr).not.toContain("WARNING");
    expect(stderr).toMatch(/^Epoch 3 \(4\/4\): loss 0\.\d+, validation loss 0\.\d+, mAP \d+\.\d\d %, lr /m);

    const columns = await summary("labels");
    expect(Object.keys(columns)).toEqual([
      ...["epoch", "train_loss", "eval_loss", "eval_map", "eval_f1", "lr"],
    ]);
    expect(Math.max(...column(columns, "eval_map"))).toBeGreaterThan(90);
    const f1 = column(columns, "eval_f1");
    const best = f1.indexOf(Math.max(...f1));
    expect(stderr).toContain(`*** Best metric: ${f1[best]} (epoch ${best})\n`);
    const list = linesFrom(stderr, /^Average precision of each label/, 4);
    expect(list[0]).toBe(`Average precision of each label (epoch ${best}):`);
    expect(list.slice(1).map((line) => line.replace(/[\d.]+ % /, "n % "))).toEqual([
      "\tblue   n % (8 images)",
      "\tgreen  n % (8 images)",
      "\tred    n % (8 images)",
    ]);
    const result = JSON.parse(stdout.slice("--result\n".length));
    expect(Object.keys(result.at(-1).validation)).toEqual(["loss", "map", "f1"]);
    expect(result.at(-1)).toMatchObject({ epoch: best, validation: { f1: f1[best] } });
    const curves = await text("labels", "curves.svg");
    for (const word of ["mAP, F1 (%)", ">mAP</text>", ">F1</text>"]) expect(curves).toContain(word);
  });

  test("regression: a small error in the unit of the table, and of each output", async () => {
    const flags = ["--task", "regression", "--epochs", "10", "--no-aug", "--regression-loss", "l1"];
    const { stderr, code } = await run("numbers", "numbers.csv", ...flags);
    expect(code).toBe(0);
    expect(linesFrom(stderr, /^Data: /, 3)).toEqual([
      "Data: 48 training images, 16 validation images, 2 outputs",
      "\t0: brightness",
      "\t1: warmth",
    ]);
    expect(stderr).not.toContain("WARNING");
    expect(stderr).toMatch(
      /^Test: \[ {3}1\/1\] {2}Time: .* {2}Loss: .* {2}MAE: +\d+\.\d{3} \( *\d+\.\d{3}\)$/m,
    );

    const columns = await summary("numbers");
    expect(Object.keys(columns)).toEqual([
      ...["epoch", "train_loss", "eval_loss", "eval_mae", "eval_r2", "lr"],
    ]);
    // Brightness goes from 40 to 200, warmth from -1 to 1: guessing their means gives 20.
    const mae = column(columns, "eval_mae");
    const best = mae.indexOf(Math.min(...mae));
    expect(mae[best]).toBeLessThan(8);
    expect(column(columns, "eval_r2")[best]).toBeGreaterThan(0.8);
    expect(stderr).toContain(`*** Best metric: ${mae[best]} (epoch ${best})\n`);
    const list = linesFrom(stderr, /^MAE of each output/, 3);
    expect(list[0]).toBe(`MAE of each output (epoch ${best}):`);
    expect(list.slice(1).map((line) => line.replace(/ [\d.]+ \(/, " n ("))).toEqual([
      "\tbrightness  n (16 images)",
      "\twarmth      n (16 images)",
    ]);
    expect(await text("numbers", "curves.svg")).toContain("mean absolute error");
    const head = await text("numbers", "classes.txt");
    expect(head).toBe("brightness\nwarmth\n");
  });

  test("classification: counts, a warning of uneven classes, and the accuracy of each", async () => {
    const { stderr, code } = await run("uneven", "uneven.csv", "--epochs", "1");
    expect(code).toBe(0);
    expect(linesFrom(stderr, /^Data: /, 3)).toEqual([
      "Data: 48 training images, 16 validation images, 2 classes",
      "\t0: dark (46)",
      "\t1: white (2)",
    ]);
    expect(stderr).toContain(
      'WARNING: Class "dark" has 46 images, "white" 2: the model will favour the former; --balanced-sampling or --class-weights balanced helps\n',
    );
    const list = linesFrom(stderr, /^Accuracy of each class/, 3);
    expect(list.map((line) => line.replace(/[\d.]+ % /, "n % "))).toEqual([
      "Accuracy of each class (epoch 0):",
      "\tdark   n % (15 images)",
      "\twhite  n % (1 image)",
    ]);
  });

  test.each(["--balanced-sampling", "--class-weights=white=9"])(
    "%s: nothing is said of uneven classes",
    async (flag) => {
      const { stderr, code } = await run(`even${flag}`, "uneven.csv", "--epochs", "1", flag);
      expect(code).toBe(0);
      expect(stderr).not.toContain("WARNING");
    },
  );
});

describe("epochs are ranked, and plateau steps, by --eval-metric in its own direction", () => {
  test.each<[table: string, task: string, metric: string, better: "lower" | "higher"]>([
    ["numbers.csv", "regression", "mae", "lower"],
    ["numbers.csv", "regression", "r2", "higher"],
    ["labels.csv", "multi-label", "f1", "higher"],
    ["labels.csv", "multi-label", "loss", "lower"],
  ])("%s --task %s --eval-metric %s", async (table, task, metric, better) => {
    const name = `ranked-${task}-${metric}`;
    const plateau = ["--sched", "plateau", "--patience-epochs", "0", "--decay-rate", "0.5"];
    const flags = ["--task", task, "--eval-metric", metric, "--epochs", "5", "--lr", "0.02"];
    const { stderr, code } = await run(name, table, ...flags, ...plateau);
    expect(code).toBe(0);
    const columns = await summary(name);
    const values = column(columns, `eval_${metric}`);
    const sign = better === "lower" ? -1 : 1;
    // Later than the best by what plateau asks for: a share of 1e-4 of it.
    let best = values[0] ?? Number.NaN;
    let [rate, bestEpoch, bestOfAll] = [0.02, 0, best];
    const rates = [rate];
    for (const [epoch, value] of values.entries()) {
      if (epoch > 0 && sign * (value - bestOfAll) > 0) [bestEpoch, bestOfAll] = [epoch, value];
      const factor = better === "lower" ? 1 - 1e-4 : 1 + 1e-4;
      const isBetter = epoch === 0 || sign * (value - best * factor) > 0;
      if (isBetter) best = value;
      else rate *= 0.5;
      rates.push(rate);
    }
    expect(column(columns, "lr")).toEqual(rates.slice(0, -1));
    expect(stderr).toContain(`*** Best metric: ${bestOfAll} (epoch ${bestEpoch})\n`);
    expect(await safetensorsEntry(out(name, "model_best.safetensors"))).toMatchObject({
      epoch: bestEpoch,
      metric: { [metric]: bestOfAll },
      task: { name: task },
    });
  });
});
