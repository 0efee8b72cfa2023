/** Runs that are written as timm resumes them, and taken back from there. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TrainArguments, train } from "tsimm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readCheckpoint } from "../packages/tsimm/src/checkpoint/checkpoint.ts";
import { exportForTimm } from "../packages/tsimm/src/recipe/export-for-timm.ts";
import { decodeTorchFile } from "../packages/tsimm/src/weights/torch/decode-torch-file.ts";
import { encodeTorchFile } from "../packages/tsimm/src/weights/torch/encode-torch-file.ts";
import { TorchTensor, type TorchValue } from "../packages/tsimm/src/weights/torch/torch-value.ts";
import { timmPhotos } from "./timm-photos.fixture.ts";

vi.setConfig({ testTimeout: 60_000 });

let root = "";
const out = (...names: string[]) => join(root, "out", ...names);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-round-trip-"));
  await timmPhotos(join(root, "photos"), 32);
});
afterAll(() => rm(root, { recursive: true }));

const own: Partial<TrainArguments> = {
  ...{ model: "test_resnet", imgSize: 32, batchSize: 6, epochs: 3, warmupEpochs: 0, lr: 0.01 },
  ...{ workers: 0, threads: 1, tune: false, report: false, engine: "native" },
};

interface Session {
  /** Epochs after which it stops. */
  readonly until?: number;
  /** Update of the whole run after which it stops. */
  readonly untilUpdate?: number;
}

/** Trains; what is told of the run is returned. */
async function session(
  given: Partial<TrainArguments>,
  { until, untilUpdate }: Session = {},
): Promise<string[]> {
  const controller = new AbortController();
  const lines: string[] = [];
  await train(
    { output: out(), workers: 0, ...given },
    {
      signal: controller.signal,
      listeners: [
        {
          name: "lines",
          on(event) {
            if (event.type === "message" || event.type === "warning") lines.push(event.text);
            if (event.type === "epochDone" && event.row !== null && event.row.epoch + 1 === until)
              controller.abort();
            if (event.type === "updateDone" && event.update === untilUpdate) controller.abort();
          },
        },
      ],
    },
  );
  return lines;
}

const start = (experiment: string, given: Partial<TrainArguments>, options: Session = {}) =>
  session({ ...own, dataDir: join(root, "photos"), experiment, ...given }, options);

/** What a run comes to: weights, optimizer, schedule and rows. */
async function results(name: string) {
  const { state, tensors } = await readCheckpoint(out(name, "last.resume.safetensors"));
  const { scheduler, optimizer, metricHistory, update } = state;
  return { scheduler, optimizer, metricHistory, update, tensors };
}

test.each<[string, Partial<TrainArguments>]>([
  ["adamw", { opt: "adamw", schedOnUpdates: true, modelEma: true, modelEmaDecay: 0.9 }],
  [
    "lookahead_lamb",
    {
      ...{ opt: "lookahead_lamb", layerDecay: 0.7, weightDecay: 0 },
      ...{ sched: "plateau", patienceEpochs: 0, decayRate: 0.5 },
    },
  ],
])("a run with %s that was in a file of timm's ends as one that was not", async (name, given) => {
  await start(`${name}-whole`, given);
  await start(name, given, { until: 2 });
  const { path, notes } = await exportForTimm(out(name));
  expect([path, notes]).toEqual([out(name, "handoff", "last.pth.tar"), []]);
  const before = await stat(path);
  await session({ resume: path, experiment: `${name}-back` });
  expect(await results(`${name}-back`)).toEqual(await results(`${name}-whole`));
  expect(await readFile(out(`${name}-back`, "summary.csv"), "utf8")).toBe(
    await readFile(out(`${name}-whole`, "summary.csv"), "utf8"),
  );
  expect((await stat(path)).mtimeMs).toBe(before.mtimeMs);
});

test("taken back into its own folder, it has the checkpoints that it had", async () => {
  await cp(out("adamw"), out("own"), { recursive: true });
  const lines = await session({ resume: out("adamw", "handoff", "last.pth.tar"), experiment: "own" });
  expect(lines.filter((line) => line.includes("weights are not beside"))).toEqual([]);
  const files = (names: string[]) => names.filter((name) => /safetensors$|summary/.test(name)).sort();
  expect(files(await readdir(out("own")))).toEqual(files(await readdir(out("adamw-whole"))));
  expect(await results("own")).toEqual(await results("adamw-whole"));
});

type Dict = Map<string, TorchValue>;

/** A copy of the file with some of it changed, in a folder of its own as timm's is. */
async function changed(name: string, change: (checkpoint: Dict, args: Dict) => TorchValue | undefined) {
  const checkpoint = decodeTorchFile(await readFile(out("adamw", "handoff", "last.pth.tar"))) as Dict;
  const value = change(checkpoint, checkpoint.get("args") as Dict) ?? checkpoint;
  await mkdir(join(root, "timm", name), { recursive: true });
  const path = join(root, "timm", name, "last.pth.tar");
  await writeFile(path, encodeTorchFile(value));
  return path;
}

test("a run that was stopped within an epoch is taken back into its own folder, once timm has done that epoch", async () => {
  const given = { epochs: 4 };
  await start("stopped", given, { untilUpdate: 10 });
  const within = async () => (await readdir(out("stopped"))).filter((name) => name.startsWith("recovery-2-"));
  expect(await within()).toHaveLength(2);
  const { path } = await exportForTimm(out("stopped"));
  await expect(session({ resume: path, experiment: "stopped" })).rejects.toThrow(
    /stopped" holds a run; pass/,
  );

  const checkpoint = decodeTorchFile(await readFile(path)) as Dict;
  const later = join(root, "timm", "stopped", "last.pth.tar");
  await mkdir(join(later, ".."), { recursive: true });
  await writeFile(later, encodeTorchFile(checkpoint.set("epoch", 2)));
  const rows = "epoch,train_loss,eval_loss,eval_top1,eval_top5,lr\n2,0.5,0.9,50.0,100.0,0.005\n";
  await writeFile(join(later, "..", "summary.csv"), rows);
  await session({ resume: later, output: out(), experiment: "stopped" });
  const summary = await readFile(out("stopped", "summary.csv"), "utf8");
  expect(summary.match(/^\d+/gm)).toEqual(["0", "1", "2", "3"]);
  expect(await within()).toEqual([]);
});

test("a folder that timm wrote is not handed over to it", async () => {
  const folder = join(root, "timm", "own");
  await mkdir(folder, { recursive: true });
  await cp(out("adamw", "handoff", "last.pth.tar"), join(folder, "last.pth.tar"));
  await expect(exportForTimm(folder)).rejects.toThrow(
    `which timm wrote: timm's train.py goes on with it by --resume "${join(folder, "last.pth.tar")}"`,
  );
});

test("a run that began with timm goes on in a new folder beside it, from rows and best of its own", async () => {
  const path = await changed("plain", (_, args) => {
    args.delete("tsimm");
    args.set("experiment", "plain").set("output", "timm").set("world_size", 2).set("batch_size", 3);
    return undefined;
  });
  const folder = join(root, "timm", "plain");
  await writeFile(
    join(folder, "summary.csv"),
    "epoch,train_loss,eval_loss,eval_top1,eval_top5,lr\n0,1.5,1.25,40,100,0.01\n1,1,0.75,50,100,0.0075\n",
  );
  await cp(path, join(folder, "checkpoint-1.pth.tar"));
  const lines = await session({ resume: folder, output: "" });
  expect(lines).toContain(`Resuming from timm's ${path}: 2 epochs are done`);
  expect(lines).toContain("Batch size 6: timm had 3 in each of 2 processes");
  const [name = ""] = (await readdir(join(root, "timm"))).filter((one) => one.endsWith("test_resnet-32"));
  expect(name).not.toBe("");
  const rows = await readFile(join(root, "timm", name, "summary.csv"), "utf8");
  expect(rows.split("\r\n").slice(1, 3)).toEqual(["0,1.5,1.25,40,100,0.01,,,", "1,1,0.75,50,100,0.0075,,,"]);
  expect((await readdir(folder)).sort()).toEqual(["checkpoint-1.pth.tar", "last.pth.tar", "summary.csv"]);
  // After that it is a run like every other.
  const again = await session({ resume: join(root, "timm", name) });
  expect(again.at(-1)).toMatch(/^All 3 epochs are done/);
});

test("a recovery file of timm's skips the rest of its epoch", async () => {
  const path = await changed("middle", (checkpoint, args) => {
    args.delete("tsimm");
    checkpoint.delete("metric");
    return undefined;
  });
  const middle = join(root, "timm", "middle", "recovery-1-3.pth.tar");
  await cp(path, middle);
  const lines = await session({ resume: middle, experiment: "middle" });
  expect(lines).toContain("timm saved it within epoch 1; as timm does, the rest of that epoch is skipped");
  const { state } = await readCheckpoint(out("middle", "last.resume.safetensors"));
  expect(state.metricHistory.map(({ epoch }) => epoch)).toEqual([2]);
});

test("older weights, names of wrappers and missing counters are mended; a metric without a summary is a row", async () => {
  const path = await changed("mended", (checkpoint, args) => {
    const entries = [...(checkpoint.get("state_dict") as Dict)].flatMap(([name, tensor]) => {
      if (name.endsWith("num_batches_tracked") || !(tensor instanceof TorchTensor)) return [];
      const data = Float64Array.from(tensor.data as Float32Array);
      const wide = new TorchTensor({ dtype: "F64", shape: tensor.shape, data });
      return [[`module._orig_mod.${name}`, wide] as const];
    });
    checkpoint.set("state_dict", new Map(entries)).set("metric", 61);
    args.set("tsimm", new Map([["version", 7]]));
    return undefined;
  });
  const lines = await session({ resume: path, experiment: "mended" });
  expect(lines).toContainEqual(
    expect.stringMatching(/^what the run had before timm took it over is not read/),
  );
  const { tensors, metricHistory } = await results("mended");
  const whole = await results("adamw-whole");
  const weights = [...whole.tensors.model].filter(([name]) => !name.endsWith("num_batches_tracked"));
  for (const [name, tensor] of weights) expect(tensors.model.get(name)).toEqual(tensor);
  const unknown = { trainLoss: Number.NaN, validation: { loss: Number.NaN, top1: 61 } };
  expect(metricHistory[0]).toMatchObject({ epoch: 1, ...unknown });
  expect(metricHistory[1]?.epoch).toBe(2);
});

test.each<
  [string, Partial<TrainArguments>, (checkpoint: Dict, args: Dict) => TorchValue | undefined, string]
>([
  [
    "bare weights",
    {},
    (checkpoint) => checkpoint.get("state_dict"),
    "it holds weights alone, not the epoch and the optimizer; pass it as --initial-checkpoint, which starts a run from them",
  ],
  ["another model", { model: "test_vit" }, () => undefined, `--model must be the checkpoint's "test_resnet"`],
  [
    "another optimizer",
    { opt: "sgd" },
    () => undefined,
    `--opt must be the checkpoint's "adamw", got "sgd"; pass --no-resume-opt`,
  ],
  [
    "other classes",
    {},
    (_, args) => {
      (args.get("tsimm") as Dict).set("classNames", ["cat", "dog", "eel"]);
      return undefined;
    },
    "the data folder must have the checkpoint's classes [cat, dog, eel], got [blue, green, red]",
  ],
  [
    "another number of classes",
    {},
    (_, args) => {
      args.set("num_classes", 2).delete("tsimm");
      return undefined;
    },
    "--num-classes must be at least the 3 of the training folder, got 2",
  ],
  [
    "images that are gone",
    {},
    (_, args) => {
      args.set("data_dir", join(root, "gone"));
      return undefined;
    },
    `which is not there; pass the new folder: tsimm train FOLDER --resume`,
  ],
  [
    "groups of other arguments",
    {},
    (_, args) => {
      args.set("weight_decay", 0);
      return undefined;
    },
    "its optimizer must have groups of [47] tensors (47 together), got [31, 16] (47 together); pass --no-resume-opt to start it anew",
  ],
  [
    "nothing left to train",
    { epochs: 1 },
    () => undefined,
    "--epochs must be more than the 2 that are done, got 1",
  ],
])("refused: %s", async (_, given, change, message) => {
  const path = await changed("refused", change);
  await expect(session({ resume: path, experiment: "refused", ...given })).rejects.toThrow(message);
});

test("a run without a finished epoch, or no run, is not exported", async () => {
  await mkdir(out("empty"), { recursive: true });
  await expect(exportForTimm(out("empty"))).rejects.toThrow("must be the folder of one, got");
  await writeFile(out("empty", "args.yaml"), "epochs: 1\n");
  await expect(exportForTimm(out("empty"))).rejects.toThrow("holds no checkpoint; go on with it first");
  await expect(exportForTimm(join(root, "nowhere"))).rejects.toThrow("the run must be the folder of one");
  await expect(exportForTimm(out("adamw"), "x.onnx")).rejects.toThrow(
    'export: --output must end in .pth.tar for timm, got "x.onnx"',
  );
});
