/** Another library's training on the same GPU as an oracle: jax-js, in a real browser. */
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BundleServer, serveBundle } from "./bundle-server.fixture.ts";
import { launchChromium, processPerPage, softwareWebgpu } from "./chromium.fixture.ts";
import { required } from "./required.fixture.ts";

type Oracle = typeof import("./oracle-in-page.fixture.ts");

const entry = fileURLToPath(new URL("oracle-in-page.fixture.ts", import.meta.url));
const browser = await required("browser", () => launchChromium([...processPerPage, ...softwareWebgpu]));
let server: BundleServer;
beforeAll(async () => {
  server = await serveBundle(entry);
}, 120_000);
afterAll(async () => {
  await Promise.all([browser?.close(), server.close()]);
});

test.skipIf(browser === null)(
  "six updates of a small ResNet on WebGPU have the losses of jax-js to four decimals",
  async () => {
    if (browser === null) return;
    const losses = async (of: keyof Oracle): Promise<number[]> => {
      const page = await browser.newPage();
      await page.goto(server.origin);
      const module = await page.evaluateHandle<Oracle>(`import("${server.module}")`);
      const result = await module.evaluate<number[], keyof Oracle>((oracle, name) => oracle[name](), of);
      await page.close();
      return result;
    };
    const expected = await losses("jaxLosses");
    const actual = await losses("tsimmLosses");
    expect(expected).toHaveLength(6);
    expect(expected[5]).toBeLessThan(0.9 * (expected[0] ?? 0));
    for (const [update, loss] of expected.entries()) {
      expect(Math.abs((actual[update] ?? Number.NaN) - loss), `update ${update}`).toBeLessThan(5e-5);
    }
  },
  300_000,
);
