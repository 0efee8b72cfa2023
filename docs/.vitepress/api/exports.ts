/** Exports of the packages: what typedoc knows of them, and the page that each stands on. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { JSONOutput } from "typedoc";
import { exportedNames } from "./declarations.ts";

/** An export. */
export interface ApiExport {
  readonly name: string;
  /** Name of its package, e.g. `@tsimm/scheduler`. */
  readonly packageName: string;
  /** Module specifiers that export it, e.g. `tsimm`, `tsimm/browser`. */
  readonly modules: readonly string[];
  /** Address of its page within the site, e.g. `/api/tsimm/optim`. */
  readonly page: string;
  /** Path of its source from the root of the repository. */
  readonly file: string;
  readonly line: number;
  /** Address of its source line. */
  readonly url: string;
  readonly reflection: JSONOutput.DeclarationReflection;
}

/** Reads typedoc's model. */
export function readExports(root: string, model: JSONOutput.ProjectReflection): ApiExport[] {
  return (model.children ?? []).flatMap((packageReflection) => exportsOf(root, packageReflection));
}

// typedoc's kind of a module, and of an export that another module declares.
const [MODULE, REFERENCE] = [2, 4_194_304];
/** Rooms below this size share the package's first page. */
const SMALL = 3;
/** A folder of a room with more exports has a page of its own. */
const LARGE = 20;

function exportsOf(root: string, packageReflection: JSONOutput.DeclarationReflection): ApiExport[] {
  const packageName = packageReflection.name;
  const folder = `packages/${packageName.replace("@tsimm/", "")}`;
  const modules = moduleNames(root, folder, packageName);
  const order = [...new Set(modules.flatMap(({ names }) => names))];
  const children = (packageReflection.children ?? []).flatMap((child) =>
    child.kind === MODULE ? (child.children ?? []) : [child],
  );
  const own = new Map<string, Omit<ApiExport, "page">>();
  for (const reflection of children) {
    const { name, kind, sources } = reflection;
    const { url = "", line = 0 } = sources?.[0] ?? {};
    const file = /\/blob\/main\/(.*)#L/.exec(url)?.[1] ?? "";
    // What another module or package declares stands there.
    if (kind === REFERENCE || !file.startsWith(`${folder}/src/`) || own.has(name)) continue;
    const specifiers = modules.filter(({ names }) => names.includes(name)).map(({ specifier }) => specifier);
    own.set(name, { name, packageName, modules: specifiers, file, line, url, reflection });
  }
  const rooms = countRooms([...own.values()].map(({ file }) => foldersOf(file)));
  const files = [...new Set(order.flatMap((name) => own.get(name)?.file ?? []))];
  return [...own.values()]
    .map((each) => ({
      ...each,
      page: `/api/${folder.slice("packages/".length)}/${roomOf(foldersOf(each.file), rooms)}`,
    }))
    .sort((one, other) => files.indexOf(one.file) - files.indexOf(other.file) || one.line - other.line);
}

/** Folders of a source within its package's `src`, outermost first. */
function foldersOf(file: string): string[] {
  return file.split("/").slice(3, -1);
}

function countRooms(paths: readonly string[][]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const path of paths) {
    for (const room of new Set([path.slice(0, 1).join("-"), path.slice(0, 2).join("-")])) {
      counts.set(room, (counts.get(room) ?? 0) + 1);
    }
  }
  return counts;
}

function roomOf(path: readonly string[], counts: ReadonlyMap<string, number>): string {
  const inner = path.slice(0, 2).join("-");
  if (path.length > 1 && (counts.get(inner) ?? 0) > LARGE) return inner;
  const room = path[0];
  return room === undefined || (counts.get(room) ?? 0) < SMALL ? "core" : room;
}

/** What can be imported from a package, in the order of its `exports`. */
function moduleNames(
  root: string,
  folder: string,
  packageName: string,
): { specifier: string; names: string[] }[] {
  const { exports } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  return Object.keys(exports).flatMap((path) => {
    const file = join(root, folder, "src", path === "." ? "index.ts" : `${path.slice(2)}.ts`);
    return existsSync(file) ? [{ specifier: join(packageName, path), names: exportedNames(file) }] : [];
  });
}
