/** Weights for other channels, sizes and names, held to what timm makes of them: `test/golden/adapt`. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { SafeTensor } from "../../weights/safetensors.ts";
import { adaptInputConv } from "./adapt-input-conv.ts";
import { withTimmNames } from "./conversions/conversions.ts";
import { resampleBiasTable } from "./resample-bias-table.ts";
import { resampleGrid } from "./resample-grid.ts";
import { resamplePatches } from "./resample-patches.ts";

interface Golden {
  readonly inputConv: Readonly<Record<string, readonly number[]>>;
  readonly positions: Readonly<Record<string, readonly number[]>>;
  readonly biasTable: Readonly<Record<string, readonly number[]>>;
  readonly patches: Readonly<Record<string, readonly number[]>>;
  readonly names: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const file = new URL("../../../../../test/golden/adapt/adapt.json", import.meta.url);
const golden: Golden = JSON.parse(readFileSync(file, "utf8"));

/** Element i is ((7 i) mod 23 - 11) / 11, as in the script that wrote the numbers. */
const values = (count: number) => Float32Array.from({ length: count }, (_, i) => (((i * 7) % 23) - 11) / 11);

/** Largest difference of two lists. */
function difference(got: Float32Array, expected: readonly number[]): number {
  expect(got).toHaveLength(expected.length);
  return got.reduce((most, value, i) => Math.max(most, Math.abs(value - (expected[i] ?? Number.NaN))), 0);
}

const numbersIn = (key: string) => key.split("-").map(Number);

test.each(Object.keys(golden.inputConv))("a first convolution for %s channels", (channels) => {
  const got = adaptInputConv(values(24), 2, Number(channels));
  expect(difference(got, golden.inputConv[channels] ?? [])).toBeLessThan(1e-6);
});

test.each(Object.keys(golden.positions))("positions of a grid: %s", (key) => {
  const [side = 0, newSide = 0, prefix = 0] = numbersIn(key);
  const all = values(2 * (prefix + side * side));
  const grid = { height: side, width: side, depth: 2 };
  const got = resampleGrid(all.subarray(2 * prefix), grid, [newSide, newSide]);
  expect(difference(got, (golden.positions[key] ?? []).slice(2 * prefix))).toBeLessThan(2e-6);
});

test.each(Object.keys(golden.biasTable))("relative position biases of windows: %s", (key) => {
  const [side = 0, newSide = 0] = numbersIn(key).map((window) => 2 * window - 1);
  const got = resampleBiasTable(values(side * side * 2), 2, { side, newSide });
  expect(difference(got, golden.biasTable[key] ?? [])).toBeLessThan(1e-5);
});

test.each(Object.keys(golden.patches))("patch embeddings of pixels: %s", (key) => {
  const [side = 0, newSide = 0] = numbersIn(key);
  const got = resamplePatches(values(3 * side * side), 3, { side, newSide });
  expect(difference(got, golden.patches[key] ?? [])).toBeLessThan(2e-6);
});

const tensor: SafeTensor = { dtype: "F32", shape: [1], data: new Float32Array(1) };

test.each([
  ["regnet_y_400mf", "s1.b1.conv1.conv.weight"],
  ["densenet", "features.denseblock1.denselayer1.norm1.weight"],
])("names of torchvision's %s", (model, own) => {
  const pairs = Object.entries(golden.names[model] ?? {});
  expect(pairs.length).toBeGreaterThan(3);
  const target = { state: [{ name: own, shape: [1] }] };
  const got = withTimmNames(new Map(pairs.map(([name]) => [name, tensor])), target);
  expect([...got.keys()].sort()).toEqual(pairs.map(([, name]) => name).sort());
});
