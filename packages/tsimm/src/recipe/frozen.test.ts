/** Runs with a part of the model frozen. */
import { createHash } from "node:crypto";
import { copyFile, cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { memoryDataset } from "../data/memory-dataset.ts";
import type { TrainingEvent } from "../train/events.ts";
import { UsageError } from "../usage-error.ts";
import { decodeSafetensors, type SafeTensor, type SafeTensors } from "../weights/safetensors.ts";
import type { TrainArguments } from "./arguments.ts";
import { train } from "./train.ts";

let output = "";
beforeAll(async () => {
  output = await mkdtemp(join(tmpdir(), "tsimm-frozen-"));
});
afterAll(() => rm(output, { recursive: true }));

const side = 32;

/** Reddish and bluish images of which no two are alike. */
function images(count: number, seed: number) {
  const labels = Array.from({ length: count }, (_, i) => i % 2);
  const pixels = labels.map((label, image) => ({
    ...{ width: side + 8, height: side, channels: 3 as const },
    data: Uint8Array.from(
      { length: (side + 8) * side * 3 },
      (_, i) => (i % 3 === 2 * label ? 150 : 60) + (Math.imul(i + seed + 7 * image, 2654435761) >>> 26),
    ),
  }));
  return memoryDataset({ images: pixels, labels, classNames: ["red", "blue"] });
}

const dataset = { training: images(18, 1), validation: images(6, 2) };
const given: Partial<TrainArguments> = {
  ...{ model: "test_resnet", imgSize: side, batchSize: 4, workers: 0, lr: 0.02, warmupEpochs: 0, threads: 1 },
  ...{ epochs: 3, opt: "adamw", modelEma: true, modelEmaDecay: 0.9, checkpointHist: 9 },
};

/** A run in a folder of its own, and the lines of its log. */
async function run(experiment: string, own: Partial<TrainArguments>) {
  const lines: string[] = [];
  const log = {
    name: "log",
    on: (event: TrainingEvent) => {
      if (event.type === "message" || event.type === "warning") lines.push(event.text);
    },
  };
  const { folder } = await train({ ...given, ...own, output, experiment }, { dataset, listeners: [log] });
  return { folder, log: lines.join("\n") };
}

/** A digest of each file but figures and those that name their folder. */
async function digestsIn(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).filter((name) => /\.(safetensors|csv|onnx)$/.test(name)).sort();
  const digests = names.map(async (name) => {
    const hash = createHash("sha256").update(await readFile(join(folder, name)));
    return [name, hash.digest("hex")] as const;
  });
  return Object.fromEntries(await Promise.all(digests));
}

const weightsOf = async (folder: string, file = "last.safetensors"): Promise<SafeTensors> =>
  decodeSafetensors(await readFile(join(folder, file))).tensors;

/** Largest difference of two tensors. */
function distance(a: SafeTensor["data"], b: SafeTensor["data"] | undefined): number {
  if (a.length !== b?.length) return Number.NaN;
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(Number(a[i]) - Number(b[i])));
  return largest;
}

describe("--freeze with --unfreeze-at", () => {
  const own: Partial<TrainArguments> = { freeze: ["conv1", "bn1", "layer[12]"], unfreezeAt: 1 };
  let whole: Awaited<ReturnType<typeof run>>;
  beforeAll(async () => {
    whole = await run("whole", own);
  });

  test.each([0, 1])("a resume after epoch %i ends with the bytes of the run without one", async (epoch) => {
    const folder = join(output, `after-${epoch}`);
    await cp(whole.folder, folder, { recursive: true });
    for (const part of ["", ".ema", ".resume"]) {
      await copyFile(
        join(folder, `checkpoint-${epoch}${part}.safetensors`),
        join(folder, `last${part}.safetensors`),
      );
    }
    await train({ resume: join(folder, `checkpoint-${epoch}.resume.safetensors`), workers: 0 }, { dataset });
    expect(await digestsIn(folder)).toEqual(await digestsIn(whole.folder));
  });

  test("what is frozen begins to change at that epoch", async () => {
    expect(whole.log).toContain(
      "Frozen: 62416 of 372882 parameters; 8 batch normalizations by running statistics; everything trains from epoch 1 on",
    );
    const [first, second] = [
      await weightsOf(whole.folder, "checkpoint-0.safetensors"),
      await weightsOf(whole.folder, "checkpoint-1.safetensors"),
    ];
    const start = await weightsOf((await run("start", { ...own, lr: 0, unfreezeAt: 3, epochs: 1 })).folder);
    const same = (a: SafeTensors, b: SafeTensors, name: string) =>
      distance(a.get(name)?.data ?? new Float32Array(), b.get(name)?.data) === 0;
    for (const name of ["conv1.0.weight", "bn1.running_mean", "layer2.0.bn1.weight"]) {
      expect([name, same(start, first, name), same(first, second, name)]).toEqual([name, true, false]);
    }
    expect(same(start, first, "fc.weight")).toBe(false);
  });

  test("is remembered in args.yaml, and only where it is set", async () => {
    const text = await readFile(join(whole.folder, "args.yaml"), "utf8");
    expect(text).toMatch(/^freeze:\n {2}- conv1\n {2}- bn1\n {2}- layer\[12\]\n/m);
    expect(text).toMatch(/^unfreeze_at: 1$/m);
    expect(text).not.toMatch(/head_only|feature_crops/);
  });
});

test("layers that the rate leaves out are not differentiated, their normalizations go on as in timm", async () => {
  const { folder, log } = await run("no-scale", { layerDecay: 0.5, layerDecayNoOptScale: 0.4, epochs: 1 });
  expect(log).toMatch(/^Frozen: \d+ of 372882 parameters$/m);
  const [before, after] = [
    await weightsOf((await run("none", { lr: 0, epochs: 1, freeze: ["backbone"] })).folder),
    await weightsOf(folder),
  ];
  expect(after.get("conv1.0.weight")).toEqual(before.get("conv1.0.weight"));
  expect(after.get("bn1.running_mean")).not.toEqual(before.get("bn1.running_mean"));
});

describe("--head-only", () => {
  test.each<[what: string, head: Partial<TrainArguments>, frozen: Partial<TrainArguments>]>([
    ["augmented crops", { featureCrops: 3 }, {}],
    ["centre crops", { noAug: true }, { noAug: true }],
    ["dropout before the classifier", { featureCrops: 3, drop: 0.3 }, { drop: 0.3 }],
    [
      "classes drawn equally often",
      { noAug: true, balancedSampling: true },
      { noAug: true, balancedSampling: true },
    ],
  ])("trains what --freeze backbone does on the same crops: %s", async (what, head, frozen) => {
    const [features, whole] = [
      await run(`head ${what}`, { headOnly: true, ...head }),
      await run(`frozen ${what}`, { freeze: ["backbone"], ...frozen }),
    ];
    for (const file of ["last.safetensors", "last.ema.safetensors"]) {
      const expected = await weightsOf(whole.folder, file);
      const got = await weightsOf(features.folder, file);
      expect([...got.keys()]).toEqual([...expected.keys()]);
      // Of Adam's steps of 0.02 in 12 updates.
      const distances = [...expected].map(([name, { data }]) => distance(data, got.get(name)?.data));
      expect(Math.max(...distances)).toBeLessThan(1e-5);
    }
    const table = (folder: string) => readFile(join(folder, "summary.csv"), "utf8");
    const [rows, expected] = [await table(features.folder), await table(whole.folder)];
    expect(rows.split("\n")).toHaveLength(expected.split("\n").length);
  });

  test("by itself it takes evaluation crops and their mirror images, and says so", async () => {
    const { folder, log } = await run("alone", { headOnly: true });
    expect(log).toContain(
      "Head only: 96 features of each image, computed once for its evaluation crop and its mirror image; at most 0.0 MiB in memory",
    );
    expect(log).toContain(
      "Augmentation that does not apply to features: --scale, --ratio, --color-jitter; --feature-crops N trains on N augmented crops",
    );
    const again = join(output, "alone-again");
    await cp(folder, again, { recursive: true });
    for (const part of ["", ".ema", ".resume"]) {
      await copyFile(join(again, `checkpoint-0${part}.safetensors`), join(again, `last${part}.safetensors`));
    }
    await train({ resume: join(again, "checkpoint-0.resume.safetensors"), workers: 0 }, { dataset });
    expect(await digestsIn(again)).toEqual(await digestsIn(folder));
  });
});

test.each<[own: Partial<TrainArguments>, message: string]>([
  [
    { unfreezeAt: 2 },
    "train: --unfreeze-at must come with --freeze, got 2 alone; pass --freeze backbone too",
  ],
  [
    { headOnly: true, unfreezeAt: 2 },
    "train: --unfreeze-at must be left out with --head-only, got 2; pass --freeze backbone in place of --head-only",
  ],
  [
    { headOnly: true, freeze: ["conv1"] },
    "train: --freeze must be backbone with --head-only, got conv1; leave one of them out",
  ],
  [
    { featureCrops: 2 },
    "train: --feature-crops must come with --head-only, got 2 alone; pass --head-only too",
  ],
  [
    { headOnly: true, featureCrops: 2, noAug: true },
    "train: --feature-crops must be left out with --no-aug, got 2; all crops of an image would be the same",
  ],
  [
    { headOnly: true, mixup: 0.2 },
    "train: --mixup must be left out with --head-only, got 0.2; its features are computed once, image by image: pass --freeze backbone in its place",
  ],
  [
    { headOnly: true, featureCrops: 2, reprob: 0.2 },
    "train: --reprob must be left out with --head-only, got 0.2; its features are computed once, image by image: pass --freeze backbone in its place",
  ],
  [
    { headOnly: true, colorJitter: 0.1 },
    "train: --color-jitter must be left out with --head-only, got 0.1; it trains on evaluation crops: pass --feature-crops 4 too for augmented ones",
  ],
  [
    { freeze: ["conv2"] },
    'train: --freeze must match parameters or modules of test_resnet, got "conv2"; did you mean "conv1"?; there are conv1, bn1, layer1, layer2, layer3, layer4, fc, and the words backbone and batchnorm',
  ],
  [
    { freeze: ["*"] },
    'train: --freeze must leave a parameter of test_resnet to train, got "*"; leave one out',
  ],
])("%j is refused", async (own, message) => {
  await expect(run("refused", own)).rejects.toThrow(new UsageError(message));
});
