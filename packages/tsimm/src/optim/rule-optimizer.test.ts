import fc from "fast-check";
import { expect, test } from "vitest";
import type { Parameter } from "../models/model.ts";
import { createOptimizerV2 } from "./create-optimizer.ts";
import { listOptimizers } from "./optimizers.ts";

const parameters = (): Parameter[] =>
  [
    { name: "a", shape: [18, 20], seed: 0.3 },
    { name: "b", shape: [5], seed: 0.7 },
  ].map(({ name, shape, seed }) => ({
    name,
    shape,
    data: Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, (_, i) => Math.sin(seed + i)),
    grad: null,
  }));

const setGradients = (params: Parameter[], step: number) => {
  for (const parameter of params) parameter.grad = parameter.data.map((_, i) => Math.cos(i * step + step));
};

test.each([...listOptimizers(), "lookahead_adam"])(
  "%s goes on from saved state exactly where it stopped",
  (opt) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 13 }), fc.integer({ min: 1, max: 7 }), (before, after) => {
        const params = parameters();
        const optimizer = createOptimizerV2(params, { opt, lr: 0.01, weightDecay: 0.01 });
        for (let step = 1; step <= before; step++) {
          setGradients(params, step);
          optimizer.step();
        }
        const resumed = parameters().map((parameter, k) => ({
          ...parameter,
          data: Float32Array.from(params[k]?.data ?? []),
        }));
        const next = createOptimizerV2(resumed, { opt, lr: 1, weightDecay: 0 });
        next.loadStateDict(structuredClone(optimizer.stateDict()));
        for (let step = before + 1; step <= before + after; step++) {
          setGradients(params, step);
          setGradients(resumed, step);
          optimizer.step();
          next.step();
        }
        expect(resumed.map(({ data }) => data)).toEqual(params.map(({ data }) => data));
        expect(next.stateDict()).toEqual(optimizer.stateDict());
      }),
      { numRuns: 10 },
    );
  },
);

test.each(listOptimizers())(
  "weights that join %s late move as those of a new one do, saved or not",
  (opt) => {
    const [old, late] = parameters();
    const [, fresh] = parameters();
    if (!old || !late || !fresh) throw new Error("two parameters");
    const options = { opt, lr: 0.01, weightDecay: 0.01 };
    let optimizer = createOptimizerV2([old, late], options);
    for (let step = 1; step <= 4; step++) {
      setGradients([old], step);
      optimizer.step();
    }
    // The others have no gradient from now on: some rules look at the norm of all.
    old.grad = null;
    const alone = createOptimizerV2([fresh], options);
    for (let step = 1; step <= 9; step++) {
      setGradients([late], step);
      setGradients([fresh], step);
      optimizer.step();
      alone.step();
      if (step !== 3) continue;
      const saved = structuredClone(optimizer.stateDict());
      optimizer = createOptimizerV2([old, late], options);
      optimizer.loadStateDict(saved);
    }
    expect(late.data).toEqual(fresh.data);
  },
);

test("parameters without a gradient stay, and zeroGrad drops all gradients", () => {
  const params = parameters();
  const before = params.map(({ data }) => data.slice());
  const optimizer = createOptimizerV2(params, { opt: "adam", weightDecay: 0.1 });
  setGradients(params.slice(0, 1), 1);
  optimizer.step();
  expect(params[1]?.data).toEqual(before[1]);
  expect(params[0]?.data).not.toEqual(before[0]);
  expect([...optimizer.stateDict().slots.keys()]).toEqual(["a.exp_avg", "a.exp_avg_sq"]);
  optimizer.zeroGrad();
  expect(params.map(({ grad }) => grad)).toEqual([null, null]);
});

test("saved state has PyTorch's slot names and the groups' options", () => {
  const params = parameters();
  const optimizer = createOptimizerV2(params, { opt: "sgd", lr: 0.1 });
  setGradients(params, 1);
  optimizer.step();
  const { slots, ...state } = optimizer.stateDict();
  expect(state).toEqual({
    name: "sgd",
    steps: 1,
    groups: [{ params: ["a", "b"], options: { lr: 0.1, weightDecay: 0, momentum: 0.9, nesterov: true } }],
  });
  expect([...slots.keys()]).toEqual(["a.momentum_buffer", "b.momentum_buffer"]);
});

const momentumState = (names: string[], lengths: Record<string, number>) => ({
  name: "sgd",
  steps: 1,
  groups: [{ params: names, options: {} }],
  slots: new Map(Object.entries(lengths).map(([name, length]) => [name, new Float32Array(length)])),
});

test.each([
  [{ ...momentumState(["a", "b"], {}), name: "adam" }, 'state must be of the optimizer "sgd", got "adam"'],
  [{ ...momentumState(["a", "b"], {}), groups: [] }, "state must have 1 parameter groups, got 0"],
  [momentumState(["a", "c"], {}), "parameter 1 of group 0 must be b, got c"],
  [momentumState(["a"], {}), "parameter 1 of group 0 must be b, got nothing"],
  [momentumState(["a", "b", "c"], {}), "parameter 2 of group 0 must be absent, got c"],
  [momentumState(["a", "b"], { "b.momentum_buffer": 4 }), "b.momentum_buffer must have 5 elements, got 4"],
  [
    momentumState(["a", "b"], { "b.momentum_buffer": 5, "b.exp_avg": 5 }),
    "state has unknown slots: b.exp_avg",
  ],
])("refuses saved state that does not fit (%#)", (state, message) => {
  const optimizer = createOptimizerV2(parameters(), { opt: "sgd" });
  const before = optimizer.stateDict();
  expect(() => optimizer.loadStateDict(state)).toThrow(new Error(`sgd.loadStateDict: ${message}`));
  expect(optimizer.stateDict()).toEqual(before);
});

test("refuses saved options that are out of range", () => {
  const optimizer = createOptimizerV2(parameters(), { opt: "adafactor", lr: 0.1 });
  const { groups, ...state } = optimizer.stateDict();
  const wrong = groups.map(({ params, options }) => ({
    params,
    options: { ...options, clipThreshold: Number.NaN },
  }));
  expect(() => optimizer.loadStateDict({ ...state, groups: wrong })).toThrow(
    new RangeError("adafactor.loadStateDict: clipThreshold must be a number > 0, got NaN"),
  );
  expect(optimizer.paramGroups[0]).toMatchObject({ clipThreshold: 1 });
});
