/** The engine of a GPU in a real browser, on a software adapter and without one. */
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BundleServer, serveBundle } from "./bundle-server.fixture.ts";
import { launchChromium, processPerPage, softwareWebgpu } from "./chromium.fixture.ts";
import { pageFailures } from "./page-failures.fixture.ts";
import { required } from "./required.fixture.ts";

type Scenarios = typeof import("./device-in-page.fixture.ts");

const entry = fileURLToPath(new URL("device-in-page.fixture.ts", import.meta.url));
const launch = (args: readonly string[]) => required("browser", () => launchChromium(args));
const withGpu = await launch([...processPerPage, ...softwareWebgpu]);
const without = await launch(processPerPage);
let server: BundleServer;
beforeAll(async () => {
  server = await serveBundle(entry);
}, 120_000);
afterAll(async () => {
  await Promise.all([withGpu?.close(), without?.close(), server.close()]);
});

/** Plays a scenario in a page of its own, which must write nothing but `lines` to the console. */
async function play(
  browser: Browser,
  scenario: keyof Scenarios,
  lines: readonly string[] = [],
): Promise<unknown> {
  const page = await browser.newPage();
  const failures = pageFailures(page);
  await page.goto(server.origin);
  const module = await page.evaluateHandle<Scenarios>(`import("${server.module}")`);
  const result = await module.evaluate<unknown, keyof Scenarios>(
    (scenarios, name): unknown => scenarios[name](),
    scenario,
  );
  expect(failures).toEqual(lines);
  await page.close();
  return result;
}

describe.skipIf(withGpu === null)("with a software adapter", () => {
  const adapter = 'the WebGPU adapter "google swiftshader" is software on the CPU';

  test("webgpuEngine computes with one warning; state stays on the device and is read; a lost device is one line", async () => {
    if (withGpu === null) return;
    const lost =
      /^DeviceLostError: the device google swiftshader is lost \(.+\); its driver has reset it or it was taken away: go on with --resume$/;
    expect(await play(withGpu, "stateOnDevice")).toEqual({
      ...{ name: "webgpu", lowering: "ort-webgpu", device: "google swiftshader" },
      ...{ sums: [0, 12, 24, 36], read: [8, 8, 8, 8, 8, 8], host: [3, 3, 3, 3, 3, 3] },
      lost: [expect.stringMatching(lost), expect.stringMatching(lost)],
      warnings: [`${adapter}, many times slower than an engine for the CPU`],
    });
  });

  test("pageEngine takes WebAssembly, and says why", async () => {
    if (withGpu === null) return;
    expect(await play(withGpu, "choice")).toEqual({ name: "wasm", reasons: [adapter] });
  });
});

describe.skipIf(without === null)("without WebGPU", () => {
  test("pageEngine takes WebAssembly, and says why", async () => {
    if (without === null) return;
    // Chromium's own line.
    const lines = ["No available adapters."];
    expect(await play(without, "choice", lines)).toEqual({
      name: "wasm",
      reasons: ["WebGPU must have an adapter, got none"],
    });
    expect(await play(without, "refusal", lines)).toBe(
      "AdapterError: webgpuEngine: WebGPU must have an adapter, got none; use wasmEngine",
    );
  });
});
