/** Runs every `@example` of this package and every TypeScript block of its README. */
import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import * as everything from "./index.ts";
import { cos } from "./math/cos.ts";
import { floorDivide } from "./math/floor-division.ts";
import { pow } from "./math/pow.ts";
import { tanh } from "./math/tanh.ts";
import { didYouMean } from "./nearest-name.ts";
import { Mt19937 } from "./random/mt19937.ts";
import { TorchGenerator } from "./random/normal.ts";

const scope = { ...everything, cos, didYouMean, floorDivide, Mt19937, pow, tanh, TorchGenerator };

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

/** Code after each `@example`, by file. */
function examplesIn(path: string): string[] {
  const blocks = read(path).matchAll(/@example\n((?:\s*\* .*\n)+?)\s*\*(?:\/| @)/g);
  return [...blocks].map(([, block = ""]) => block.replace(/^\s*\* ?/gm, ""));
}

const sources = readdirSync(new URL(".", import.meta.url), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !/\.(test|fixture)\.ts$/.test(path))
  .sort();

const examples = sources.flatMap((path) =>
  examplesIn(`./${path}`).map((code, i) => [`${path} ${i + 1}`, code] as const),
);

const readme = [...read("../README.md").matchAll(/```ts\n([\s\S]*?)```/g)].map(
  ([, code = ""], i) => [`README.md ${i + 1}`, code] as const,
);

/** Turns `call(); // => value` into a comparison, and runs the code. */
function run(code: string): number {
  let compared = 0;
  const compare = (got: unknown, expected: unknown) => {
    compared++;
    expect(got).toEqual(expected);
  };
  const withoutImports = code.replace(/^import [^;]+ from "[^"]+";$/gm, "");
  const checked = withoutImports.replace(/^(.+?);\s*\/\/ => (.+)$/gm, "compare($1, ($2));");
  const { outputText } = ts.transpileModule(checked, { compilerOptions: { target: ts.ScriptTarget.ES2022 } });
  const names = { ...scope, compare };
  new Function(...Object.keys(names), outputText)(...Object.values(names));
  return compared;
}

describe("examples in the source give what they say", () => {
  test.each(examples)("%s", (_, code) => {
    expect(run(code)).toBeGreaterThan(0);
  });
});

describe("blocks of the README give what they say", () => {
  test.each(readme)("%s", (_, code) => {
    run(code);
  });
});

test("examples and blocks are found", () => {
  expect(examples.length).toBeGreaterThan(30);
  expect(readme.length).toBeGreaterThan(5);
});
