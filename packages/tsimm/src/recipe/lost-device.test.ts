/** A run whose device is lost, and its way on with another engine. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { memoryDataset } from "../data/memory-dataset.ts";
import { createEngine, registerEngine } from "../runtime/create-engine.ts";
import { DeviceLostError } from "../runtime/device-lost-error.ts";
import { defineEngine } from "../runtime/engine-definition.ts";
import type { Listener } from "../train/listener.ts";
import type { TrainArguments } from "./arguments.ts";
import { train } from "./train.ts";

declare module "../runtime/create-engine.ts" {
  interface RegisteredEngines {
    fragile: true;
  }
}

/** Runs until the device is lost. */
let runs = Number.POSITIVE_INFINITY;
registerEngine(
  defineEngine({
    name: "fragile",
    async load() {
      const native = await createEngine("native");
      return {
        ...{ ...native, name: "fragile" },
        async load(model, options) {
          const session = await native.load(model, options);
          return {
            ...session,
            async run(feeds, fetches) {
              if (runs-- > 0) return await session.run(feeds, fetches);
              throw new DeviceLostError("the device Toy is lost (unplugged): go on with --resume");
            },
          };
        },
      };
    },
  }),
);

let output = "";
beforeAll(async () => {
  output = await mkdtemp(join(tmpdir(), "tsimm-lost-"));
  const { told } = await run({ experiment: "whole", engine: "native" });
  expect(told.join("\n")).not.toContain("may differ");
}, 60_000);
afterAll(() => rm(output, { recursive: true }));

const side = 32;
const labels = Array.from({ length: 16 }, (_, i) => i % 2);
const images = labels.map((label, image) => ({
  ...{ width: side, height: side, channels: 3 as const },
  data: Uint8Array.from({ length: side * side * 3 }, (_, i) => ((i * (image + 3)) % 90) + 120 * label),
}));
const training = memoryDataset({ images, labels, classNames: ["dark", "light"] });

const given = {
  ...{
    model: "test_resnet",
    imgSize: side,
    batchSize: 8,
    workers: 0,
    lr: 0.02,
    warmupEpochs: 0,
    threads: 1,
    tune: false,
  },
  epochs: 2,
  opt: "momentum",
} as const;

/** Trains; `told` are the messages. */
async function run(changes: Pick<Partial<TrainArguments>, "experiment" | "engine" | "resume">) {
  const told: string[] = [];
  const listener: Listener = { name: "told", on: (event) => void ("text" in event && told.push(event.text)) };
  const dataset = { training, validation: training };
  const [result] = await Promise.allSettled([
    train({ ...given, output, ...changes }, { dataset, listeners: [listener] }),
  ]);
  return { result, told };
}

test.each([
  { runs: 0, update: 0, epoch: 0 },
  { runs: 1, update: 1, epoch: 0 },
  // The validation of the first epoch takes a run for each batch.
  { runs: 5, update: 3, epoch: 1 },
])("a device lost after $runs runs ends the run with a checkpoint to go on from", async (lost) => {
  const experiment = `lost-${lost.runs}`;
  const folder = join(output, experiment);
  runs = lost.runs;
  const { result } = await run({ experiment, engine: "fragile" });
  expect(result).toMatchObject({
    reason: {
      message:
        "train: the device Toy is lost (unplugged): go on with --resume; " +
        `it was lost in update ${lost.update} (epoch ${lost.epoch}), what is left is the state of update ${lost.update}`,
    },
  });
  expect(await readdir(folder)).toContain(`recovery-${lost.epoch}-${lost.update}.resume.safetensors`);
  const resumed = await run({ resume: folder, engine: "native" });
  expect(resumed.result.status).toBe("fulfilled");
  expect(resumed.told).toContain(
    "Resume: engine fragile (ort-cpu) -> native (ort-cpu): the numbers may differ from those of a run on one engine in their last bits",
  );
  const weights = (name: string) => readFile(join(output, name, "last.safetensors"));
  expect((await weights(experiment)).equals(await weights("whole"))).toBe(true);
});
