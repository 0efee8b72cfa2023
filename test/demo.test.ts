/** What a run chooses and says where the user left the defaults. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TrainArguments, train } from "tsimm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { LogLines } from "../packages/tsimm/src/listeners/log-lines.ts";
import type { Listener } from "../packages/tsimm/src/train/listener.ts";
import { colourFolder } from "./command-line.fixture.ts";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-demo-"));
});
afterAll(() => rm(root, { recursive: true }));

/** The log lines and `args.yaml` of a run that is stopped after some updates. */
async function begin(given: Partial<TrainArguments>, updates: number) {
  const lines: string[] = [];
  const stop = new AbortController();
  const log = new LogLines();
  const listener: Listener = {
    name: "log",
    on(event) {
      for (const { level, text } of log.linesOf(event)) if (level !== "interval") lines.push(text);
      if (event.type === "updateDone" && event.index + 1 >= updates) stop.abort();
    },
  };
  const options = { listeners: [listener], signal: stop.signal };
  const { folder } = await train({ output: root, threads: 1, ...given }, options);
  return { lines, args: parse(await readFile(join(folder, "args.yaml"), "utf8"), { version: "1.1" }) };
}

test("without a folder a run is the demo, says its settings and keeps them", async () => {
  const { lines, args } = await begin({ epochs: 3, workers: 0, experiment: "demo" }, 10);
  const [said] = lines.filter((line) => line.startsWith("Settings of the demo: "));
  expect(said).toContain("--model test_resnet --img-size 32 --batch-size 32 --opt adamw --lr 0.003");
  expect(said).not.toContain("--epochs");
  expect(args).toMatchObject({ data_dir: null, model: "test_resnet", img_size: 32, opt: "adamw", epochs: 3 });
  const estimates = lines.filter((line) =>
    /^About \S+ (s|min) an epoch, \S+ (s|min) for the run \(3 epochs\)$/.test(line),
  );
  expect(estimates).toHaveLength(1);
  expect(lines.join("\n")).not.toContain("made for ImageNet");
});

test("a folder of few images keeps the defaults, with one line of advice", async () => {
  await colourFolder(join(root, "photos"), { train: 4, val: 1 });
  const given = {
    dataDir: join(root, "photos"),
    model: "test_resnet",
    imgSize: 32,
    batchSize: 8,
    workers: 0,
  };
  const { lines, args } = await begin({ ...given, experiment: "few" }, 1);
  const advice = lines.filter((line) => line.includes("made for ImageNet"));
  expect(advice).toEqual([
    "The defaults are made for ImageNet, and 16 training images are few for them; try --epochs 50 --warmup-epochs 2",
  ]);
  expect(args).toMatchObject({ epochs: 300, warmup_epochs: 5, opt: "sgd", lr_derived: true });
});
