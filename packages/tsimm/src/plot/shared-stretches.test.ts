import { expect, test } from "vitest";
import type { Series } from "./figure.ts";
import { sharedStretches } from "./shared-stretches.ts";

const frame = { xDomain: [0, 100], width: 100, toPixels: (y: number) => y } as const;
const line = (points: Series["points"], style: Partial<Series> = {}): Series => ({
  label: "",
  points,
  ...style,
});
const shares = (series: Series[]) =>
  sharedStretches(series, frame).map((stretches) =>
    stretches.map(({ points, count, rank }) => [points[0]?.[0], points.at(-1)?.[0], rank, count]),
  );

test("a line on its own stays as it is", () => {
  const one = line([
    [0, 5],
    [100, 50],
  ]);
  expect(sharedStretches([one], frame)).toEqual([[{ points: one.points, count: 1, rank: 0 }]]);
});

test("lines are divided where they meet, a pixel after, in the order in which they are drawn", () => {
  const warm = line([
    [0, 0],
    [40, 80],
    [100, 80],
  ]);
  const flat = line([
    [0, 80],
    [100, 80],
  ]);
  expect(shares([warm, flat])).toEqual([
    [
      [0, 40, 0, 1],
      [40, 100, 0, 2],
    ],
    [
      [0, 40, 0, 1],
      [40, 100, 1, 2],
    ],
  ]);
});

test("a line of steps keeps its rate at a cut, and its jump", () => {
  const step = line(
    [
      [0, 80],
      [60, 20],
      [100, 20],
    ],
    { curve: "step-after" },
  );
  const flat = line([
    [0, 80],
    [100, 80],
  ]);
  const [stretches] = sharedStretches([step, flat], frame);
  expect(stretches?.map(({ points, count }) => [count, points])).toEqual([
    [
      2,
      [
        [0, 80],
        [59, 80],
      ],
    ],
    [
      1,
      [
        [59, 80],
        [60, 20],
        [100, 20],
      ],
    ],
  ]);
});

test("three lines take turns", () => {
  const flat = line([
    [0, 30],
    [100, 30],
  ]);
  expect(shares([flat, flat, flat])).toEqual([[[0, 100, 0, 3]], [[0, 100, 1, 3]], [[0, 100, 2, 3]]]);
});

test("lines that only cross do not", () => {
  const falling = line([
    [0, 60],
    [100, 0],
  ]);
  const rising = line([
    [0, 0],
    [100, 60],
  ]);
  expect(shares([falling, rising])).toEqual([[[0, 100, 0, 1]], [[0, 100, 0, 1]]]);
});

test("a dashed line shows what is below, and gaps are shared by nobody", () => {
  const points: Series["points"] = [
    [0, 30],
    [100, 30],
  ];
  expect(shares([line(points), line(points, { dashed: true })])).toEqual([
    [[0, 100, 0, 1]],
    [[0, 100, 0, 1]],
  ]);
  const gap = line([
    [0, null],
    [100, 30],
  ]);
  expect(shares([gap, gap])).toEqual([[[0, 100, 0, 1]], [[0, 100, 0, 1]]]);
});
