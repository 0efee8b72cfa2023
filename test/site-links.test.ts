/** Links of the built site: each leads to a page, an anchor, or a line of the repository that is there. */
import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { bodyOf, type SitePage, siteFolder, sitePages } from "./built-site.fixture.ts";

const repository = fileURLToPath(new URL("..", import.meta.url));
const pages = sitePages();
const bodies = new Map(pages.map((page) => [page.path, bodyOf(page)]));
const anchors = new Map(
  [...bodies].map(([path, html]) => [
    path,
    new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id = ""]) => id)),
  ]),
);

/** What is wrong with a link of a page; null where it leads somewhere. */
function fault({ path }: SitePage, href: string): string | null {
  const line = /^https:\/\/github\.com\/tsimm\/tsimm\/(?:blob|tree)\/main\/([^#]*)(?:#L(\d+))?/.exec(href);
  if (line !== null) return faultOfSource(line[1] ?? "", line[2]);
  if (/^[a-z]+:/.test(href)) return null;
  const [target = "", hash] = href.split("#");
  const joined = target === "" ? path : posix.join(posix.dirname(path), target);
  const file = joined.endsWith("/") || joined === "." ? posix.join(joined, "index.html") : joined;
  if (!existsSync(join(siteFolder, file))) return `${href}: no such file`;
  // The playground keeps its state behind the hash.
  if (hash === undefined || hash === "" || !anchors.has(file) || /^playground\.html$/.test(file)) return null;
  return anchors.get(file)?.has(decodeURIComponent(hash)) ? null : `${href}: no such anchor`;
}

function faultOfSource(path: string, line: string | undefined): string | null {
  const file = join(repository, path);
  if (!existsSync(file)) return `${path}: no such file of the repository`;
  if (line === undefined) return null;
  return Number(line) <= readFileSync(file, "utf8").split("\n").length
    ? null
    : `${path}#L${line}: no such line`;
}

describe("links of the site", () => {
  test.each(pages.map((page) => [page.path, page] as const))("%s", (path, page) => {
    const links = [...(bodies.get(path)?.matchAll(/ (?:href|src)="([^"]*)"/g) ?? [])].map(([, href = ""]) =>
      href.replaceAll("&amp;", "&"),
    );
    const faults = new Set(links.map((href) => fault(page, href)).filter((found) => found !== null));
    expect([...faults]).toEqual([]);
    // Whole paths would tie the site to one place.
    expect(links.filter((href) => href.startsWith("/") && path !== "404.html")).toEqual([]);
  });
});

test("a link to nothing is found", () => {
  const page = { path: "api/index.html", html: "" };
  expect(fault(page, "../nowhere.html")).toBe("../nowhere.html: no such file");
  expect(fault(page, "../index.html#nowhere")).toBe("../index.html#nowhere: no such anchor");
  expect(fault(page, "https://github.com/tsimm/tsimm/blob/main/README.md#L99999")).toBe(
    "README.md#L99999: no such line",
  );
});
