import { expect, test } from "vitest";
import { fromBfloat, fromHalf, toBfloat, toHalf } from "./half.ts";

test("every float16 comes back from float32 as it was", () => {
  for (let bits = 0; bits < 2 ** 16; bits++) {
    const value = Math.fround(fromHalf(bits));
    if (Number.isNaN(value)) expect(toHalf(value) & 0x7fff).toBe(0x7e00);
    else if (toHalf(value) !== bits) expect(toHalf(value)).toBe(bits);
  }
});

test.each([
  [1, 0x3c00],
  [-2, 0xc000],
  [65_504, 0x7bff],
  [65_519.99, 0x7bff],
  [65_520, 0x7c00],
  [-1e9, 0xfc00],
  [2 ** -24, 1],
  [2 ** -25, 0],
  [1.5 * 2 ** -24, 2],
  [2 ** -14 - 2 ** -26, 0x0400],
  // Halfway between 1 and its successor: to the even one; a bit more: up.
  [1 + 2 ** -11, 0x3c00],
  [1 + 2 ** -11 + 2 ** -20, 0x3c01],
  [1 + 3 * 2 ** -11, 0x3c02],
  [2 - 2 ** -12, 0x4000],
])("%f is the float16 of bits %i", (value, bits) => {
  expect(toHalf(Math.fround(value))).toBe(bits);
});

test("bfloat16 is the upper half of a float32, rounded to even", () => {
  for (const value of [1, -3.140625, 2 ** -130, 0, Number.POSITIVE_INFINITY]) {
    expect(fromBfloat(toBfloat(value))).toBe(value);
  }
  expect(toBfloat(1 + 2 ** -8)).toBe(0x3f80);
  expect(toBfloat(1 + 3 * 2 ** -8)).toBe(0x3f82);
  expect(fromBfloat(toBfloat(Number.NaN))).toBeNaN();
});
