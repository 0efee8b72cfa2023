/**
 * Every family against PyTorch's float64 numbers. Logits of a float32 engine differ by less than 1e-4; gradients by less
 * than 1e-3 of their norm, or by three times what PyTorch's own float32 run moves them.
 */
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fillGolden, readGolden } from "../models/golden.fixture.ts";
import { createModel } from "../models/registry.ts";
import {
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

type Golden = GoldenModel & { cases: GoldenCase[]; param_count: number; param_tensors: number };

const folder = new URL("../../../../test/golden/models/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".json"));

describe.each(files)("%s", (file) => {
  const golden = readGolden<Golden>(`../models/${file}`);

  test("weights and inputs are what the file was computed from", () => {
    expectNumbersFromNames(golden, golden.cases);
  });

  test.each(golden.cases.map((one) => [one.input_shape.join("×"), one] as const))(
    "on %s it has timm's tensors, and PyTorch's logits, loss and gradients",
    async (_, one) => {
      const model = createModel(golden.model, { numClasses: 10, imgSize: one.input_shape[2] });
      fillGolden(golden.salt, model);
      // The tensors in the file are those for its last case.
      if (one === golden.cases.at(-1)) {
        expectTensors(model, golden);
        expect(model.parameters.length).toBe(golden.param_tensors);
        expect(model.parameters.reduce((sum, { data }) => sum + data.length, 0)).toBe(golden.param_count);
      }
      const { images, options, targets } = goldenInputs(golden, one);
      expectEvaluation(await evaluateOnce(model, images, options), one);
      const step = await createTrainingStep(engine, model, options);
      expectStep(model, await step.run(images, targets(0)), one);
      await step.close();
    },
  );
});
