/** What TypeScript says: to users of the packages, also with the least version, and to us where a table has a mistake. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";
import { trainFlags } from "../packages/tsimm/src/recipe/arguments.ts";
import { run } from "./run.fixture.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const consumer = join(root, "test", "consumer.fixture.ts");
const manifests = ["", "packages/scheduler", "packages/autodiff", "packages/tsimm"];
const manifestOf = async (folder: string) =>
  JSON.parse(await readFile(join(root, folder, "package.json"), "utf8"));

interface Edit {
  /** Source file below packages/tsimm/src. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly error: string;
}

const inOptions = (rule: string, option: string): Edit => ({
  ...{ file: `optim/${rule}.ts`, from: "Options = {", to: `Options = {\n  readonly ${option}: number;` },
  error: `Property '${option}' is missing in type`,
});

const edits: readonly Edit[] = [
  {
    ...{ file: "recipe/arguments.ts", from: "min: 0, short", to: "mni: 0, short" },
    error: "'mni' does not exist in type 'Flag'",
  },
  inOptions("adadelta", "clipExp"),
  inOptions("sgd", "gamma"),
];

/** Errors by file with all edits made. */
function errorsOfEdits(): Map<string, string> {
  const folder = join(root, "packages/tsimm/src");
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, "packages/tsimm/tsconfig.json"),
    { noEmit: true, composite: false, incremental: false },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} },
  );
  const options = config?.options ?? {};
  const host = ts.createCompilerHost(options);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (name, version, ...rest) => {
    const own = edits.filter(({ file }) => name === join(folder, file));
    if (own.length === 0) return getSourceFile(name, version, ...rest);
    const text = own.reduce((edited, { from, to }) => {
      expect(edited).toContain(from);
      return edited.replace(from, to);
    }, ts.sys.readFile(name) ?? "");
    return ts.createSourceFile(name, text, version);
  };
  const files = [...new Set(edits.map(({ file }) => file))];
  const paths = files.map((file) => join(folder, file));
  const program = ts.createProgram(paths, options, host);
  return new Map(
    files.map((file, i) => [
      file,
      program
        .getSemanticDiagnostics(program.getSourceFile(paths[i] ?? ""))
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))
        .join("\n"),
    ]),
  );
}

test("a program of a user compiles with the least TypeScript, its mistakes do not", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tsimm-types-"));
  const compilerOptions = {
    ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noEmit: true },
    ...{ target: "es2022", lib: ["es2023", "dom"], module: "nodenext" },
    // The declarations of the packages are checked, those of the language are not.
    ...{ skipLibCheck: false, skipDefaultLibCheck: true },
    ...{ types: ["node"], typeRoots: [join(root, "node_modules/@types")] },
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [consumer] }));
  const tsc = join(root, "node_modules/typescript-least/lib/tsc.js");
  const ended = await run(process.execPath, [tsc, "-p", folder]).catch((error) => error);
  await rm(folder, { recursive: true });
  expect(ended.stdout).toBe("");
});

test("every place names the same least versions of TypeScript and Node", async () => {
  const least = (await manifestOf("")).devDependencies["typescript-least"];
  const [, version] = /^npm:typescript@(\d+\.\d+)\.\d+$/.exec(least) ?? [];
  for (const folder of manifests) {
    expect([folder, (await manifestOf(folder)).engines.node]).toEqual([folder, ">=20.19"]);
    const readme = await readFile(join(root, folder, "README.md"), "utf8");
    expect(readme).toContain(`TypeScript ${version} or newer`);
    expect(readme.match(/Node (\d+(\.\d+)?) or newer/g)).toEqual(["Node 20.19 or newer"]);
  }
});

test("every argument of train has a doc comment", async () => {
  const path = join(root, "packages/tsimm/dist/recipe/generated/train-arguments.d.ts");
  const file = ts.createSourceFile(path, await readFile(path, "utf8"), ts.ScriptTarget.Latest, true);
  const members = file.statements
    .filter((statement) => ts.isInterfaceDeclaration(statement))
    .flatMap(({ members }) => [...members]);
  const comments = new Map(
    members.map((member) => [
      member.name?.getText(),
      ts.getJSDocCommentsAndTags(member).map(({ comment }) => ts.getTextOfJSDocComment(comment))[0],
    ]),
  );
  expect([...comments.keys()]).toEqual(Object.keys(trainFlags));
  for (const [name, { help }] of Object.entries(trainFlags)) {
    expect(comments.get(name)?.toLowerCase()).toContain(help.toLowerCase());
  }
  expect(comments.get("lr")).toBe(
    "Learning rate; absent: from --lr-base and the batch size. Allowed: a number >= 0. Flag `--lr`, default null.",
  );
});

test("a mistake in the table of flags, and an optimizer's option without a check, do not compile", () => {
  const errors = errorsOfEdits();
  for (const { file, error } of edits) expect(errors.get(file)).toContain(error);
});
