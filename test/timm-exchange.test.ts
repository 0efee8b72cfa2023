/** Runs that move to timm and come back, with the real timm: see timm.fixture.ts. */
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { tsimm } from "./command-line.fixture.ts";
import { runTimm, stamps, summaryOf, timmFolder } from "./timm.fixture.ts";
import { timmPhotos } from "./timm-photos.fixture.ts";

vi.setConfig({ testTimeout: 300_000 });

const SIDE = 32;
let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-timm-"));
  await timmPhotos(join(root, "photos"), SIDE);
});
afterAll(() => rm(root, { recursive: true }));

/** One batch is all images, so that their order does not matter. */
const COMMON = `--img-size ${SIDE} -b 24 -j 1 --no-aug --smoothing 0 --epochs 6`.split(" ");
const RESNET = ["--model", "test_resnet"];
const VIT = ["--model", "test_vit"];

interface Moved {
  readonly name: string;
  readonly flags: readonly string[];
  readonly processes?: number;
  /** There are several updates an epoch, of images in an order of chance: only rates are held. */
  readonly isShuffled?: boolean;
}

const words = (text: string) => text.split(" ");
const CASES: readonly Moved[] = [
  {
    name: "sgd with momentum, an average, cosine from within its warm-up",
    flags: [
      ...RESNET,
      ...words("--opt sgd --lr 0.05 --warmup-epochs 3 --warmup-lr 0.01 --model-ema --model-ema-decay 0.6"),
    ],
  },
  {
    name: "adamw, layer decay, an average that warms up, step with noise",
    flags: [
      ...VIT,
      ...words("--opt adamw --lr 0.001 --warmup-epochs 0 --layer-decay 0.8 --model-ema --model-ema-warmup"),
      ...words("--sched step --decay-epochs 1 --decay-rate 0.7 --lr-noise 0.2 0.9"),
    ],
  },
  {
    name: "lamb, plateau after a reduction",
    flags: [
      ...VIT,
      ...words("--opt lamb --lr 0.1 --seed 2 --weight-decay 0.05 --warmup-epochs 0 --sched plateau"),
      ...words("--eval-metric loss --patience-epochs 0 --decay-rate 0.5"),
    ],
  },
];

async function train(name: string, flags: readonly string[]): Promise<string> {
  const { code, stderr } = await tsimm(
    ["train", ...flags, "--threads", "1", "--output", "out", "--experiment", name],
    { cwd: root },
  );
  if (code !== 0) throw new Error(stderr);
  return join(root, "out", name);
}

/** A run as it was after its epoch 1. */
async function stopped(whole: string, name: string): Promise<string> {
  const folder = join(root, "out", name);
  await cp(whole, folder, { recursive: true });
  for (const file of await readdir(folder)) {
    if (!/^(args\.yaml|classes\.txt|checkpoint-[01]\..*)$/.test(file)) await rm(join(folder, file));
  }
  return folder;
}

describe.skipIf(timmFolder === undefined)(
  "a run that goes to timm after two epochs and back after four",
  () => {
    test.each(CASES)("$name", async ({ name, flags, processes = 1, isShuffled = false }) => {
      const id = name.replace(/\W+/g, "-");
      const whole = await train(`${id}-whole`, ["photos", ...COMMON, ...flags]);
      const half = await stopped(whole, `${id}-half`);
      const expected = await summaryOf(whole);

      const gpus = processes === 1 ? [] : ["--gpus", String(processes)];
      const printed = await tsimm(["handoff", half, ...gpus], { cwd: root });
      expect(printed.code, printed.stderr).toBe(0);
      const [line = ""] = /^.*train\.py .*$/m.exec(printed.stdout) ?? [];
      const there = await runTimm(line, { cwd: root, stopAfter: 4 });
      const left = await stamps(there.folder);

      const back = await train(`${id}-back`, ["--resume", join(there.folder, "last.pth.tar")]);
      const rows = await summaryOf(back);

      expect((await summaryOf(there.folder)).map(({ epoch }) => epoch)).toEqual([2, 3]);
      expect(rows.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4, 5]);
      expect(rows.map(({ lr }) => lr)).toEqual(expected.map(({ lr }) => lr));
      if (!isShuffled) {
        for (const [epoch, { trainLoss, validation }] of expected.entries()) {
          expect(Math.abs((rows[epoch]?.trainLoss ?? Number.NaN) - trainLoss)).toBeLessThan(1e-5);
          const loss = rows[epoch]?.validation?.loss ?? Number.NaN;
          expect(Math.abs(loss - (validation?.loss ?? Number.NaN))).toBeLessThan(1e-5);
        }
      }
      expect(await stamps(there.folder)).toEqual(left);
    });
  },
);
