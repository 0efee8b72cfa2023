import { describe, expect, test } from "vitest";
import { createModel } from "../registry.ts";
import { freeze, frozenOf, trainedParameters } from "./frozen.ts";

const model = createModel("test_resnet", { numClasses: 3 });
const frozenBy = (...patterns: string[]) => [...freeze(model, patterns).parameters];
const named = (test: (name: string) => boolean) => model.parameters.map(({ name }) => name).filter(test);

describe("patterns of freeze", () => {
  test.each<[pattern: string, fits: (name: string) => boolean]>([
    ["conv1", (name) => name.startsWith("conv1.")],
    ["layer2", (name) => name.startsWith("layer2.")],
    ["layer[1-3]", (name) => /^layer[1-3]\./.test(name)],
    ["layer[!1-3]*", (name) => name.startsWith("layer4.")],
    ["layer?.0.conv1", (name) => /^layer.\.0\.conv1\./.test(name)],
    ["*.bias", (name) => name.endsWith(".bias")],
    ["fc.weight", (name) => name === "fc.weight"],
    ["*.bn1.*", (name) => name.includes(".bn1.")],
    ["backbone", (name) => !name.startsWith("fc.")],
  ])("%s", (pattern, fits) => {
    expect(frozenBy(pattern)).toEqual(named(fits));
  });

  test("add up", () => {
    expect(new Set(frozenBy("layer1", "conv1"))).toEqual(
      new Set(named((name) => /^(layer1|conv1)\./.test(name))),
    );
  });

  test("a part of a name is no module", () => {
    expect(() => frozenBy("layer")).toThrow('got "layer"; did you mean "layer1"?');
  });

  test.each(["a*a*a*a*a*a*a*a*a*a*a*a*a*b", "((((", "layer1+", ".", "*[", "[]"])(
    "%s is text, not a regular expression",
    (pattern) => {
      expect(() => frozenBy(pattern)).toThrow(RangeError);
    },
  );
});

test("a batch normalization is frozen where all of its parameters are", () => {
  const { batchNormalizations } = freeze(model, ["layer1", "layer2.0.bn1.weight"]);
  const own = model.batchNormalizations.map(({ module }) => module);
  expect([...batchNormalizations]).toEqual(own.filter((module) => module.startsWith("layer1.")));
  expect(freeze(model, ["batchnorm"]).batchNormalizations.size).toBe(own.length);
  expect(freeze(model, ["*.bias"]).batchNormalizations.size).toBe(0);
});

test("what is not frozen keeps its order", () => {
  const frozen = freeze(model, ["layer*"]);
  expect(trainedParameters(model, frozen).map(({ name }) => name)).toEqual(
    named((name) => !name.startsWith("layer")),
  );
  expect(trainedParameters(model, null)).toBe(model.parameters);
  expect(frozenOf(model, frozen)).toBe(frozen);
  expect(frozenOf(model, ["layer*"])).toEqual(frozen);
});

test.each<[patterns: unknown, error: Error]>([
  [
    ["layr1*"],
    new RangeError(
      'freeze: patterns must match parameters or modules of test_resnet, got "layr1*"; did you mean "layer1"?; ' +
        "there are conv1, bn1, layer1, layer2, layer3, layer4, fc, and the words backbone and batchnorm",
    ),
  ],
  [
    ["conv1", "backbones"],
    new RangeError(
      'freeze: patterns must match parameters or modules of test_resnet, got "backbones"; did you mean "backbone"?; ' +
        "there are conv1, bn1, layer1, layer2, layer3, layer4, fc, and the words backbone and batchnorm",
    ),
  ],
  [
    ["backbone", "fc"],
    new RangeError(
      'freeze: patterns must leave a parameter of test_resnet to train, got "backbone", "fc"; leave one out',
    ),
  ],
  [[], new RangeError("freeze: patterns must have at least one, got none")],
  ["conv1", new TypeError('freeze: patterns must be a list of texts, got "conv1"')],
  [[1], new TypeError("freeze: patterns must be a list of texts, got [1]")],
])("%j is refused", (patterns, error) => {
  expect(() => freeze(model, patterns as string[])).toThrow(error);
});

test("names of a foreign file are shown in one line, the first eight of them", () => {
  const parameters = model.parameters.map((given, i) => ({ ...given, name: `a${i}\n` }));
  expect(() => freeze({ ...model, parameters }, ["zzz"])).toThrow(
    `there are a0\\n, a1\\n, a2\\n, a3\\n, a4\\n, a5\\n, a6\\n, a7\\n and ${parameters.length - 8} more, and the words`,
  );
});
