import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import type { Parameter } from "../models/model.ts";
import { createModel } from "../models/registry.ts";
import { createEngine } from "../runtime/create-engine.ts";
import { builtInOptimizers } from "./built-in-optimizers.ts";
import { createOptimizer, createOptimizerV2 } from "./create-optimizer.ts";
import { graphSteps } from "./graph-steps.fixture.ts";
import { defineOptimizer, type OptimizerDefinition } from "./optimizer-definition.ts";
import { optimizerGraphNames, optimizerOnDevice } from "./optimizer-on-device.ts";
import { findOptimizer, listOptimizers, optimizerDefinitions, registerOptimizer } from "./optimizers.ts";
import { optionChecks } from "./option-checks.ts";

const isDefinition = (value: unknown): value is OptimizerDefinition =>
  typeof value === "object" && value !== null && "loop" in value && "createSlots" in value;

describe("the optimizers that are built in", () => {
  test("are all that a file of this room defines", async () => {
    const files = readdirSync(new URL(".", import.meta.url)).filter(
      (file) => file.endsWith(".ts") && !/\.(test|fixture)\.ts$/.test(file) && !file.startsWith("built-in"),
    );
    const modules = await Promise.all(
      files.map(
        (file): Promise<object> => import(/* @vite-ignore */ fileURLToPath(new URL(file, import.meta.url))),
      ),
    );
    const defined = new Set(modules.flatMap((module) => Object.values(module)).filter(isDefinition));
    expect(new Set(builtInOptimizers)).toEqual(defined);
  });

  test("are listed in alphabetical order", () => {
    const names = builtInOptimizers.map(({ name }) => name);
    expect(listOptimizers()).toEqual(names.toSorted());
  });

  test.each(optimizerDefinitions().map((definition) => [definition.name, definition] as const))(
    "%s scales its learning rate as timm does by the name",
    (name, { lrScaling = "linear" }) => {
      expect(lrScaling).toBe(/ada|lamb/.test(name) ? "sqrt" : "linear");
      // Lookahead's name changes nothing.
      expect(/ada|lamb/.test(`lookahead_${name}`)).toBe(lrScaling === "sqrt");
    },
  );
});

/** Sign of a running mean (Bernstein et al., arXiv:1802.04434). */
const signum = defineOptimizer({
  name: "signum",
  lr: 1e-4,
  lrScaling: "sqrt",
  defaults: { momentum: 0.5, betas: [0.9, 0.99] },
  checks: { momentum: optionChecks.fraction, betas: optionChecks.twoFractions },
  createSlots: ({ data }) => ({ momentum_buffer: new Float32Array(data.length) }),
  loop({ data }, grad, { momentum_buffer: buffer }, { lr, weightDecay, momentum }) {
    for (let i = 0; i < data.length; i++) {
      buffer[i] = momentum * (buffer[i] ?? 0) + (1 - momentum) * (grad[i] ?? 0);
      data[i] = (data[i] ?? 0) - lr * (Math.sign(buffer[i] ?? 0) + weightDecay * (data[i] ?? 0));
    }
  },
  graph: {
    scalars: ({ lr, weightDecay }) => ({ lr, keep: 1 - lr * weightDecay }),
    build({ builder, math, group: { momentum }, data, grad, slots, scalar }) {
      const past = math.mul(slots.momentum_buffer, momentum);
      const momentum_buffer = math.add(past, math.mul(grad, 1 - momentum));
      const negative = builder.op("Less", [momentum_buffer, math.constant(0)]);
      const sign = math.where(math.positive(momentum_buffer), 1, math.where(negative, -1, 0));
      const kept = math.mul(data, scalar("keep"));
      return { data: math.sub(kept, math.mul(sign, scalar("lr"))), slots: { momentum_buffer } };
    },
  },
});

const args = { opt: "signum", lr: 0.25, weightDecay: 0, momentum: 0.5 };
const parameter = (): Parameter => ({
  name: "w",
  shape: [3],
  data: Float32Array.of(1, 1, 1),
  grad: Float32Array.of(1, -2, 0),
});

describe("a registered optimizer", () => {
  beforeAll(() => registerOptimizer(signum));

  test("is found by name, in any case, behind lookahead_ too", () => {
    expect(listOptimizers()).toContain("signum");
    expect(findOptimizer("here", "Signum")).toEqual({ definition: signum, lookahead: false });
    expect(findOptimizer("here", "lookahead_signum")).toEqual({ definition: signum, lookahead: true });
    const model = createModel("test_resnet", { numClasses: 2 });
    const optimizer = createOptimizer(args, model);
    expect(optimizer.name).toBe("signum");
    expect(optimizer.paramGroups).toMatchObject([
      { lr: 0.25, weightDecay: 0, momentum: 0.5, betas: [0.9, 0.99] },
    ]);
  });

  test("trains, and goes on from saved state, alone and in Lookahead", () => {
    for (const opt of ["signum", "lookahead_signum"]) {
      const [once, again] = [parameter(), parameter()];
      const optimizer = createOptimizerV2([once], { opt, lr: 0.25 });
      for (let step = 1; step <= 7; step++) optimizer.step();
      again.data.set(once.data);
      const next = createOptimizerV2([again], { opt });
      next.loadStateDict(structuredClone(optimizer.stateDict()));
      expect(next.stateDict()).toEqual(optimizer.stateDict());
      if (opt === "signum") expect([...once.data]).toEqual([1 - 7 / 4, 1 + 7 / 4, 1]);
      next.step();
      optimizer.step();
      expect(again.data).toEqual(once.data);
    }
  });

  test("moves by its graph as by its loop", async () => {
    const engine = await createEngine("native");
    const [byLoop, byGraph] = [parameter(), parameter()];
    const options = { opt: "signum", lr: 0.25, weightDecay: 0.5 };
    const optimizer = createOptimizerV2([byLoop], options);
    const graph = await graphSteps(engine, createOptimizerV2([byGraph], options));
    for (const grad of [Float32Array.of(1, -2, 0), Float32Array.of(-3, 1, 0)]) {
      for (const one of [byLoop, byGraph]) one.grad = grad;
      optimizer.step();
      expect(await graph.step()).toBeCloseTo(Math.hypot(...grad), 6);
      expect(byGraph.data).toEqual(byLoop.data);
    }
    await graph.close();
  });

  test("is named among those that run on a device, which others are refused for", () => {
    const names = listOptimizers();
    const { graph: _graph, ...withoutGraph } = signum;
    registerOptimizer({ ...withoutGraph, name: "hostsignum" });
    expect(optimizerGraphNames()).toEqual(names);
    for (const opt of ["hostsignum", "lookahead_hostsignum"]) {
      expect(() => optimizerOnDevice("createUpdater", createOptimizerV2([parameter()], { opt }))).toThrow(
        new RangeError(
          `createUpdater: optimizer must have a graph to run on a device, got "${opt}" without; ` +
            `take one of ${names.join(", ")}, or --engine native`,
        ),
      );
    }
    const optimizer = createOptimizerV2([parameter()], { opt: "signum" });
    expect(optimizerOnDevice("createUpdater", optimizer)).toBe(optimizer);
    const lookahead = createOptimizerV2([parameter()], { opt: "lookahead_signum" });
    expect(optimizerOnDevice("createUpdater", lookahead).definition.name).toBe("lookahead_signum");
  });

  test("asks for its scalars by name", async () => {
    const wrong = {
      ...signum,
      name: "wrongsignum",
      graph: { scalars: () => ({ rate: 1 }), build: signum.graph?.build },
    } as OptimizerDefinition;
    registerOptimizer(wrong);
    const optimizer = createOptimizerV2([parameter()], { opt: "wrongsignum" });
    await expect(graphSteps(await createEngine("native"), optimizer)).rejects.toThrow(
      new RangeError('wrongsignum: scalar must be one of rate, got "keep"'),
    );
  });

  test("has to return every vector of its state", async () => {
    const build =
      (slots: object) =>
      ({ data }: { data: object }) => ({ data, slots });
    const wrong = {
      ...signum,
      name: "lostsignum",
      graph: { scalars: () => ({ lr: 1 }), build: build({}) },
    } as unknown as OptimizerDefinition;
    registerOptimizer(wrong);
    const optimizer = createOptimizerV2([parameter()], { opt: "lostsignum" });
    await expect(graphSteps(await createEngine("native"), optimizer)).rejects.toThrow(
      new RangeError(
        'lostsignum: graph.build must return slot "momentum_buffer", float32 [1, 16], got nothing',
      ),
    );
  });

  test("is suggested where its name is misspelt", () => {
    expect(() => createOptimizerV2([parameter()], { opt: "lookahead_sigunm" })).toThrow(
      new RangeError(
        `createOptimizerV2: opt must be one of ${listOptimizers().join(", ")}, got "lookahead_sigunm"; ` +
          'did you mean "signum"?',
      ),
    );
  });

  test("has its options checked", () => {
    expect(() => createOptimizerV2([parameter()], { opt: "signum", momentum: 1 })).toThrow(
      new RangeError("createOptimizerV2: momentum must be a number in [0, 1), got 1"),
    );
  });

  test("is refused under a name that another one has", () => {
    const cure = "give the new definition another name";
    expect(() => registerOptimizer({ ...signum, name: "sgd" })).toThrow(
      new RangeError(
        `registerOptimizer: name must be of no other optimizer, got "sgd", which is built in; ${cure}`,
      ),
    );
    expect(() => registerOptimizer({ ...signum })).toThrow(
      new RangeError(
        `registerOptimizer: name must be of no other optimizer, got "signum", which is already registered; ${cure}`,
      ),
    );
  });
});

test("a graph without its functions is refused", () => {
  for (const graph of [{}, { scalars: () => ({}) }, { build: 1, scalars: () => ({}) }]) {
    const part = "scalars" in graph ? "build" : "scalars";
    const wrong = { ...signum, graph } as unknown as OptimizerDefinition;
    expect(() => defineOptimizer(wrong)).toThrow(
      new TypeError(
        `defineOptimizer: graph must have a function "${part}", got ${"build" in graph ? "number" : "undefined"}`,
      ),
    );
  }
});

test.each<[object, string]>([
  [{ name: "Signum" }, 'name must be in lower case and not start with lookahead_, got "Signum"'],
  [
    { name: "lookahead_signum" },
    'name must be in lower case and not start with lookahead_, got "lookahead_signum"',
  ],
  [{ name: undefined }, "name must be in lower case and not start with lookahead_, got undefined"],
  [{ lr: Number.NaN }, "lr must be a number >= 0, got NaN"],
  [{ defaults: { momentum: 1 } }, "momentum must be a number in [0, 1), got 1"],
  [{ checks: {} }, 'checks must have one for each option, got none for "momentum"'],
])("a definition with %j is refused", (wrong, message) => {
  const definition = { ...signum, ...wrong };
  for (const check of [defineOptimizer, registerOptimizer]) {
    expect(() => check(definition)).toThrow(new RangeError(`defineOptimizer: ${message}`));
  }
});
