import { Command } from "commander";
import { expect, test } from "vitest";
import { addTrainOptions, givenArguments } from "../cli/train-options.ts";
import { UsageError } from "../usage-error.ts";
import { savedArguments } from "./args-yaml.ts";
import { addFlags, type TrainArguments } from "./arguments.ts";
import { checkArguments } from "./check-arguments.ts";
import { definitionFlagRows } from "./definition-flags.ts";
import { fromKeys } from "./read-configuration.ts";
import { resolveArguments } from "./resolve-arguments.ts";

const steepness = { type: "float", default: 2, above: 0, help: "how steep it falls" } as const;
const definitions = [{ name: "cliff", flags: { cliffSteepness: steepness } }, { name: "constant" }];

test("a flag of a registered definition is like any other", () => {
  const rows = definitionFlagRows("Schedule", definitions);
  addFlags(rows);
  addFlags(rows);
  const command = new Command();
  addTrainOptions(command);
  expect(command.helpInformation()).toMatch(
    /--cliff-steepness <float>\s+how steep it falls \(cliff\) \(default:\s+2\)/,
  );
  command.parse(["--cliff-steepness", "3.5"], { from: "user" });
  const given = givenArguments(command, undefined);
  expect(given).toEqual({ cliffSteepness: 3.5 });
  expect(resolveArguments()).toMatchObject({ cliffSteepness: 2 });
  expect(savedArguments(resolveArguments(), {})).not.toHaveProperty("cliff_steepness");
  expect(savedArguments(resolveArguments(given), {})).toHaveProperty("cliff_steepness", 3.5);
  expect(fromKeys({ cliff_steepness: 3.5 }).given).toEqual(given);
  expect(() => checkArguments({ cliffSteepness: 0 } as Partial<TrainArguments>)).toThrow(
    new UsageError("train: --cliff-steepness must be a number > 0, got 0"),
  );
});

test("definitions share a flag that is the same", () => {
  const again = { name: "slope", flags: { cliffSteepness: { ...steepness, help: "how steep" } } };
  const [[name, row] = []] = definitionFlagRows("Schedule", [...definitions, again]);
  expect([name, row?.help]).toEqual(["cliffSteepness", "how steep it falls (cliff, slope)"]);
});

test.each([
  [
    [...definitions, { name: "slope", flags: { cliffSteepness: { ...steepness, default: 3 } } }],
    "definitionFlagRows: cliffSteepness must be the same flag in cliff and slope, got two; rename one of them",
  ],
  [
    [{ name: "slope", flags: { "a-b": steepness } }],
    'definitionFlagRows: flags of slope must have names in camelCase, got "a-b"',
  ],
])("refuses %j", (bad, message) => {
  expect(() => definitionFlagRows("Schedule", bad)).toThrow(new RangeError(message));
});

test("refuses a flag that training has", () => {
  expect(() =>
    addFlags(definitionFlagRows("Schedule", [{ name: "cliff", flags: { lr: steepness } }])),
  ).toThrow(
    new RangeError(
      'addFlags: --lr must be a new flag, got one that means "learning rate; absent: from --lr-base and the batch size"; rename it',
    ),
  );
});

test("definitions without a name bring none", () => {
  expect(definitionFlagRows("Schedule", [{ name: null, flags: { lr: steepness } }])).toEqual([]);
});
