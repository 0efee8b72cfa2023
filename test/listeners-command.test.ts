/** What listeners write, across stops, kills, resumes and full disks; early stopping; listeners of one's own. */
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Listener, type TrainingEvent, train as trainRun } from "tsimm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { decodeEvents } from "../packages/tsimm/src/listeners/tensorboard/read-events.fixture.ts";
import { colourFolder, type RunOptions, tsimm } from "./command-line.fixture.ts";

// Each test runs the command line up to four times.
vi.setConfig({ testTimeout: 180_000 });

let root = "";
const out = (...names: string[]) => join(root, "out", ...names);
const LISTENERS = ["--metrics-jsonl", "--tensorboard"];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-listeners-"));
  await colourFolder(join(root, "photos"), { train: 10, val: 2 });
  const { code, stderr } = await train("whole", ["--epochs", "3", ...LISTENERS]);
  if (code !== 0) throw new Error(stderr);
}, 120_000);
afterAll(() => rm(root, { recursive: true }));

// 8 updates in an epoch.
const SMALL = ["--model", "test_resnet", "--img-size", "32", "-b", "5", "--warmup-epochs", "0", "-j", "1"];
const train = (name: string, words: readonly string[], options: Partial<RunOptions> = {}) =>
  tsimm(
    [
      ...["train", "photos", ...SMALL, "--threads", "1", "--log-interval", "1"],
      ...["--output", "out", "--experiment", name, ...words],
    ],
    { cwd: root, ...options },
  );
const resume = (words: readonly string[], options: Partial<RunOptions> = {}) =>
  tsimm(["train", "--resume", ...words], { cwd: root, ...options });

/** Sends a signal once a text is in the log. */
function at(text: string, signal: NodeJS.Signals): Partial<RunOptions> {
  let done = false;
  return {
    watch(stderr, kill) {
      if (done || !stderr.includes(text)) return;
      done = true;
      kill(signal);
    },
  };
}

/** Lines of `metrics.jsonl` without the time. */
async function metricsOf(name: string): Promise<Record<string, unknown>[]> {
  const lines = (await readFile(out(name, "metrics.jsonl"), "utf8")).trimEnd().split("\n");
  return lines.map((line) => {
    const { seconds, ...row } = JSON.parse(line);
    expect(seconds === null || seconds > 0).toBe(true);
    return row;
  });
}

const isEventFile = (name: string) => name.startsWith("events.out.tfevents.");

/** Points of each curve as TensorBoard shows them: a session drops what earlier ones have from its first step on. */
async function curvesOf(name: string): Promise<Record<string, [step: number, value: number][]>> {
  const files = (await readdir(out(name))).filter(isEventFile).sort();
  let points: [step: number, tag: string, value: number][] = [];
  for (const file of files) {
    for (const [step, what, value] of decodeEvents(await readFile(out(name, file)))) {
      if (value !== undefined) points.push([step, what, value]);
      else if (what.startsWith("start")) points = points.filter(([before]) => before < step);
    }
  }
  const curves: Record<string, [number, number][]> = {};
  for (const [step, tag, value] of points) curves[tag] = [...(curves[tag] ?? []), [step, value]];
  return curves;
}

/** Everything in a folder that does not tell the time. */
async function contents(name: string): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const file of (await readdir(out(name))).sort()) {
    if (file === "metrics.jsonl" || isEventFile(file) || file === "args.yaml") continue;
    // The name of the run is in its states.
    if (file.endsWith(".resume.safetensors")) continue;
    hashes[file] = createHash("sha256")
      .update(await readFile(out(name, file)))
      .digest("hex");
  }
  return hashes;
}

async function expectAsWhole(name: string, fromStep = 0): Promise<void> {
  expect(await contents(name)).toEqual(await contents("whole"));
  expect(await metricsOf(name)).toEqual(await metricsOf("whole"));
  const whole = Object.entries(await curvesOf("whole")).map(([tag, points]) => {
    return [tag, points.filter(([step]) => step >= fromStep)];
  });
  expect(await curvesOf(name)).toEqual(Object.fromEntries(whole));
}

describe("metrics.jsonl and the event file", () => {
  test("have the numbers of summary.csv", async () => {
    const [header = "", ...rows] = (await readFile(out("whole", "summary.csv"), "utf8"))
      .trimEnd()
      .split("\r\n");
    const names = header.split(",");
    const summary = rows.map((row) =>
      Object.fromEntries(row.split(",").map((cell, column) => [names[column], Number(cell)])),
    );
    const metrics = await metricsOf("whole");
    expect(metrics).toEqual(summary.map((row, epoch) => ({ ...row, update: 8 * (epoch + 1) })));
    const curves = await curvesOf("whole");
    expect(Object.keys(curves).sort()).toEqual([
      ...["epoch/train_loss", "eval/loss", "eval/top1", "eval/top5"],
      ...["train/grad_norm", "train/loss", "train/lr"],
    ]);
    expect(curves["train/loss"]?.map(([step]) => step)).toEqual([10, 20]);
    const top1 = summary.map((row, epoch) => [8 * (epoch + 1), Math.fround(row["eval_top1"] ?? 0)]);
    expect(curves["eval/top1"]).toEqual(top1);
  });

  test("are told to the user", async () => {
    const { stderr } = await resume(["out/whole"]);
    expect(stderr).toMatch(/^ {2}metrics\.jsonl +the same as a line of JSON for each epoch$/m);
    expect(stderr).toMatch(/^ {2}events\.out\.tfevents\.\S+ +curves for tensorboard --logdir$/m);
    expect((await readdir(out("whole"))).filter(isEventFile)).toHaveLength(1);
  });

  test("go on after Ctrl-C and after a kill, as if the run had never been stopped", async () => {
    const stopped = await train("stopped", ["--epochs", "3", ...LISTENERS], at("Train: 1 [   4/8", "SIGINT"));
    expect(stopped.code).toBe(130);
    expect((await metricsOf("stopped")).length).toBe(1);
    const killed = await resume(["out/stopped", "--log-interval", "1"], at("Train: 2 [   4/8", "SIGKILL"));
    expect(killed.signal).toBe("SIGKILL");
    expect(await resume(["out/stopped"])).toMatchObject({ code: 0 });
    await expectAsWhole("stopped");
  });

  test("miss no epoch of which the checkpoint was written when the process was killed", async () => {
    const words = ["--epochs", "3", ...LISTENERS];
    const killed = await train("cut", words, at("Current checkpoints:", "SIGKILL"));
    expect(killed.signal).toBe("SIGKILL");
    expect(await resume(["out/cut"])).toMatchObject({ code: 0 });
    await expectAsWhole("cut");
  });

  test.each([
    ["an older checkpoint", ["out/older/checkpoint-0.resume.safetensors"]],
    ["--start-epoch", ["out/older", "--start-epoch", "1"]],
  ])("lose the later points where the run goes back: %s", async (_, words) => {
    await rm(out("older"), { recursive: true, force: true });
    await cp(out("whole"), out("older"), { recursive: true });
    const stopped = await resume([...words, "--log-interval", "1"], at("Train: 1 [   4/8", "SIGINT"));
    expect(stopped.code).toBe(130);
    expect((await metricsOf("older")).map(({ epoch }) => epoch)).toEqual([0]);
    expect((await curvesOf("older"))["eval/loss"]?.map(([step]) => step)).toEqual([8]);
    expect(await resume(["out/older"])).toMatchObject({ code: 0 });
    expect((await metricsOf("older")).map(({ epoch }) => epoch)).toEqual([0, 1, 2]);
    expect((await curvesOf("older"))["eval/loss"]?.map(([step]) => step)).toEqual([8, 16, 24]);
  });

  test("of an earlier run are gone after --overwrite", async () => {
    await cp(out("whole"), out("over"), { recursive: true });
    expect(await train("over", ["--epochs", "1", "--overwrite"])).toMatchObject({ code: 0 });
    const left = await readdir(out("over"));
    expect(left.filter((name) => name === "metrics.jsonl" || isEventFile(name))).toEqual([]);
    expect(await train("over", ["--epochs", "1", "--overwrite", ...LISTENERS])).toMatchObject({ code: 0 });
    expect((await metricsOf("over")).map(({ epoch }) => epoch)).toEqual([0]);
    expect((await readdir(out("over"))).filter(isEventFile)).toHaveLength(1);
  });

  test("of somebody else stay in a folder that holds no run", async () => {
    await mkdir(out("shared"));
    await writeFile(out("shared", "events.out.tfevents.1.host.1.0"), "");
    expect(await train("shared", ["--epochs", "1"])).toMatchObject({ code: 0 });
    expect(await readdir(out("shared"))).toContain("events.out.tfevents.1.host.1.0");
  });

  test("are not made by a run that is stopped before its first update", async () => {
    const ended = await train("early", ["--epochs", "9", ...LISTENERS], at("Data: ", "SIGINT"));
    expect(ended.code).toBe(130);
    expect(ended.stderr).not.toContain("Wrote");
    expect(await readdir(out())).not.toContain("early");
  });

  test.each([
    ["metrics.jsonl", 1],
    ["metrics.jsonl", 2],
    ["events.out.tfevents", 1],
    ["summary.csv", 1],
    ["curves.svg", 1],
  ])("a disk that is full for %s at its change %i: the run is told so, and goes on", async (file, change) => {
    const name = `full-${file}-${change}`;
    const preload = new URL("./kill-at.mjs", import.meta.url).href;
    const env = {
      ...{ NODE_OPTIONS: `--import ${preload}`, FAIL_CODE: "ENOSPC", KILL_AT: String(change) },
      ...{ KILL_FOLDER: out(name), KILL_NAME: file },
    };
    const ended = await train(name, ["--epochs", "3", ...LISTENERS], { env });
    expect(ended.stderr).toMatch(
      /^tsimm: train: cannot write ".*" \(ENOSPC: injected\); the last checkpoint \((last|recovery-\d-\d+), epoch \d\) is whole: make room, then go on with --resume ".*"$/m,
    );
    expect(ended.stderr).toContain(file);
    expect(ended.code).toBe(1);
    expect(await resume([`out/${name}`])).toMatchObject({ code: 0 });
    // The points of the epoch whose file could not be made are lost.
    await expectAsWhole(name, file.startsWith("events") ? 9 : 0);
  });
});

describe("--early-stop-epochs", () => {
  // Nothing improves on the first epoch, but for chance.
  const still = ["--lr", "1e-12", "--eval-metric", "top5"];

  test("ends the run as finished, says why, and a resumed run knows it", async () => {
    const ended = await train("patient", ["--epochs", "9", "--early-stop-epochs", "2", ...still]);
    expect(ended.code).toBe(0);
    const why = "Ended early: top5 has not improved for 2 epochs, its best is 100 of epoch 0\n";
    expect(ended.stderr).toContain(why);
    expect(ended.stderr).toContain("*** Best metric: 100 (epoch 0)\n");
    const files = await readdir(out("patient"));
    expect(files).toEqual(expect.arrayContaining(["model.onnx", "curves.svg"]));
    expect(files.filter((name) => name.startsWith("recovery-"))).toEqual([]);
    const before = await contents("patient");

    const again = await resume(["out/patient"]);
    expect(again.code).toBe(0);
    expect(again.stderr).toContain(why);
    expect(again.stderr).not.toContain("Train: ");
    expect(await contents("patient")).toEqual(before);

    const longer = await resume(["out/patient", "--early-stop-epochs", "3"]);
    expect(longer.code).toBe(0);
    expect(longer.stderr).toContain("Resume: early_stop_epochs 2 -> 3 (command line)\n");
    expect(longer.stderr).toMatch(/^Ended early: top5 has not improved for 3 epochs, /m);
    const rows = (await readFile(out("patient", "summary.csv"), "utf8")).trimEnd().split("\r\n");
    expect(rows).toHaveLength(5);
  });

  test("with --val-interval counts validations, and a stop between them is a whole end", async () => {
    const flags = ["--epochs", "9", "--early-stop-epochs", "1", "--val-interval", "2"];
    const ended = await train("interval", [...flags, ...still]);
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain(
      "Ended early: top5 has not improved for 1 epoch, its best is 100 of epoch 1\n",
    );
    expect(await readdir(out("interval"))).toContain("model.onnx");
  });
});

describe("a listener of one's own", () => {
  const given = (experiment: string) => ({
    ...{ dataDir: join(root, "photos"), model: "test_resnet", imgSize: 32, batchSize: 5, epochs: 3 },
    ...{ warmupEpochs: 0, workers: 0, threads: 1, output: out(), experiment },
  });
  const failure = {
    ...{ name: "ListenerError", listener: "my logger" },
    message: 'train: listener "my logger" failed: no route to host',
  };
  const failing = (when: (event: TrainingEvent) => boolean): Listener => ({
    name: "my logger",
    on(event) {
      if (when(event)) throw new Error("no route to host");
    },
  });

  test.each<[name: string, when: (event: TrainingEvent) => boolean, state: RegExp]>([
    ["update", (event) => event.type === "updateDone" && event.update === 11, /^recovery-1-11$/],
    ["batch", (event) => event.type === "batchEvaluated" && event.epoch === 1, /^recovery-1-16$/],
    ["checkpoint", (event) => event.type === "checkpointDue" && event.epoch === 1, /^checkpoint-1$/],
    ["epoch", (event) => event.type === "epochDone" && event.epoch === 1, /^checkpoint-1$/],
    ["end", (event) => event.type === "runEnded", /^checkpoint-2$/],
  ])("that throws at its %s ends the run with its name, and nothing is lost", async (name, when, state) => {
    const listeners = [failing(when)];
    const experiment = `throws-${name}`;
    await expect(trainRun(given(experiment), { listeners })).rejects.toMatchObject(failure);
    const roles = (await readdir(out(experiment))).flatMap((file) =>
      file.endsWith(".resume.safetensors") ? [file.slice(0, -".resume.safetensors".length)] : [],
    );
    expect(roles).toContainEqual(expect.stringMatching(state));
    const { interrupted } = await trainRun({ resume: out(experiment), workers: 0 });
    expect(interrupted).toBe(false);
    expect(await contents(experiment)).toEqual(await contents("whole"));
  });

  test("that throws at the start ends the run before anything is trained", async () => {
    const listeners = [failing((event) => event.type === "runStarted")];
    await expect(trainRun(given("throws-start"), { listeners })).rejects.toMatchObject(failure);
    expect(await trainRun({ resume: out("throws-start"), workers: 0 })).toMatchObject({ interrupted: false });
    expect(await contents("throws-start")).toEqual(await contents("whole"));
  });

  test("hears of everything, and may end the run", async () => {
    const heard: string[] = [];
    const listener: Listener = {
      name: "watcher",
      on(event, run) {
        heard.push(event.type);
        if (event.type === "epochDone" && event.epoch === 1) run.stop("two epochs will do");
      },
    };
    const { interrupted, epochs } = await trainRun(given("watched"), { listeners: [listener] });
    expect(interrupted).toBe(false);
    expect(epochs).toHaveLength(2);
    expect(new Set(heard)).toEqual(
      new Set([
        ...["message", "runStarted", "updateDone", "batchEvaluated", "evaluationDone", "checkpointDue"],
        ...["checkpointSaved", "epochDone", "runEnded"],
      ]),
    );
    expect(heard.filter((type) => type === "updateDone")).toHaveLength(16);
    expect(await readdir(out("watched"))).toContain("model.onnx");
  });
});
