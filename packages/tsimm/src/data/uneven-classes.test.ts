import { expect, test } from "vitest";
import { unevenWarning } from "./uneven-classes.ts";

test.each<[readonly number[], string | null]>([
  [[], null],
  [[5], null],
  [[0, 0], null],
  [[100, 0], null],
  [[9, 1], null],
  [[10, 1], 'Class "a" has 10 images, "b" 1: '],
  [[12, 500, 40], 'Class "b" has 500 images, "a" 12: '],
  [[30, 0, 3], 'Class "a" has 30 images, "c" 3: '],
])("counts %j give %j", (counts, start) => {
  const cure = "the model will favour the former; --balanced-sampling or --class-weights balanced helps";
  expect(unevenWarning(counts, ["a", "b", "c"])).toBe(start === null ? null : start + cure);
});

test("names are shown without control characters", () => {
  expect(unevenWarning([10, 1], ["a\n", "b"])).toContain('Class "a\\n" has');
});
