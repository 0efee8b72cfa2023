import { expect, test } from "vitest";
import { placeLabels, wrapLabel } from "./end-labels.ts";

test.each([
  ["", []],
  ["step", ["step"]],
  ["multistep:decay-milestones=20,40,dr=0.5", ["multistep:", "decay-milestones=20,40,", "dr=0.5"]],
  ["a label of many words and of no colon", ["a label of many words and of", "no colon"]],
  ["x".repeat(40), ["x".repeat(40)]],
])("breaks %j", (label, lines) => {
  expect(wrapLabel(label)).toEqual(lines);
});

const box = (left: number, center: number, height = 16) => ({ left, right: left + 50, center, height });

test("labels beside each other move apart, others stay", () => {
  expect(placeLabels([box(0, 20), box(100, 20), box(120, 20)], [0, 100])).toEqual([20, 12, 28]);
});

test("labels stay within bounds, with room for several lines", () => {
  expect(placeLabels([box(0, 98), box(10, 99, 32)], [0, 100])).toEqual([60, 84]);
});
