/** The example page in a real browser: it trains, stops and goes on. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, preview } from "vite";
import { expect, test } from "vitest";
import { launchChromium, processPerPage } from "./chromium.fixture.ts";
import { pageFailures } from "./page-failures.fixture.ts";
import { required } from "./required.fixture.ts";

const root = fileURLToPath(new URL("../examples/browser-training/", import.meta.url));
const browser = await required("browser", () => launchChromium(processPerPage));

test.skipIf(browser === null)("the page trains a model whose loss falls", { timeout: 300_000 }, async () => {
  if (browser === null) return;
  const outDir = await mkdtemp(join(tmpdir(), "tsimm-example-"));
  await build({ root, logLevel: "error", build: { outDir, emptyOutDir: true } });
  // Threads of ONNX Runtime run its file: what that imports, such as the worker's entry, would run in each of them.
  const assets = join(outDir, "assets");
  const runtime = (await readdir(assets)).find((name) => /^ort.*\.js$/.test(name)) ?? "";
  expect(await readFile(join(assets, runtime), "utf8")).not.toMatch(/^import\b.*"\.\//);
  const server = await preview({
    ...{ root, logLevel: "error", build: { outDir } },
    preview: { host: "127.0.0.1", port: 0 },
  });
  const address = server.httpServer.address();
  const page = await browser.newPage();
  page.setDefaultTimeout(120_000);
  const failures = pageFailures(page);
  const origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : address}`;
  await page.goto(origin);

  const number = async (id: string) => Number.parseFloat((await page.locator(`#${id}`).textContent()) ?? "");
  const trainedFor = (updates: number) =>
    page.waitForFunction(
      (least) => Number.parseInt(document.getElementById("update")?.textContent ?? "", 10) >= least,
      updates,
    );
  await page.getByRole("button", { name: "Start training" }).click();
  await trainedFor(1);
  const first = await number("loss");
  await trainedFor(70);
  expect(await number("rate")).toBe(0.004); // after the warm-up, before the first step
  await page.getByRole("button", { name: "Stop" }).click();
  await page.waitForTimeout(1000); // the update in progress may still end
  const stopped = await number("update");
  await page.waitForTimeout(1000);
  expect(await number("update")).toBe(stopped);
  await page.getByRole("button", { name: "Go on" }).click();
  await trainedFor(125);
  expect(await number("rate")).toBe(0.001);
  expect(await number("loss")).toBeLessThan(0.6 * first);
  expect(await number("accuracy")).toBeGreaterThan(60); // at update 120
  expect(await page.evaluate("crossOriginIsolated")).toBe(true);
  expect(await page.locator("#curves svg path").count()).toBeGreaterThan(3);
  expect(failures).toEqual([]);

  await browser.close();
  await server.close();
  await rm(outDir, { recursive: true });
});
