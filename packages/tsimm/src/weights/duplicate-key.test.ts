import { expect, test } from "vitest";
import { duplicateKey } from "./duplicate-key.ts";

test.each([
  ['{"a": 1, "a": 2}', "a"],
  ['{"x": [{"b": {}}, {"b": {"c": "}", "c" : 1}}]}', "c"],
  ['{"\\u0061": 1, "a": 2}', "a"],
  ['{"__proto__": 1, "__proto__": 2}', "__proto__"],
  ['{"say \\"a\\"": 1, "say \\"a\\"": 2}', 'say "a"'],
  ['{"": 1, "": 2}', ""],
  ['{"a": {"a": 1}, "b": {"a": 1}, "c": "a", "d": "{\\"a\\":1,\\"a\\":2}"}', null],
  ['["a", "a", {"a": "a"}]', null],
  ['"a"', null],
])("the key that %s has twice is %j", (text, key) => {
  JSON.parse(text);
  expect(duplicateKey(text)).toBe(key);
});
