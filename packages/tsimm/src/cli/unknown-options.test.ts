import { Command, Option } from "commander";
import { expect, test } from "vitest";
import { UsageError } from "../usage-error.ts";
import { refuseUnknownOptions } from "./unknown-options.ts";

const command = new Command("train")
  .option("-b, --batch-size <int>")
  .option("--no-aug")
  .option("--scale <float...>")
  .addOption(new Option("--amp").hideHelp());

test("several unknown options are named at once, each with the nearest one", () => {
  expect(() => refuseUnknownOptions(["--bacth-size=3", "--amp", "--frob", "1", "--n-aug"], command)).toThrow(
    new UsageError(
      "train: unknown options:\n  --bacth-size; did you mean --batch-size?\n  --frob\n  --n-aug; did you mean --no-aug?",
    ),
  );
});

test.each([
  [["photos", "--frob"]],
  [["-b", "--frob", "--wrong"]],
  [["--no-aug", "--", "--frob", "--wrong"]],
  [["--scale", "-1", "--amp", "--help"]],
])("leaves %o to the parser", (words) => {
  expect(() => refuseUnknownOptions(words, command)).not.toThrow();
});

test("an endless list is cut", () => {
  const words = Array.from({ length: 100 }, (_, index) => `--frob${index}`);
  expect(() => refuseUnknownOptions(words, command)).toThrow(/--frob19\n {2}and 80 more$/);
});
