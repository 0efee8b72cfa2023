import { expect, test } from "vitest";
import { placeEventLabels } from "./event-labels.ts";

const frame = { left: 0, right: 200, top: 0, bottom: 100 };
const [above, below] = [
  { dx: 7, dy: -10, anchor: "start" },
  { dx: 7, dy: 10, anchor: "start" },
];

test.each([
  ["alone: above to the right", [{ x: 20, y: 50 }], [above]],
  ["at the top: below", [{ x: 20, y: 5 }], [below]],
  ["at the right edge: to the left", [{ x: 190, y: 50 }], [{ ...above, dx: -7, anchor: "end" }]],
  [
    "close: one above, one below",
    [
      { x: 20, y: 50 },
      { x: 30, y: 50 },
    ],
    [above, below],
  ],
  [
    "three in one place, the third to the left",
    [
      { x: 90, y: 50 },
      { x: 91, y: 50 },
      { x: 92, y: 50 },
    ],
    [above, below, { ...above, dx: -7, anchor: "end" }],
  ],
  [
    "no room",
    [
      { x: 5, y: 5 },
      { x: 6, y: 5 },
    ],
    [below, null],
  ],
] as const)("%s", (_, events, places) => {
  expect(
    placeEventLabels(
      events.map((one) => ({ ...one, width: 40 })),
      frame,
    ),
  ).toEqual(places);
});
