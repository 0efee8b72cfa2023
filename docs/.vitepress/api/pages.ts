/** Pages of the API, from the model that `npm run api` writes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { JSONOutput } from "typedoc";
import { groupBy } from "../group-by.ts";
import { exportText, summaryLine } from "./export-text.ts";
import { type ApiExport, readExports } from "./exports.ts";

/** A generated page. */
export interface GeneratedPage {
  /** Address without suffix, e.g. `/api/tsimm/optim`. */
  readonly address: string;
  /** Text of its link in the sidebar. */
  readonly title: string;
  readonly markdown: string;
}

/** The API of a package. */
export interface PackageApi {
  /** Lists its exports. */
  readonly index: GeneratedPage;
  readonly pages: readonly GeneratedPage[];
}

/** The API of the packages. */
export interface Api {
  readonly exports: readonly ApiExport[];
  /** In the order of the sidebar. */
  readonly packages: readonly PackageApi[];
  readonly index: GeneratedPage;
}

const root = fileURLToPath(new URL("../../..", import.meta.url));
const packageOrder = ["tsimm", "@tsimm/scheduler", "@tsimm/autodiff"];

/** Makes the pages. */
export function apiPages(modelFile: string): Api {
  const model: JSONOutput.ProjectReflection = JSON.parse(readFileSync(modelFile, "utf8"));
  const exports = readExports(root, model);
  const addressOf = addresses(exports);
  const packages = packageOrder.map((packageName) => {
    const own = exports.filter((each) => each.packageName === packageName);
    const rooms = [...groupBy(own, ({ page }) => page)];
    return {
      index: packageIndex(packageName, rooms, addressOf),
      pages: rooms.map(([page, entries]) => apiPage(page, entries, exports, addressOf)),
    };
  });
  return { exports, packages, index: indexPage(packages, exports.length) };
}

/** A page's address, and what stands on it. */
type Room = readonly [string, readonly ApiExport[]];

type Addresses = (id: number) => string | null;

/** Members lead to the export that they belong to. */
function addresses(exports: readonly ApiExport[]): Addresses {
  const byId = new Map<number, string>();
  const note = (reflection: JSONOutput.DeclarationReflection, address: string): void => {
    byId.set(reflection.id, address);
    for (const child of [...(reflection.children ?? [])]) note(child, address);
    for (const { id } of reflection.signatures ?? []) byId.set(id, address);
  };
  for (const { page, name, reflection } of exports) note(reflection, `${page}#${name}`);
  return (id) => byId.get(id) ?? null;
}

function apiPage(
  page: string,
  exports: readonly ApiExport[],
  all: readonly ApiExport[],
  addressOf: Addresses,
): GeneratedPage {
  const title = titleOf(page);
  const texts = exports.map((each) => exportText(root, each, all, addressOf));
  const head = `---\noutline: 2\n---\n\n# ${exports[0]?.packageName}: ${title}`;
  return { address: page, title, markdown: `${[head, ...texts].join("\n\n")}\n` };
}

/** `models-layers` is titled "models/layers". */
function titleOf(page: string): string {
  return page.split("/").at(-1)?.replace("-", "/") ?? page;
}

function packageIndex(packageName: string, rooms: readonly Room[], addressOf: Addresses): GeneratedPage {
  const sections = rooms.map(([page, exports]) => {
    const rows = exports.map(
      (each) => `- [\`${each.name}\`](${page}#${each.name}): ${summaryLine(each, addressOf)}`,
    );
    return `## [${titleOf(page)}](${page})\n\n${rows.join("\n")}`;
  });
  const head = `---\noutline: 2\n---\n\n# ${packageName}\n\nWhat it exports, in the order of its sources.`;
  return {
    address: `/api/${packageName.replace("@tsimm/", "")}/index`,
    title: packageName,
    markdown: `${[head, ...sections].join("\n\n")}\n`,
  };
}

function indexPage(packages: readonly PackageApi[], count: number): GeneratedPage {
  const sections = packages.map(({ index, pages }) => {
    const { description } = JSON.parse(readFileSync(join(root, folderOf(index), "package.json"), "utf8"));
    const links = pages.map(({ title, address }) => `[${title}](${address})`);
    return `## [${index.title}](${addressOfIndex(index)})\n\n${description}.\n\n${links.join(" · ")}`;
  });
  const text = `${count} exports of three packages. Each has its declaration, what it does, and a link to its source; every function and class has an example, and every example runs as a test.`;
  const head = "---\noutline: 2\n---\n\n# API";
  return { address: "/api/index", title: "API", markdown: `${[head, text, ...sections].join("\n\n")}\n` };
}

function addressOfIndex({ address }: GeneratedPage): string {
  return address.replace(/index$/, "");
}

function folderOf(index: GeneratedPage): string {
  return addressOfIndex(index).replace("/api/", "packages/");
}
