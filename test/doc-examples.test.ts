/** Runs every `@example` of the sources and every TypeScript block of the READMEs. */
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as autodiff from "@tsimm/autodiff";
import * as scheduler from "@tsimm/scheduler";
import * as tsimm from "tsimm";
import { beforeAll, describe, expect, test } from "vitest";
import { compileBlock, type DocBlock, markdownExamples, sourceExamples } from "./doc-blocks.fixture.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const packages = ["scheduler", "autodiff", "tsimm"];
const modules: Readonly<Record<string, object>> = {
  "@tsimm/autodiff": autodiff,
  "@tsimm/scheduler": scheduler,
  tsimm,
};

// Examples may write files.
beforeAll(() => process.chdir(mkdtempSync(join(tmpdir(), "tsimm-examples-"))));

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

describe.each(["README.md", ...packages.map((name) => `packages/${name}/README.md`)])(
  "blocks of %s run",
  (file) => {
    test("the file is there", () => {
      expect(existsSync(join(root, file))).toBe(true);
    });

    const blocks = existsSync(join(root, file)) ? markdownExamples(root, file) : [];
    test.each(blocks.map((block) => [block.place, block] as const))("%s", async (_, block) => {
      await runBlock(block, { ...autodiff, ...scheduler, ...tsimm });
    });
  },
);
