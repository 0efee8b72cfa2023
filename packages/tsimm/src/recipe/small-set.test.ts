import { expect, test } from "vitest";
import { demoArguments } from "./demo.ts";
import { flagWords } from "./flag-words.ts";
import { smallSetAdvice } from "./small-set.ts";

test("a few hundred images get one line about the defaults that were left", () => {
  expect(smallSetAdvice(320, {})).toBe(
    "The defaults are made for ImageNet, and 320 training images are few for them; try " +
      "--model resnet18 --img-size 160 --batch-size 16 --epochs 50 --warmup-epochs 2",
  );
  expect(smallSetAdvice(36, { model: "resnet34", inputSize: [3, 96, 96], warmupEpochs: 0 })).toBe(
    "The defaults are made for ImageNet, and 36 training images are few for them; try --batch-size 9 --epochs 50",
  );
});

test("no advice where nothing is left to advise on, or on many images", () => {
  expect(smallSetAdvice(36, { model: "resnet50", batchSize: 128, epochs: 300 })).toBe(null);
  expect(smallSetAdvice(1000, {})).toBe(null);
  expect(smallSetAdvice(999, { epochs: null as never })).not.toBe(null);
});

test("without a folder the demo's settings stand in, explicit ones win", () => {
  expect(flagWords(demoArguments({}))).toBe(
    "--model test_resnet --img-size 32 --batch-size 32 --opt adamw --lr 0.003 --weight-decay 0.05 --sched step " +
      "--epochs 15 --warmup-epochs 2 --decay-epochs 6 --decay-rate 0.2 --scale 0.7 1 --hflip 0 --color-jitter 0 " +
      "--log-interval 20 --workers 1",
  );
  const given = demoArguments({ epochs: 1, opt: "sgd", inputSize: [3, 64, 64] });
  expect(given).toMatchObject({ model: "test_resnet", batchSize: 32, sched: "step" });
  for (const name of ["epochs", "opt", "lr", "weightDecay", "imgSize"])
    expect(given).not.toHaveProperty(name);
  expect(demoArguments({ lrBase: 0.1 })).not.toHaveProperty("lr");
});
