import { expect, test } from "vitest";
import { centerCropOrPad } from "./center-crop.ts";

test("a centre crop fills around a smaller image", () => {
  const image = { width: 1, height: 3, channels: 1 as const, data: new Uint8Array([1, 2, 3]) };
  expect([...centerCropOrPad(image, { width: 4, height: 1, fill: [9] }).data]).toEqual([9, 2, 9, 9]);
});
