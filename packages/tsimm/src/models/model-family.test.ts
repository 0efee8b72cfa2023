import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { encodeModel } from "@tsimm/autodiff";
import { beforeAll, describe, expect, test } from "vitest";
import { createOptimizerV2 } from "../optim/create-optimizer.ts";
import { createEngine } from "../runtime/create-engine.ts";
import { createTrainingStep } from "../runtime/training-step.ts";
import { builtInFamilies } from "./families/built-in-families.ts";
import { relu } from "./layers/activation.ts";
import { classify, globalPool } from "./layers/classifier.ts";
import { conv } from "./layers/convolution.ts";
import { batchNorm } from "./layers/normalization.ts";
import { flatten } from "./layers/pooling.ts";
import { defineModelFamily, type ModelFamily } from "./model-family.ts";
import { decodeClassifier, encodeClassifier } from "./onnx-file.ts";
import { imageNet } from "./preprocessing.ts";
import {
  createModel,
  isModel,
  listModels,
  modelFamilies,
  modelInfo,
  registerModelFamily,
} from "./registry.ts";
import { smallNetworks } from "./small-networks.fixture.ts";

const isFamily = (value: unknown): value is ModelFamily =>
  typeof value === "object" && value !== null && "models" in value && "create" in value;

describe("the families that are built in", () => {
  const folder = fileURLToPath(new URL("families", import.meta.url));
  const files = readdirSync(folder).filter((file) => !/^built-in|\.test\.ts$/.test(file));

  test("are all that a file of the folder defines, with names of their own", async () => {
    const modules = await Promise.all(
      files.map((file): Promise<object> => import(/* @vite-ignore */ `${folder}/${file}`)),
    );
    const defined = modules.flatMap((module) => Object.values(module)).filter(isFamily);
    expect(new Set(modelFamilies())).toEqual(new Set(defined));
    expect(builtInFamilies).toHaveLength(defined.length);
  });

  test("have golden numbers of two models or more, or of a small network of their parts", () => {
    const golden = ["models", "train"].map(
      (name) => new URL(`../../../../test/golden/${name}/`, import.meta.url),
    );
    const held = ({ models }: ModelFamily) =>
      Object.keys(models).filter((name) => golden.some((url) => existsSync(new URL(`${name}.json`, url))));
    for (const family of modelFamilies()) {
      if (smallNetworks.some((name) => family.name.startsWith(name))) continue;
      expect(held(family).length, family.name).toBeGreaterThan(1);
    }
  });

  test("the plain ResNets and the DenseNets say from which images they learn well", () => {
    const stated = listModels().filter((name) => modelInfo(name).smallestUsefulInput !== undefined);
    expect(stated).toEqual([
      ...["densenet121", "densenet161", "densenet169", "densenet201"],
      ...["resnet18", "resnet26", "resnet34", "resnet50", "resnet101", "resnet152"],
      ...["seresnet18", "seresnet34", "seresnet50", "seresnet101", "seresnet152"],
    ]);
    expect(createModel("resnet18").smallestUsefulInput).toBe(64);
    expect(modelInfo("resnet18").smallestUsefulInput).toBe(64);
  });
});

interface TinyConfig {
  readonly width: number;
}

const tiny = defineModelFamily<TinyConfig>({
  name: "tiny",
  models: { tiny8: { width: 8 }, tiny16: { width: 16 } },
  create: (name, { width }, { inChans }) => ({
    ...{ name, inChans, numFeatures: width, classifier: "fc", smallestUsefulInput: 8 },
    pretrainedCfg: { ...imageNet, inputSize: [3, 16, 16] },
    forwardFeatures(layers, images) {
      const x = conv(layers, "conv", images, { channels: width, kernel: 3, stride: 2 });
      return layers.stage("bn", 2, relu(layers, batchNorm(layers, "bn", x)));
    },
    forwardHead(layers, features, head) {
      const pooled = flatten(layers, globalPool(layers, features, head.globalPool));
      return classify(layers, "fc", pooled, head, { dropModule: "fc_drop" });
    },
  }),
});

describe("a registered family", () => {
  beforeAll(() => registerModelFamily(tiny));

  test("is found by its models' names", () => {
    expect(modelFamilies()).toContain(tiny);
    expect(listModels("tiny*")).toEqual(["tiny8", "tiny16"]);
    expect([isModel("tiny8"), isModel("tiny")]).toEqual([true, false]);
    expect(modelInfo("tiny8", { numClasses: 2 })).toEqual({
      name: "tiny8",
      parameterCount: 8 * 27 + 16 + 2 * 8 + 2,
      numFeatures: 8,
      pretrainedCfg: { ...imageNet, inputSize: [3, 16, 16] },
      smallestUsefulInput: 8,
    });
    const { featureInfo } = createModel("tiny16", { featuresOnly: true });
    expect(featureInfo).toEqual([{ module: "bn", channels: 16, reduction: 2 }]);
  });

  test("is trained, exported and loaded by name", async () => {
    const engine = await createEngine("native");
    const model = createModel("tiny8", { numClasses: 2, inChans: 1 });
    const size = { batchSize: 4, height: 16, width: 16 };
    const images = Float32Array.from({ length: 4 * 256 }, (_, i) => Math.sin(i * (i < 512 ? 1 : 2)));
    const step = await createTrainingStep(engine, model, { ...size, input: "float32" });
    const optimizer = createOptimizerV2(model, { opt: "adamw", lr: 0.05 });
    const losses: number[] = [];
    for (let update = 0; update < 8; update++) {
      losses.push((await step.run(images, Float32Array.of(1, 0, 1, 0, 0, 1, 0, 1))).loss);
      optimizer.step();
    }
    await step.close();
    expect(losses[7]).toBeLessThan(0.5 * (losses[0] ?? 0));
    const bytes = encodeClassifier({
      model,
      weights: new Map(
        model.state.map(({ name, shape, data }) => [
          name,
          { dtype: data instanceof Float32Array ? ("F32" as const) : ("I64" as const), shape, data },
        ]),
      ),
      classNames: ["slow", "fast"],
      dataConfig: { ...imageNet, inputSize: [1, 16, 16], mean: [0.5], std: [0.5] },
      average: false,
    });
    const { architecture, classNames, graph } = decodeClassifier(bytes);
    expect([isModel(architecture), ...classNames]).toEqual([true, "slow", "fast"]);
    const session = await engine.load(encodeModel(graph));
    for (const label of [0, 1]) {
      const data = images.slice(label * 512, label * 512 + 256);
      const { logits } = await session.run({ input: { dtype: "float32", shape: [1, 1, 16, 16], data } });
      const [slow = 0, fast = 0] = Array.from(logits?.data ?? [], Number);
      expect(fast > slow).toBe(label === 1);
    }
    await session.close();
  });

  test("is suggested where a name is misspelt", () => {
    expect(() => createModel("tiny61")).toThrow(
      new RangeError(
        `createModel: name must be one of ${listModels().join(", ")}, got "tiny61"; did you mean "tiny16"?`,
      ),
    );
  });

  test("again changes nothing", () => {
    registerModelFamily(tiny);
    expect(listModels("tiny*")).toEqual(["tiny8", "tiny16"]);
  });

  test("is refused under the name of another family, or with the name of another model, as a whole", () => {
    const cure = "give the new definition another name";
    const config = { width: 4 };
    for (const [name, state] of [
      ["resnet", "built in"],
      ["tiny", "already registered"],
    ] as const) {
      expect(() => registerModelFamily({ ...tiny, name, models: { other: config } })).toThrow(
        new RangeError(
          `registerModelFamily: name must be of no other model family, got "${name}", which is ${state}; ${cure}`,
        ),
      );
    }
    for (const [name, state] of [
      ["resnet18", "built in"],
      ["tiny8", "already registered"],
    ] as const) {
      expect(() =>
        registerModelFamily({ ...tiny, name: "small", models: { other: config, [name]: config } }),
      ).toThrow(
        new RangeError(
          `registerModelFamily: name must be of no other model, got "${name}", which is ${state}; ${cure}`,
        ),
      );
    }
    expect(isModel("other")).toBe(false);
    registerModelFamily({ ...tiny, name: "small", models: { other: config } });
    expect(createModel("tiny8").name).toBe("tiny8");
  });
});

test("a family without models is refused", () => {
  for (const check of [defineModelFamily, registerModelFamily]) {
    expect(() => check({ ...tiny, name: "none", models: {} })).toThrow(
      new RangeError('defineModelFamily: models must have at least one, got none in "none"'),
    );
  }
});

test("an architecture of another name is refused", () => {
  registerModelFamily({
    ...tiny,
    name: "renamed",
    models: { renamed8: { width: 8 } },
    create: (_, config, options) => tiny.create("tiny8", config, options),
  });
  expect(() => createModel("renamed8")).toThrow(
    new Error('renamed.create: name of the architecture must be "renamed8", got "tiny8"'),
  );
});
