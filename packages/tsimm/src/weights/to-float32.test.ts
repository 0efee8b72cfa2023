import { expect, test } from "vitest";
import { toFloat32 } from "./to-float32.ts";

const list = (data: Float32Array | null) => (data === null ? null : [...data]);

test("half floats: normal, subnormal, zero, infinite, none", () => {
  const bits = Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x8000, 0x7c00, 0xfc00, 0x7e00);
  expect(list(toFloat32({ dtype: "F16", shape: [9], data: bits }))).toEqual([
    ...[1, -2, 65504, 2 ** -14, 2 ** -24, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN],
  ]);
});

test("bfloat16 is the upper half of a float32", () => {
  const bits = Uint16Array.of(0x3f80, 0xc0a0, 0x8000);
  expect(list(toFloat32({ dtype: "BF16", shape: [3], data: bits }))).toEqual([1, -5, -0]);
});

test("float64 is rounded, float32 is as it is, integers are none", () => {
  expect(list(toFloat32({ dtype: "F64", shape: [1], data: Float64Array.of(0.1) }))).toEqual([
    Math.fround(0.1),
  ]);
  const data = Float32Array.of(1);
  expect(toFloat32({ dtype: "F32", shape: [1], data })).toBe(data);
  expect(toFloat32({ dtype: "I32", shape: [1], data: Int32Array.of(1) })).toBeNull();
});
