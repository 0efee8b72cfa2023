/** A program that registers a schedule, an optimizer, a model and a task trains by their names, and resumes. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineSchedule, number, registerSchedule } from "@tsimm/scheduler";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { memoryDataset } from "../data/memory-dataset.ts";
import { registerSource } from "../data/sources/sources.ts";
import { classify, flatten, imageNet } from "../layers.ts";
import { registerModelFamily } from "../models/registry.ts";
import { defineOptimizer } from "../optim/optimizer-definition.ts";
import { registerOptimizer } from "../optim/optimizers.ts";
import { fraction, positive } from "../optim/option-checks.ts";
import { defineTask } from "../task/define-task.ts";
import { createTask, registerTask } from "../task/tasks.ts";
import type { Listener } from "../train/listener.ts";
import { UsageError } from "../usage-error.ts";
import { addFlags } from "./arguments.ts";
import { definitionFlagRows } from "./definition-flags.ts";
import { train } from "./train.ts";

declare module "@tsimm/scheduler" {
  interface RegisteredSchedules {
    shrinking: true;
  }
}

declare module "../optim/optimizers.ts" {
  interface RegisteredOptimizers {
    signum: true;
  }
}

declare module "./registered-flags.ts" {
  interface RegisteredArguments {
    readonly halfLife: number;
    readonly stretch: number;
    readonly softness: number;
  }
}

registerSchedule(
  defineSchedule({
    name: "shrinking",
    checks: { halfLife: number({ above: 0 }) },
    flags: {
      halfLife: {
        type: "float",
        default: 2,
        above: 0,
        inEpochs: true,
        help: "epochs in which the rate halves",
      },
    },
    build:
      ({ halfLife }) =>
      (base) =>
      (t) =>
        base * 0.5 ** (t / halfLife),
  }),
);

registerOptimizer(
  defineOptimizer({
    name: "signum",
    lr: 1e-4,
    defaults: { momentum: 0.9, stretch: 1 },
    checks: { momentum: fraction, stretch: positive },
    flags: { stretch: { type: "float", default: 1, above: 0, help: "factor of every step" } },
    createSlots: ({ data }) => ({ momentum_buffer: new Float32Array(data.length) }),
    loop({ data }, grad, { momentum_buffer: mean }, { lr, momentum, stretch }) {
      for (let i = 0; i < data.length; i++) {
        mean[i] = momentum * (mean[i] ?? 0) + (1 - momentum) * (grad[i] ?? 0);
        data[i] = (data[i] ?? 0) - lr * stretch * Math.sign(mean[i] ?? 0);
      }
    },
  }),
);

registerTask(
  defineTask<{ readonly softness: number }>({
    name: "soft-classes",
    labels: "class",
    flags: { softness: { type: "float", default: 0.2, min: 0, max: 1, help: "smoothing of the classes" } },
    create: (context, { softness = 0 } = {}) => ({
      ...createTask("classification", context, { smoothing: softness }),
      name: "soft-classes",
    }),
  }),
);

registerModelFamily({
  name: "pixels",
  models: { pixels8: { side: 8 } },
  create: (name, { side }, { inChans }) => ({
    ...{ name, inChans, numFeatures: inChans * side * side, classifier: "fc" },
    pretrainedCfg: { ...imageNet, inputSize: [inChans, side, side] },
    forwardFeatures: (_, images) => images,
    forwardHead: (layers, x, head) =>
      classify(layers, "fc", flatten(layers, x), head, { dropModule: "drop" }),
  }),
});

const images = Array.from({ length: 12 }, (_, index) => ({
  ...{ width: 8, height: 8, channels: 3 as const },
  data: Uint8Array.from(
    { length: 8 * 8 * 3 },
    (_, i) => (index % 2 === 0 ? 40 : 190) + ((i * 7 + index) % 31),
  ),
}));
const training = memoryDataset({
  images,
  labels: images.map((_, index) => index % 2),
  classNames: ["dark", "light"],
});
const dataset = { training, validation: training };

registerSource({
  name: "shades",
  recognises: ({ dataDir }) => dataDir === "shades:12",
  open: async () => training,
});

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tsimm-registered-"));
});
afterAll(() => rm(folder, { recursive: true }));

const given = (experiment: string): Parameters<typeof train>[0] => ({
  ...{ output: folder, experiment, model: "pixels8", batchSize: 4, workers: 0, threads: 1 },
  ...{ sched: "shrinking", halfLife: 1.5, opt: "signum", stretch: 2, lr: 0.01, warmupEpochs: 0 },
  ...{ task: "soft-classes", softness: 0.4, epochs: 4 },
});

const weights = (run: string) => readFile(join(folder, run, "checkpoint-3.safetensors"));

test("trains by the names of what is registered, and goes on from a checkpoint to the same bytes", async () => {
  const lines: string[] = [];
  const log: Listener = {
    name: "log",
    on: (event) => void (event.type === "message" && lines.push(event.text)),
  };
  const whole = await train(given("whole"), { dataset, listeners: [log] });
  expect(lines.find((line) => line.startsWith("Created"))).toBe(
    `Created signum optimizer: momentum: 0.9, stretch: 2, lr: 0.01, weightDecay: ${2e-5}`,
  );
  expect(lines).toContain(
    "Raised in the training loss, not in validation: label smoothing 0.4, augmentation",
  );
  expect(whole.epochs).toHaveLength(4);

  const enough: Listener = {
    name: "enough",
    on: (event, run) => void (event.type === "epochDone" && event.epoch === 1 && run.stop("two epochs")),
  };
  const first = await train(given("parts"), { dataset, listeners: [enough] });
  await train({ resume: first.folder, workers: 0 }, { dataset });
  expect((await weights("parts")).equals(await weights("whole"))).toBe(true);
}, 60_000);

test("a registered source opens its address, at a resume too", async () => {
  const first = await train({ ...given("source"), dataDir: "shades:12", epochs: 1 });
  expect(parse(await readFile(join(first.folder, "args.yaml"), "utf8"))).toMatchObject({
    data_dir: "shades:12",
  });
  const { epochs } = await train({ resume: first.folder, workers: 0, epochs: 2 });
  expect(epochs).toHaveLength(2);
}, 60_000);

test("args.yaml holds their flags, and says what timm has not", async () => {
  const text = await readFile(join(folder, "whole", "args.yaml"), "utf8");
  expect(parse(text)).toMatchObject({
    ...{ sched: "shrinking", half_life: 1.5, opt: "signum", stretch: 2 },
    ...{ task: "soft-classes", softness: 0.4, model: "pixels8" },
  });
  expect(text.split("\n").filter((line) => line.startsWith("#"))).toEqual([
    "# data_dir null is the image set built into tsimm",
    '# timm has no schedule "shrinking"',
    '# timm has no optimizer "signum"',
    '# timm has no task "soft-classes"',
    "# timm has no --half-life",
    "# timm has no --stretch",
    "# timm has no --softness",
  ]);
});

test("a flag that is given at a resume beats the checkpoint's", async () => {
  const lines: string[] = [];
  const log: Listener = {
    name: "log",
    on: (event) => void (event.type === "message" && lines.push(event.text)),
  };
  const resume = join(folder, "parts");
  await train({ resume, workers: 0, epochs: 5, halfLife: 3, stretch: 1 }, { dataset, listeners: [log] });
  expect(lines).toContain("Resume: half_life 1.5 -> 3 (command line)");
  expect(lines).toContain("Resume: stretch 2 -> 1 (command line)");
  expect(lines.find((line) => line.startsWith("Resume: learning rate"))).toMatch(
    /\(schedule changed: epochs 4 -> 5, half_life 1\.5 -> 3\)$/,
  );
});

test.each([
  [{ halfLive: 2 }, 'train: unknown option "halfLive"; did you mean "halfLife"?'],
  [{ halfLife: 0 }, "train: --half-life must be a number > 0, got 0"],
  [{ sched: "shrinkin" }, 'got "shrinkin"; did you mean "shrinking"?'],
  [{ opt: "signums" }, 'got "signums"; did you mean "signum"?'],
  [{ model: "pixel8" }, 'got "pixel8"; did you mean "pixels8"?'],
  [{ task: "soft-clases" }, 'got "soft-clases"; did you mean "soft-classes"?'],
  [
    { task: "classification", softness: 0.4 },
    "train: --softness must be left out with --task classification, got 0.4; it is for --task soft-classes",
  ],
])("refuses %j", async (wrong, message) => {
  const all = { ...given("refused"), ...wrong } as Parameters<typeof train>[0];
  const error: unknown = await train(all, { dataset }).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(UsageError);
  expect(String(error)).toContain(message);
});

test("refuses a flag that an argument or another definition has in another meaning", () => {
  const flag = { type: "float", default: 2, help: "seconds in which it halves" } as const;
  const rows = (name: string) => definitionFlagRows("Schedule", [{ name: "other", flags: { [name]: flag } }]);
  expect(() => addFlags(rows("halfLife"))).toThrow(
    new RangeError(
      'addFlags: --half-life must be a new flag, got one that means "epochs in which the rate halves (shrinking)"; rename it',
    ),
  );
  expect(() => addFlags(rows("smoothing"))).toThrow(
    new RangeError(
      'addFlags: --smoothing must be a new flag, got one that means "label smoothing"; rename it',
    ),
  );
});
