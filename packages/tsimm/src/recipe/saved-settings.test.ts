import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { savedSettings } from "./saved-settings.ts";

test("settings are those that are set, in the order of the file, with timm's defaults where tsimm has not the flag", () => {
  const saved = {
    ...{
      amp: false,
      channels_last: true,
      drop_path: null,
      epochs: 300,
      kd_temperature: 4,
      kd_model_name: "resnet50",
    },
    ...{
      model_kwargs: {},
      mean: [0.5, 0.4],
      opt: "muon",
      own_key: { a: 1 },
      tsimm: { version: 1, classNames: ["cat"] },
      lr_derived: true,
      written_to: { output: "runs", experiment: "first" },
      sched: "cosine",
      wandb_tags: [],
      worker_seeding: "all",
    },
  };
  const rows = savedSettings(saved).map(({ flag, value, isDefault }) => [flag, value, isDefault]);
  expect(rows).toEqual([
    ["--amp", "off", true],
    ["--channels-last", "on", false],
    ["--epochs", "300", true],
    ["--kd-temperature", "4", true],
    ["--kd-model-name", "resnet50", false],
    ["--mean", "0.5 0.4", false],
    ["--opt", "muon", false],
    ["--own-key", '{"a":1}', false],
    ["--sched", "cosine", true],
    ["--worker-seeding", "all", true],
  ]);
});

test("timm's defaults are defaults", async () => {
  const file = new URL("../../../../test/golden/timm-train-defaults.yaml", import.meta.url);
  const settings = savedSettings(parse(await readFile(file, "utf8"), { version: "1.1" }));
  expect(settings.length).toBeGreaterThan(90);
  expect(settings.filter(({ isDefault }) => !isDefault)).toEqual([]);
});
