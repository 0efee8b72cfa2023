/** `tsimm handoff`, and what `schedule -c` shows of a run, on one short run. */
import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { handOff } from "../packages/tsimm/src/recipe/handoff/handoff.ts";
import type { HandoffOptions } from "../packages/tsimm/src/recipe/handoff/plan-handoff.ts";
import { colourFolder, type Ended, tsimm } from "./command-line.fixture.ts";

let root = "";
let trained: Ended;
const at = (...names: string[]) => join(root, ...names);
const handoff = (...words: string[]) => tsimm(["handoff", ...words], { cwd: root });

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-handoff-"));
  await colourFolder(at("my photos"), { train: 4, val: 2 });
  const words = ["--model", "test_resnet", "--img-size", "32", "-b", "8", "-j", "1", "--epochs", "2"];
  const place = ["--output", "runs", "--experiment", "one", "--no-report", "--no-tune"];
  trained = await tsimm(["train", "my photos", ...words, ...place, "--warmup-epochs", "0"], { cwd: root });
});
afterAll(() => rm(root, { recursive: true }));

const command = (launcher: string, ...flags: string[]) =>
  [
    `${launcher} train.py`,
    `--config ${at("runs", "one", "handoff", "args.yaml")}`,
    `--resume ${at("runs", "one", "handoff", "last.pth.tar")}`,
    `--data-dir '${at("my photos")}'`,
    ...flags,
  ].join(" \\\n  ");

test("a run ends with the command that hands it over", () => {
  expect(trained.code).toBe(0);
  expect(trained.stderr).toMatch(
    /^Go on under timm, on more GPUs or machines: npx tsimm handoff runs\/one\n$/m,
  );
});

test("prints the command, writes timm's files, and says what to know", async () => {
  const ended = await handoff("runs/one");
  expect(ended.stdout).toBe(
    `${command("python3", "-b 8", "--lr 0.003125", "--epochs 4", "--num-classes 4")}\n`,
  );
  expect(ended.stderr).toBe(`WARNING: the run is over: --epochs 4 lets timm go on, to 4 epochs in all
WARNING: cosine over 4 epochs is another curve: epoch 2 begins with the rate 0.00156, epoch 1 began with 0.00156
Wrote runs/one/handoff/last.pth.tar and args.yaml: 2 of 4 epochs are done
Run this on a machine with a GPU (it needs timm's train.py and PyTorch 2 or newer); --gpus 0 is for one without, --gpus N and --nodes N for several:
timm writes to output/train/FOLDER there. Watch it: npx tsimm watch output/train/FOLDER
Back to tsimm: npx tsimm train --resume output/train/FOLDER/last.pth.tar
`);
  expect(ended.code).toBe(0);
  expect((await readdir(at("runs", "one", "handoff"))).sort()).toEqual(["args.yaml", "last.pth.tar"]);
  const args = parse(await readFile(at("runs", "one", "handoff", "args.yaml"), "utf8"), { version: "1.1" });
  expect(args).toMatchObject({
    ...{ model: "test_resnet", num_classes: 4, data_dir: at("my photos"), lr: 0.003125, epochs: 4 },
    ...{ input_size: [3, 32, 32], sched: "cosine", batch_size: 8, initial_checkpoint: "", model_kwargs: {} },
    tsimm: { version: 1, classNames: ["blue", "green", "red", "white"], epoch: 1 },
  });
  for (const key of ["experiment", "output", "resume", "written_to", "class_map"]) {
    expect(args[key] || null).toBeNull();
  }
});

test("several processes and machines divide the batch", async () => {
  const one = await handoff("runs/one", "--gpus", "4", "--epochs", "3", "--train-py", "../timm/train.py");
  expect(one.stdout).toMatch(/^torchrun --nproc_per_node=4 \.\.\/timm\/train\.py \\\n/);
  expect(one.stdout).toMatch(/\n {2}-b 2 \\\n {2}--lr 0\.003125 \\\n {2}--epochs 3 \\\n/);
  const two = await handoff("runs/one", "--gpus", "2", "--nodes", "2", "--host", "first");
  expect(two.stdout).toMatch(
    /^torchrun --nnodes=2 --nproc_per_node=2 --rdzv_backend=c10d --rdzv_endpoint=first:29400 --rdzv_id=one train\.py \\\n/,
  );
  expect(two.stderr).toContain("Run this on each of the 2 machines, with the same paths on all (it needs");
});

test("--json has it for programs", async () => {
  const ended = await handoff("runs/one", "--gpus", "3", "--json");
  expect(ended.stderr).toBe("");
  const told = JSON.parse(ended.stdout);
  expect(told).toMatchObject({ done: 2, epochs: 4, processes: 3 });
  expect(told.words.slice(0, 3)).toEqual(["torchrun", "--nproc_per_node=3", "train.py"]);
  expect(told.warnings[2]).toBe(
    "8 images an update cannot be divided among 3 processes: it becomes 9 at the same rate",
  );
  expect(told.back).toContain("last.pth.tar -b 8 --grad-accum-steps 1");
});

test("classes that timm would number otherwise are listed for it, and what it would miss is told", async () => {
  await cp(at("my photos"), at("fewer"), { recursive: true });
  await rm(at("fewer", "val", "blue"), { recursive: true });
  await writeFile(at("fewer", "train", "red", "9.webp"), "");
  const ended = await handoff("runs/one", "--data-dir", "fewer");
  expect(ended.stderr).toContain(
    "WARNING: timm reads .png, .jpg and .jpeg files only: 1 of the 17 training images are of other formats and left out\n",
  );
  const text = await readFile(at("runs", "one", "handoff", "args.yaml"), "utf8");
  expect(text).toContain(`class_map: ${at("runs", "one", "classes.txt")}\n`);
});

test.each([
  [["nowhere"], 'handoff: the run must be the folder of one, got "nowhere"'],
  [
    ["runs/one", "--gpus", "0", "--nodes", "2"],
    "handoff: --nodes must be 1 with --gpus 0, got 2; timm gives PyTorch a device for each process, which it refuses on CPUs",
  ],
])("refuses %j", async (words, message) => {
  expect(await handoff(...words)).toMatchObject({ code: 2, stdout: "", stderr: `tsimm: ${message}\n` });
});

const nested = async () => {
  await cp(at("my photos"), at("deep"), { recursive: true });
  for (const split of ["train", "val"]) {
    await rename(at("deep", split, "red"), at("deep", split, "1"));
    await mkdir(at("deep", split, "red"));
    await rename(at("deep", split, "1"), at("deep", split, "red", "1"));
  }
};
const trainingOnly = () => cp(at("my photos", "train"), at("half", "train"), { recursive: true });
const ONE = { nodes: 1, gpus: 1, epochs: null, dataDir: null };

test.each<[string, Partial<HandoffOptions> & { run?: string }, RegExp, (() => Promise<void>)?]>([
  [
    "a folder without a run",
    { run: "my photos" },
    /^handoff: the run must be the folder of one, got "[^"]*my photos", which holds none$/,
  ],
  [
    "epochs that are done",
    { epochs: 2 },
    /^handoff: --epochs must be more than 2 to go on after the 2 epochs that are done; timm would train nothing$/,
  ],
  [
    "an archive",
    { dataDir: "a.tar" },
    /^handoff: timm cannot go on with one: timm reads a \.tar whole for both splits .*; tar -xf "[^"]*a\.tar" -C FOLDER, and pass the folder with --data-dir$/,
  ],
  [
    "images that are gone",
    { dataDir: "gone" },
    /^handoff: timm cannot go on with one: the images are to be in "[^"]*gone", which is no folder here; pass the folder with --data-dir$/,
  ],
  [
    "folders below those of the classes",
    { dataDir: "deep" },
    /2 of the settings cannot be used:\n {2}timm cannot go on with one: timm takes the folder that an image lies in for its class, and in "[^"]*deep\/train" these are no classes of the run: 1; lay the images out/,
    nested,
  ],
  [
    "a data set without validation images",
    { dataDir: "half" },
    /timm finds no validation folder in "[^"]*half" and would take all of it for the validation images$/,
    trainingOnly,
  ],
])("refuses %s", async (_, { run = "runs/one", dataDir = null, ...options }, message, prepare) => {
  await prepare?.();
  const there = dataDir === null ? null : at(dataDir);
  const ended = handOff(at(run), { ...ONE, ...options, dataDir: there });
  await expect(ended).rejects.toThrow(message);
});

test("a run that is refused is left as it was", async () => {
  await cp(at("runs", "one"), at("runs", "refused"), { recursive: true });
  await rm(at("runs", "refused", "handoff"), { recursive: true, force: true });
  const before = await readdir(at("runs", "refused"));
  await expect(handOff(at("runs", "refused"), { ...ONE, dataDir: at("gone") })).rejects.toThrow("no folder");
  expect(await readdir(at("runs", "refused"))).toEqual(before);
});

test("a run that is being trained stays where it is", async () => {
  const lock = `const { lockRun } = await import(${JSON.stringify(new URL("../packages/tsimm/dist/checkpoint/run-lock.js", import.meta.url).href)}); await lockRun(process.argv[1]); console.log("held"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", lock, at("runs", "one")]);
  try {
    await new Promise((resolve) => child.stdout.once("data", resolve));
    const ended = await handoff("runs/one");
    expect(ended.stderr).toBe(
      `tsimm: handoff: "${at("runs", "one")}" is in use by process ${child.pid}; wait for its end, or stop it with Ctrl-C\n`,
    );
    expect(ended.code).toBe(2);
  } finally {
    child.kill("SIGKILL");
  }
});

test("schedule -c shows the curve of a run, with its updates where it counts them", async () => {
  const file = join("runs", "one", "args.yaml");
  const ended = await tsimm(["schedule", "-c", file], { cwd: root });
  expect(ended.stdout).toMatch(/\ncosine: 2 epochs, rate 0\.003125\n/);
  const counted = await tsimm(["schedule", "-c", file, "--sched-on-updates", "--epochs", "5"], { cwd: root });
  expect(counted.stderr).toContain(
    `2 updates in an epoch: 16 images of ${at("my photos")} in batches of 8, in one process\n`,
  );
  expect(counted.stdout).toMatch(/\n +9 +4\.5 +\S+ {2}last update\n$/);
  const larger = await tsimm(["schedule", "-c", file, "-b", "16"], { cwd: root });
  expect(larger.stdout).toMatch(/\ncosine: 2 epochs, rate 0\.00625\n/);
  const golden = new URL("golden/timm-args/resumed.yaml", import.meta.url).pathname;
  const gone = await tsimm(["schedule", "-c", golden], { cwd: root });
  expect(gone.stderr).toBe(
    'tsimm: schedule: --updates-per-epoch must be given where the images cannot be counted (dataDir must be a folder, a .tar or a .csv file, got "/data/photos", which does not exist)\n',
  );
  const told = await tsimm(["schedule", "-c", golden, "--updates-per-epoch", "10"], { cwd: root });
  expect(told.stdout).toMatch(/\ncosine: 300 epochs, rate 7\.071e-4\n/);
});
