import { schedulerNames } from "@tsimm/scheduler";
import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { addTrainOptions } from "../cli/train-options.ts";
import { createLoader } from "../data/loader.ts";
import { createModel } from "../models/registry.ts";
import { createOptimizer } from "../optim/create-optimizer.ts";
import { ModelEma } from "../optim/ema.ts";
import { UsageError } from "../usage-error.ts";
import { type ArgumentName, type Flag, separated, type TrainArguments, trainFlagRows } from "./arguments.ts";
import { checkArguments, showValue } from "./check-arguments.ts";
import { flagMessage, fromFlags } from "./from-flags.ts";
import { resolveArguments } from "./resolve-arguments.ts";
import { simulateRun } from "./simulate-run.ts";

/** A name of a library that no flag has. */
const CAMEL_CASE = /\b[a-z]+[A-Z]\w*/;

/** One bad value for the kind of a flag, and one for each of its bounds. */
function badValues({ type, choices, min, max, above, below, count }: Flag): unknown[] {
  if (type === "flag") return ["yes"];
  if (type === "map") return ["patch_size=8", [1]];
  if (type === "string") return [7, ...(choices === undefined ? [] : ["nonsense"])];
  if (type === "strings") return ["balanced", [], [7], [""]];
  const outside = [
    ...(min === undefined ? [] : [min - 1]),
    ...(max === undefined ? [] : [max + 1]),
    ...(above === undefined ? [] : [above]),
    ...(below === undefined ? [] : [below]),
    ...["nonsense", Number.NaN, ...(type === "int" || type === "ints" ? [1.5] : [])],
  ];
  if (count === undefined) return outside;
  const [least, most] = count;
  return [
    ...outside.map((one) => Array(least).fill(one)),
    [],
    Array(most + 1).fill((above ?? min ?? 0) + 0.5),
    1,
  ];
}

describe("every flag is named, with the value, where that is bad", () => {
  const cases = trainFlagRows().flatMap(([name, flag]) => badValues(flag).map((bad) => [name, bad] as const));

  test.each(cases)("%s: %j", (name, bad) => {
    const given = { [name]: bad } as Partial<TrainArguments>;
    expect(() => checkArguments(given, "train")).toThrow(UsageError);
    let message = "";
    try {
      checkArguments(given, "train");
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message.startsWith(`train: --${separated(name, "-")} must be `)).toBe(true);
    expect(message.endsWith(`, got ${showValue(bad)}`)).toBe(true);
    expect(message).not.toMatch(CAMEL_CASE);
  });

  const numbers = trainFlagRows().filter(([, { type }]) => !["flag", "string", "strings"].includes(type));
  test.each(numbers)("--%s takes numbers only", (name) => {
    const command = new Command().exitOverride().configureOutput({ writeErr() {} });
    addTrainOptions(command);
    const flag = `--${separated(name, "-")}`;
    expect(() => command.parse([flag, "nonsense"], { from: "user" })).toThrow(
      new RegExp(`'(-\\w, )?${flag} [<[]\\S+' argument 'nonsense' is invalid`),
    );
  });
});

describe("what a library function refuses is said in flags", () => {
  const model = createModel("test_resnet", { numClasses: 3, imgSize: 32 });
  const images = {
    samples: Array(36).fill({ path: "", label: 0 }),
    classNames: [],
    async read() {},
    close() {},
  };
  const build = (args: TrainArguments) => {
    const { opt, lr, weightDecay, momentum, optEps, optBetas, modelEmaDecay, batchSize, maxBadImages } = args;
    const { layerDecay, layerDecayMinScale, layerDecayNoOptScale, hflip, scale, ratio } = args;
    createModel(args.model, { dropRate: args.drop, dropPathRate: args.dropPath, imgSize: args.imgSize });
    const layers = { layerDecay, layerDecayMinScale, layerDecayNoOptScale };
    createOptimizer({ opt, lr, weightDecay, momentum, optEps, optBetas, ...layers }, model);
    new ModelEma(model, { decay: modelEmaDecay });
    const pair = ([low = 0, high = 0]: readonly number[]) => [low, high] as const;
    const transform = {
      training: true,
      inputSize: [3, 32, 32],
      hflip,
      scale: pair(scale),
      ratio: pair(ratio),
    } as const;
    createLoader(images as never, { batchSize, maxBadImages, transform, workers: 0 });
    simulateRun(args, 7, { command: "train" });
  };

  test.each<[Partial<TrainArguments>, string]>([
    [{ sched: "wsd", epochs: 50, decayEpochs: 90 }, "--decay-epochs must be <= --epochs (= 50), got 90"],
    [
      { sched: "wsd", epochs: 50, decayEpochs: 90, schedOnUpdates: true },
      "--decay-epochs must be <= --epochs (= 50), got 90",
    ],
    [
      { sched: "plateau", schedOnUpdates: true },
      "--sched-on-updates must be off for plateau, got on; the metric is known once an epoch",
    ],
    [
      { sched: "invsqrt", warmupEpochs: 0 },
      "--warmup-epochs must be an integer > 0 for invsqrt, got 0; its decay begins with the warm-up",
    ],
    [
      { lrNoise: [0.1], lrNoisePct: 0.001 },
      "--lr-noise-pct must be >= 0.0012533145 × --lr-noise-std (= 0.0012533), got 0.001; only 0.08 % of draws would be accepted, use a smaller --lr-noise-std",
    ],
    [
      { lrNoise: [0.8, 0.2] },
      "--lr-noise must be a number, or two of which the first is smaller, got 0.8 0.2",
    ],
    [
      { sched: "multistep", decayMilestones: [5, 3] },
      "--decay-milestones must be a list of ascending milestones, got 5 3; sort them",
    ],
    [
      { epochs: 10, lrCycleMul: 0.5, lrCycleLimit: 40 },
      "--lr-cycle-mul must be such that the cycles outlast the run of 20, got 0.5; they shrink to nothing at 20, use a lower --cooldown-epochs or a greater --lr-cycle-mul",
    ],
    [
      { sched: "plateau", plateauThreshold: 3 },
      '--plateau-threshold must be < 1 when --threshold-mode is "rel", got 3',
    ],
    [
      { sched: "step", decayRate: 1e300, decayEpochs: 1 },
      "--decay-rate must be such that every value stays finite, got 1e+300",
    ],
    [
      { lr: 1e308, lrCycleDecay: 1e308, lrCycleLimit: 4 },
      "--lr-cycle-decay must be such that every value stays finite, got 1e+308",
    ],
    [{ lrNoise: [1e308] }, "--lr-noise must be such that every value stays finite, got 1e+308"],
    [
      { lr: 0, lrBase: 1e308, lrBaseSize: 1 },
      "--lr-base must be such that every value stays finite, got 1e+308",
    ],
    [
      { batchSize: 500 },
      "--batch-size must be at most 36, the number of training images, got 500; choose a smaller batch or add images",
    ],
    [{ opt: "adamw", optBetas: [0.9, 1] }, "--opt-betas must be two numbers in [0, 1), got 0.9 1"],
    [{ opt: "adan", optBetas: [0.9, 0.8] }, "--opt-betas must be three numbers in [0, 1), got 0.9 0.8"],
    [{ momentum: 1 }, "--momentum must be a number in [0, 1), got 1"],
    [{ modelEmaDecay: 1 }, "--model-ema-decay must be a number in [0, 1), got 1"],
    [{ scale: [0.9, 0.1] }, "--scale must be two numbers, 0 < low <= high, got 0.9 0.1"],
    [{ ratio: [2, 1] }, "--ratio must be two numbers, 0 < low <= high, got 2 1"],
    [{ model: "test_vit", imgSize: 8 }, "--img-size must be at least one patch of 16 pixels, got 8"],
  ])("%j", (given, message) => {
    const args = resolveArguments({ lr: 0.1, model: "test_resnet", batchSize: 6 }, given);
    checkArguments(given);
    expect(() => fromFlags("train", args, () => build(args))).toThrow(new UsageError(`train: ${message}`));
  });

  test.each(["opt", "model", "sched"] as const)("--%s must be a name", (name) => {
    const args = resolveArguments({ lr: 0.1, model: "test_resnet", batchSize: 6 }, { [name]: "nonsense" });
    expect(() => fromFlags("train", args, () => build(args))).toThrow(
      new RegExp(`^train: --${name} must be one of .*, got "nonsense"$`),
    );
  });

  const ofSchedule = trainFlagRows().filter(([, { group, type }]) => group === "Schedule" && type !== "flag");
  const extremes = ([name, flag]: readonly [ArgumentName, Flag]): Partial<TrainArguments>[] => {
    if (flag.type === "string") return (flag.choices ?? []).map((choice) => ({ [name]: choice }));
    const numbers = [flag.min ?? flag.above ?? -1e9, 5e-324, 0.3, 1, 1e300, 2 ** 53 - 1];
    return numbers
      .map((number) => (flag.type === "ints" || flag.type === "floats" ? [number] : number))
      .map((value) => ({ [name]: value }) as Partial<TrainArguments>)
      .filter((given) => !throws(() => checkArguments(given)));
  };

  test.each(schedulerNames())("no extreme value of any flag makes %s name anything else", (sched) => {
    for (const given of ofSchedule.flatMap(extremes)) {
      for (const schedOnUpdates of [false, true]) {
        const args = resolveArguments(
          { epochs: 4, warmupEpochs: 1, lr: 0.1, lrNoise: [0.5] },
          { sched, schedOnUpdates },
          given,
        );
        const message = throws(() => simulateRun(args, 3));
        if (message === null) continue;
        expect([given, message]).toEqual([
          given,
          expect.stringMatching(/^schedule: (--[a-z-]+|a run) must /),
        ]);
        expect([given, CAMEL_CASE.exec(message)]).toEqual([given, null]);
      }
    }
  });
});

test("of several flags the one given is named", () => {
  const message = "createModel: dropPathRate must be a number >= 0 and < 1, got 1";
  expect(flagMessage(message, "train", { dropConnect: 1 })).toMatch(/^train: --drop-connect must/);
  expect(flagMessage(message, "train", { dropPath: 1, dropConnect: 0.1 })).toMatch(
    /^train: --drop-path must/,
  );
});

test("messages that are about no flag stay as they are, but for names that can be nothing else", () => {
  const args = resolveArguments({});
  for (const message of [
    "Cannot read properties of undefined (reading 'batchSize')",
    "ENOENT: no such file, open '/data/batchSize/minLr.txt'",
    'loadState: tensors must be the state of resnet18; "batchSize" is missing',
  ]) {
    expect(flagMessage(message, "train", args)).toBe(message);
  }
  const loader = "Loader: at most 5 % of 40 images may be unreadable (maxBadImages), got 3; repair them";
  expect(flagMessage(loader, "train", args)).toBe(loader.replace("maxBadImages", "--max-bad-images"));
});

test("other errors pass", () => {
  const error = new Error("no space left");
  expect(() =>
    fromFlags("train", {}, () => {
      throw error;
    }),
  ).toThrow(error);
});

function throws(run: () => void): string | null {
  try {
    run();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
