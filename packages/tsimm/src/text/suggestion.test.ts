import { expect, test } from "vitest";
import { suggestion } from "./suggestion.ts";

test.each([
  ["stpe", ["cosine", "step", "tanh"], '; did you mean "step"?'],
  ["resnet35", ["resnet18", "resnet34", "resnet50"], '; did you mean "resnet34"?'],
  ["AdamW", ["adam", "adamw"], '; did you mean "adamw"?'],
  ["weightdecay", ["lr", "weightDecay"], '; did you mean "weightDecay"?'],
  ["sgd", ["step", "lion"], ""],
  ["x", ["lr"], ""],
  ["anything", [], ""],
])("for %j of %j suggests %j", (name, candidates, suffix) => {
  expect(suggestion(name, candidates)).toBe(suffix);
});
