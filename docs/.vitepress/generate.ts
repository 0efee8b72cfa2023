/** Writes the pages that are made from sources, and says where they stand in the sidebar. */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DefaultTheme } from "vitepress";
import { type Api, apiPages, type GeneratedPage } from "./api/pages.ts";
import { commandPages } from "./command-line.ts";
import { repositoryPages } from "./repository-pages.ts";
import { schedulePages } from "./schedules/overview.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const docs = join(root, "docs");
/** What `npm run api` writes. */
const model = join(docs, ".vitepress/cache/api.json");

/** What `npm run app` builds: the pages that play and train, without the site around them. */
const app = join(root, "apps/playground/dist");

/** What the configuration needs to know of generated pages. */
export interface Generated {
  readonly api: Api;
  /** The section of the schedules. */
  readonly schedules: DefaultTheme.SidebarItem;
  /** The last section of the sidebar. */
  readonly reference: DefaultTheme.SidebarItem;
}

/**
 * Generates the pages.
 *
 * @param repository - Address of the repository.
 * @throws Error if the packages or the app are not built, or `npm run api` did not run.
 */
export async function generate(repository: string): Promise<Generated> {
  if (!existsSync(model)) throw new Error(`generate: ${model} must be there; run npm run api`);
  if (!existsSync(app)) throw new Error(`generate: ${app} must be there; run npm run app`);
  rmSync(join(docs, "public/app"), { recursive: true, force: true });
  cpSync(app, join(docs, "public/app"), { recursive: true });
  const api = apiPages(model);
  const commands = await commandPages(root);
  const own = repositoryPages(root, repository);
  const schedules = schedulePages();
  for (const folder of ["api", "command-line", "schedules"])
    rmSync(join(docs, folder), { recursive: true, force: true });
  for (const page of [
    api.index,
    ...api.packages.flatMap(({ index, pages }) => [index, ...pages]),
    ...commands,
    ...own,
    ...schedules,
  ])
    writePage(page);
  const [overview, ...commandLinks] = commands.map(link);
  return {
    api,
    schedules: { text: "Schedules", items: schedules.map(link) },
    reference: {
      text: "Reference",
      items: [
        { ...overview, collapsed: true, items: commandLinks },
        {
          ...link(api.index),
          collapsed: true,
          items: api.packages.map(({ index, pages }) => ({
            ...link(index),
            collapsed: true,
            items: pages.map(link),
          })),
        },
        ...own.map(link),
      ],
    },
  };
}

function link({ title, address }: GeneratedPage): DefaultTheme.SidebarItem {
  return { text: title, link: `/${address.replace(/^\//, "").replace(/index$/, "")}` };
}

/** A page that is as it was keeps its time, for a server that watches. */
function writePage({ address, markdown }: GeneratedPage): void {
  const file = join(docs, `${address}.md`);
  if (existsSync(file) && readFileSync(file, "utf8") === markdown) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, markdown);
}
