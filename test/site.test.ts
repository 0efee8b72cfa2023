/** The built site in a browser, as any host of static files shows it. */
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { siteFolder, sitePages } from "./built-site.fixture.ts";
import { launchChromium, processPerPage } from "./chromium.fixture.ts";
import { pageFailures } from "./page-failures.fixture.ts";
import { type StaticServer, serveFolder } from "./static-server.fixture.ts";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const prefixes = ["/", "/tsimm/", "/a/b/c/"];
let browser: Browser;
let server: StaticServer;

beforeAll(async () => {
  expect(sitePages()).not.toEqual([]);
  [browser, server] = await Promise.all([launchChromium(processPerPage), serveFolder(siteFolder, prefixes)]);
});

afterAll(async () => {
  await browser.close();
  server.close();
});

/** Waits until the page that was asked for is shown. */
async function shows(page: Page, heading: string): Promise<void> {
  await page.locator("main h1, .VPPage h1, h1").filter({ hasText: heading }).first().waitFor();
}

test.each(prefixes)("at %s, one goes from page to page and reloads without a fault", async (prefix) => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const failures = pageFailures(page);
  const here = () => new URL(page.url()).pathname + new URL(page.url()).hash;
  await page.goto(`${server.origin}${prefix}`, { waitUntil: "networkidle" });
  await page.locator(".home-cards a[href*='fine-tune']").click();
  await shows(page, "Fine-tune");
  expect(here()).toBe(`${prefix}guides/fine-tune.html`);
  // The sidebar was drawn for another page.
  await page.locator(".VPSidebar a", { hasText: "Parity with timm" }).click();
  await shows(page, "Parity");
  expect(here()).toBe(`${prefix}parity.html`);
  await page.reload({ waitUntil: "networkidle" });
  await page.keyboard.press("Control+k");
  await page.locator("input[type=search]").fill("StepLRScheduler");
  await page.locator(".result[href*='/api/']").first().click();
  await shows(page, "@tsimm/scheduler");
  expect(here()).toContain(`${prefix}api/scheduler/schedules.html#StepLRScheduler`);
  await page.reload({ waitUntil: "networkidle" });
  await page
    .locator("main pre a", { hasText: /^SchedulerOptions$/ })
    .first()
    .click();
  await page.waitForURL("**/core.html#SchedulerOptions");
  await page.locator(".VPNavBarTitle a").click();
  await shows(page, "timm's training recipe");
  expect(here()).toBe(prefix);
  expect(failures).toEqual([]);
  await page.close();
});

test.each(prefixes)("what is not there, below %s, leads back to the first page", async (prefix) => {
  const page = await browser.newPage();
  await page.goto(`${server.origin}${prefix}changelog.html`, { waitUntil: "networkidle" });
  const failures = pageFailures(page);
  await page.goto(`${server.origin}${prefix}guides/nothing/here`);
  const missing = `${server.origin}${prefix}guides/nothing/here`;
  expect(failures.filter((failure) => !/404 \(Not Found\)/.test(String(failure)))).toEqual([missing]);
  await page.locator("#home").click();
  await shows(page, "timm's training recipe");
  expect(new URL(page.url()).pathname).toBe(prefix);
  await page.close();
});

test("without scripts, pages have their text, links and figures", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  const failures = pageFailures(page);
  await page.goto(`${server.origin}/a/b/c/schedules/step.html`, { waitUntil: "networkidle" });
  await shows(page, "Step decay");
  expect(await page.locator("main svg path").count()).toBeGreaterThan(0);
  const [python, typescript] = await page.locator("main figure pre").allTextContents();
  expect(python).toContain("from timm.scheduler import StepLRScheduler");
  expect(typescript).toContain('import { StepLRScheduler } from "@tsimm/scheduler"');
  await page.locator(".VPSidebar a", { hasText: "Changelog" }).click();
  await shows(page, "Changelog");
  expect(new URL(page.url()).pathname).toBe("/a/b/c/changelog.html");
  // Scripts that the page would preload are not.
  expect(failures.filter((failure) => !/\.js$/.test(String(failure)))).toEqual([]);
  await context.close();
});

test("on a phone, the chart of the playground stays in view whole", async () => {
  const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
  await page.goto(`${server.origin}/playground.html`, { waitUntil: "networkidle" });
  await page.evaluate(() => scrollTo({ top: 700, behavior: "instant" }));
  const compare = page.getByRole("button", { name: "+ Compare" });
  // Fails where something lies above it.
  await compare.click({ trial: true, timeout: 2000 });
  expect((await compare.boundingBox())?.y).toBeLessThan(60);
  expect(await page.evaluate(() => scrollY)).toBe(700);
  await page.close();
});

const options = {
  resultTypes: ["violations"],
  // The keys that are shown in the search button are no part of its name.
  rules: { "label-content-name-mismatch": { enabled: false } },
};

/** One page of each type. */
const types = [
  "",
  "start/",
  "tutorial/step-lr-scheduler.html",
  "schedules/",
  "schedules/cosine.html",
  "guides/train.html",
  "command-line/",
  "command-line/train.html",
  "api/",
  "api/tsimm/",
  "api/tsimm/optim.html",
  "parity.html",
  "changelog.html",
  "playground.html",
  "train.html",
  "404.html",
];

describe.each([
  { width: 1440, colorScheme: "light" },
  { width: 390, colorScheme: "dark" },
] as const)("at $width px, $colorScheme", ({ width, colorScheme }) => {
  test.each(types)("/%s is accessible, readable and no wider than the screen", async (path) => {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme,
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    const failures = pageFailures(page);
    await page.goto(`${server.origin}/tsimm/${path}`, { waitUntil: "networkidle" });
    const { wide, small } = await page.evaluate(() => {
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const found = new Set<string>();
      while (texts.nextNode() !== null) {
        const element = texts.currentNode.parentElement;
        // A formula is said to screen readers by text that is not shown.
        if (element?.closest("mjx-assistive-mml, .visually-hidden")) continue;
        if (element === null || (texts.currentNode.textContent ?? "").trim() === "") continue;
        if (element.checkVisibility() && Number.parseFloat(getComputedStyle(element).fontSize) < 11) {
          found.add(`${element.tagName}: ${texts.currentNode.textContent}`);
        }
      }
      return { wide: document.documentElement.scrollWidth - innerWidth, small: [...found] };
    });
    expect(small).toEqual([]);
    expect(wide).toBeLessThanOrEqual(0);
    await page.addScriptTag({ path: axe });
    const { violations } = await page.evaluate<AxeResults>(`axe.run(${JSON.stringify(options)})`);
    const serious = violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(
        ({ id, nodes }) =>
          `${id}: ${nodes
            .slice(0, 3)
            .map(({ html }) => html.slice(0, 200))
            .join(" | ")}`,
      );
    expect(serious).toEqual([]);
    expect(failures).toEqual([]);
    await context.close();
  });
});
