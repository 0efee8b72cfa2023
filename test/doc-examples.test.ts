/** Runs every `@example` of the sources and every TypeScript block of the READMEs and the site's pages. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as autodiff from "@tsimm/autodiff";
import * as scheduler from "@tsimm/scheduler";
import * as tsimm from "tsimm";
import * as tsimmInBrowser from "tsimm/browser";
import * as layers from "tsimm/layers";
import * as plot from "tsimm/plot";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  compileBlock,
  type DocBlock,
  documentationFiles,
  exportsWithoutExample,
  markdownExamples,
  sourceExamples,
} from "./doc-blocks.fixture.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const packages = ["scheduler", "autodiff", "tsimm"];
const modules: Readonly<Record<string, object>> = {
  "@tsimm/autodiff": autodiff,
  "@tsimm/scheduler": scheduler,
  tsimm,
  "tsimm/browser": tsimmInBrowser,
  "tsimm/layers": layers,
  "tsimm/plot": plot,
};

// Examples may write files.
const folder = mkdtempSync(join(tmpdir(), "tsimm-examples-"));
beforeAll(() => process.chdir(folder));
afterAll(() => {
  process.chdir(root);
  rmSync(folder, { recursive: true });
});

/** Sources of the modules. */
const entryPoints: Readonly<Record<string, string>> = {
  "@tsimm/autodiff": "packages/autodiff/src/index.ts",
  "@tsimm/scheduler": "packages/scheduler/src/index.ts",
  tsimm: "packages/tsimm/src/index.ts",
  "tsimm/browser": "packages/tsimm/src/browser.ts",
  "tsimm/layers": "packages/tsimm/src/layers.ts",
  "tsimm/plot": "packages/tsimm/src/plot.ts",
};

/** Runs an example with the names in scope; returns how many values it checked. */
async function runBlock(block: DocBlock, scope: object): Promise<number> {
  let checked = 0;
  const names = {
    ...scope,
    check(actual: unknown, expected: unknown) {
      checked++;
      expect(Array.isArray(expected) && ArrayBuffer.isView(actual) ? plain(actual) : actual).toEqual(
        expected,
      );
    },
    load: (name: string) => modules[name] ?? import(/* @vite-ignore */ name),
    console: { log() {} },
  };
  await new Function(...Object.keys(names), compileBlock(block))(...Object.values(names));
  return checked;
}

function plain(view: ArrayBufferView): unknown[] {
  return [...(view as unknown as Iterable<unknown>)];
}

describe.each(packages)("examples in %s give what they say", (name) => {
  const blocks = sourceExamples(root, join("packages", name, "src"));

  test("there are some", () => {
    expect(blocks).not.toEqual([]);
  });

  test.each(blocks.map((block) => [block.place, block] as const))("%s", async (_, block) => {
    const own: object = await import(/* @vite-ignore */ join(root, block.file));
    expect(await runBlock(block, { ...autodiff, ...scheduler, ...tsimm, ...own })).toBeGreaterThan(0);
  });
});

test.each(Object.entries(modules))("each function and class of %s has an example", (name, exports) => {
  const { [name]: path = "" } = entryPoints;
  expect(exportsWithoutExample(join(root, path), exports)).toEqual([]);
});

test("a function or class without an example is named", () => {
  const example = "/**\n * One.\n *\n * @example\n * 1; // => 1\n */\n";
  writeFileSync(
    "parts.ts",
    [
      `${example}export function shown() {}`,
      `${example}export const constant = () => 1;`,
      "/** One. */\nexport function silent() {}",
      "/** One. */\nexport const silentConstant = () => 1;",
      "/** One. */\nexport class Silent {}",
      "/** One. */\nexport const number = 1;",
      // Only one of the overloads needs an example.
      `${example}export function twice(a: 1): 1;\n/** One. */\nexport function twice(a: 2): 2;`,
    ].join("\n"),
  );
  writeFileSync("entry.ts", 'export { shown, constant, silent as quiet, silentConstant } from "./parts.ts";');
  const nothing = () => {};
  expect(
    exportsWithoutExample("entry.ts", {
      ...{ shown: nothing, constant: nothing, quiet: nothing, silentConstant: nothing },
    }),
  ).toEqual(["quiet", "silentConstant"]);
  expect(
    exportsWithoutExample("parts.ts", { shown: nothing, Silent: nothing, number: 1, twice: nothing }),
  ).toEqual(["Silent"]);
});

describe.each(documentationFiles(root))("blocks of %s run", (file) => {
  test("the file is there", () => {
    expect(existsSync(join(root, file))).toBe(true);
  });

  const blocks = existsSync(join(root, file)) ? markdownExamples(root, file) : [];
  test.each(blocks.map((block) => [block.place, block] as const))("%s", async (_, block) => {
    // A reader copies the block as it is: it imports what it uses.
    await runBlock(block, {});
  });
});

describe("an example that is not true fails", () => {
  test.each([
    ["0.1 + 0.2; // => 0.3", "expected 0.30000000000000004 to deeply equal 0.3"],
    ["const x = [1, 2]; // => [1, 3]", "to deeply equal [ 1, 3 ]"],
    ["if (true) {\n  1; // => 2\n}", '1 "// =>" comments, but 0 are checked'],
    ['import { nothing } from "@tsimm/scheduler";\nnothing();', "nothing is not a function"],
    ["await Promise.reject(new Error('late'));", "late"],
  ])("%s", async (code, message) => {
    await expect(runBlock({ place: "here", file: "here", code }, {})).rejects.toThrow(message);
  });
});
