/** Input that makes no sense: one clear error each, the right exit code, and nothing written. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createScheduler, defineSchedule, registerSchedule } from "@tsimm/scheduler";
import {
  createModel,
  createOptimizer,
  createTask,
  defineEngine,
  defineModelFamily,
  defineOptimizer,
  defineSource,
  defineTask,
  type ImageDataset,
  type Label,
  openDataset,
  registerEngine,
  registerModelFamily,
  registerOptimizer,
  registerSource,
  registerTask,
  train,
} from "tsimm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tsimm } from "./command-line.fixture.ts";
import { labelledTables } from "./labelled-tables.fixture.ts";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-bad-"));
  await labelledTables(root);
  const rows: Record<string, string[]> = {
    empty: ["path,label,split"],
    "no-number": ["path,age,split", "images/0.png,20,train", "images/1.png,NaN,train"],
    "no-flag": ["path,cat,dog,split", "images/0.png,0,1,train", "images/1.png,0,2,train"],
    unlabelled: [
      ...["path,labels,split", "images/0.png,red,train", "images/1.png,green,train"],
      ...["images/2.png,,validation", "images/3.png,,validation"],
    ],
  };
  for (const [name, lines] of Object.entries(rows)) {
    await writeFile(join(root, `${name}.csv`), `${lines.join("\n")}\n`);
  }
  await mkdir(join(root, "hollow", "train", "cat"), { recursive: true });
});
afterAll(() => rm(root, { recursive: true }));

const run = (words: readonly string[]) =>
  tsimm(
    [
      ...["train", ...words, "--img-size", "32", "-j", "0", "--threads", "1", "--epochs", "1"],
      ...["--output", "out", "--experiment", "run"],
    ],
    { cwd: root },
  );

describe("on the command line", () => {
  const numbers = ["numbers.csv", "--task", "regression"];
  const labels = ["labels.csv", "--task", "multi-label"];

  test.each<[code: number, words: readonly string[], message: string]>([
    [
      2,
      ["numbers.csv", "--task", "regresion"],
      'train: --task must be one of classification, multi-label, regression, got "regresion"; did you mean "regression"?',
    ],
    [
      2,
      [...numbers, "--eval-metric", "mea"],
      'train: --eval-metric must be one of loss, mae, r2, got "mea"; did you mean "mae"?',
    ],
    [
      2,
      [...numbers, "--class-weights", "balanced"],
      "train: --class-weights must be left out with --task regression, got balanced; it is for --task classification or multi-label",
    ],
    [
      2,
      [...labels, "--bce-loss"],
      "train: --bce-loss must be left out with --task multi-label, got true; it is for --task classification",
    ],
    [
      2,
      ["classes.csv", "--huber-delta", "2"],
      "train: --huber-delta must be left out with --task classification, got 2; it is for --task regression",
    ],
    [
      2,
      [...numbers, "--huber-delta", "2"],
      "train: --huber-delta must come with the loss huber, got 2 with mse; pass --regression-loss huber",
    ],
    [
      2,
      [...labels, "--class-weights", "balanced", "--bce-pos-weight", "2"],
      "train: --class-weights must be absent beside --bce-pos-weight, got balanced; both set the same weights",
    ],
    [
      2,
      ["classes.csv", "--class-weights", "wite=2"],
      'train: --class-weights must be by names of other, red, white, got wite=2; did you mean "white"?',
    ],
    [
      2,
      [...labels, "--class-weights", "gren=2"],
      'train: --class-weights must be by names of blue, green, red, got gren=2; did you mean "green"?',
    ],
    [
      2,
      [...numbers, "--balanced-sampling"],
      "train: --balanced-sampling must be left out with --task regression, got true; it is for --task classification or multi-label",
    ],
    [
      2,
      [...numbers, "--num-classes", "3"],
      "train: --num-classes must be the 2 of the labels for --task regression, got 3; leave it out",
    ],
    [
      2,
      [...numbers, "--label-columns", "brightnes"],
      'train: --label-columns must be one of the columns path, brightness, warmth, split of <root>/numbers.csv, got "brightnes"; did you mean "brightness"?',
    ],
    [
      2,
      ["numbers.csv"],
      "train: --label-columns must be one column for --task classification, got brightness, warmth of <root>/numbers.csv; name the one with the class, or pass --task multi-label or regression",
    ],
    [
      2,
      ["--task", "multi-label"],
      'train: --task must be classification for images in class folders, got "multi-label"; list the images and their labels in a .csv file and give that as --data-dir',
    ],
    [
      2,
      ["classes.csv", "-b", "100"],
      "train: --batch-size must be at most 48, the number of training images, got 100; choose a smaller batch or add images",
    ],
    [
      2,
      ["classes.csv", "--early-stop-epochs", "0"],
      "train: --early-stop-epochs must be an integer >= 1, got 0",
    ],
    [
      1,
      ["classes.csv", "--task", "regression"],
      'openDataset: a label must be a number such as -1.5, got "other" in row 2, column "label" of <root>/classes.csv; write a number there, remove the row, or name the columns of labels (--label-columns)',
    ],
    [
      1,
      ["no-number.csv", "--task", "regression"],
      'openDataset: a label must be a number such as -1.5, got "NaN" in row 3, column "age" of <root>/no-number.csv; write a number there, remove the row, or name the columns of labels (--label-columns)',
    ],
    [
      1,
      ["no-flag.csv", "--task", "multi-label"],
      'openDataset: a label must be 0 or 1, got "2" in row 3, column "dog" of <root>/no-flag.csv; write 1 where the image has the label, or name the columns of labels (--label-columns)',
    ],
    [
      1,
      ["empty.csv"],
      'openDataset: split must be a value of column "split" of <root>/empty.csv, got "train" (or training); there is nothing',
    ],
    [
      1,
      ["hollow"],
      "openDataset: <root>/hollow/train must hold images (.png, .jpg, .jpeg, .jfif, .webp, .gif, .bmp, .tif, .tiff, .avif), got none; put them into <root>/hollow/train/<class>/",
    ],
  ])("exit code %i: %j", async (code, words, message) => {
    const ended = await run(["--model", "test_resnet", "-b", "8", ...words]);
    const last = ended.stderr.trimEnd().split("\n").at(-1);
    expect(last?.replaceAll(root, "<root>")).toBe(`tsimm: ${message}`);
    expect(ended.code).toBe(code);
    expect(await readdir(root)).not.toContain("out");
  });

  test("a metric that the validation images do not define: the epoch is kept, and another metric goes on", async () => {
    const words = ["unlabelled.csv", "--task", "multi-label", "--model", "test_resnet", "-b", "2"];
    const ended = await run([...words, "--warmup-epochs", "0"]);
    expect(ended.stderr).toMatch(/^Recovery checkpoint: recovery-0-1$/m);
    expect(ended.stderr.trimEnd().split("\n").at(-1)).toBe(
      "tsimm: train: the metric map must be a number, got NaN in epoch 0; the validation images do not define it: go on with --resume and --eval-metric loss",
    );
    expect(ended.code).toBe(1);
    const resumed = await tsimm(["train", "--resume", "out/run", "--eval-metric", "loss"], { cwd: root });
    expect(resumed.stderr).not.toContain("Train: ");
    expect(resumed.stderr).toMatch(/^\*\*\* Best metric: 0\.\d+ \(epoch 0\)$/m);
    expect(resumed.code).toBe(0);
    await rm(join(root, "out"), { recursive: true });
  });
});

describe("images of one's own", () => {
  const dataset = (classNames: readonly string[], labels: readonly Label[]): ImageDataset => ({
    description: "squares",
    classNames,
    samples: labels.map((label, index) => ({ path: String(index), label })),
    read: () => ({ width: 8, height: 8, channels: 3, data: new Uint8Array(192) }),
  });
  const pair = dataset(["a"], [[1], [2]]);

  test.each<[task: string, training: ImageDataset, validation: ImageDataset | null, message: string]>([
    [
      "classification",
      dataset(["a", "b"], [0, 2]),
      null,
      "train: dataset.training: labels[1] must be an integer in 0 … 1 or 2 probabilities whose sum is 1, got 2",
    ],
    [
      "classification",
      dataset(["a", "b"], [0.5, 1.5]),
      null,
      "train: dataset.training: labels[0] must be an integer in 0 … 1 or 2 probabilities whose sum is 1, got 0.5",
    ],
    [
      "multi-label",
      dataset(
        ["a", "b"],
        [
          [1, 0],
          [0.5, 2],
        ],
      ),
      null,
      "train: dataset.training: labels[1] must be 2 numbers, each 0 or 1, got [0.5,2]",
    ],
    [
      "regression",
      dataset(["a", "b"], [0, 1]),
      null,
      "train: dataset.training: labels[0] must be 2 finite numbers, got 0",
    ],
    [
      "regression",
      dataset(["a"], [[1], [Number.NaN]]),
      null,
      "train: dataset.training: labels[1] must be 1 finite number, got [NaN]",
    ],
    [
      "regression",
      pair,
      dataset(["a", "b"], [[1, 2]]),
      'train: dataset.validation must have the class names of dataset.training in their order, ["a"], got ["a","b"]',
    ],
    [
      "regression",
      dataset(["a"], []),
      null,
      "train: dataset.training must have at least one image, got none",
    ],
    [
      "regression",
      pair,
      dataset(["a"], []),
      "train: dataset.validation must have at least one image, got none",
    ],
  ])("%s: %#", async (task, training, validation, message) => {
    const given = {
      ...{ task, model: "test_resnet", imgSize: 32, batchSize: 2, epochs: 1 },
      output: join(root, "own"),
    };
    await expect(train(given, { dataset: { training, validation } })).rejects.toThrow(
      new RangeError(message),
    );
    expect(await readdir(root)).not.toContain("own");
  });
});

describe("registries", () => {
  const model = createModel("test_resnet", { numClasses: 2 });
  const options = { lr: 0.1, weightDecay: 0, momentum: 0.9 };
  const optimizer = { paramGroups: [{ lr: 0.1 }] };

  test.each<[name: string, make: () => unknown, message: RegExp]>([
    [
      "schedule",
      () => createScheduler({ sched: "cosin", epochs: 3 }, optimizer),
      /^createScheduler: sched must be one of .*, got "cosin"; did you mean "cosine"\?$/,
    ],
    [
      "optimizer",
      () => createOptimizer({ opt: "adamv", ...options }, model),
      /^createOptimizer: opt must be one of .*, got "adamv"; did you mean "adam"\?$/,
    ],
    [
      "model",
      () => createModel("test_resne", { numClasses: 2 }),
      /^createModel: name must be one of .*, got "test_resne"; did you mean "test_resnet"\?$/,
    ],
    [
      "task",
      () => createTask("regresion", { outputNames: ["age"] }),
      /^createTask: task must be one of .*, got "regresion"; did you mean "regression"\?$/,
    ],
    [
      "source",
      () => openDataset({ dataDir: root, split: "train", source: "foldr" }),
      /^openDataset: source must be one of .*, got "foldr"; did you mean "folder"\?$/,
    ],
  ])("an unknown %s is told with the nearest name", async (_, make, message) => {
    await expect((async () => make())()).rejects.toThrow(message);
  });

  test.each<[name: string, register: () => void, message: string]>([
    [
      "schedule",
      () =>
        registerSchedule(defineSchedule({ name: "cosine", checks: {}, build: () => (base) => () => base })),
      'registerSchedule: name must be one that no other schedule has, got "cosine"; choose another',
    ],
    [
      "optimizer",
      () =>
        registerOptimizer(
          defineOptimizer({
            name: "sgd",
            lr: 0.1,
            defaults: {},
            checks: {},
            createSlots: () => ({}),
            loop() {},
          }),
        ),
      'registerOptimizer: name must be of no other optimizer, got "sgd", which is built in; give the new definition another name',
    ],
    [
      "family of models",
      () => registerModelFamily(defineModelFamily({ name: "resnet", models: { own: {} }, create: unused })),
      'registerModelFamily: name must be of no other model family, got "resnet", which is built in; give the new definition another name',
    ],
    [
      "model",
      () => registerModelFamily(defineModelFamily({ name: "own", models: { resnet18: {} }, create: unused })),
      'registerModelFamily: name must be of no other model, got "resnet18", which is built in; give the new definition another name',
    ],
    [
      "task",
      () => registerTask(defineTask({ name: "regression", create: unused })),
      'registerTask: name must be of no other task, got "regression", which is built in; give the new definition another name',
    ],
    [
      "source",
      () => registerSource(defineSource({ name: "csv", recognises: () => false, open: unused })),
      'registerSource: name must be of no other source, got "csv", which is built in; give the new definition another name',
    ],
    [
      "engine",
      () => registerEngine(defineEngine({ name: "wasm", load: unused })),
      'registerEngine: name must be of no other engine, got "wasm", which is built in; give the new definition another name',
    ],
  ])("a second %s of one name is refused", (_, register, message) => {
    expect(register).toThrow(new RangeError(message));
  });
});

function unused(): never {
  throw new Error("it is never made");
}
