/** The built site, as `npm run docs:build` leaves it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of the built site. */
export const siteFolder: string = fileURLToPath(new URL("../docs/.vitepress/dist", import.meta.url));

/** A page of the site. */
export interface SitePage {
  /** Path from the folder of the site, e.g. `api/index.html`. */
  readonly path: string;
  readonly html: string;
}

/**
 * Reads the pages.
 *
 * @throws Error if the site is not built.
 */
export function sitePages(): SitePage[] {
  if (!existsSync(siteFolder)) throw new Error("sitePages: the site must be built; run npm run docs:build");
  return readdirSync(siteFolder, { recursive: true, encoding: "utf8" })
    .map((path) => path.split("\\").join("/"))
    .filter((path) => path.endsWith(".html") && !path.startsWith("app/"))
    .sort()
    .map((path) => ({ path, html: readFileSync(join(siteFolder, path), "utf8") }));
}

/** What follows a page's first `<body>`, without scripts. */
export function bodyOf({ html }: SitePage): string {
  return html.slice(html.indexOf("<body>")).replaceAll(/<script\b.*?<\/script>/gs, "");
}
