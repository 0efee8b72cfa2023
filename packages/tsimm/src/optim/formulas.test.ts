/** What no golden trajectory holds: names that are aliases, and combinations of options, against their formulas. */
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { readGolden } from "../models/golden.fixture.ts";
import type { Parameter } from "../models/model.ts";
import { keyedRandom } from "../random/keyed-random.ts";
import { createOptimizerV2 } from "./create-optimizer.ts";
import { listOptimizers } from "./optimizers.ts";

const lr = 0.02;
const weightDecay = 0.05;
const steps = 8;
const length = (values: Iterable<number>) => Math.hypot(...values);
const normal = (key: string, count: number) => {
  const random = keyedRandom(1, "init", key);
  return Float32Array.from({ length: count }, () => random.normal());
};
/** A matrix that decays and a vector that does not. */
const groups = () => {
  const [weight, bias] = [12, 4].map(
    (count, k): Parameter => ({ name: `p${k}`, shape: [count], data: normal(`p${k}`, count), grad: null }),
  );
  if (!weight || !bias) throw new Error("two tensors");
  return [
    { params: [weight], weightDecay },
    { params: [bias], weightDecay: 0 },
  ];
};
const gradient = (parameter: Parameter, step: number) =>
  normal(`${parameter.name}.g${step}`, parameter.data.length);

/** The tensors after some steps. */
function trained(opt: string): number[][] {
  const given = groups();
  const optimizer = createOptimizerV2(given, { opt, lr });
  const params = given.flatMap(({ params }) => params);
  for (let step = 1; step <= steps; step++) {
    for (const parameter of params) parameter.grad = gradient(parameter, step);
    optimizer.step();
  }
  return params.map(({ data }) => Array.from(data));
}

type Formula = (p: number[], g: number[], decay: number, step: number, state: number[][]) => number[];

/** The same by a formula in double precision; `state` holds two lists per tensor, zeros at first. */
function byFormula(formula: Formula, scale: (gradients: number[][]) => number = () => 1): number[][] {
  const tensors = groups().flatMap(({ params, weightDecay }) =>
    params.map((parameter) => ({ parameter, weightDecay })),
  );
  const weights = tensors.map(({ parameter }) => Array.from(parameter.data));
  const states = weights.map((p) => [p.map(() => 0), p.map(() => 0)]);
  for (let step = 1; step <= steps; step++) {
    const gradients = tensors.map(({ parameter }) => Array.from(gradient(parameter, step)));
    const factor = scale(gradients);
    for (const [k, p] of weights.entries()) {
      const g = (gradients[k] ?? []).map((value) => value * factor);
      weights[k] = formula(p, g, tensors[k]?.weightDecay ?? 0, step, states[k] ?? []);
    }
  }
  return weights;
}

const lambw: Formula = (p, g, decay, step, state) => {
  state[0] = g.map((value, i) => 0.9 * (state[0]?.[i] ?? 0) + 0.1 * value);
  state[1] = g.map((value, i) => 0.999 * (state[1]?.[i] ?? 0) + 0.001 * value * value);
  const kept = p.map((value) => value * (1 - lr * decay));
  const u = kept.map((_, i) => {
    const root = Math.sqrt((state[1]?.[i] ?? 0) / (1 - 0.999 ** step));
    return (state[0]?.[i] ?? 0) / (1 - 0.9 ** step) / (root + 1e-6);
  });
  const ratio = decay > 0 ? length(kept) / length(u) : 1;
  return kept.map((value, i) => value - lr * ratio * (u[i] ?? 0));
};
const toUnitLength = (gradients: number[][]) => 1 / Math.max(1, length(gradients.flat()));

const nlarc: Formula = (p, g, decay, step, state) => {
  const rate = (1e-3 * length(p)) / (length(g) + decay * length(p) + 1e-8);
  const trust = decay > 0 ? Math.min(rate / lr, 1) : 1;
  const d = g.map((value, i) => trust * (value + decay * (p[i] ?? 0)));
  state[0] = d.map((value, i) => (step === 1 ? value : 0.9 * (state[0]?.[i] ?? 0) + value));
  return p.map((value, i) => value - lr * ((d[i] ?? 0) + 0.9 * (state[0]?.[i] ?? 0)));
};

const close = (actual: number[][], expected: number[][]) => {
  for (const [k, tensor] of expected.entries()) {
    for (const [i, value] of tensor.entries()) expect(actual[k]?.[i]).toBeCloseTo(value, 5);
  }
};

const formulas: Readonly<Record<string, () => void>> = {
  lambw: () => close(trained("lambw"), byFormula(lambw, toUnitLength)),
  nesterov: () => expect(trained("nesterov")).toEqual(trained("sgd")),
  nlarc: () => close(trained("nlarc"), byFormula(nlarc)),
};

test.each(Object.entries(formulas))("%s moves as its formula says", (_, check) => check());

test("every optimizer has a golden trajectory or a formula", () => {
  const files = readdirSync(new URL("../../../../test/golden/optimizers/", import.meta.url));
  const goldens = files.filter((file) => file.endsWith(".json")).map((file) => `../optimizers/${file}`);
  const configs = ["optim.json", ...goldens].flatMap((file) =>
    Object.values(readGolden<{ configs: Record<string, { args: { opt: string } }> }>(file).configs),
  );
  const held = new Set([...configs.map(({ args }) => args.opt), ...Object.keys(formulas)]);
  expect(listOptimizers().filter((name) => !held.has(name))).toEqual([]);
});
