/** Pages of the API, from the model that `npm run api` writes. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { JSONOutput } from "typedoc";
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

/** The API of the packages. */
export interface Api {
  readonly exports: readonly ApiExport[];
  /** Pages by the name of their package, in the order of the sidebar. */
  readonly packages: ReadonlyMap<string, readonly GeneratedPage[]>;
  readonly index: GeneratedPage;
}

const root = fileURLToPath(new URL("../../..", import.meta.url));
const packageOrder = ["tsimm", "@tsimm/scheduler", "@tsimm/autodiff"];

/** Makes the pages. */
export function apiPages(modelFile: string): Api {
  const model: JSONOutput.ProjectReflection = JSON.parse(readFileSync(modelFile, "utf8"));
  const exports = readExports(root, model);
  const addressOf = addresses(exports);
  const packages = new Map(
    packageOrder.map((packageName) => {
      const own = exports.filter((each) => each.packageName === packageName);
      const pages = [...new Set(own.map(({ page }) => page))];
      return [packageName, pages.map((page) => apiPage(page, own, addressOf))];
    }),
  );
  return { exports, packages, index: indexPage(exports, addressOf) };
}

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

function apiPage(page: string, exports: readonly ApiExport[], addressOf: Addresses): GeneratedPage {
  const own = exports.filter((each) => each.page === page);
  const title = titleOf(page);
  const packageName = own[0]?.packageName ?? "";
  const texts = own.map((each) => exportText(root, each, addressOf));
  const head = `---\neditLink: false\noutline: 2\n---\n\n# ${packageName}: ${title}`;
  return { address: page, title, markdown: `${[head, ...texts].join("\n\n")}\n` };
}

/** `models-layers` is titled "models/layers". */
function titleOf(page: string): string {
  return page.split("/").at(-1)?.replace("-", "/") ?? page;
}

function indexPage(exports: readonly ApiExport[], addressOf: Addresses): GeneratedPage {
  const sections = packageOrder.map((packageName) => {
    const own = exports.filter((each) => each.packageName === packageName);
    const rooms = [...new Set(own.map(({ page }) => page))].map((page) => {
      const rows = own
        .filter((each) => each.page === page)
        .map((each) => `- [\`${each.name}\`](${page}#${each.name}): ${summaryLine(each, addressOf)}`);
      return `### [${titleOf(page)}](${page})\n\n${rows.join("\n")}`;
    });
    return [`## ${packageName}`, ...rooms].join("\n\n");
  });
  const head = "---\noutline: [2, 3]\n---\n\n# API";
  const text = `${exports.length} exports of three packages, in the order of their sources. Every example runs as a test.`;
  return { address: "/api/index", title: "API", markdown: `${[head, text, ...sections].join("\n\n")}\n` };
}
