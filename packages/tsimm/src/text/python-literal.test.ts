import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type PythonValue, parsePythonLiteral } from "./python-literal.ts";

/** [text, whether it is a literal of Python's, its value], printed by `ast.literal_eval`. */
const cases: readonly (readonly [string, boolean, PythonValue?])[] = JSON.parse(
  await readFile(new URL("../../../../test/golden/python-literals.json", import.meta.url), "utf8"),
);

test("reads what Python reads, and nothing else", () => {
  for (const [text, isLiteral, value] of cases) {
    expect([text, parsePythonLiteral(text)]).toEqual([text, isLiteral ? value : undefined]);
  }
  expect(cases.filter(([, isLiteral]) => isLiteral).length).toBeGreaterThan(50);
});

const python = (value: PythonValue): string => {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string" || typeof value === "number") return JSON.stringify(value);
  if (Array.isArray(value)) return `(${value.map((one) => `${python(one)},`).join(" ")})`;
  return `{${Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${python(one)}`)}}`;
};

test("whatever is written as Python comes back", () => {
  const { value } = fc.letrec<{ value: PythonValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      ...[fc.constant(null), fc.boolean(), fc.integer(), fc.string()],
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
      ...[fc.array(tie("value")), fc.dictionary(fc.string(), tie("value"), { noNullPrototype: true })],
    ),
  }));
  fc.assert(
    fc.property(value, (one) => {
      expect(parsePythonLiteral(python(one))).toEqual(one);
    }),
  );
});

test("no text stops it or takes long", () => {
  const pieces = fc.constantFrom(..."()[]{},:-'\"\\.0xeE1_ aTN\n".split(""), "True", "None", "0x", "'''");
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 60 }), (words) => {
      expect(() => parsePythonLiteral(words.join(""))).not.toThrow();
    }),
  );
  expect(parsePythonLiteral("(".repeat(99_999))).toBeUndefined();
  expect(parsePythonLiteral(`'${"\\".repeat(50_000)}`)).toBeUndefined();
  expect(parsePythonLiteral("1".repeat(100_001))).toBeUndefined();
});
