import { expect, test } from "vitest";
import { printable } from "./printable.ts";

test.each([
  ["cat", "cat"],
  ["Größe 猫 🐈", "Größe 猫 🐈"],
  ["a\nb\rc\td", "a\\nb\\rc\\td"],
  ["\u001b[31mred\u0007", "\\x1b[31mred\\x07"],
  ["\u0000\u007f\u009b", "\\x00\\x7f\\x9b"],
  ["gpj.\u202egnp", "gpj.\\u202egnp"],
  ["\ufeffcat\u2028", "\\ufeffcat\\u2028"],
  ["\ud800cat\udc00", "\\ud800cat\\udc00"],
])("escapes control characters of %j", (text, expected) => {
  expect(printable(text)).toBe(expected);
});
