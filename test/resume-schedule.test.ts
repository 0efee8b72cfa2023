/** The schedule of a run that is resumed with another one. Reads `dist`: build first. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { colourFolder, tsimm } from "./command-line.fixture.ts";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-resume-"));
  await colourFolder(join(root, "photos"), { train: 6, val: 1 });
});
afterAll(() => rm(root, { recursive: true }));

const train = async (words: string) => {
  const ended = await tsimm(["train", ...words.split(" ")], { cwd: root });
  expect([ended.code, ended.code === 0 ? "" : ended.stderr]).toEqual([0, ""]);
  return ended.stderr;
};
const start = (name: string, words: string) =>
  train(
    `photos --model test_resnet --img-size 32 -b 6 -j 1 --threads 1 --lr 0.1 --warmup-epochs 0 --output out --experiment ${name} ${words}`,
  );
const rates = async (name: string) => {
  const [, ...rows] = (await readFile(join(root, "out", name, "summary.csv"), "utf8")).trim().split("\n");
  return rows.map((row) => Number(Number(row.split(",").at(-1)).toPrecision(6)));
};
const figureLabels = async (name: string) => {
  const svg = await readFile(join(root, "out", name, "lr.svg"), "utf8");
  return svg.match(/\w+ (until|from) epoch [\d.]+/g) ?? [];
};

test("a longer run with another batch: the rate is that of the new plan at once", async () => {
  await start("run", "--sched-on-updates --epochs 2");
  expect(await figureLabels("run")).toEqual([]);

  // 4 updates in an epoch become 2.
  const longer = await train("--resume out/run --epochs 4 -b 12 --lr 0.2");
  expect(longer).toContain(
    "Resume: learning rate 0 -> 0.1 at update 4 (epoch 2) (schedule changed: lr 0.1 -> 0.2, epochs 2 -> 4, batch_size 6 -> 12, updates per epoch 4 -> 2)\n",
  );
  expect((await rates("run")).slice(2)).toEqual([0.0292893, 0]);
  expect(await figureLabels("run")).toEqual(["cosine until epoch 2", "cosine from epoch 2"]);
});

test("another schedule after that: all three plans stay in sight", async () => {
  const stepped = await train("--resume out/run --epochs 6 --sched step --decay-epochs 5 --decay-rate 0.5");
  expect(stepped).toMatch(/^Resume: learning rate 0 -> 0\.2 at update 8 \(epoch 4\) \(schedule changed: /m);
  expect((await rates("run")).slice(4)).toEqual([0.1, 0.1]);
  const labels = ["cosine until epoch 2", "cosine until epoch 4", "step from epoch 4"];
  expect(await figureLabels("run")).toEqual(labels);
});

test("a start epoch counts once, not at every resume; options of the optimizer follow the command line", async () => {
  await start("later", "--opt adamw --sched step --decay-epochs 2 --start-epoch 1 --epochs 3");
  const resumed = await train("--resume out/later --epochs 4 --weight-decay 0 --layer-decay 0.5");
  expect(resumed).toMatch(/^Epoch 3 \(4\/4\): /m);
  expect(resumed).not.toMatch(/^Epoch [123]\/4: /m);
  expect(resumed).toMatch(/^Resume: learning rate 0\.01 -> \S+ at epoch 3 \(.*layer_decay null -> 0\.5\)$/m);
});

test("noise that makes rates negative is refused before anything is written", async () => {
  const words = ["--epochs", "30", "--lr", "0.1", "--lr-noise", "0", "--lr-noise-pct", "3"];
  for (const command of [
    ["train", "photos", "--model", "test_resnet", "-b", "6", "--output", "none"],
    ["schedule"],
  ]) {
    const ended = await tsimm([...command, ...words], { cwd: root });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(
      new RegExp(
        `^tsimm: ${command[0]}: --lr-noise-pct must be such that no learning rate is below 0, got 3: `,
        "m",
      ),
    );
  }
  await expect(readFile(join(root, "none"))).rejects.toThrow(/ENOENT/);
});
