/** States of optimizers against what timm's own print, in `test/golden/timm-optimizers`. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Parameter } from "../../models/model.ts";
import { createOptimizerV2 } from "../../optim/create-optimizer.ts";
import type { Optimizer } from "../../optim/optimizer.ts";
import { optimizerDefinitions } from "../../optim/optimizers.ts";
import { paramGroupsWeightDecay } from "../../optim/param-groups.ts";
import { PythonFloat, TorchTensor, type TorchValue } from "../../weights/torch/torch-value.ts";
import { optimizerFromTorch } from "./optimizer-from-torch.ts";
import { optimizerToTorch } from "./optimizer-to-torch.ts";

interface GoldenTensor {
  readonly dtype: "float32";
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
type GoldenValue = GoldenTensor | number | boolean | string | null | readonly GoldenValue[];
interface Golden {
  readonly opt: string;
  readonly lr: number;
  readonly weightDecay: number;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly stateDict: {
    readonly state: Readonly<Record<string, Readonly<Record<string, GoldenValue>>>>;
    readonly param_groups: readonly Readonly<Record<string, GoldenValue>>[];
  };
  readonly weights: Readonly<Record<string, readonly number[]>>;
  readonly weightsAfterTwoMore: Readonly<Record<string, readonly number[]>>;
}

const folder = new URL("../../../../../test/golden/timm-optimizers/", import.meta.url);
const golden = (name: string): Golden => JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8"));

/** Keys of groups that newer versions of PyTorch look for; `fused` is false or null there, both of which are off. */
const NEWER = ["fused", "decoupled_weight_decay", "capturable", "differentiable", "maximize"];

const names = [
  ...optimizerDefinitions()
    .filter(({ torch }) => torch !== undefined)
    .map(({ name }) => name),
  ...["lookahead_adam", "lookahead_sgd"],
];

/** The elements that the tool in `tools/timm-optimizers.py` starts from. */
function numbers(count: number, times: number, modulus: number, plus = 0): Float32Array {
  const at = (i: number) => (((times * i + plus) % modulus) - (modulus - 1) / 2) / 10;
  return Float32Array.from({ length: count }, (_, i) => at(i));
}

function netOf({ shapes }: Golden): Parameter[] {
  return Object.entries(shapes).map(([name, shape]) => {
    const count = shape.reduce((product, size) => product * size, 1);
    return { name, shape, data: numbers(count, 5, 13), grad: null };
  });
}

function optimizerOf({ opt, lr, weightDecay }: Golden, parameters: Parameter[]): Optimizer {
  const groups = paramGroupsWeightDecay({ parameters, noWeightDecay: [] }, { weightDecay });
  return createOptimizerV2(groups, { opt, lr, weightDecay });
}

function step(optimizer: Optimizer, parameters: readonly Parameter[], number: number): void {
  for (const parameter of parameters) parameter.grad = numbers(parameter.data.length, 7, 11, 3 * number);
  optimizer.step();
}

function isTensor(value: GoldenValue): value is GoldenTensor {
  return typeof value === "object" && value !== null && "dtype" in value;
}

function torchOf(value: GoldenValue): TorchValue {
  if (Array.isArray(value)) return value.map(torchOf);
  if (!isTensor(value)) return value as null | boolean | number | string;
  return new TorchTensor({ dtype: "F32", shape: value.shape, data: Float32Array.from(value.data) });
}

const dictOf = (entries: Readonly<Record<string, GoldenValue>>) =>
  new Map(Object.entries(entries).map(([key, value]) => [key, torchOf(value)]));

/** timm's state, as its file has it. */
function torchState({ stateDict }: Golden): TorchValue {
  const state = Object.entries(stateDict.state).map(([key, own]) => [Number(key), dictOf(own)] as const);
  return new Map<string, TorchValue>([
    ["state", new Map(state)],
    ["param_groups", stateDict.param_groups.map(dictOf)],
  ]);
}

/** A value of ours in the form of the golden files. */
function plain(value: TorchValue | undefined): unknown {
  if (value instanceof PythonFloat) return value.value;
  if (value instanceof TorchTensor) return { shape: value.shape, data: [...value.data].map(Number) };
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, one]) => [key, plain(one)]));
  return value;
}

/** float32 arithmetic in another order. */
function near(ours: Iterable<number>, theirs: Iterable<number>): void {
  const [a, b] = [[...ours], [...theirs]];
  expect(a.length).toBe(b.length);
  const scale = Math.max(1e-3, ...b.map(Math.abs));
  expect(Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? Number.NaN)))) / scale).toBeLessThan(2e-6);
}

const field = (value: TorchValue | undefined, key: string) =>
  value instanceof Map ? (value.get(key) as TorchValue | undefined) : undefined;

test.each(names)("the state of %s is laid out as timm's", (name) => {
  const theirs = golden(name);
  const parameters = netOf(theirs);
  const optimizer = optimizerOf(theirs, parameters);
  for (const number of [0, 1, 2]) step(optimizer, parameters, number);
  const shapes = new Map(Object.entries(theirs.shapes));
  const ours = optimizerToTorch(optimizer.stateDict(), shapes) ?? new Map();
  const state = field(ours, "state");
  expect(state instanceof Map ? [...state.keys()] : []).toEqual(
    Object.keys(theirs.stateDict.state).map(Number),
  );
  for (const [key, own] of Object.entries(theirs.stateDict.state)) {
    const kept = state instanceof Map ? state.get(Number(key)) : undefined;
    const got = plain(kept) as Record<string, unknown>;
    expect(Object.keys(got).sort()).toEqual(Object.keys(own).sort());
    for (const [slot, value] of Object.entries(own)) {
      // It is computed anew at each update.
      if (slot === "RMS") continue;
      if (typeof value === "number") near([Number(got[slot])], [value]);
      else if (!isTensor(value)) expect(got[slot]).toEqual(value);
      else {
        const { shape, data } = got[slot] as { shape: number[]; data: number[] };
        expect([slot, shape]).toEqual([slot, value.shape]);
        near(data, value.data);
      }
    }
  }
  const groups = field(ours, "param_groups");
  for (const [i, group] of theirs.stateDict.param_groups.entries()) {
    const got = plain(Array.isArray(groups) ? groups[i] : undefined) as Record<string, unknown>;
    const expected = Object.fromEntries(
      Object.entries(group)
        // What RAdaBelief has computed.
        .filter(([key]) => key !== "buffer")
        .map(([key, value]) => [key, plain(torchOf(value))]),
    );
    // timm's Muon takes an absent `use_fallback` as false.
    const more = Object.keys(got).filter((key) => !(key in expected));
    expect(more.filter((key) => ![...NEWER, "buffer", "use_fallback"].includes(key))).toEqual([]);
    const same = Object.fromEntries(Object.entries(got).filter(([key]) => key in expected));
    expect(same).toEqual({ ...expected, ...("fused" in expected && { fused: null }) });
  }
});

test.each(names)("%s goes on from timm's state as timm does", (name) => {
  const theirs = golden(name);
  const parameters = netOf(theirs);
  const optimizer = optimizerOf(theirs, parameters);
  for (const { name: parameter, data } of parameters) data.set(theirs.weights[parameter] ?? []);
  optimizer.loadStateDict(optimizerFromTorch(torchState(theirs), optimizer, 3));
  for (const number of [3, 4]) step(optimizer, parameters, number);
  for (const { name: parameter, data } of parameters) {
    near(data, theirs.weightsAfterTwoMore[parameter] ?? []);
  }
});

test.each(names)("the state of %s comes back to the byte", (name) => {
  const theirs = golden(name);
  const parameters = netOf(theirs);
  const optimizer = optimizerOf(theirs, parameters);
  for (let number = 0; number < 7; number++) step(optimizer, parameters, number);
  const before = optimizer.stateDict();
  const there = optimizerToTorch(before, new Map(Object.entries(theirs.shapes))) ?? new Map();
  const back = optimizerFromTorch(there, optimizerOf(theirs, netOf(theirs)), before.steps);
  expect(back).toEqual(before);
});
