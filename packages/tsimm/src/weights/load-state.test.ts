import { expect, test } from "vitest";
import { loadState } from "./load-state.ts";
import type { SafeTensor } from "./safetensors.ts";

const model = () => ({
  name: "tiny",
  state: [
    { name: "fc.weight", shape: [2, 1], data: new Float32Array(2), grad: null },
    { name: "bn1.num_batches_tracked", shape: [], data: new BigInt64Array(1) },
  ],
});
const weight: SafeTensor = { dtype: "F32", shape: [2, 1], data: Float32Array.of(3, 4) };
const count: SafeTensor = { dtype: "I64", shape: [], data: BigInt64Array.of(5n) };

test("copies every tensor in place", () => {
  const target = model();
  const arrays = target.state.map(({ data }) => data);
  loadState(
    target,
    new Map([
      ["bn1.num_batches_tracked", count],
      ["fc.weight", weight],
    ]),
  );
  expect(arrays).toEqual([weight.data, count.data]);
  expect(arrays[0]).not.toBe(weight.data);
});

test.each<[string, [string, SafeTensor][], string]>([
  ["missing tensors", [["bn1.num_batches_tracked", count]], "1 missing: fc.weight"],
  [
    "unexpected tensors",
    [
      ["fc.weight", weight],
      ["bn1.num_batches_tracked", count],
      ["fc.bias", weight],
    ],
    "1 unexpected: fc.bias",
  ],
  [
    "other shapes and types",
    [
      ["fc.weight", { ...weight, shape: [1, 2] }],
      ["bn1.num_batches_tracked", { dtype: "I32", shape: [], data: Int32Array.of(1) }],
    ],
    "2 unfit: fc.weight must be F32 [2,1], got F32 [1,2], bn1.num_batches_tracked must be I64 [], got I32 []",
  ],
  [
    "tensors that are not finite",
    [
      ["fc.weight", { ...weight, data: Float32Array.of(3, Number.NaN) }],
      ["bn1.num_batches_tracked", count],
    ],
    "1 unfit: fc.weight must be finite, got NaN at element 1",
  ],
  [
    "everything at once, shortened",
    Array.from({ length: 10 }, (_, i) => [`layer${i}`, weight]),
    "1 missing: fc.weight; 10 unexpected: layer0, layer1, layer2, layer3, " +
      "layer4, layer5, layer6, layer7, and 2 more",
  ],
])("lists %s and changes nothing", (_, tensors, problems) => {
  const target = model();
  expect(() => loadState(target, new Map(tensors))).toThrow(
    new Error(`loadState: tensors must be the state of tiny; ${problems}`),
  );
  expect(target).toEqual(model());
});

test("a running variance must be >= 0, the other statistics need not", () => {
  const buffer = (name: string) => ({ name, shape: [2], data: new Float32Array(2), grad: null });
  const target = {
    name: "tiny",
    state: ["bn1.running_mean", "bn1.running_var", "layers.0.bn.running_var"].map(buffer),
  };
  const tensor = (...values: number[]): SafeTensor => ({
    dtype: "F32",
    shape: [2],
    data: Float32Array.of(...values),
  });
  const load = (variance: SafeTensor) =>
    loadState(
      target,
      new Map([
        ["bn1.running_mean", tensor(-1, -2)],
        ["bn1.running_var", tensor(0, 1)],
        ["layers.0.bn.running_var", variance],
      ]),
    );
  expect(() => load(tensor(1, -1e-3))).toThrow(
    new Error(
      "loadState: tensors must be the state of tiny; " +
        `1 unfit: layers.0.bn.running_var must be finite and >= 0, got ${Math.fround(-1e-3)} at element 1`,
    ),
  );
  load(tensor(-0, 4));
  expect(target.state.map(({ data }) => [...data])).toEqual([
    [-1, -2],
    [0, 1],
    [-0, 4],
  ]);
});

test("names every tensor of the model that is missing or unfit", () => {
  const names = Array.from({ length: 20 }, (_, i) => `layer${i}.weight`);
  const state = names.map((name) => ({ name, shape: [2, 1], data: new Float32Array(2) }));
  expect(() => loadState({ name: "deep", state }, new Map())).toThrow(`20 missing: ${names.join(", ")}`);
  const turned = new Map(names.map((name) => [name, { ...weight, shape: [1, 2] }]));
  const unfit = names.map((name) => `${name} must be F32 [2,1], got F32 [1,2]`);
  expect(() => loadState({ name: "deep", state }, turned)).toThrow(`20 unfit: ${unfit.join(", ")}`);
});

test("counters that are missing begin at 0, as in PyTorch", () => {
  const target = model();
  target.state[1]?.data.set([9n] as never);
  loadState(target, new Map([["fc.weight", weight]]));
  expect(target.state.map(({ data }) => data)).toEqual([weight.data, BigInt64Array.of(0n)]);
});

test.each<[SafeTensor["dtype"], SafeTensor["data"]]>([
  ["F16", Uint16Array.of(0x4200, 0xc000)],
  ["BF16", Uint16Array.of(0x4040, 0xc000)],
  ["F64", Float64Array.of(3, -2)],
])("weights in %s become float32", (dtype, data) => {
  const target = model();
  loadState(target, new Map([["fc.weight", { dtype, shape: [2, 1], data }]]));
  expect(target.state[0]?.data).toEqual(Float32Array.of(3, -2));
});

test("infinities are found after the conversion", () => {
  const infinite: SafeTensor = { dtype: "F64", shape: [2, 1], data: Float64Array.of(0, 1e300) };
  expect(() => loadState(model(), new Map([["fc.weight", infinite]]))).toThrow(
    "1 unfit: fc.weight must be finite, got Infinity at element 1",
  );
});
