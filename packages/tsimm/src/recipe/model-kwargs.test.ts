import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { fillGolden, goldenState, l2 } from "../models/golden.fixture.ts";
import { modelEntry, modelEntrySchema } from "../models/model-entry.ts";
import { createModel, type ModelOptions } from "../models/registry.ts";
import { createEngine } from "../runtime/create-engine.ts";
import { createEvaluation } from "../runtime/evaluation-step.ts";
import { createTrainingStep } from "../runtime/training-step.ts";
import type { PythonValue } from "../text/python-literal.ts";
import { UsageError } from "../usage-error.ts";
import { namingModelKwargs, refuseModelOptions, withModelKwargs } from "./model-kwargs.ts";
import { resolveArguments } from "./resolve-arguments.ts";

interface Case {
  readonly model: string;
  readonly side: number;
  readonly kwargs: Readonly<Record<string, PythonValue>>;
  readonly options: { readonly global_pool?: "avg" | "avgmax" | "catavgmax"; readonly bn_eps?: number };
  readonly parameters: number;
  readonly tensors: number;
  readonly logits: readonly (readonly number[])[];
  readonly loss: number;
  readonly gradNorms: Readonly<Record<string, number>>;
}

/** Printed by timm; see `make.py` there. */
const folder = new URL("../../../../test/golden/timm-options/", import.meta.url);
const cases: readonly Case[] = JSON.parse(await readFile(new URL("models.json", folder), "utf8"));
const SALT = 20271;
const engine = await createEngine("native");

describe.each(cases)("$model with $kwargs $options", ({ model: name, side, kwargs, options, ...golden }) => {
  const create = () => {
    const given = {
      ...{ numClasses: 5, globalPool: options.global_pool, bnEps: options.bn_eps },
    } satisfies ModelOptions;
    const model = createModel(name, withModelKwargs(name, { modelKwargs: kwargs }, given));
    fillGolden(SALT, model, { lastNorms: false });
    return model;
  };
  const images = goldenState(SALT, "input", [2, 3, side, side]).map((value) => 64 * value);
  const size = { batchSize: 2, height: side, width: side, input: "float32" } as const;

  test("is timm's network: tensors, logits, loss and gradients", async () => {
    const model = create();
    expect(model.parameters.reduce((sum, { data }) => sum + data.length, 0)).toBe(golden.parameters);
    expect(model.state).toHaveLength(golden.tensors);
    const evaluation = await createEvaluation(engine, model, size);
    const logits = await evaluation.run(images, 2);
    await evaluation.close();
    const errors = golden.logits.flat().map((value, i) => Math.abs(value - (logits[i] ?? Number.NaN)));
    // The reference is float32 itself.
    expect(Math.max(...errors)).toBeLessThan(1e-4);

    const step = await createTrainingStep(engine, model, size);
    const { loss } = await step.run(images, Float32Array.of(0, 1, 0, 0, 0, 0, 0, 0, 1, 0));
    await step.close();
    expect(Math.abs(loss - golden.loss)).toBeLessThan(1e-4);
    for (const [key, norm] of Object.entries(golden.gradNorms)) {
      const { grad } = model.parameters.find((parameter) => parameter.name === key) ?? {};
      expect(Math.abs(l2(grad ?? []) / norm - 1)).toBeLessThan(2e-2);
    }
  });

  test("comes back from its entry in a file", () => {
    const model = create();
    const { arch, options: kept } = modelEntrySchema.parse(JSON.parse(JSON.stringify(modelEntry(model))));
    const again = createModel(arch, { numClasses: 5, imgSize: side, ...kept });
    const shapes = ({ state }: typeof model) => state.map((tensor) => `${tensor.name} ${tensor.shape}`);
    expect(shapes(again)).toEqual(shapes(model));
    expect(again.options).toEqual(model.options);
  });
});

test("a model without such options has an entry without them", () => {
  expect(modelEntry(createModel("test_resnet", { numClasses: 3, config: {} }))).toEqual({
    ...{ arch: "test_resnet", numClasses: 3, inChans: 3 },
  });
});

const merge = (kwargs: Record<string, PythonValue>, options: ModelOptions = {}, model = "test_vit") => {
  const set = withModelKwargs(model, { modelKwargs: kwargs }, options);
  return namingModelKwargs(kwargs, () => createModel(model, { numClasses: 2, ...set }));
};

test.each<[Record<string, PythonValue>, ModelOptions, string]>([
  [
    { patch_sise: 8 },
    {},
    'train: --model-kwargs must have keys among patch_size, embed_dim, depth, num_heads, mlp_ratio, act_layer, img_size, global_pool, drop_rate, drop_path_rate, bn_momentum, bn_eps, zero_init_last, got "patch_sise"; did you mean "patch_size"?',
  ],
  [{ patch_size: 0 }, {}, "train: --model-kwargs patch_size must be an integer >= 1, got 0"],
  [{ patchSize: "8" }, {}, 'train: --model-kwargs patchSize must be an integer >= 1, got "8"'],
  [
    { act_layer: "nope" },
    {},
    'train: --model-kwargs act_layer must be one of gelu, gelu_tanh, hard_swish, relu, relu6, silu, swish, got "nope"',
  ],
  [{ num_classes: 3 }, {}, "train: --model-kwargs must leave out num_classes; pass --num-classes"],
  [
    { img_size: 48 },
    { imgSize: 64 },
    "train: --model-kwargs must not set img_size otherwise than --img-size, got 48 and 64; leave one out",
  ],
  [{ img_size: -1 }, {}, "train: --model-kwargs img_size must be an integer >= 1, got -1"],
  [{ __proto__x: 1 }, {}, "train: --model-kwargs must have keys among"],
])("refuses %j beside %j", (kwargs, options, message) => {
  expect(() => merge(kwargs, options)).toThrow(UsageError);
  expect(() => merge(kwargs, options)).toThrow(message);
});

test("what a flag says too passes, None is not given, a size may be a pair", () => {
  expect(merge({ img_size: 48 }, { imgSize: 48 }).pretrainedCfg.inputSize).toEqual([3, 48, 48]);
  expect(merge({ img_size: [48, 48], global_pool: null }).pretrainedCfg.inputSize).toEqual([3, 48, 48]);
});

test("a model that is not made by its name takes none of them", () => {
  expect(() => refuseModelOptions(resolveArguments({ gp: "max" }), "an ONNX file")).toThrow(
    new UsageError('train: --gp must be left out for an ONNX file, got "max"'),
  );
  expect(() => refuseModelOptions(resolveArguments({}), "an ONNX file")).not.toThrow();
});
