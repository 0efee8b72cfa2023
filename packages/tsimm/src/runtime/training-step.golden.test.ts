/**
 * Tolerances are those of the golden files' README for a float32 engine: the numbers are float64, and where a
 * ReLU changes side under float32 noise gradients move by what `grad_sensitivity_max` says.
 */
import { beforeEach, describe, expect, test } from "vitest";
import { type Fingerprint, fillGolden, l2, readGolden, snapshot } from "../models/golden.fixture.ts";
import { createModel } from "../models/registry.ts";
import { createTiny } from "../models/tiny.fixture.ts";
import { createOptimizerV2 } from "../optim/create-optimizer.ts";
import { graphSteps } from "../optim/graph-steps.fixture.ts";
import {
  crossEntropy,
  engine,
  evaluateOnce,
  expectEvaluation,
  expectNumbersFromNames,
  expectStep,
  expectTensors,
  type GoldenCase,
  type GoldenModel,
  goldenInputs,
} from "./golden-step.fixture.ts";
import { createTrainingStep } from "./training-step.ts";

interface Trajectory {
  args: { opt: string; weight_decay: number; [option: string]: unknown };
  loss: number[];
  eval_loss_after: number;
  delta_l2_all: [number, number];
  delta_after_1: Record<string, Fingerprint>;
  delta_after_last: Record<string, Fingerprint>;
  f32_loss_dev: number;
  f32_eval_dev: number;
  f32_delta1_dev: number;
}
interface Case extends GoldenCase {
  train: GoldenCase["train"] & { loss_smoothing_0_1: number };
  optim: Record<string, Trajectory>;
}

type Golden = GoldenModel & ({ case: Case } | { cases: Case[]; param_count: number; param_tensors: number });

const camelCase = (name: string) => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

function difference(values: Float32Array, start: Float32Array | undefined): Float32Array {
  const result = new Float32Array(values.length);
  for (let i = 0; i < result.length; i++) result[i] = (values[i] ?? 0) - (start?.[i] ?? Number.NaN);
  return result;
}

const relative = (value: number, expected: number) => Math.abs(value - expected) / Math.abs(expected);

describe.each(["tiny", "test_resnet", "resnet18", "resnet34", "resnet50"])("%s", (name) => {
  const golden = readGolden<Golden>(`${name}.json`);
  const cases = "case" in golden ? [golden.case] : golden.cases;
  const model = name === "tiny" ? createTiny() : createModel(name, { numClasses: 10 });
  fillGolden(golden.salt, model);
  beforeEach(snapshot(model));
  // The large models take minutes; every optimizer is checked on the small ones.
  const large = ["resnet34", "resnet50"].includes(name);
  const logitTolerance = name === "resnet50" ? 1e-3 : 1e-4;

  test("has timm's tensors in timm's order", () => {
    expectTensors(model, golden);
    if ("case" in golden) return;
    expect(model.parameters.length).toBe(golden.param_tensors);
    expect(model.parameters.reduce((sum, { data }) => sum + data.length, 0)).toBe(golden.param_count);
  });

  test("golden weights and inputs are what the file was computed from", () => {
    expectNumbersFromNames(golden, cases);
  });

  describe.each(cases.map((one) => [one.input_shape.join("×"), one] as const))("on %s", (_, one) => {
    test("evaluates as PyTorch does", async () => {
      const { images, options } = goldenInputs(golden, one);
      expectEvaluation(await evaluateOnce(model, images, options), one);
    });

    test("one step gives PyTorch's loss, gradients and running statistics", async () => {
      const { images, options, targets } = goldenInputs(golden, one);
      const step = await createTrainingStep(engine, model, options);
      expectStep(model, await step.run(images, targets(0)), one, logitTolerance);
      const smoothed = await step.run(images, targets(0.1));
      expect(Math.abs(smoothed.loss - one.train.loss_smoothing_0_1)).toBeLessThan(1e-4);
      await step.close();
    });

    const runs = Object.entries(one.optim).filter(([opt]) => !large || ["sgd", "adamw"].includes(opt));
    const byLoop = runs.map(([opt, run]) => ({ opt, face: "loop", run }));
    // Larger models say nothing more of a graph.
    const byGraph = ["tiny", "test_resnet"].includes(name) ? runs : [];
    const faces = [...byLoop, ...byGraph.map(([opt, run]) => ({ opt, face: "graph", run }))];
    test.each(faces)("a run of $opt by its $face follows PyTorch", async ({ face, run }) => {
      const { images, options, targets } = goldenInputs(golden, one);
      const start = model.parameters.map(({ data }) => data.slice());
      const step = await createTrainingStep(engine, model, options);
      const args = Object.fromEntries(
        Object.entries(run.args).map(([key, value]) => [camelCase(key), value]),
      );
      const optimizer = createOptimizerV2(model, args);
      const graph = face === "graph" ? await graphSteps(engine, optimizer) : null;
      // Where some ReLU changes side, losses and steps move as the gradients do.
      const sensitivity = one.f32_dev.grad_sensitivity_max ?? 0;
      const changes = () =>
        new Map(model.parameters.map(({ name, data }, i) => [name, difference(data, start[i])]));
      const check = (expected: Record<string, Fingerprint>, all: number, tolerance: number) => {
        const actual = changes();
        const norms = [...actual.values()].map(l2);
        expect(relative(l2(norms), all)).toBeLessThan(tolerance);
        for (const [name, [norm = Number.NaN]] of Object.entries(expected)) {
          expect([name, relative(l2(actual.get(name) ?? []), norm) < tolerance]).toEqual([name, true]);
        }
      };
      const near = (loss: number, expected: number, deviation: number) =>
        Math.abs(loss - expected) <
        Math.max(Math.max(1e-3, sensitivity) * Math.abs(expected), 20 * deviation);
      // The first step of these has the size lr for every weight whose gradient is more than noise.
      const signBased = ["lion", "adam", "adamw"].includes(run.args.opt);
      const changeTolerance = Math.max(signBased ? 0.03 : 0.01, 3 * sensitivity);
      for (const [k, expected] of run.loss.entries()) {
        const { loss } = await step.run(images, targets(0));
        expect([k, loss, near(loss, expected, run.f32_loss_dev)]).toEqual([k, loss, true]);
        if (k === run.loss.length - 1) break;
        if (graph === null) optimizer.step();
        else await graph.step();
        if (k === 0) check(run.delta_after_1, run.delta_l2_all[0], changeTolerance);
        if (k < run.loss.length - 2) continue;
        check(run.delta_after_last, run.delta_l2_all[1], changeTolerance);
        optimizer.syncLookahead?.();
      }
      await graph?.close();
      await step.close();
      const logits = await evaluateOnce(model, images, options);
      const deviation = Math.max(run.f32_loss_dev, run.f32_eval_dev);
      expect(near(crossEntropy(logits, one.target), run.eval_loss_after, deviation)).toBe(true);
    });
  });
});
