/** What the pages say of PyTorch, Keras and optax is what these give, and what the TypeScript beside it gives. */
import { readdirSync, readFileSync } from "node:fs";
import * as scheduler from "@tsimm/scheduler";
import { describe, expect, test } from "vitest";
import { compileBlock } from "../../../test/doc-blocks.fixture.ts";
import { foreignSchedules } from "./coming-from.ts";
import { parseProse, proseFolder, readProse } from "./prose.ts";

interface GoldenCase {
  readonly library: string;
  readonly python: string;
  readonly rates: readonly number[];
}

const golden: {
  readonly versions: Readonly<Record<string, string>>;
  readonly cases: Readonly<Record<string, GoldenCase>>;
} = JSON.parse(readFileSync(new URL("../../../test/golden/coming-from.json", import.meta.url), "utf8"));

const pages = readdirSync(proseFolder).map((file) => file.replace(/\.md$/, ""));
const told = pages.flatMap((page) => {
  const prose = readProse(page);
  if (prose === null) throw new Error(`${page} has no prose`);
  return foreignSchedules(prose).map((one) => {
    const key = `${page}: ${one.library} ${one.name}`.replaceAll("`", "");
    return [key, { ...one, page }] as const;
  });
});

/** Rates that a block of TypeScript ends with: `rates`, or `lr` at t = 0, 1, … */
async function ratesOf(code: string, place: string, length: number): Promise<number[]> {
  const ends = /\bconst rates\b/.test(code) ? "rates" : "lr";
  let found: unknown;
  const names = {
    check: (actual: unknown, expected: unknown) => expect(actual).toEqual(expected),
    load: () => scheduler,
    keep: (value: unknown) => {
      found = value;
    },
  };
  const program = compileBlock({ place, file: place, code: `${code}\nkeep(${ends});` });
  await new Function(...Object.keys(names), program)(...Object.values(names));
  if (Array.isArray(found)) return found;
  if (typeof found !== "function") throw new Error(`${place}: neither lr nor rates`);
  const lr = found;
  return Array.from({ length }, (_, t) => lr(t));
}

test("every case of the golden file stands on a page, and the other way round", () => {
  expect(told.map(([key]) => key).sort()).toEqual(Object.keys(golden.cases).sort());
});

test("the list names the versions that were run", () => {
  const list = readFileSync(new URL("overview.md", import.meta.url), "utf8");
  for (const [library, version] of Object.entries(golden.versions)) {
    // The first two numbers; all three of optax, which has not come to 1.
    const [major = "", minor = "", patch = ""] = version.split(".");
    expect(list).toContain(`${library} ${major}.${minor}${library === "optax" ? `.${patch}` : ""}`);
  }
});

describe("rates of other libraries", () => {
  test.each(told)("%s", async (key, { python, typescript, library }) => {
    const expected = golden.cases[key];
    if (expected === undefined) throw new Error("run tools/coming-from.py");
    expect(python).toBe(expected.python);
    const rates = await ratesOf(typescript, key, expected.rates.length);
    expect(rates).toHaveLength(expected.rates.length);
    // PyTorch computes in float64, some schedules step by step; Keras and optax in float32.
    const tolerance = library === "PyTorch" ? 1e-14 : 1e-7;
    const apart = rates.map((rate, t) => Math.abs(rate - Number(expected.rates[t])));
    expect(apart.filter((distance) => !(distance <= tolerance))).toEqual([]);
  });

  test("a wrong curve is told from a right one", async () => {
    const [expected] = Object.entries(golden.cases).filter(([key]) => key === "step: PyTorch StepLR");
    const rates = await ratesOf("const lr = (t) => 0.1 * 0.5 ** Math.floor((t + 1) / 10);", "here", 48);
    expect(rates).not.toEqual(expected?.[1].rates);
  });
});

test("a heading without a library or a block is refused", () => {
  const page = (section: string) => parseProse(`---\ntitle: x\n---\n## Coming from\n\n${section}`);
  const block = (language: string) => `\`\`\`${language}\n1\n\`\`\`\n`;
  const both = `${block("python")}\n${block("ts")}`;
  expect(foreignSchedules(page(`### optax \`x\`\n\n${both}`))).toHaveLength(1);
  expect(() => foreignSchedules(page(`### \`x\`\n\n${both}`))).toThrow("must begin with a library");
  expect(() => foreignSchedules(page(`### optax \`x\`\n\n${block("ts")}`))).toThrow("have both blocks");
});
