/**
 * Every rule against numeric differentiation, see {@link agrees}, and that each has a row in the tables of cases.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allRules } from "./index.ts";
import { agrees } from "./rule-cases/agrees.fixture.ts";
import { rules as cases } from "./rule-cases/index.fixture.ts";

/** Every operator of the package that something flows back through. */
const operators = allRules()
  .filter(({ gradient }) => gradient !== "none")
  .flatMap(({ ops }) => ops);

test("every case belongs to a rule", () => {
  expect(Object.keys(cases).filter((op) => !operators.includes(op))).toEqual([]);
});

describe.each(operators)("the gradient of %s", (op) => {
  test("has cases, and agrees with numeric differentiation over random shapes and attributes", async () => {
    const variants = cases[op] ?? [];
    expect(variants).not.toEqual([]);
    for (const rule of variants) {
      await fc.assert(
        fc.asyncProperty(rule.cases, fc.infiniteStream(fc.nat(0xffff)), (drawn, stream) =>
          agrees(rule, drawn, stream),
        ),
        { numRuns: 25 },
      );
    }
  });
});
