/** Text of declarations, as the source has it, without bodies, comments and what is private. */
import { readFileSync } from "node:fs";
import ts from "typescript";

const parsed = new Map<string, ts.SourceFile>();

/**
 * Declares an export, e.g. `function stepLr(baseLr: number, options: StepOptions): Schedule`.
 *
 * @param file - Path of the source.
 * @param name - Its name there; further overloads have the same.
 * @throws Error if nothing of that name is declared.
 */
export function declarationText(file: string, name: string): string {
  const source = sourceFile(file);
  const texts = source.statements
    .filter((statement) => namesOf(statement).some(({ text }) => text === name))
    .map((statement) => statementText(statement));
  if (texts.length === 0)
    throw new Error(`declarationText: name must be declared in ${file}, got ${name}; run npm run api`);
  // With overloads, the last is the implementation.
  return (
    texts.length > 1 && texts.every((text) => text.startsWith("function")) ? texts.slice(0, -1) : texts
  ).join("\n");
}

/** Public names that a module exports, in its order. */
export function exportedNames(file: string): string[] {
  return sourceFile(file).statements.flatMap((statement) =>
    ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause)
      ? statement.exportClause.elements.map(({ name }) => name.text)
      : [],
  );
}

function sourceFile(file: string): ts.SourceFile {
  const known = parsed.get(file);
  if (known !== undefined) return known;
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  parsed.set(file, source);
  return source;
}

function namesOf(statement: ts.Statement): ts.Identifier[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name).filter(ts.isIdentifier);
  }
  const named =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement);
  return named && statement.name !== undefined ? [statement.name] : [];
}

function statementText(statement: ts.Statement): string {
  if (ts.isFunctionDeclaration(statement)) return head(statement, statement.body);
  if (ts.isVariableStatement(statement)) return variableText(statement);
  if (ts.isClassDeclaration(statement) || ts.isInterfaceDeclaration(statement)) {
    const { members } = statement;
    const body = members.filter(isPublic).map((member) => `  ${memberText(member)}`);
    const text = statement.getText();
    const open = text.slice(0, members.pos - statement.getStart());
    return `${withoutModifiers(open)}${body.length === 0 ? "" : `\n${body.join("\n")}\n`}}`;
  }
  return withoutModifiers(withoutComments(statement.getText()).replace(/;$/, ""));
}

function variableText(statement: ts.VariableStatement): string {
  const [declaration] = statement.declarationList.declarations;
  const initializer = declaration?.initializer;
  if (initializer && ts.isArrowFunction(initializer))
    return head(statement, initializer.equalsGreaterThanToken);
  const short = statement.getText().length < 200 && declaration?.type === undefined;
  return short
    ? withoutModifiers(statement.getText().replace(/;$/, ""))
    : head(statement, initializer).replace(/\s*=$/, "");
}

function memberText(member: ts.ClassElement | ts.TypeElement): string {
  if (ts.isMethodDeclaration(member) || ts.isConstructorDeclaration(member) || ts.isAccessor(member)) {
    return head(member, member.body);
  }
  if (ts.isPropertyDeclaration(member)) return head(member, member.initializer).replace(/\s*=$/, "");
  return withoutComments(member.getText()).replace(/;$/, "");
}

function isPublic(member: ts.ClassElement | ts.TypeElement): boolean {
  const hidden = [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword];
  const modifiers = ts.canHaveModifiers(member) ? (ts.getModifiers(member) ?? []) : [];
  if (modifiers.some(({ kind }) => hidden.includes(kind))) return false;
  return (
    !(member.name !== undefined && ts.isPrivateIdentifier(member.name)) &&
    !ts.isClassStaticBlockDeclaration(member)
  );
}

/** Text of a declaration up to its body. */
function head(node: ts.Node, body: ts.Node | undefined): string {
  const end = body === undefined ? node.end : body.getFullStart();
  return withoutModifiers(withoutComments(node.getSourceFile().text.slice(node.getStart(), end))).replace(
    /;$/,
    "",
  );
}

function withoutModifiers(text: string): string {
  return text.trim().replace(/^(?:(?:export|declare|async|override|public) )+/, "");
}

function withoutComments(text: string): string {
  return text.replace(/^ *\/\*\*.*?\*\/\n/gms, "").replace(/^ *\/\/.*\n/gm, "");
}
