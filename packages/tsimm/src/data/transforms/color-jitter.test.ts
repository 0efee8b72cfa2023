import { expect, test } from "vitest";
import { keyedRandom } from "../../random/keyed-random.ts";
import { colorJitter } from "./color-jitter.ts";

const stream = (seed: number) => keyedRandom(seed, "augment");

test("colour jitter of strength 0 draws nothing, any other draws factors in range", () => {
  const random = stream(1);
  const white = { width: 1, height: 1, channels: 1 as const, data: new Uint8Array([100]) };
  expect(colorJitter(white, 0, random)).toBe(white);
  expect(random.uint32()).toBe(stream(1).uint32());
  const levels = Array.from(
    { length: 2000 },
    (_, seed) => colorJitter(white, 0.4, stream(seed)).data[0] ?? 0,
  );
  // One grey pixel: contrast and saturation leave it, brightness multiplies it by 0.6 … 1.4.
  expect([Math.min(...levels), Math.max(...levels)]).toEqual([60, 139]);
});
