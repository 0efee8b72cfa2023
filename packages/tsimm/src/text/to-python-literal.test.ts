import fc from "fast-check";
import { expect, test } from "vitest";
import { parsePythonLiteral } from "./python-literal.ts";
import { pythonLiteral } from "./to-python-literal.ts";

test.each([
  [null, "None"],
  [true, "True"],
  [-0.5, "-0.5"],
  [1e-7, "1e-7"],
  ["silu", "'silu'"],
  ["it's\n\\", "'it\\'s\\n\\\\'"],
  [[2, [false]], "[2, [False]]"],
  [{ depth: 2, name: "a" }, "{'depth': 2, 'name': 'a'}"],
])("%j is %s", (value, text) => {
  expect(pythonLiteral(value)).toBe(text);
});

test("it is read back as it was", () => {
  const leaf = fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
    fc.string(),
  );
  const value = fc.oneof(
    leaf,
    fc.array(leaf),
    fc.dictionary(
      fc.string().filter((key) => key !== "__proto__"),
      leaf,
    ),
  );
  fc.assert(
    fc.property(value, (one) => {
      expect(parsePythonLiteral(pythonLiteral(one))).toEqual(one);
    }),
  );
});
