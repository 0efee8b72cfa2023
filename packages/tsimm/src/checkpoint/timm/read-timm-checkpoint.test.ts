import { expect, test } from "vitest";
import {
  PythonFloat,
  TorchNamespace,
  TorchTensor,
  type TorchValue,
} from "../../weights/torch/torch-value.ts";
import { readTimmCheckpoint } from "./read-timm-checkpoint.ts";

const weights = new Map([["w", new TorchTensor({ dtype: "F32", shape: [2], data: Float32Array.of(1, 2) })]]);
const args = new TorchNamespace(new Map<string, TorchValue>([["model", "net"]]));
const entries: readonly [string, TorchValue][] = [
  ["epoch", 4],
  ["state_dict", weights],
  ["args", args],
  ["metric", new PythonFloat(81)],
  ["version", 2],
];
const dict = (changes: Readonly<Record<string, TorchValue>> = {}, without: readonly string[] = []) =>
  new Map([...entries.filter(([key]) => !without.includes(key)), ...Object.entries(changes)]);

test("the parts of a checkpoint are found", () => {
  expect(readTimmCheckpoint(dict())).toEqual({
    ...{ epoch: 4, model: weights, ema: null, optimizer: null, metric: 81, args: { model: "net" } },
    hasScaler: false,
  });
});

test("a file from before version 2 names the next epoch", () => {
  expect(readTimmCheckpoint(dict({}, ["version"])).epoch).toBe(3);
});

test("older names of the weights, an average, a scaler and arguments as a dict are read", () => {
  const average = new Map([...weights]);
  const changes = {
    ...{ model: weights, model_ema: average, amp_scaler: new Map() },
    args: new Map([["model", "net"]]),
  };
  const read = readTimmCheckpoint(dict(changes, ["state_dict", "args", "metric"]));
  expect(read).toMatchObject({ hasScaler: true, metric: null, args: { model: "net" } });
  expect([read.model, read.ema]).toEqual([weights, average]);
});

test.each<[string, TorchValue, string]>([
  ["a list", [1, 2], "it holds no checkpoint of timm's train.py"],
  [
    "bare weights",
    weights,
    "it holds weights alone, not the epoch and the optimizer; pass it as --initial-checkpoint",
  ],
  ["no epoch", dict({}, ["epoch"]), "pass it as --initial-checkpoint"],
  ["half an epoch", dict({ epoch: 1.5 }), "its epoch must be an integer >= 0, got 1.5"],
  ["an epoch in words", dict({ epoch: "two" }), 'its epoch must be an integer >= 0, got "two"'],
  ["an epoch out of range", dict({ epoch: 10n ** 30n }), `must be an integer >= 0, got 1${"0".repeat(30)}`],
  [
    "a version that is a list",
    dict({ version: [2] }),
    "its version must be an integer >= 0, got another kind",
  ],
  ["no arguments", dict({}, ["args"]), "it holds no arguments of the run; pass it as --initial-checkpoint"],
])("what is no checkpoint is refused: %s", (_, value, message) => {
  expect(() => readTimmCheckpoint(value)).toThrow(message);
});
