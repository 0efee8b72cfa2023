/**
 * Pictures of the pages of the site and of the playground, at three widths, light and dark, to be looked at:
 *
 *     npm run docs:build && npm run build -w apps/playground
 *     node tools/screenshots.mjs <folder> [--only schedules,train] [--all] [--full]
 *
 * One page of each kind, or all; the first two screens of each, or the whole page. Writes `<page>-<width>-<theme>.png`.
 */
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runnerImport } from "vite";

const options = { only: { type: "string" }, all: { type: "boolean" }, full: { type: "boolean" } };
const { values, positionals } = parseArgs({ options, allowPositionals: true });
const [target] = positionals;
if (target === undefined) {
  process.stderr.write("screenshots: a folder to write to must be given\n");
  process.exit(2);
}

const repository = fileURLToPath(new URL("..", import.meta.url));
const load = async (path) => (await runnerImport(join(repository, path))).module;
const { launchChromium, processPerPage } = await load("test/chromium.fixture.ts");
const { serveFolder } = await load("test/static-server.fixture.ts");

const WIDTHS = [390, 768, 1440];
const HEIGHT = 900;
const roots = { site: "docs/.vitepress/dist", app: "apps/playground/dist" };

/** Pages of a folder, one of each kind where not all are asked for. */
function pagesOf(folder) {
  const found = readdirSync(folder, { recursive: true })
    .map((file) => file.split(sep).join("/"))
    .filter((file) => file.endsWith(".html"))
    .sort();
  const words = values.only?.split(",");
  const wanted = words ? found.filter((file) => words.some((word) => file.includes(word))) : found;
  if (values.all || words) return wanted;
  const kinds = new Map(wanted.map((file) => [kindOf(file), file]));
  return [...kinds.values()];
}

/** Pages of one kind look alike: chapters of guides, entries of the API. */
function kindOf(file) {
  const parts = file.split("/");
  const isList = parts.at(-1) === "index.html";
  return parts.length === 1 ? file : `${parts[0]}/${parts.length > 2 ? "below" : ""}${isList ? "index" : ""}`;
}

mkdirSync(target, { recursive: true });
const browser = await launchChromium([...processPerPage, "--hide-scrollbars"]);
for (const [name, path] of Object.entries(roots)) {
  const folder = join(repository, path);
  if (!existsSync(folder)) {
    process.stderr.write(`screenshots: ${path} was not built, it is left out\n`);
    continue;
  }
  const server = await serveFolder(folder);
  for (const file of pagesOf(folder)) {
    for (const width of WIDTHS) {
      for (const theme of ["light", "dark"]) await picture(server.origin, name, file, width, theme);
    }
  }
  server.close();
}
await browser.close();

async function picture(origin, name, file, width, theme) {
  const context = await browser.newContext({
    viewport: { width, height: HEIGHT },
    deviceScaleFactor: 1,
    hasTouch: width < 500,
    colorScheme: theme,
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.on("pageerror", (error) => process.stderr.write(`${file}: ${error.message}\n`));
  await page.goto(`${origin}/${file}`, { waitUntil: "networkidle" });
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  if (wide > width) process.stderr.write(`${file}: ${wide} px wide at ${width} px\n`);
  const stem = `${name}-${file.replace(/\.html$/, "").replaceAll("/", "-")}-${width}-${theme}.png`;
  const shown = values.full ? height : Math.min(height, 2 * HEIGHT);
  await page.setViewportSize({ width, height: shown });
  await page.screenshot({ path: join(target, stem) });
  await context.close();
}
