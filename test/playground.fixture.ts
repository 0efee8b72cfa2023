/** The playground as a page of static files, in a browser, and hands that use it. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseHTML } from "linkedom";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { build } from "vite";
import { launchChromium, processPerPage } from "./chromium.fixture.ts";
import { pageFailures } from "./page-failures.fixture.ts";
import { type StaticServer, serveFolder } from "./static-server.fixture.ts";

const source = fileURLToPath(new URL("../apps/playground", import.meta.url));

/** The built app, served below a path of its own, and a browser. */
export interface PlaygroundSite {
  readonly browser: Browser;
  /** Address of the playground. */
  readonly address: string;
  /** Its address on the disk. */
  readonly file: string;
  close(): Promise<void>;
}

/** Builds and serves the app as `npm run build -w apps/playground` and any host of static files do. */
export async function servePlayground(): Promise<PlaygroundSite> {
  const folder = await mkdtemp(join(tmpdir(), "tsimm-playground-"));
  await build({
    root: source,
    configFile: join(source, "vite.config.ts"),
    logLevel: "error",
    build: {
      ...{ outDir: folder, emptyOutDir: true, reportCompressedSize: false },
      rolldownOptions: { input: join(source, "index.html"), checks: { pluginTimings: false } },
    },
  });
  const server: StaticServer = await serveFolder(folder, ["/any/path/"]);
  const browser = await launchChromium([...processPerPage, "--hide-scrollbars"]);
  return {
    browser,
    address: `${server.origin}/any/path/index.html`,
    file: pathToFileURL(join(folder, "index.html")).href,
    async close() {
      await browser.close();
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** How a page is opened. */
export interface OpenOptions {
  /** State in the address, without `#`. */
  readonly hash?: string;
  readonly width?: number;
  readonly theme?: "light" | "dark";
  /** Pixels of the screen for one of the page. */
  readonly density?: number;
  /** true: from the disk, without a server. */
  readonly fromDisk?: boolean;
}

/** An open playground. */
export interface OpenPlayground {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page should not have done. */
  readonly failures: readonly unknown[];
}

/** Opens the playground. */
export async function openPlayground(
  { browser, address, file }: PlaygroundSite,
  { hash = "", width = 1440, theme = "light", density = 1, fromDisk = false }: OpenOptions = {},
): Promise<OpenPlayground> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    deviceScaleFactor: density,
    colorScheme: theme,
    hasTouch: width < 500,
    reducedMotion: "reduce",
    acceptDownloads: true,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const failures = pageFailures(page, fromDisk ? new URL(".", file).href : null);
  const place = fromDisk ? file : address;
  await page.goto(hash === "" ? place : `${place}#${hash}`);
  await selectedLine(page).waitFor();
  return { page, context, failures };
}

/** Waits until the page has drawn what was changed. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** Opens every group of parameters. */
export async function openSections(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
}

/** Types a value into the exact field of a flag. */
export async function type(page: Page, flag: string, value: number | string): Promise<void> {
  await page.getByLabel(`${flag}, exact value`, { exact: true }).fill(String(value));
  await drawn(page);
}

/** Slider of a flag. */
export function slider(page: Page, flag: string): Locator {
  return page.getByRole("slider", { name: flag, exact: true });
}

/** Moves a slider until its field shows a value, as a hand does: to one side, to the other, nearer and nearer. */
export async function slideTo(page: Page, flag: string, value: number): Promise<void> {
  const handle = slider(page, flag);
  const field = page.getByLabel(`${flag}, exact value`, { exact: true });
  const [min = 0, max = 0, step = 1] = await handle.evaluate((input) =>
    input instanceof HTMLInputElement ? [Number(input.min), Number(input.max), Number(input.step)] : [],
  );
  let low = 0;
  let high = Math.round((max - min) / step);
  while (low <= high) {
    const middle = Math.floor((low + high) / 2);
    await handle.fill(String(Number((min + middle * step).toPrecision(12))));
    await drawn(page);
    const shown = Number(await field.inputValue());
    if (shown === value) return;
    if (shown < value) low = middle + 1;
    else high = middle - 1;
  }
  throw new Error(`the slider of ${flag} cannot be moved to ${value}; it shows ${await field.inputValue()}`);
}

/** What the page offers to copy in a format, whole, as it comes to the clipboard. */
export async function copied(page: Page, format: string): Promise<string> {
  await page.getByRole("radio", { name: format, exact: true }).check({ force: true });
  const panel = page.locator(".copy");
  await panel.getByRole("button", { name: /^Cop/ }).click();
  return page.evaluate(() => navigator.clipboard.readText());
}

/** Rates of each t and curve or group, from what the page copies as CSV. */
export async function rates(page: Page): Promise<number[][]> {
  const [, ...lines] = (await copied(page, "CSV")).trimEnd().split("\n");
  return lines.map((line) => line.split(",").slice(1).map(Number));
}

/** A file that a button downloads. */
export async function download(page: Page, name: string): Promise<Buffer> {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name, exact: true }).click(),
  ]);
  return readFile(await file.path());
}

/** The line of the selected curve, that of its first group. */
export function selectedLine(page: Page): Locator {
  return page.locator("svg .lines path.front:not(.further)");
}

/** Every element of an SVG document with its attributes, whose order has no meaning, and its text. */
export function elementsOf(svg: string): unknown[] {
  const { document } = parseHTML(`<html><body>${svg}</body></html>`);
  return [...document.querySelectorAll("svg, svg *")].map(
    ({ localName, attributes, children, textContent }) => ({
      name: localName,
      attributes: Object.fromEntries([...attributes].map(({ name, value }) => [name, value])),
      text: children.length === 0 ? textContent : null,
    }),
  );
}

/** Corners of a path of straight lines: M, L, H and V, absolute or relative. */
export function cornersOf(path: string): { readonly x: number; readonly y: number }[] {
  const corners: { x: number; y: number }[] = [];
  let at = { x: 0, y: 0 };
  for (const [, letter = "", words = ""] of path.matchAll(/([MLHVmlhv])([^MLHVmlhv]*)/g)) {
    const numbers = (words.match(/-?[\d.]+(?:e-?\d+)?/g) ?? []).map(Number);
    const origin = letter === letter.toLowerCase() ? 1 : 0;
    const kind = letter.toUpperCase();
    for (let i = 0; i < numbers.length; i += kind === "H" || kind === "V" ? 1 : 2) {
      const [first = 0, second = 0] = numbers.slice(i);
      const base = { x: origin * at.x, y: origin * at.y };
      if (kind === "H") at = { x: base.x + first, y: at.y };
      else if (kind === "V") at = { x: at.x, y: base.y + first };
      else at = { x: base.x + first, y: base.y + second };
      corners.push(at);
    }
  }
  return corners;
}
