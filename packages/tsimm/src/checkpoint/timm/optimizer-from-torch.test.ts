/** State of an optimizer that does not fit. */
import { expect, test } from "vitest";
import type { Parameter } from "../../models/model.ts";
import { createOptimizerV2 } from "../../optim/create-optimizer.ts";
import { TorchTensor, type TorchValue } from "../../weights/torch/torch-value.ts";
import { optimizerFromTorch } from "./optimizer-from-torch.ts";
import { optimizerToTorch } from "./optimizer-to-torch.ts";

const parameter = (name: string): Parameter => ({
  name,
  shape: [2],
  data: Float32Array.of(1, 2),
  grad: null,
});
const optimizerOf = (opt: string, parameters: readonly Parameter[]) =>
  createOptimizerV2([{ params: parameters }], { opt, lr: 0.1 });

type Dict = Map<string, TorchValue>;

/** The state of an optimizer of two weights after an update, with some of it changed. */
function stateOf(opt: string, change: (group: Dict, state: Map<number, Dict>) => void): TorchValue {
  const parameters = [parameter("a"), parameter("b")];
  const optimizer = optimizerOf(opt, parameters);
  for (const one of parameters) one.grad = Float32Array.of(1, -1);
  optimizer.step();
  const value = optimizerToTorch(
    optimizer.stateDict(),
    new Map([
      ["a", [2]],
      ["b", [2]],
    ]),
  ) as Dict;
  const [group] = value.get("param_groups") as unknown as Dict[];
  change(group ?? new Map(), value.get("state") as unknown as Map<number, Dict>);
  return value;
}

const read = (opt: string, value: TorchValue) =>
  optimizerFromTorch(value, optimizerOf(opt, [parameter("a"), parameter("b")]), 5);

test("half precision is converted, and a weight that joined late keeps its own count", () => {
  const value = stateOf("adam", (_, state) => {
    state
      .get(0)
      ?.set("exp_avg", new TorchTensor({ dtype: "F16", shape: [2], data: Uint16Array.of(0x3c00, 0xc000) }));
    state.get(0)?.set("step", 7);
  });
  const { slots, steps, joined } = read("adam", value);
  expect([[...(slots.get("a.exp_avg") ?? [])], steps, joined]).toEqual([[1, -2], 7, { b: 6 }]);
});

test("an optimizer that counts no updates gets the count of the run", () => {
  expect(
    read(
      "sgd",
      stateOf("sgd", () => {}),
    ).steps,
  ).toBe(5);
});

test("a weight without state has none here", () => {
  const value = stateOf("sgd", (_, state) => state.get(1)?.set("momentum_buffer", null));
  expect([...read("sgd", value).slots.keys()]).toEqual(["a.momentum_buffer"]);
});

test("options come from the groups", () => {
  const value = stateOf("adam", (group) => group.set("betas", [0.8, 0.99]).set("lr", 0.5).set("fused", true));
  expect(read("adam", value).groups[0]?.options).toMatchObject({ betas: [0.8, 0.99], lr: 0.5 });
});

test.each<[string, TorchValue, string]>([
  ["nothing", null, "its optimizer must hold state and param_groups"],
  [
    "another number of weights",
    stateOf("sgd", (group) => group.set("params", [0, 1, 2])),
    "its optimizer must have groups of [2] tensors (2 together), got [3] (3 together)",
  ],
  [
    "an option that is not here",
    stateOf("sgd", (group) => group.set("dampening", 0.5)),
    "its optimizer must have dampening 0, got 0.5, which sgd has not here",
  ],
  [
    "a count that is none",
    stateOf("sgd", (_, state) => state.get(0)?.set("momentum_buffer", "x")),
    "the optimizer's state of a must be of floating-point tensors",
  ],
])("what does not fit is refused: %s", (_, value, message) => {
  expect(() => read("sgd", value)).toThrow(message);
});

test("a broken rate is refused", () => {
  const value = stateOf("sgd", (group) => group.set("weight_decay", "much"));
  expect(() => read("sgd", value)).toThrow('weight_decay of its optimizer must be a number >= 0, got "much"');
});

test("a broken count of updates is refused", () => {
  const value = stateOf("adam", (_, state) => state.get(0)?.set("step", -1));
  expect(() => read("adam", value)).toThrow("step of its optimizer must be a number of updates, got -1");
});
