/** The list of all rules, and what follows from it. */
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { rules } from "./rules.ts";
import { rulesText } from "./rules-text.fixture.ts";

test("the list of rules holds every rule that a file defines", async () => {
  await expect(await rulesText()).toMatchFileSnapshot("rules.ts");
});

test("shapes of the package's operators are known without the rules: decoding alone does not load them", () => {
  expect(rules.filter(({ shape }) => shape !== undefined).flatMap(({ ops }) => ops)).toEqual([]);
});

test("the README names every operator that something flows back through", async () => {
  const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  const table = readme.slice(readme.indexOf("Gradient rules:"), readme.indexOf("Comparisons, rounding"));
  const named = new Set(table.match(/[A-Z]\w+/g));
  const operators = rules.filter(({ gradient }) => gradient !== "none").flatMap(({ ops }) => ops);
  expect(operators.filter((op) => !named.has(op))).toEqual([]);
});
