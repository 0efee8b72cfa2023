import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { colourFolder, tsimm } from "./command-line.fixture.ts";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-train-"));
  await colourFolder(join(root, "photos"), { train: 24, val: 5 });
});
afterAll(() => rm(root, { recursive: true }));

const SMALL = ["photos", "--model", "test_resnet", "--img-size", "32", "-b", "16", "-j", "1"];
const STEP = [
  "--sched",
  "step",
  "--lr",
  "0.05",
  "--warmup-epochs",
  "1",
  "--decay-epochs",
  "2",
  "--dr",
  "0.5",
];
const run = (name: string, ...words: string[]) => [
  ...["train", ...SMALL, ...STEP, "--output", "runs", "--experiment", name, ...words],
];
const bytesOf = async (name: string, file: string) =>
  createHash("sha256")
    .update(await readFile(join(root, "runs", name, file)))
    .digest("hex");
const lines = (text: string) => text.split(/\r?\n/).filter((line) => line !== "");

describe("a whole run", () => {
  test("learns, logs timm's lines, and leaves its files", async () => {
    const ended = await tsimm(run("whole", "--epochs", "6", "--checkpoint-hist", "2"), { cwd: root });
    expect(ended.stderr).not.toContain("WARNING");
    expect(ended.code).toBe(0);

    const files = await readdir(join(root, "runs", "whole"));
    const kept = files.filter((name) => /^checkpoint-\d+\.safetensors$/.test(name));
    expect(kept).toHaveLength(2);
    expect(files).toEqual(
      expect.arrayContaining([
        ...[
          "args.yaml",
          "classes.txt",
          "curves.png",
          "curves.svg",
          "last.resume.safetensors",
          "last.safetensors",
        ],
        ...["lr.png", "lr.svg", "model.onnx", "model_best.safetensors", "per-class.csv", "summary.csv"],
      ]),
    );
    expect(files.filter((name) => /^(\.|recovery-)/.test(name))).toEqual([]);

    const classes = lines(await readFile(join(root, "runs", "whole", "per-class.csv"), "utf8"));
    expect(classes[0]).toBe("name,images,accuracy");
    expect(classes.slice(1).map((line) => line.split(",").slice(0, 2))).toEqual(
      ["blue", "green", "red", "white"].map((name) => [name, "5"]),
    );

    const rows = lines(await readFile(join(root, "runs", "whole", "summary.csv"), "utf8")).map((line) =>
      line.split(","),
    );
    expect(rows[0]).toEqual(["epoch", "train_loss", "eval_loss", "eval_top1", "eval_top5", "lr"]);
    expect(rows.slice(1).map((row) => Number(row[5]))).toEqual([1e-5, 0.05, 0.025, 0.025, 0.0125, 0.0125]);
    const top1 = rows.slice(1).map((row) => Number(row[3]));
    expect(Math.max(...top1)).toBeGreaterThanOrEqual(60);
    expect(rows.slice(1).map((row) => Number(row[4]))).toEqual([100, 100, 100, 100, 100, 100]);

    expect(ended.stderr).toMatch(/^Model test_resnet created, param count:\d+$/m);
    expect(ended.stderr).toMatch(/^\t0: blue \(24\)$/m);
    expect(ended.stderr).toMatch(
      /^Train: 5 \[ {3}5\/6 \(100%\)\] {2}Loss: \S+ \(\S+\) {2}Time: \d+\.\d{3}s, +\d+\.\d\d\/s {2}\(\d+\.\d{3}s, +\d+\.\d\d\/s\) {2}LR: 1\.250e-02 {2}Data: \d+\.\d{3} \(\d+\.\d{3}\)$/m,
    );
    expect(ended.stderr).toMatch(/^Test: \[ {3}1\/1\] {2}Time: .* Acc@5: 100\.000 \(100\.000\)$/m);
    expect(ended.stderr).toMatch(/^\*\*\* Best metric: \d+/m);
    expect(ended.stdout.startsWith("--result\n")).toBe(true);
    const result = JSON.parse(ended.stdout.slice("--result\n".length));
    expect(result.at(-1)).toMatchObject({
      train: { loss: expect.any(Number) },
      validation: { top1: Math.max(...top1) },
    });
  });

  test("its ONNX file and its weights classify an image alike", async () => {
    const folder = join("runs", "whole");
    const image = join("photos", "val", "red", "0.png");
    const fromOnnx = await tsimm(
      ["predict", image, "--topk", "4", "--checkpoint", join(folder, "model.onnx")],
      { cwd: root },
    );
    const fromWeights = await tsimm(
      ["predict", image, "--topk", "4", "--checkpoint", join(folder, "model_best.safetensors")],
      { cwd: root },
    );
    expect(fromOnnx).toMatchObject({ code: 0, stderr: "" });
    expect(fromOnnx.stdout).toMatch(/red\/0\.png: red 0\.\d{4}, /);
    expect(fromWeights.stdout).toBe(fromOnnx.stdout);
  });

  test("a folder that holds a run is not taken a second time", async () => {
    const ended = await tsimm(run("whole", "--epochs", "1"), { cwd: root });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(
      /holds a run; pass --resume "runs\/whole" to continue it or --overwrite to start anew\n$/,
    );
  });

  test("args.yaml repeats it to the last byte", async () => {
    const again = await tsimm(
      [
        ...["train", "-c", join("runs", "whole", "args.yaml")],
        ...["--output", "runs", "--experiment", "repeated"],
      ],
      { cwd: root },
    );
    expect(again.code).toBe(0);
    expect(await bytesOf("repeated", "last.safetensors")).toBe(await bytesOf("whole", "last.safetensors"));
  });
});

describe("a schedule", () => {
  test("of eighteen million updates starts, and its figure shows the one where it drops", async () => {
    const words = ["--epochs", "3000000", "--sched-on-updates", "--decay-epochs", "1000000"];
    let asked = false;
    const stopped = await tsimm(run("long", ...words), {
      cwd: root,
      watch: (stderr, kill) => {
        if (asked || !stderr.includes("Train: 0 [")) return;
        asked = true;
        kill("SIGINT");
      },
    });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).not.toContain("WARNING");
    const svg = await readFile(join(root, "runs", "long", "lr.svg"), "utf8");
    expect(svg).toContain(">6e6</text>");
    expect(svg.length).toBeLessThan(200_000);
  });

  test("warns of a metric that cannot improve, and of a plateau that cannot act", async () => {
    const words = ["--sched", "plateau", "--eval-metric", "top5", "--epochs", "1", "--warmup-epochs", "0"];
    const { stderr, code } = await tsimm(run("top5", ...words), { cwd: root });
    expect(code).toBe(0);
    expect(lines(stderr).filter((line) => line.startsWith("WARNING"))).toEqual([
      "WARNING: plateau never lowers the rate in this run of 1 epoch: it waits for more than --patience-epochs 10 without improvement; raise --epochs",
      "WARNING: --eval-metric top5 is always 100 % with 4 classes: it never improves, and plateau lowers the rate all the same; pass --eval-metric top1 or loss",
    ]);
  });
});

describe("going on", () => {
  const options = [
    "--epochs",
    "4",
    "--model-ema",
    "--model-ema-decay",
    "0.9",
    "--opt",
    "adamw",
    "--lr",
    "0.002",
  ];
  const files = ["last.safetensors", "last.ema.safetensors", "model_best.safetensors", "summary.csv"];

  test("a run stopped by Ctrl-C, resumed, killed and resumed again ends with the bytes of one never stopped", async () => {
    expect((await tsimm(run("straight", ...options), { cwd: root })).code).toBe(0);
    let asked = false;
    const stopped = await tsimm(run("stopped", ...options, "--log-interval", "1"), {
      cwd: root,
      watch: (stderr, kill) => {
        if (asked || !stderr.includes("Train: 1 [   2/6")) return;
        asked = true;
        kill("SIGINT");
      },
    });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toMatch(/^Recovery checkpoint: recovery-1-\d+$/m);
    expect(stopped.stderr).toContain("Stopped; go on with: npx tsimm train --resume runs/stopped\n");

    const killed = await tsimm(["train", "--resume", join("runs", "stopped"), "--log-interval", "1"], {
      cwd: root,
      watch: (stderr, kill) => stderr.includes("Train: 3 [   1/6") && kill("SIGKILL"),
    });
    expect(killed.signal).toBe("SIGKILL");
    const resumed = await tsimm(["train", "--resume", join("runs", "stopped")], { cwd: root });
    expect(resumed.stderr).toContain("(epoch 2, update 18)");
    expect(resumed.code).toBe(0);
    for (const file of files)
      expect([file, await bytesOf("stopped", file)]).toEqual([file, await bytesOf("straight", file)]);
  }, 180_000);

  test("a run that is done says so, and goes on with more epochs and another rate", async () => {
    const done = await tsimm(["train", "--resume", join("runs", "straight")], { cwd: root });
    expect(done.stderr).toMatch(/^All 4 epochs are done, the run is complete$/m);
    expect(done.code).toBe(0);
    const fewer = await tsimm(["train", "--resume", join("runs", "straight"), "--epochs", "3"], {
      cwd: root,
    });
    expect(fewer.stderr).toContain(
      "train: --epochs must be more than the 4 that are done, got 3; nothing is left to train",
    );
    expect(fewer.code).toBe(2);
    const longer = await tsimm(
      ["train", "--resume", join("runs", "straight"), "--epochs", "5", "--lr", "0.001"],
      { cwd: root },
    );
    expect(longer.code).toBe(0);
    expect(longer.stderr).toContain("Resume: lr 0.002 -> 0.001 (command line)\n");
    const rows = lines(await readFile(join(root, "runs", "straight", "summary.csv"), "utf8"));
    expect(rows.map((row) => row.split(",")[0])).toEqual(["epoch", "0", "1", "2", "3", "4"]);
    expect(Number(rows.at(-1)?.split(",")[5])).toBe(0.00025);
  });

  test("a torn checkpoint is named and an older one taken", async () => {
    const last = join(root, "runs", "straight", "last.resume.safetensors");
    const bytes = await readFile(last);
    await rm(last);
    await writeFile(last, bytes.subarray(0, bytes.length - 100));
    const ended = await tsimm(["train", "--resume", join("runs", "straight"), "--epochs", "6"], {
      cwd: root,
    });
    expect(ended.stderr).toMatch(/^WARNING: .*last\.resume\.safetensors is damaged and passed over: /m);
    expect(ended.stderr).toMatch(/^Resuming from .*checkpoint-4\.resume\.safetensors /m);
    expect(ended.code).toBe(0);
  });

  test("a checkpoint of another model or other classes is refused", async () => {
    const other = await tsimm(
      ["train", "--resume", join("runs", "whole"), "--model", "resnet18", "--epochs", "9"],
      { cwd: root },
    );
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('train: --model must be the checkpoint\'s "test_resnet", got "resnet18"');
    await colourFolder(join(root, "fewer"), { train: 8, val: 1 });
    for (const split of ["train", "val"]) await rm(join(root, "fewer", split, "white"), { recursive: true });
    const classes = await tsimm(["train", "fewer", "--resume", join("runs", "whole"), "--epochs", "9"], {
      cwd: root,
    });
    expect(classes.stderr).toContain(
      "must have the checkpoint's classes [blue, green, red, white], got [blue, green, red]",
    );
    expect(classes.code).toBe(2);
  });
});

describe("bad input is one clear line, and nothing is written", () => {
  beforeAll(async () => {
    await mkdir(join(root, "empty", "train"), { recursive: true });
    await mkdir(join(root, "empty", "val"), { recursive: true });
    await colourFolder(join(root, "single"), { train: 4, val: 1 });
    for (const name of ["green", "red", "white"]) {
      for (const split of ["train", "val"]) await rm(join(root, "single", split, name), { recursive: true });
    }
    await writeFile(join(root, "file"), "");
  });

  test.each([
    [
      ["nowhere"],
      1,
      /train: --data-dir must be a folder, a \.tar or a \.csv file, got "nowhere", which does not exist/,
    ],
    [["empty"], 1, /empty/],
    [["single"], 1, /class/],
    [["photos", "--model", "resnet35"], 2, /got "resnet35"; did you mean "resnet34"\?/],
    [
      ["photos", "--model", "test_resnet", "--img-size", "32", "-b", "8", "--sched", "stpe"],
      2,
      /got "stpe"; did you mean "step"\?/,
    ],
    [["photos", "--schd", "step"], 2, /unknown option '--schd'/],
    [["photos", "--opt", "adma"], 2, /got "adma"; did you mean "adam"\?/],
    [["photos", "--lr", "fast"], 2, /'--lr <float>' argument 'fast' is invalid\. It must be a number\./],
    [["photos", "--lr", "-1"], 2, /train: --lr must be a number >= 0, got -1/],
    [
      ["photos", "--model", "test_resnet", "-b", "500"],
      2,
      /^tsimm: train: --batch-size must be at most 96, the number of training images, got 500; /m,
    ],
    [["photos", "--output", "file/x"], 2, /train: --output must be a folder that can be written/],
    [
      ["photos", "--num-classes", "3"],
      2,
      /train: --num-classes must be at least the 4 of the training folder, got 3/,
    ],
    [["photos", "--resume", "nowhere"], 2, /train: --resume must exist, got "nowhere"/],
    [["photos", "--resume", "model.pth.tar"], 2, /train: --resume must exist, got "model\.pth\.tar"/],
    [
      ["photos", "-c", "nowhere.yaml"],
      2,
      /train: --config must be a readable YAML file, got "nowhere\.yaml"/,
    ],
  ] as const)("train %j", async (words, code, message) => {
    const small = words.includes("--output" as never)
      ? ["--model", "test_resnet", "--img-size", "32", "-b", "8"]
      : [];
    const ended = await tsimm(["train", ...words, ...small], { cwd: root });
    const errors = lines(ended.stderr).filter((line) => line.startsWith("tsimm: "));
    expect(errors).toHaveLength(1);
    expect(ended.stderr).toMatch(message);
    expect(ended.code).toBe(code);
    expect(ended.stdout).toBe("");
    expect(await readdir(root)).not.toContain("output");
  });

  test("an unreadable image is named, skipped and counted; too many stop the run", async () => {
    await colourFolder(join(root, "bad"), { train: 10, val: 2 });
    await writeFile(join(root, "bad", "train", "red", "3.png"), "no image");
    const one = await tsimm(
      ["train", "bad", ...SMALL.slice(1), "--epochs", "1", "--output", "runs", "--experiment", "bad"],
      { cwd: root },
    );
    expect(one.stderr).toMatch(/^WARNING: Skipped sample \(index \d+\).*red\/3\.png/m);
    expect(one.code).toBe(0);
    for (const index of [0, 1, 2, 4, 5])
      await writeFile(join(root, "bad", "train", "red", `${index}.png`), "no image");
    const many = await tsimm(
      ["train", "bad", ...SMALL.slice(1), "--epochs", "1", "--output", "runs", "--experiment", "many"],
      { cwd: root },
    );
    expect(many.code).toBe(1);
    expect(lines(many.stderr).at(-1)).toMatch(/^tsimm: .*unreadable/);
  });
});
