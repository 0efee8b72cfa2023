import { expect, test } from "vitest";
import { loadState } from "./load-state.ts";
import type { SafeTensor } from "./safetensors.ts";

const model = () => ({
  state: [
    { name: "fc.weight", shape: [2, 1], data: new Float32Array(2), grad: null },
    { name: "bn1.num_batches_tracked", shape: [], data: new BigInt64Array(1) },
  ],
});
const weight: SafeTensor = { dtype: "F32", shape: [2, 1], data: Float32Array.of(3, 4) };
const count: SafeTensor = { dtype: "I64", shape: [], data: BigInt64Array.of(5n) };

test("copies every tensor in place", () => {
  const target = model();
  loadState(
    target,
    new Map([
      ["fc.weight", weight],
      ["bn1.num_batches_tracked", count],
    ]),
  );
  expect([...(target.state[0]?.data ?? [])]).toEqual([3, 4]);
  expect([...(target.state[1]?.data ?? [])]).toEqual([5n]);
});

test("names what is missing, unexpected or of another shape, and changes nothing", () => {
  const target = model();
  const tensors = new Map([
    ["fc.weight", { ...weight, shape: [1, 2] }],
    ["fc.bias", weight],
  ]);
  expect(() => loadState(target, tensors)).toThrow(
    "loadState: the tensors must be those of the model, but missing: bn1.num_batches_tracked; unexpected: fc.bias; fc.weight must be F32 [2, 1], got F32 [1, 2]",
  );
  expect([...(target.state[0]?.data ?? [])]).toEqual([0, 0]);
});
