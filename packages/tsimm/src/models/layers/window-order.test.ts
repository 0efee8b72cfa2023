import { expect, test } from "vitest";
import { gridOrder, relativePositions, shiftMask, type WindowGrid, windowOrder } from "./window-order.ts";

const grid = (height: number, width: number, window: number, shift: number): WindowGrid => ({
  ...{ height, width },
  window: [window, window],
  shift: [shift, shift],
});

test("windows follow each other row by row", () => {
  expect(windowOrder(grid(2, 4, 2, 0))).toEqual([0, 1, 4, 5, 2, 3, 6, 7]);
});

test("a shift rolls the grid before it is cut", () => {
  expect(windowOrder(grid(2, 4, 2, 1))).toEqual([5, 6, 1, 2, 7, 4, 3, 0]);
});

test("what is missing of a window is padding", () => {
  expect(windowOrder(grid(2, 3, 2, 0))).toEqual([0, 1, 3, 4, 2, 6, 5, 6]);
});

test.each([
  [4, 4, 2, 1],
  [7, 5, 3, 1],
  [6, 6, 4, 2],
])("the order of a grid of %dx%d tokens, windows of %d, shift %d, can be undone", (...sizes) => {
  const order = windowOrder(grid(...sizes));
  const back = gridOrder(grid(...sizes));
  expect(back.map((place) => order[place])).toEqual(back.map((_, place) => place));
});

test("tokens that a roll has brought together do not see each other", () => {
  const mask = shiftMask(grid(4, 4, 2, 1));
  expect(mask.length).toBe(4 * 4 * 4);
  const windows = Array.from({ length: 4 }, (_, i) => Array.from(mask.subarray(16 * i, 16 * (i + 1))));
  const [far, near] = [-100, 0];
  expect(windows[0]).toEqual(new Array(16).fill(near));
  // The second window's left column was the image's right edge, its right column comes from the left edge.
  expect(windows[1]).toEqual([
    near,
    far,
    near,
    far,
    far,
    near,
    far,
    near,
    near,
    far,
    near,
    far,
    far,
    near,
    far,
    near,
  ]);
  expect(windows[3]).toEqual(Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? near : far)));
});

test("each distance of two tokens has a row of its own", () => {
  expect(relativePositions([2, 2])).toEqual([4, 3, 1, 0, 5, 4, 2, 1, 7, 6, 4, 3, 8, 7, 5, 4]);
});
