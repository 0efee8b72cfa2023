/** Finds the examples of the documentation and turns them into programs that check their `// =>` lines. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";

/** An example. */
export interface DocBlock {
  /** Path from the root of the repository, and line. */
  readonly place: string;
  /** Path from the root of the repository. */
  readonly file: string;
  readonly code: string;
}

/** Every `@example` in the sources of a package. */
export function sourceExamples(root: string, folder: string): DocBlock[] {
  return files(root, folder)
    .filter((file) => file.endsWith(".ts") && !/\.(test|fixture|d)\.ts$/.test(file))
    .flatMap((file) => {
      const text = readFileSync(join(root, file), "utf8");
      const examples = [...text.matchAll(/^ *\* @example *\n((?: *\*(?!\/| @).*\n)+)/gm)];
      const tags = text.match(/@example/g)?.length ?? 0;
      if (examples.length !== tags)
        throw new Error(`${file}: ${tags} @example, but ${examples.length} are read`);
      return examples.map(({ 1: block = "", index }) =>
        docBlock(text, index, file, block.replaceAll(/^ *\* ?/gm, "")),
      );
    });
}

/**
 * Functions and classes of a module whose doc comment has no `@example`; a constant that is a function counts too.
 *
 * @param path - Its source.
 * @param exports - Its exports.
 */
export function exportsWithoutExample(path: string, exports: object): string[] {
  return Object.entries(exports)
    .filter(([name, value]) => typeof value === "function" && !hasExample(path, name))
    .map(([name]) => name);
}

/** Whether one of the declarations of an export, here or where it comes from, has an `@example`. */
function hasExample(path: string, name: string): boolean {
  const { statements } = sourceFile(path);
  for (const { exportClause, moduleSpecifier } of statements.filter(ts.isExportDeclaration)) {
    if (!(exportClause && ts.isNamedExports(exportClause) && moduleSpecifier)) continue;
    const element = exportClause.elements.find((each) => each.name.text === name);
    if (element === undefined || !ts.isStringLiteral(moduleSpecifier)) continue;
    return hasExample(join(dirname(path), moduleSpecifier.text), element.propertyName?.text ?? name);
  }
  return statements
    .flatMap((statement) => declarations(statement))
    .filter((declaration) => declaration.name?.getText() === name)
    .some((declaration) => ts.getJSDocTags(declaration).some(({ tagName }) => tagName.text === "example"));
}

const parsed = new Map<string, ts.SourceFile>();

function sourceFile(path: string): ts.SourceFile {
  const known = parsed.get(path);
  if (known !== undefined) return known;
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
  parsed.set(path, source);
  return source;
}

function declarations(statement: ts.Statement): readonly ts.NamedDeclaration[] {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations;
  return ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) ? [statement] : [];
}

/** READMEs and pages of the site, by path from the root; API pages, which are made of `@example`s, aside. */
export function documentationFiles(root: string): string[] {
  const pages = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md") && !/^(api|node_modules|\.vitepress)\b/.test(file))
    .map((file) => join("docs", file))
    .sort();
  const packages = ["scheduler", "autodiff", "tsimm"].map((name) => `packages/${name}/README.md`);
  return ["README.md", ...packages, ...pages];
}

/** Every TypeScript block of a Markdown file that is to run. */
export function markdownExamples(root: string, file: string): DocBlock[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/^```(?:ts|typescript)(?: \[[^\]\n]+\])?\n(.*?)^```$/gms)].map(
    ({ 1: code = "", index }) => docBlock(text, index, file, code),
  );
}

/**
 * JavaScript of an example: the body of an async function that calls `check(actual, expected)` for every
 * statement with a `// => expected` behind it, and `load(module)` for every import.
 */
export function compileBlock({ code, place }: DocBlock): string {
  const source = ts.createSourceFile("example.ts", code, ts.ScriptTarget.Latest, true);
  const checked = source.statements.map((statement) => {
    const text = statement.getText();
    if (ts.isImportDeclaration(statement)) return loadStatement(statement);
    const expected = expectation(code, statement.end);
    if (expected === null) return text;
    if (ts.isVariableStatement(statement)) {
      const name = statement.declarationList.declarations.at(-1)?.name.getText();
      return `${text}\ncheck(${name}, (${expected}));`;
    }
    if (!ts.isExpressionStatement(statement)) {
      throw new Error(`${place}: only an expression or a variable can have a value: ${text}`);
    }
    return `check(${shown(statement.expression)}, (${expected}));`;
  });
  const promised = code.match(/\/\/ =>/g)?.length ?? 0;
  const kept = checked.filter((text) => text.includes("check(")).length;
  if (promised !== kept) throw new Error(`${place}: ${promised} "// =>" comments, but ${kept} are checked`);
  // A block of its own, so that the example may declare names that are in scope already.
  const program = `const example = async () => {{\n${checked.join("\n")}\n}};\nreturn example();`;
  return ts.transpile(program, { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.None });
}

function files(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((file) => join(folder, file))
    .sort();
}

function docBlock(text: string, index: number, file: string, code: string): DocBlock {
  return { place: `${file}:${text.slice(0, index).split("\n").length}`, file, code };
}

/** The value in `// => value` behind a statement, or on the line below it. `Float32Array [1]` is written `[1]`. */
function expectation(code: string, end: number): string | null {
  const value = /^[ \t]*\n?[ \t]*\/\/ => (.*)/.exec(code.slice(end))?.[1] ?? null;
  return value?.replace(/^\w+Array(?:\(\d+\))? (?=\[)/, "") ?? null;
}

/** What an expression shows: its value, or the argument of `console.log`. */
function shown(expression: ts.Expression): string {
  if (ts.isCallExpression(expression) && expression.expression.getText() === "console.log") {
    return expression.arguments[0]?.getText() ?? "undefined";
  }
  return expression.getText();
}

function loadStatement({ importClause, moduleSpecifier }: ts.ImportDeclaration): string {
  const loaded = `await load(${moduleSpecifier.getText()})`;
  if (importClause === undefined) return `${loaded};`;
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return "";
  const { name, namedBindings } = importClause;
  if (namedBindings !== undefined && ts.isNamespaceImport(namedBindings)) {
    return `const ${namedBindings.name.text} = ${loaded};`;
  }
  const names = (namedBindings?.elements ?? [])
    .filter(({ isTypeOnly }) => !isTypeOnly)
    .map((element) => `${element.propertyName?.text ?? element.name.text}: ${element.name.text}`);
  if (name !== undefined) names.push(`default: ${name.text}`);
  return `const { ${names.join(", ")} } = ${loaded};`;
}
