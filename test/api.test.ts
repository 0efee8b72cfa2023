/** `npm run api` with the options of `typedoc.json`, on packages of one module: what it lets pass and what not. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "./run.fixture.ts";

const repository = fileURLToPath(new URL("..", import.meta.url));
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tsimm-api-"));
  const options = JSON.parse(await readFile(join(repository, "typedoc.json"), "utf8"));
  const { packageOptions } = options;
  const files = {
    "typedoc.json": {
      ...options,
      ...{ entryPoints: ["one"], plugin: [], emit: "none" },
      packageOptions: { ...packageOptions, entryPoints: ["index.ts"], disableSources: true },
    },
    "one/package.json": { name: "one", version: "1.0.0", type: "module" },
    "one/tsconfig.json": { compilerOptions: { strict: true, types: [] }, files: ["index.ts"] },
  };
  await mkdir(join(folder, "one"));
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), JSON.stringify(content));
  }
});

afterAll(() => rm(folder, { recursive: true }));

/** What the check says about a module; empty where it passes. */
async function check(module: string): Promise<string> {
  await writeFile(join(folder, "one", "index.ts"), module);
  const typedoc = join(repository, "node_modules", ".bin", "typedoc");
  try {
    const { stdout, stderr } = await run(typedoc, ["--logLevel", "Warn"], {
      cwd: folder,
      env: { ...process.env, NO_COLOR: "1" },
    });
    return stdout + stderr;
  } catch (error) {
    return error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
  }
}

test("documented exports pass", async () => {
  expect(await check("/** One more. */\nexport const next = (n: number): number => n + 1;\n")).toBe("");
});

test("every export and method without a doc comment is named", async () => {
  const warnings = await check(`
    export function next(n: number): number { return n + 1; }
    export const one = 1;
    export type Letter = "a" | "b";
    export interface Point { x: number }
    /** Counts. */
    export class Counter { count(): void {} }
  `);
  const names = [...warnings.matchAll(/^\[warning\] (\S+) .*does not have any documentation$/gm)];
  expect(names.map(([, name]) => name).sort()).toEqual(["Counter.count", "Letter", "Point", "next", "one"]);
  expect(warnings).toContain("Found 0 errors and 5 warnings");
});

test("a link to nothing is named", async () => {
  const warnings = await check("/** See {@link nothing}. */\nexport const one = 1;\n");
  expect(warnings).toContain('Failed to resolve link to "nothing"');
});
