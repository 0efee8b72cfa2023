/** Links and pictures of what GitHub and npm show: each leads to a file of the repository, or to a heading of the page. */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { svgToPng } from "tsimm";
import { describe, expect, test } from "vitest";
import { run } from "./run.fixture.ts";

const repository = fileURLToPath(new URL("..", import.meta.url));
const raw = "https://raw.githubusercontent.com/tsimm/tsimm/main/";
const onGithub = /^https:\/\/github\.com\/tsimm\/tsimm\/(?:tree|blob)\/main\/([^#]*)(?:#(.*))?$/;

const packed = ["scheduler", "autodiff", "tsimm"].map((name) => `packages/${name}/README.md`);
const pages = ["README.md", "CONTRIBUTING.md", "PARITY.md", "SECURITY.md", "CHANGELOG.md", ...packed];
const tracked = new Set(
  (
    await run("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: repository })
  ).stdout.split("\n"),
);

interface Link {
  readonly target: string;
  readonly picture: boolean;
}

/** Links of a page, those in code left out. */
async function linksOf(page: string): Promise<Link[]> {
  const text = (await readFile(join(repository, page), "utf8")).replace(/^```[\s\S]*?^```|`[^`\n]*`/gm, "");
  return [...text.matchAll(/(!?)\[(?:[^[\]]|!\[[^\]]*\]\([^)]*\))*\]\(([^)\s]+)\)/g)].map(
    ([, mark, target = ""]) => ({
      target,
      picture: mark === "!",
    }),
  );
}

/** Anchors of a page, as GitHub and npm make them of headings. */
async function anchorsOf(page: string): Promise<string[]> {
  const text = (await readFile(join(repository, page), "utf8")).replace(/^```[\s\S]*?^```/gm, "");
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- _]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** File and anchor that a link leads to in this repository; null for other places. */
function placeOf(page: string, target: string): { path: string; anchor: string | undefined } | null {
  if (target.startsWith(raw)) return { path: target.slice(raw.length), anchor: undefined };
  const [, path, anchor] = onGithub.exec(target) ?? [];
  if (path !== undefined) return { path: path.replace(/\/$/, ""), anchor };
  if (/^[a-z]+:/.test(target)) return null;
  const [file = "", own] = target.split("#");
  return { path: file === "" ? page : join(dirname(page), file).split("\\").join("/"), anchor: own };
}

/** What is wrong with a link; null where it leads somewhere. */
async function fault(page: string, { target }: Link): Promise<string | null> {
  const place = placeOf(page, target);
  if (place === null) return null;
  const { path, anchor } = place;
  const isFolder = [...tracked].some((file) => file.startsWith(`${path}/`));
  if (!tracked.has(path) && !isFolder) return `${target}: no such file in the repository`;
  if (anchor === undefined) return null;
  const document = isFolder ? `${path}/README.md` : path;
  return (await anchorsOf(document)).includes(anchor) ? null : `${target}: no such heading`;
}

test.each(pages.filter((page) => existsSync(join(repository, page))))(
  "links of %s lead somewhere",
  async (page) => {
    const faults = await Promise.all((await linksOf(page)).map((link) => fault(page, link)));
    expect(faults.filter((found) => found !== null)).toEqual([]);
  },
);

describe.each(packed)("%s works on npm", (page) => {
  test("its links are whole addresses, its pictures PNG files of the repository", async () => {
    const links = await linksOf(page);
    expect(links).not.toEqual([]);
    const relative = links.filter(({ target }) => !/^(https:\/\/|#)/.test(target));
    const odd = links.filter(
      ({ target, picture }) => picture && !(target.startsWith(raw) && /\.png$/.test(target)),
    );
    expect([...relative, ...odd]).toEqual([]);
  });
});

test("pictures of the scheduler's readme show its figures, see tools/readme-images.mjs", async () => {
  const folder = join(repository, "packages/scheduler/images");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".svg"));
  expect(names).not.toEqual([]);
  for (const name of names) {
    const [drawn, kept] = await Promise.all(
      [
        svgToPng(await readFile(join(folder, name), "utf8")),
        readFile(join(folder, name.replace(/svg$/, "png"))),
      ].map(async (png) =>
        sharp(await png)
          .greyscale()
          .raw()
          .toBuffer({ resolveWithObject: true }),
      ),
    );
    expect(kept?.info, name).toMatchObject({ width: drawn?.info.width, height: drawn?.info.height });
    // Edges of text differ by a shade between versions of the renderer; a moved curve differs by far more pixels.
    const differing =
      drawn?.data.filter((shade, i) => Math.abs(shade - (kept?.data[i] ?? 0)) > 64).length ?? 0;
    expect(differing, name).toBeLessThan(50);
  }
});
