import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { naturalSort, naturalSortSet } from "./natural-sort.ts";

const golden: { natural_sort: { input: string[]; sorted: string[] } } = JSON.parse(
  readFileSync(new URL("../../../../test/golden/train/data.json", import.meta.url), "utf8"),
);

test("sorts as timm's natural_key", () => {
  expect(naturalSort(golden.natural_sort.input)).toEqual(golden.natural_sort.sorted);
});

test("names with equal keys keep their order in a list and are ordered by code point in a set", () => {
  expect(naturalSort(["b", "B", "n02", "n2"])).toEqual(["b", "B", "n02", "n2"]);
  expect(naturalSortSet(["b", "B", "n2", "n02"])).toEqual(["B", "b", "n02", "n2"]);
});

test("compares digit runs that no number holds exactly", () => {
  const names = ["9007199254740993", "9007199254740992", "10000000000000000000000", "0"];
  expect(naturalSort(names)).toEqual([
    "0",
    "9007199254740992",
    "9007199254740993",
    "10000000000000000000000",
  ]);
});

test("orders by code point where UTF-16 units are ordered otherwise", () => {
  expect(naturalSort(["\u{1f600}", "\uff5e"])).toEqual(["\uff5e", "\u{1f600}"]);
});

test("a number and its digits with any prefix sort as integers", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n }), fc.bigInt({ min: 0n }), fc.string(), (a, b, text) => {
      const prefix = `${text}-`;
      const sorted = naturalSort([`${prefix}${a}`, `${prefix}${b}`]);
      expect(sorted).toEqual(
        a <= b ? [`${prefix}${a}`, `${prefix}${b}`] : [`${prefix}${b}`, `${prefix}${a}`],
      );
    }),
  );
});

test("a set has one order", () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[aAbB019]{0,5}$/), { maxLength: 12 });
  fc.assert(
    fc.property(names, (unique) => {
      expect(naturalSortSet([...unique].reverse())).toEqual(naturalSortSet(unique));
      expect(naturalSortSet(unique).sort()).toEqual([...unique].sort());
    }),
  );
});
