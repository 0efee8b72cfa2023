/** The example page in a real browser: it trains, stops and goes on, as WebAssembly and on a GPU in software. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { build, type PreviewServer, preview } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium, processPerPage, softwareWebgpu } from "./chromium.fixture.ts";
import { pageFailures } from "./page-failures.fixture.ts";
import { required } from "./required.fixture.ts";

const root = fileURLToPath(new URL("../examples/browser-training/", import.meta.url));
const launch = (args: readonly string[]) => required("browser", () => launchChromium(args));
const browser = await launch(processPerPage);
const withGpu = await launch([...processPerPage, ...softwareWebgpu]);

let outDir: string;
let server: PreviewServer;
let origin: string;
beforeAll(async () => {
  outDir = await mkdtemp(join(tmpdir(), "tsimm-example-"));
  await build({ root, logLevel: "error", build: { outDir, emptyOutDir: true } });
  server = await preview({
    ...{ root, logLevel: "error", build: { outDir } },
    preview: { host: "127.0.0.1", port: 0 },
  });
  const address = server.httpServer.address();
  origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : address}`;
}, 120_000);
afterAll(async () => {
  await Promise.all([browser?.close(), withGpu?.close(), server.close()]);
  await rm(outDir, { recursive: true });
}, 120_000);

const textOf = async (page: Page, id: string) => (await page.locator(`#${id}`).textContent()) ?? "";
const numberOf = async (page: Page, id: string) => Number.parseFloat(await textOf(page, id));
const trainedFor = (page: Page, updates: number) =>
  page.waitForFunction(
    (least) => Number.parseInt(document.getElementById("update")?.textContent ?? "", 10) >= least,
    updates,
  );

test.skipIf(browser === null)("the page trains a model whose loss falls", { timeout: 300_000 }, async () => {
  if (browser === null) return;
  // Threads of ONNX Runtime run its file: what that imports, such as the worker's entry, would run in each of them.
  const assets = join(outDir, "assets");
  const runtime = (await readdir(assets)).find((name) => /^ort\.wasm.*\.js$/.test(name)) ?? "";
  expect(await readFile(join(assets, runtime), "utf8")).not.toMatch(/^import\b.*"\.\//);
  const page = await browser.newPage();
  page.setDefaultTimeout(120_000);
  const failures = pageFailures(page);
  await page.goto(origin);

  await page.getByRole("button", { name: "Start training" }).click();
  expect(await textOf(page, "engine")).toBe("WebAssembly");
  expect(await textOf(page, "place")).toMatch(/^\d threads? \(WebGPU must have an adapter, got none\)$/);
  await trainedFor(page, 1);
  const first = await numberOf(page, "loss");
  await trainedFor(page, 70);
  expect(await numberOf(page, "rate")).toBe(0.004); // after the warm-up, before the first step
  await page.getByRole("button", { name: "Stop" }).click();
  await page.waitForTimeout(1000); // the update in progress may still end
  const stopped = await numberOf(page, "update");
  await page.waitForTimeout(1000);
  expect(await numberOf(page, "update")).toBe(stopped);
  await page.getByRole("button", { name: "Go on" }).click();
  await trainedFor(page, 125);
  expect(await numberOf(page, "rate")).toBe(0.001);
  expect(await numberOf(page, "loss")).toBeLessThan(0.6 * first);
  expect(await numberOf(page, "accuracy")).toBeGreaterThan(60); // at update 120
  expect(await page.evaluate("crossOriginIsolated")).toBe(true);
  expect(await page.locator("#curves svg path").count()).toBeGreaterThan(3);
  expect(failures).toEqual([]);
});

test.skipIf(withGpu === null)("a GPU in software is not chosen, and the page says so", async () => {
  if (withGpu === null) return;
  const page = await withGpu.newPage();
  const failures = pageFailures(page);
  await page.goto(origin);
  await page.getByRole("button", { name: "Start training" }).waitFor();
  expect(await textOf(page, "engine")).toBe("WebAssembly");
  expect(await textOf(page, "place")).toMatch(
    /^\d threads? \(the WebGPU adapter "google swiftshader" is software on the CPU\)$/,
  );
  expect(failures).toEqual([]);
  await page.close();
});

test.skipIf(withGpu === null)("a GPU trains as WebAssembly does", { timeout: 600_000 }, async () => {
  if (withGpu === null) return;
  const losses: number[][] = [];
  for (const engine of ["wasm", "webgpu"]) {
    const page = await withGpu.newPage();
    // A GPU in software compiles its kernels first.
    page.setDefaultTimeout(500_000);
    const failures = pageFailures(page);
    await page.goto(`${origin}/?engine=${engine}`);
    const seen = await page.evaluateHandle(() => {
      const texts: (string | null)[] = [];
      const loss = document.getElementById("loss");
      if (loss) new MutationObserver(() => texts.push(loss.textContent)).observe(loss, { childList: true });
      return texts;
    });
    await page.getByRole("button", { name: "Start training" }).click();
    await trainedFor(page, 2);
    losses.push((await seen.jsonValue()).map(Number));
    if (engine === "webgpu") {
      expect(await textOf(page, "engine")).toBe("WebGPU");
      expect(await textOf(page, "place")).toBe(
        'google swiftshader (the WebGPU adapter "google swiftshader" is software on the CPU, many times slower than an engine for the CPU)',
      );
    }
    expect(failures).toEqual([]);
    await page.close();
  }
  const [there = [], here = []] = losses;
  expect(here.length).toBeGreaterThanOrEqual(2);
  for (const [i, loss] of here.slice(0, 2).entries()) expect(loss).toBeCloseTo(there[i] ?? Number.NaN, 2);
});
