/** Facts about the scheduler's exports, from its source: declarations, doc comments, lines. */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** Address of the sources. */
export const REPOSITORY = "https://github.com/tsimm/tsimm";

/** An export of `@tsimm/scheduler`. */
export interface ExportFacts {
  readonly name: string;
  /** First paragraph of its doc comment. */
  readonly summary: string;
  /** Its doc comment without tags. */
  readonly comment: string;
  /** Text of `@see`, empty without one. */
  readonly see: string;
  /** Declaration without its body. */
  readonly declaration: string;
  /** Path from the root of the repository. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** Address of its line in the repository. */
  readonly link: string;
}

/** An option of a class. */
export interface OptionFacts {
  readonly type: string;
  readonly isRequired: boolean;
  readonly comment: string;
}

const root = fileURLToPath(new URL("../../../", import.meta.url));
const entry = `${root}packages/scheduler/src/index.ts`;

interface Package {
  readonly checker: ts.TypeChecker;
  readonly exports: ReadonlyMap<string, ts.Symbol>;
}

let opened: Package | null = null;

function openPackage(): Package {
  if (opened !== null) return opened;
  const program = ts.createProgram([entry], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    allowImportingTsExtensions: true,
    strict: true,
    noEmit: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(entry);
  const module = file && checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error(`openPackage: ${entry} must be a module`);
  const symbols = checker.getExportsOfModule(module).map((symbol): [string, ts.Symbol] => {
    const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    return [symbol.name, isAlias ? checker.getAliasedSymbol(symbol) : symbol];
  });
  opened = { checker, exports: new Map(symbols) };
  return opened;
}

/**
 * Facts of an export.
 *
 * @returns null if the package exports no such name.
 */
export function exportFacts(name: string): ExportFacts | null {
  const { checker, exports } = openPackage();
  const symbol = exports.get(name);
  const declaration = symbol?.declarations?.[0];
  if (symbol === undefined || declaration === undefined) return null;
  const source = declaration.getSourceFile();
  const line = source.getLineAndCharacterOfPosition(declaration.getStart()).line + 1;
  const file = relative(root, source.fileName).replaceAll("\\", "/");
  const comment = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  const tags = symbol.getJsDocTags(checker).filter((tag) => tag.name === "see");
  return {
    name,
    comment,
    summary: oneLine(comment.split("\n\n")[0] ?? ""),
    see: tags.map(({ text }) => oneLine(ts.displayPartsToString(text))).join("; "),
    declaration: declarationText(declaration),
    ...{ file, line, link: `${REPOSITORY}/blob/main/${file}#L${line}` },
  };
}

/**
 * Members of an exported interface, its own and those of what it extends.
 *
 * @returns null if the package exports no such interface.
 */
export function interfaceOptions(name: string): ReadonlyMap<string, OptionFacts> | null {
  const { checker, exports } = openPackage();
  const symbol = exports.get(name);
  if (symbol === undefined) return null;
  const options = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol));
  return new Map(
    options.map((option): [string, OptionFacts] => {
      const comment = oneLine(ts.displayPartsToString(option.getDocumentationComment(checker)));
      const declaration = option.declarations?.find(ts.isPropertySignature);
      const isRequired = (option.flags & ts.SymbolFlags.Optional) === 0;
      return [option.name, { type: declaration?.type?.getText() ?? "unknown", isRequired, comment }];
    }),
  );
}

function declarationText(declaration: ts.Declaration): string {
  const text = declaration.getText().replace(/^export /, "");
  if (ts.isFunctionDeclaration(declaration)) {
    return text.slice(0, text.length - (declaration.body?.getText().length ?? 0)).trim();
  }
  return oneLine(text.slice(0, text.indexOf("{")));
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, " ").trim();
}
