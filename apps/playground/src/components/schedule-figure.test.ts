import { fileURLToPath } from "node:url";
import { createServer, type ViteDevServer } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSSRApp } from "vue";
import { renderToString } from "vue/server-renderer";

let server: ViteDevServer;

beforeAll(async () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  server = await createServer({
    ...{ root, logLevel: "silent", appType: "custom" },
    server: { middlewareMode: true, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
  });
});

afterAll(() => server.close());

async function rendered(component: string, props: Readonly<Record<string, unknown>>): Promise<string> {
  const module = await server.ssrLoadModule(`/src/components/${component}.vue`);
  return renderToString(createSSRApp(module["default"], { ...props }));
}

test("a figure is drawn on a server: its curve, what it compares, its controls and its link", async () => {
  const html = await rendered("ScheduleFigure", {
    sched: "step",
    args: { epochs: 60, decayEpochs: 20, warmupEpochs: 0 },
    controls: ["decayEpochs", "decayRate"],
    compare: [{ label: "half", sched: "step", args: { epochs: 60, decayEpochs: 20, decayRate: 0.5 } }],
    code: true,
  });
  expect(html.match(/ d="M/g)).toHaveLength(2);
  expect(html.match(/type="range"/g)).toHaveLength(2);
  expect(html).toContain("decay_t");
  expect(html).toContain("new StepLRScheduler(optimizer");
  expect(html).toContain("from timm.scheduler import StepLRScheduler");
  expect(html).toContain(
    "playground.html#sched=step&amp;warmup-epochs=0&amp;epochs=60&amp;decay-epochs=20&amp;vs=step",
  );
});

test("the words of the controls follow the page", async () => {
  const props = { sched: "step", controls: ["decayEpochs"] };
  expect(await rendered("ScheduleFigure", { ...props, names: "option" })).toContain(">decayT<");
  expect(await rendered("ScheduleFigure", { ...props, names: "flag" })).toContain(">--decay-epochs<");
});

test("a figure per update has an axis of updates", async () => {
  const html = await rendered("ScheduleFigure", { sched: "cosine", unit: "update", updatesPerEpoch: 10 });
  expect(html).toContain("Read the rates at an update");
  expect(html).toContain('aria-valuemax="2999"');
});

test("the playground is drawn on a server as it opens", async () => {
  const html = await rendered("PlaygroundApp", { embedded: true });
  expect(html).toContain('aria-label="Learning rate: step"');
  expect(html).not.toContain('aria-label="Theme"');
  expect(html.match(/type="range"/g)?.length).toBeGreaterThan(5);
});
