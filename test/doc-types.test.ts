/** The TypeScript blocks of the documentation have no type errors, those that do not run included. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";
import { documentationFiles } from "./doc-blocks.fixture.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What a reader's project has: strict, but no check of indices. */
const options: ts.CompilerOptions = {
  ...{ strict: true, noEmit: true, skipLibCheck: true, types: [], lib: ["lib.es2023.d.ts", "lib.dom.d.ts"] },
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
};

/** Type errors of modules that lie beside this file, by name of the module. */
function typeErrors(modules: ReadonlyMap<string, string>): string[] {
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (path) => modules.has(path) || fileExists(path);
  host.readFile = (path) => modules.get(path) ?? readFile(path);
  const program = ts.createProgram([...modules.keys()], options, host);
  return [...modules.keys()].flatMap((path) =>
    ts.getPreEmitDiagnostics(program, program.getSourceFile(path)).map(({ messageText, start = 0 }) => {
      const line = modules.get(path)?.slice(0, start).split("\n").length;
      return `${path.slice(join(root, "test/").length)}:${line} ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
    }),
  );
}

test("every block", { timeout: 120_000 }, () => {
  const blocks = documentationFiles(root).flatMap((file) => {
    const text = readFileSync(join(root, file), "utf8");
    return [...text.matchAll(/^```(?:ts|typescript)(?: skip| \[[^\]\n]+\])?\n(.*?)^```$/gms)].map(
      ({ 1: code = "", index }): [string, string] => {
        const line = text.slice(0, index).split("\n").length;
        return [join(root, "test", `${file.replaceAll("/", "-")}.${line}.ts`), `${code}\nexport {};\n`];
      },
    );
  });
  expect(blocks.length).toBeGreaterThan(50);
  expect(typeErrors(new Map(blocks))).toEqual([]);
});

test("a block with an option that does not exist", { timeout: 60_000 }, () => {
  const code = 'import { stepLr } from "@tsimm/scheduler";\nstepLr(0.1, { decay_t: 30 });\n';
  expect(typeErrors(new Map([[join(root, "test", "wrong.ts"), code]]))).toEqual([
    expect.stringContaining("wrong.ts:2 Object literal may only specify known properties"),
  ]);
});
