/** Every built-in model has the tensors, layers, drop paths, feature maps and preprocessing that timm prints of its own. */
import { expect, test } from "vitest";
import { readGolden } from "./golden.fixture.ts";
import { listModels } from "./registry.ts";
import { hashOf, linesOf } from "./timm-facts.fixture.ts";

interface Facts {
  readonly parameters: number;
  readonly state: number;
  readonly layers: number;
  readonly drop: number;
  readonly features: readonly string[];
  readonly configuration: readonly (string | number)[];
}

const golden = readGolden<Record<string, Facts>>("../timm/facts.json");

test("the file is about the models that there are", () => {
  expect(Object.keys(golden).sort()).toEqual([...listModels()].sort());
});

test.each(Object.entries(golden))("%s is timm's", (name, expected) => {
  const { parameters, state, layers, drop, features, configuration } = linesOf(name, 0.2);
  expect({ parameters, features, configuration }).toEqual({
    parameters: expected.parameters,
    features: expected.features,
    configuration: expected.configuration,
  });
  const hashes = { state: hashOf(state), layers: hashOf(layers), drop: hashOf(drop) };
  expect(hashes).toEqual({ state: expected.state, layers: expected.layers, drop: expected.drop });
});
