import { expect, test } from "vitest";
import { createModel } from "../models/registry.ts";
import { optimizerDefinitions } from "../optim/optimizers.ts";
import type { PythonValue } from "../text/python-literal.ts";
import { UsageError } from "../usage-error.ts";
import type { TrainArguments } from "./arguments.ts";
import { makeOptimizer } from "./make-optimizer.ts";
import { resolveArguments } from "./resolve-arguments.ts";

const model = createModel("test_vit", { numClasses: 2, imgSize: 32, config: { depth: 1 } });
const log = { info() {}, warn() {} };

function groupOf(optKwargs: Readonly<Record<string, PythonValue>>, flags: Partial<TrainArguments> = {}) {
  const args = resolveArguments({ ...flags, optKwargs });
  const groups = makeOptimizer(args, 0.1, { model, frozen: null }, log).paramGroups;
  const { params: _, ...options } = groups.at(-1) ?? { params: [] };
  return options;
}

test.each<[Record<string, PythonValue>, Partial<TrainArguments>, Record<string, unknown>]>([
  [{ nesterov: false, momentum: 0.8 }, {}, { nesterov: false, momentum: 0.8 }],
  [{ betas: [0.9, 0.95], eps: 1e-6 }, { opt: "adamw" }, { betas: [0.9, 0.95], eps: 1e-6 }],
  [{ weight_decay: 0.05 }, { opt: "adamw" }, { weightDecay: 0.05 }],
  [{ weightDecay: 0.05 }, { opt: "lookahead_adamw" }, { weightDecay: 0.05 }],
  [{ momentum: 0.8 }, { momentum: 0.8 }, { momentum: 0.8 }],
  [{}, {}, { momentum: 0.9 }],
  [{ caution: true }, { opt: "sgdw" }, { caution: true }],
  [{ caution: false }, { opt: "clion" }, { caution: false }],
  [{ mars_type: "lion", optimize_1d: true }, { opt: "mars" }, { marsType: "lion", optimize1d: true }],
  [{ fallback_list: ["head.*"], ns_steps: 3 }, { opt: "muon" }, { useFallback: true, nsSteps: 3 }],
  [{ fallback_no_weight_decay: true }, { opt: "nmuon" }, { useFallback: true, nesterov: true }],
])("%j with %j gives %j", (optKwargs, flags, expected) => {
  expect(groupOf(optKwargs, flags)).toMatchObject(expected);
});

test.each<[Record<string, PythonValue>, Partial<TrainArguments>, string]>([
  [
    { nestrov: true },
    {},
    'train: --opt-kwargs must have keys among momentum, nesterov, weight_decay for sgd, got "nestrov"; did you mean "nesterov"?',
  ],
  [{ betas: [0.9, 0.95] }, {}, "train: --opt-kwargs must have keys among"],
  [{ lr: 0.1 }, {}, "train: --opt-kwargs must leave out lr; pass --lr"],
  [{ caution: 1 }, { opt: "cadamw" }, "train: --opt-kwargs caution must be true or false, got 1"],
  [{ fallback_list: ["head.*"] }, { opt: "lion" }, "train: --opt-kwargs must have keys among betas, caution"],
  [
    { fallback_list: ["head.*", "neck"] },
    { opt: "muon" },
    'train: --opt-kwargs must fit parameters such as head.bias, which "neck" does not, got {"fallback_list":["head.*","neck"]}; end it in .* for all of a module',
  ],
  [{ momentum: 2 }, {}, "train: --opt-kwargs momentum must be a number in [0, 1), got 2"],
  [{ weight_decay: "much" }, {}, 'train: --opt-kwargs weight_decay must be a number >= 0, got "much"'],
  [
    { betas: [0.9, 0.95] },
    { opt: "adamw", optBetas: [0.8, 0.9] },
    "train: --opt-kwargs must not set betas otherwise than --opt-betas, got 0.9 0.95 and 0.8 0.9; leave one out",
  ],
])("refuses %j beside %j", (optKwargs, flags, message) => {
  expect(() => groupOf(optKwargs, flags)).toThrow(UsageError);
  expect(() => groupOf(optKwargs, flags)).toThrow(message);
});

test("every option of every optimizer can be set to what it is", () => {
  for (const { name, defaults } of optimizerDefinitions()) {
    const optKwargs = Object.fromEntries(
      Object.entries(defaults).filter(([, value]) => value !== undefined),
    ) as Record<string, PythonValue>;
    const opt = name as TrainArguments["opt"];
    expect([name, groupOf(optKwargs, { opt })]).toEqual([name, expect.objectContaining(optKwargs)]);
  }
});
