import { expect, test } from "vitest";
import { cleanNames } from "./clean-names.ts";
import type { SafeTensor } from "./safetensors.ts";

const tensor: SafeTensor = { dtype: "F32", shape: [], data: Float32Array.of(1) };
const cleaned = (names: readonly string[], known: readonly string[] = []) => [
  ...cleanNames(new Map(names.map((name) => [name, tensor])), new Set(known)).keys(),
];

test.each<[readonly string[], readonly string[]]>([
  [["module.fc.weight"], ["fc.weight"]],
  [["_orig_mod.module.fc.weight"], ["fc.weight"]],
  [["state_dict.fc.weight", "optimizer.0"], ["fc.weight"]],
  [["model.a", "ema.b", "optimizer.c"], ["b"]],
  [["fc.module.weight"], ["fc.module.weight"]],
])("%o becomes %o", (names, expected) => {
  expect(cleaned(names)).toEqual(expected);
});

test("names of the model stay as they are", () => {
  expect(cleaned(["model.fc", "module.fc"], ["model.fc", "module.fc"])).toEqual(["model.fc", "module.fc"]);
});
