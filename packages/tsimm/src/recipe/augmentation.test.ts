/** Runs with policies of augmentation, repeats and random erasing. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { memoryDataset } from "../data/memory-dataset.ts";
import type { TrainingEvent } from "../train/events.ts";
import { UsageError } from "../usage-error.ts";
import type { TrainArguments } from "./arguments.ts";
import { train } from "./train.ts";

let output = "";
beforeAll(async () => {
  output = await mkdtemp(join(tmpdir(), "tsimm-augmentation-"));
});
afterAll(() => rm(output, { recursive: true }));

const side = 24;

/** Noise around two levels. */
function images(count: number) {
  const labels = Array.from({ length: count }, (_, i) => i % 2);
  const pixels = labels.map((label, image) => ({
    ...{ width: side + 6, height: side, channels: 3 as const },
    data: Uint8Array.from(
      { length: (side + 6) * side * 3 },
      (_, i) => 60 + 90 * label + (Math.imul(i + 1009 * image, 2654435761) >>> 26),
    ),
  }));
  return memoryDataset({ images: pixels, labels, classNames: ["dark", "light"] });
}

const dataset = { training: images(16), validation: images(4) };
const plain: Partial<TrainArguments> = {
  ...{ model: "test_resnet", imgSize: side, batchSize: 8, epochs: 2, workers: 0, opt: "momentum", lr: 0.02 },
  ...{ warmupEpochs: 0, threads: 1, engine: "native" },
};
const augmented: Partial<TrainArguments> = {
  ...{ aa: "rand-m9-n3-mstd0.5-inc1", trainCropMode: "rkrr", grayscaleProb: 0.2, gaussianBlurProb: 0.3 },
  ...{ augRepeats: 2, reprob: 0.6, recount: 2, mixup: 0.2 },
};

/** Runs, stopped after an update if one is given; what it wrote and said. */
async function run(experiment: string, given: Partial<TrainArguments>, stopAfter?: number) {
  const stop = new AbortController();
  const messages: string[] = [];
  const losses: number[] = [];
  const listener = {
    name: "stop",
    on(event: TrainingEvent) {
      if (event.type === "message") messages.push(event.text);
      if (event.type !== "updateDone") return;
      losses.push(event.loss);
      if (event.update === stopAfter) stop.abort();
    },
  };
  await train(given.resume ? given : { ...plain, ...given, output, experiment }, {
    dataset,
    listeners: [listener],
    signal: stop.signal,
  });
  const weights = await readFile(join(output, experiment, "last.safetensors")).catch(() => null);
  return { weights, messages, losses };
}

test("an augmented run, stopped in mid-epoch and resumed, ends as one never stopped", async () => {
  const whole = await run("whole", augmented);
  expect(whole.losses).toHaveLength(4);
  const stopped = await run("parts", augmented, 3);
  expect(stopped.losses).toEqual(whole.losses.slice(0, 3));
  const rest = await run("parts", { resume: join(output, "parts"), workers: 0 });
  expect(rest.losses).toEqual(whole.losses.slice(3));
  expect(rest.weights).toEqual(whole.weights);
  expect(whole.weights).not.toBe(null);
  expect(whole.messages.join("\n")).toContain(
    "Raised in the training loss, not in validation: mixup, label smoothing 0.1, " +
      "augmentation rand-m9-n3-mstd0.5-inc1, random erasing 0.6",
  );
  const saved = parse(await readFile(join(output, "whole", "args.yaml"), "utf8"));
  expect(saved).toMatchObject({
    ...{ aa: "rand-m9-n3-mstd0.5-inc1", train_crop_mode: "rkrr", grayscale_prob: 0.2, aug_repeats: 2 },
    ...{ reprob: 0.6, recount: 2 },
  });
});

test("without augmentation nothing is erased, and args.yaml has no word of it", async () => {
  const [without, erasing] = [
    await run("none", { noAug: true, epochs: 1 }),
    await run("off", { noAug: true, epochs: 1, reprob: 1 }),
  ];
  expect(erasing.losses).toEqual(without.losses);
  expect(await readFile(join(output, "none", "args.yaml"), "utf8")).not.toMatch(
    /^(aa|reprob|remode|recount|train_crop_mode|(grayscale|gaussian_blur|color_jitter)_prob|aug_repeats):/m,
  );
});

test.each<[Partial<TrainArguments>, string]>([
  [
    { aa: "rand-m99x" },
    'train: --aa must be a policy such as rand-m9-mstd0.5-inc1, got "rand-m99x": ' +
      'section "m99x" must be m with an integer >= 0, e.g. m9',
  ],
  [
    { augRepeats: 3, balancedSampling: true },
    "train: --aug-repeats must be 0 with --balanced-sampling, got 3; leave one of them out",
  ],
  [{ augRepeats: 0.5 }, "train: --aug-repeats must be 0 or a number >= 1, got 0.5"],
  [{ reprob: -1 }, "train: --reprob must be a number >= 0 and <= 1, got -1"],
  [{ remode: JSON.parse('"black"') }, 'train: --remode must be one of const, rand, pixel, got "black"'],
])("%j is refused", async (given, message) => {
  await expect(train({ ...plain, ...given, output }, { dataset })).rejects.toThrow(new UsageError(message));
});
