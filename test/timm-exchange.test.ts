/** Runs that move to timm and come back, with the real timm: see timm.fixture.ts. */
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { tsimm } from "./command-line.fixture.ts";
import { contentOf, runTimm, stamps, summaryOf, timmFolder } from "./timm.fixture.ts";
import { timmPhotos } from "./timm-photos.fixture.ts";

vi.setConfig({ testTimeout: 300_000 });

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-timm-"));
  await timmPhotos(join(root, "photos"), 32);
});
afterAll(() => rm(root, { recursive: true }));

const EPOCHS = [0, 1, 2, 3, 4, 5];

/** A batch is all images, so that their order does not matter. */
const COMMON = "--img-size 32 -b 24 -j 1 --no-aug --smoothing 0 --epochs 6";
const RESNET = "--model test_resnet";
const VIT = "--model test_vit";

/** Runs a command of tsimm that succeeds. */
async function succeed(words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await tsimm(words, { cwd: root });
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

/** Trains into a new folder. */
async function train(name: string, words: readonly string[]): Promise<string> {
  await succeed(["train", ...words, "--threads", "1", "--output", "out", "--experiment", name]);
  return join(root, "out", name);
}

/** A copy of a run as it was when it was killed after so many epochs. */
async function killedAfter(epochs: number, run: string): Promise<string> {
  const folder = `${run}-${epochs}`;
  await cp(run, folder, { recursive: true });
  for (const file of await readdir(folder)) {
    const [, epoch = null] = /^checkpoint-(\d+)\./.exec(file) ?? [];
    const isLeft = epoch === null ? ["args.yaml", "classes.txt"].includes(file) : Number(epoch) < epochs;
    if (!isLeft) await rm(join(folder, file));
  }
  return folder;
}

/** Losses of a run against those of one that was not moved; they part by the rounding of float32, more with each update. */
async function expectLosses(
  actual: string,
  expected: string,
  { epochs = EPOCHS, tolerance = 1e-5 } = {},
): Promise<void> {
  const [rows, whole] = await Promise.all([summaryOf(actual), summaryOf(expected)]);
  for (const epoch of epochs) {
    const [row, other] = [rows, whole].map((of) => of.find((one) => one.epoch === epoch));
    const [loss = Number.NaN, otherLoss = Number.NaN] = [row?.trainLoss, other?.trainLoss];
    expect(Math.abs(loss - otherLoss), `training loss of epoch ${epoch}`).toBeLessThan(tolerance);
    const [evalLoss = Number.NaN, otherEvalLoss = Number.NaN] = [
      row?.validation?.loss,
      other?.validation?.loss,
    ];
    expect(Math.abs(evalLoss - otherEvalLoss), `validation loss of epoch ${epoch}`).toBeLessThan(tolerance);
    const [top1 = Number.NaN, otherTop1 = Number.NaN] = [
      row?.validation?.["top1"],
      other?.validation?.["top1"],
    ];
    expect(top1, `accuracy of epoch ${epoch}`).toBeCloseTo(otherTop1, 4);
  }
}

async function ratesOf(run: string): Promise<readonly (readonly [epoch: number, lr: number])[]> {
  return (await summaryOf(run)).map(({ epoch, lr }) => [epoch, lr] as const);
}

interface Moved {
  readonly name: string;
  readonly flags: string;
  /** There are several batches an epoch, of images in an order of chance: only rates are alike. */
  readonly isShuffled?: boolean;
}

const CASES: readonly Moved[] = [
  {
    name: "sgd with momentum, cosine within its warm-up, an average",
    flags: `${RESNET} --opt sgd --lr 0.05 --warmup-epochs 3 --warmup-lr 0.01 --model-ema --model-ema-decay 0.6`,
  },
  {
    name: "adamw, layer decay, step with noise, an average that warms up",
    flags: `${VIT} --opt adamw --lr 0.001 --layer-decay 0.8 --warmup-epochs 0 --sched step --decay-epochs 1 --decay-rate 0.7 --lr-noise 0.2 0.9 --model-ema --model-ema-warmup`,
  },
  {
    name: "lamb, plateau whose rate has fallen",
    flags: `${VIT} --opt lamb --lr 0.1 --seed 2 --weight-decay 0.05 --warmup-epochs 0 --sched plateau --eval-metric loss --patience-epochs 0 --decay-rate 0.5`,
  },
  {
    name: "sgd, plateau after its warm-up, which falls as the run comes back",
    flags: `${VIT} --opt sgd --lr 0.05 --seed 4 --weight-decay 0.05 --warmup-epochs 1 --warmup-lr 0.02 --sched plateau --patience-epochs 0 --decay-rate 0.5`,
  },
  {
    name: "lookahead_adamw, batches gathered into updates, poly on updates",
    flags: `${VIT} -b 6 --grad-accum-steps 2 --opt lookahead_adamw --lr 0.001 --warmup-epochs 1 --sched poly --sched-on-updates`,
    isShuffled: true,
  },
];

describe.skipIf(timmFolder === undefined)("the real timm", () => {
  test.each(CASES)("takes over after two epochs and gives back after four: $name", async (moved) => {
    const id = `run${CASES.indexOf(moved)}`;
    const whole = await train(id, ["photos", ...COMMON.split(" "), ...moved.flags.split(" ")]);
    const half = await killedAfter(2, whole);

    const command = await succeed(["handoff", half, "--gpus", "0"]);
    const there = await runTimm(command, { cwd: root, stopAfter: 4 });
    const left = await stamps(there.folder);
    const last = join(there.folder, "last.pth.tar");
    const back = await train(`${id}-back`, ["--resume", last]);

    const rates = await ratesOf(whole);
    expect(await ratesOf(there.folder)).toEqual(rates.slice(2, 4));
    expect(await ratesOf(back)).toEqual(rates);
    expect(rates.map(([epoch]) => epoch)).toEqual(EPOCHS);
    if (moved.isShuffled !== true) await expectLosses(back, whole);

    // All that timm saved, when nothing is trained after it.
    const asItWas = await train(`${id}-same`, ["--resume", last, "--epochs", "4"]);
    await succeed(["export", "--format", "timm", asItWas, "-o", `out/${id}.pth.tar`]);
    expect(await contentOf(join(root, "out", `${id}.pth.tar`))).toMatchObject(await contentOf(last));
    expect(await stamps(there.folder)).toEqual(left);
  });

  test("trains with two processes what one has begun, in halves of its batch", async () => {
    const flags = `${VIT} --opt adamw --lr 0.001 --warmup-epochs 0 --model-ema --model-ema-decay 0.6`;
    const whole = await train("pair", ["photos", ...COMMON.split(" "), ...flags.split(" ")]);
    const command = await succeed(["handoff", await killedAfter(2, whole), "--gpus", "2"]);
    expect(command).toMatch(/^torchrun --nproc_per_node=2 train\.py /);
    // Here, without GPUs.
    const there = await runTimm(`${command.trimEnd()} --device cpu`, { cwd: root });
    expect(there.log).toContain("Process 1, total 2");

    expect(await ratesOf(there.folder)).toEqual((await ratesOf(whole)).slice(2));
    await expectLosses(there.folder, whole, { epochs: [2, 3, 4, 5] });
    // From an epoch that timm has gone past.
    const back = await train("pair-back", ["--resume", join(there.folder, "checkpoint-3.pth.tar")]);
    expect(await ratesOf(back)).toEqual(await ratesOf(whole));
    await expectLosses(back, whole);
  });

  test("goes on with its own run after two epochs here", async () => {
    const flags = `${COMMON} ${RESNET} --num-classes 3 --opt sgd --lr 0.05 --warmup-epochs 0 --model-ema --model-ema-decay 0.6 --device cpu`;
    const command = `python3 train.py --data-dir photos ${flags}`;
    const whole = await runTimm(command, { cwd: root });
    const first = await runTimm(command, { cwd: root, stopAfter: 2 });
    const here = await train("between", ["--resume", join(first.folder, "last.pth.tar")]);
    expect(await ratesOf(here)).toEqual(await ratesOf(whole.folder));
    await expectLosses(here, whole.folder);

    const handedOver = await succeed(["handoff", await killedAfter(4, here), "--gpus", "0"]);
    const end = await runTimm(handedOver, { cwd: root });
    expect(await ratesOf(end.folder)).toEqual((await ratesOf(whole.folder)).slice(4));
    await expectLosses(end.folder, whole.folder, { epochs: [4, 5] });
  });
});
