/** The pages of `examples/script-tag` in the real browser, on static files. Reads what was built. */
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { parseHTML } from "linkedom";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stepLr } from "../packages/scheduler/src/index.ts";
import { serveFolder } from "../packages/tsimm/src/cli/playground/serve-folder.ts";
import { learningRateFigure, plotFigure } from "../packages/tsimm/src/plot.ts";
import { launchChromium, processPerPage } from "./chromium.fixture.ts";
import { pageFailures } from "./page-failures.fixture.ts";
import { required } from "./required.fixture.ts";

const server = createServer(serveFolder(fileURLToPath(new URL("..", import.meta.url))));
const browser = await required("browser", () => launchChromium(processPerPage));
let folder = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  folder = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/examples/script-tag`;
});
afterAll(async () => {
  await browser?.close();
  server.closeAllConnections();
  server.close();
});

// Printed by timm's StepLRScheduler, and by its create_scheduler_v2 with a warm-up of 5 epochs from 0.001.
const PAGES = [
  {
    page: "index.html",
    before: "last epoch: 0.001",
    moved: "0.5",
    after: "last epoch: 0.025",
  },
  {
    page: "import-map.html",
    before: "last epoch: step 0.001, cosine 0.00003046",
    moved: "40",
    after: "last epoch: step 0.01, cosine 0.0001541",
  },
];

test.skipIf(browser === null).each(PAGES)("$page draws, and follows its slider", async (one) => {
  // On coarser screens Plot moves everything by half a pixel.
  const page = await browser?.newPage({ deviceScaleFactor: 2 });
  if (page === undefined) return;
  const failures = pageFailures(page);
  await page.goto(`${folder}/${one.page}`);
  const last = page.locator("output");
  const lines = () =>
    page
      .locator('#figure svg [aria-label="line"] path')
      .evaluateAll((paths) => paths.map((path) => path.getAttribute("d")));
  await page.waitForFunction(() => document.querySelector("output")?.value !== "");
  expect(await last.textContent()).toBe(one.before);
  const before = await lines();
  await page.locator("input").fill(one.moved);
  expect(await last.textContent()).toBe(one.after);
  const after = await lines();
  expect([before.length, after.length]).not.toContain(0);
  expect(after).not.toEqual(before);
  if (one.page === "index.html") expect(after).toEqual(linesOfStep(Number(one.moved)));
  expect(failures).toEqual([]);
  await page.close();
});

/** The same figure, drawn here. */
function linesOfStep(decayRate: number): (string | null)[] {
  const lr = stepLr(0.1, { decayT: 30, decayRate });
  const rates = Array.from({ length: 90 }, (_, epoch) => lr(epoch));
  const { document } = parseHTML("<html></html>");
  const { element } = plotFigure(
    learningRateFigure([{ label: "step", rates }], { title: "Step decay" }),
    document,
    {
      ...{ width: 640, titled: false },
    },
  );
  return [...element.querySelectorAll('[aria-label="line"] path')].map((path) => path.getAttribute("d"));
}
