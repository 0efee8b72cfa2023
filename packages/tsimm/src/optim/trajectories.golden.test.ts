/** Each optimizer moves free tensors as timm's class of that name does, by its loop and by its graph. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { goldenTensor, l2 } from "../models/golden.fixture.ts";
import type { Parameter } from "../models/model.ts";
import { createEngine } from "../runtime/create-engine.ts";
import { camelCaseOf, snakeCaseOf } from "../text/case.ts";
import { createOptimizerV2 } from "./create-optimizer.ts";
import { graphSteps } from "./graph-steps.fixture.ts";
import type { Optimizer } from "./optimizer.ts";
import { findOptimizer, isOptimizer } from "./optimizers.ts";
import { torchNeutral } from "./torch-groups.ts";

interface Config {
  readonly args: {
    readonly opt: string;
    readonly lr: number | null;
    readonly weight_decay: number;
    readonly [option: string]: unknown;
  };
  /** In place of the file's. */
  readonly rates?: readonly number[];
  /** Per step and tensor: L2 norm and first values of the change since the start. */
  readonly delta: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
  /** Kinds of what timm keeps of the first matrix, NoneType where it is nothing, and its options. */
  readonly layout: {
    readonly state: Readonly<Record<string, string>>;
    readonly group: Readonly<Record<string, unknown>>;
  };
}
interface Golden {
  readonly salt: number;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly steps: number;
  readonly rates: readonly number[];
  readonly configs: Readonly<Record<string, Config>>;
}

const folder = new URL("../../../../test/golden/optimizers/", import.meta.url);
const goldens = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map((file): Golden => JSON.parse(readFileSync(new URL(file, folder), "utf8")));

const engine = await createEngine("native");
const size = (shape: readonly number[]) => shape.reduce((product, d) => product * d, 1);

/** Each face of an optimizer's definition as a function that makes an update. */
const faces: Readonly<Record<string, (optimizer: Optimizer) => Promise<() => unknown>>> = {
  loop: async (optimizer) => () => optimizer.step(),
  graph: async (optimizer) => (await graphSteps(engine, optimizer)).step,
};
const optionsOf = ({ weight_decay: _, ...args }: Config["args"]) =>
  Object.fromEntries(Object.entries(args).map(([key, value]) => [camelCaseOf(key), value]));

const cases = goldens.flatMap((golden) =>
  Object.entries(golden.configs)
    .filter(([, { args }]) => isOptimizer(args.opt))
    .flatMap(([name, config]) => Object.keys(faces).map((face) => ({ name, face, golden, config }))),
);

describe("moves free tensors as timm does", () => {
  test.each(cases)("$name by its $face", async ({ face, golden, config }) => {
    const { salt, shapes, steps } = golden;
    const { weight_decay, lr } = config.args;
    const rates = config.rates ?? golden.rates;
    const params = Object.entries(shapes).map(
      ([name, shape]): Parameter => ({
        ...{ name, shape, grad: null },
        data: goldenTensor(salt, name, size(shape), 17),
      }),
    );
    const start = params.map(({ data }) => data.slice());
    const decays = ({ shape }: Parameter) => shape.length > 1;
    const optimizer = createOptimizerV2(
      [
        { params: params.filter((parameter) => !decays(parameter)), weightDecay: 0 },
        { params: params.filter(decays), weightDecay: weight_decay },
      ],
      optionsOf(config.args),
    );
    // As a scheduler does.
    for (const group of optimizer.paramGroups) group.initialLr = group.lr;
    const makeStep = await faces[face]?.(optimizer);
    for (let step = 1; step <= steps; step++) {
      if (lr !== null)
        for (const group of optimizer.paramGroups) group.lr = lr * (rates[step - 1] ?? Number.NaN);
      for (const parameter of params) {
        parameter.grad = goldenTensor(salt, `${parameter.name}.g${step}`, parameter.data.length, 19);
      }
      await makeStep?.();
      for (const [k, { name, data }] of params.entries()) {
        const expected = config.delta[String(step)]?.[name];
        if (expected === undefined) continue;
        const change = data.map((value, i) => value - (start[k]?.[i] ?? Number.NaN));
        const [norm = Number.NaN, ...first] = expected;
        // Float32 weights near 0.5 resolve a change to 6e-8 only.
        const bound = 1e-4 * norm + 2e-7;
        const errors = [l2(change) - norm, ...first.map((value, i) => (change[i] ?? Number.NaN) - value)];
        expect(Math.max(...errors.map(Math.abs))).toBeLessThan(bound);
      }
    }
  });
});

const classes = goldens.flatMap(({ shapes, configs }) =>
  Object.entries(configs)
    // The RAdam of PyTorch 1.13 has no decoupled decay, see the golden files' README.
    .filter(([, { args }]) => isOptimizer(args.opt) && args.opt !== "radamw")
    .map(([name, config]) => ({
      name,
      config,
      shape: Object.values(shapes).find((shape) => shape.length > 1) ?? [],
    })),
);

test.each(classes)(
  "$name has the options and slots of timm's class",
  ({ config: { args, layout }, shape }) => {
    const { torch, createSlots } = findOptimizer("test", args.opt).definition;
    const parameter = { name: "a", shape, data: new Float32Array(size(shape)), grad: null };
    const [group] = createOptimizerV2([parameter], {
      ...optionsOf(args),
      weightDecay: args.weight_decay,
    }).paramGroups;
    if (torch === undefined || group === undefined) throw new Error("a layout and a group");
    const { params: _params, lr: _lr, weightDecay: _decay, ...own } = group;
    const options = Object.entries(own)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [snakeCaseOf(name), value] as const);
    const ours: Readonly<Record<string, unknown>> = { ...torch.group?.(own), ...Object.fromEntries(options) };
    const unread = new Set(["lr", "weight_decay", "step", "buffer", ...Object.keys(torchNeutral)]);
    const theirs = Object.entries(layout.group).filter(([key]) => !unread.has(key));
    expect(Object.fromEntries(theirs.map(([key]) => [key, ours[key] ?? null]))).toEqual(
      Object.fromEntries(theirs),
    );
    const slots = Object.keys(createSlots(parameter, group)).map((slot) => torch.slots?.[slot] ?? slot);
    const { step: kindOfStep, ...timms } = layout.state;
    const kept = [...slots, ...Object.keys(torch.state?.(shape, own) ?? {})];
    expect(kept.toSorted()).toEqual(
      Object.keys(timms)
        .filter((key) => timms[key] !== "NoneType")
        .toSorted(),
    );
    if (kindOfStep !== undefined) expect(torch.step).toBe(kindOfStep === "int" ? "number" : "tensor");
  },
);
