/** The same training graph in a real browser: onnxruntime-web in Chromium gives the numbers that Node gives. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import * as tsimm from "tsimm";
import * as tsimmInBrowser from "tsimm/browser";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BundleServer, serveBundle } from "./bundle-server.fixture.ts";
import { launchChromium, processPerPage } from "./chromium.fixture.ts";
import { pageFailures } from "./page-failures.fixture.ts";
import { required } from "./required.fixture.ts";
import { type PlainRun, trainingRun } from "./training-steps.fixture.ts";

type Steps = typeof import("./training-steps.fixture.ts");

const entry = fileURLToPath(new URL("training-steps.fixture.ts", import.meta.url));
const dist = fileURLToPath(new URL("../packages/tsimm/dist/", import.meta.url));

describe("tsimm/browser", () => {
  test("imports neither Node nor what needs it", () => {
    const packages = new Set<string>();
    const modules = new Set<string>();
    const visit = (file: string) => {
      if (modules.has(file)) return;
      modules.add(file);
      for (const { fileName } of ts.preProcessFile(readFileSync(file, "utf8"), true, true).importedFiles) {
        if (fileName.startsWith(".")) visit(join(dirname(file), fileName));
        else packages.add(fileName);
      }
    };
    visit(join(dist, "browser.js"));
    expect(modules.size).toBeGreaterThan(50);
    expect([...packages].sort()).toEqual([
      "@observablehq/plot",
      "@tsimm/autodiff",
      "@tsimm/scheduler",
      "onnxruntime-web/wasm",
      "onnxruntime-web/webgpu",
    ]);
  });

  test("exports names of tsimm and no others", () => {
    const names: Readonly<Record<string, unknown>> = tsimmInBrowser;
    const all: Readonly<Record<string, unknown>> = tsimm;
    // In Node they take paths and image files, and pretrained weights and their names, besides.
    const others = ["createModel", "isModel", "listModels", "loadClassifier", "modelInfo"];
    expect(
      Object.keys(names)
        .filter((name) => names[name] !== all[name])
        .sort(),
    ).toEqual(others);
    expect(Object.keys(all)).toEqual(expect.arrayContaining(others));
    expect(names).toHaveProperty("createTrainingStep");
  });
});

const browser = await required("browser", () => launchChromium(processPerPage));
afterAll(() => browser?.close());

/** A page that has loaded; `failures` is what it should not have. */
async function open(
  chromium: Browser,
  { origin }: Pick<BundleServer, "origin">,
): Promise<{ page: Page; failures: unknown[] }> {
  const page = await chromium.newPage();
  const failures = pageFailures(page);
  await page.goto(origin);
  return { page, failures };
}

/** Trains in the page. */
async function runIn(page: Page, server: BundleServer, options: tsimm.WasmEngineOptions): Promise<PlainRun> {
  const steps = await page.evaluateHandle<Steps>(`import("${server.module}")`);
  return steps.evaluate(
    async (module, passed) => module.trainingRun(await module.wasmEngine(passed)),
    options,
  );
}

/** Largest difference of two records of numbers, or NaN if they have other names or lengths. */
function largestDifference(a: Record<string, number[]>, b: Record<string, number[]>): number {
  if (Object.keys(a).join() !== Object.keys(b).join()) return Number.NaN;
  return Object.entries(a).reduce((largest, [name, values]) => {
    if (values.length !== b[name]?.length) return Number.NaN;
    return values.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - (b[name]?.[i] ?? Number.NaN))),
      largest,
    );
  }, 0);
}

describe.skipIf(browser === null).each([
  { isolated: false, threads: 1 },
  { isolated: true, threads: 2 },
  { isolated: false, threads: 1, wasmUrl: "/elsewhere.wasm" },
  { isolated: true, threads: 2, wasmUrl: "/elsewhere.wasm" },
])("eight updates of test_resnet in Chromium with %o", ({ isolated, ...options }) => {
  let server: BundleServer;
  let failures: unknown[];
  let here: PlainRun;

  beforeAll(async () => {
    if (browser === null) return;
    server = await serveBundle(entry, isolated);
    const { page, failures: seen } = await open(browser, server);
    failures = seen;
    here = await runIn(page, server, options);
  }, 120_000);
  afterAll(() => server?.close());

  test.each(["native", "wasm"] as const)("give what the %s engine gives in Node", async (name) => {
    const there = await trainingRun(await tsimm.createEngine(name));
    expect([here.engine, there.engine]).toEqual(["wasm", name]);
    expect(here.losses).toHaveLength(8);
    expect(largestDifference({ losses: here.losses }, { losses: there.losses })).toBeLessThan(1e-4);
    expect(largestDifference(here.gradients, there.gradients)).toBeLessThan(1e-4);
    expect(largestDifference(here.state, there.state)).toBeLessThan(1e-4);
    expect(here.rates).toEqual(there.rates);
    // The same WebAssembly on as many threads.
    if (name === "wasm" && options.threads === 1) expect(here).toEqual(there);
  });

  test("load everything and write nothing to the console", () => {
    expect(failures).toEqual([]);
  });
});

test.skipIf(browser === null)("a file that is not served is named, with what to do", async () => {
  if (browser === null) return;
  const server = await serveBundle(entry);
  const { page } = await open(browser, server);
  const address = `${server.origin}/nowhere.wasm`;
  await expect(runIn(page, server, { wasmUrl: address })).rejects.toThrow(
    `Error: wasmEngine: wasmUrl must be the address of ort-wasm-simd-threaded.wasm, got "${address}" ` +
      "(RuntimeError: Aborted(both async and sync fetching of the wasm failed)",
  );
  await page.close();
  await server.close();
});
