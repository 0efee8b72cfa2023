/** Runs the built scheduler in a real Chromium and holds it to timm's numbers, bit for bit. */
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import chromium from "@sparticuz/chromium";
import type * as Scheduling from "@tsimm/scheduler";
import { type Browser, type Page, chromium as playwright } from "playwright-core";
import ts from "typescript";
import { build } from "vite";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  camelKeys,
  type GoldenCase,
  readCases,
  readGolden,
} from "../packages/scheduler/src/golden.fixture.ts";

const dist = fileURLToPath(new URL("../packages/scheduler/dist/", import.meta.url));
const modules = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".js"),
);

/** What the page's script puts into the page. */
interface PageGlobals {
  scheduling: typeof Scheduling;
  TorchGenerator: new (seed: number) => { normal(): number; uniform(): number };
}

const PAGE = `<!doctype html><title>tsimm</title><script type="module">
import * as scheduling from "/index.js";
import { TorchGenerator } from "/random/normal.js";
Object.assign(globalThis, { scheduling, TorchGenerator });
</script>`;

let server: Server;
let browser: Browser | null = null;
let reason = "";
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = normalize(request.url ?? "/");
    if (path === "/") return response.setHeader("content-type", "text/html").end(PAGE);
    if (!modules.includes(path.slice(1))) return response.writeHead(404).end();
    return response.setHeader("content-type", "text/javascript").end(readFileSync(join(dist, path)));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  try {
    browser = await playwright.launch({
      executablePath: await chromium.executablePath(),
      args: chromium.args,
    });
  } catch (error) {
    if (process.env["CI"]) throw error;
    reason = `NO BROWSER: the scheduler was not tried in Chromium: ${String(error).split("\n")[0]}`;
    return;
  }
  page = await browser.newPage();
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  const address = server.address();
  await page.goto(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`);
  await page.waitForFunction(() => "scheduling" in globalThis);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await new Promise((closed) => server.close(closed));
});

/** Drives schedulers in the page. */
function replayInPage(
  cases: { name: string; options: object; groups: Record<string, number>[]; golden: GoldenCase }[],
) {
  return page.evaluate((all) => {
    const { scheduling } = globalThis as unknown as PageGlobals;
    return all.map(({ name, options, groups, golden: { ts: times, metrics, drive } }) => {
      const optimizer = { paramGroups: groups };
      const classes = scheduling as unknown as Record<
        string,
        new (
          ...args: unknown[]
        ) => Scheduling.Scheduler
      >;
      const SchedulerClass = classes[name];
      if (SchedulerClass === undefined) throw new Error(`${name} is not exported`);
      const scheduler = new SchedulerClass(optimizer, options);
      const rates = () => optimizer.paramGroups.map((group) => group["lr"] ?? null);
      const lrs = [rates()];
      const values = times.map((t, i) => {
        if (drive === "step") scheduler.step(t, metrics?.[i]);
        else scheduler.stepUpdate(t, metrics?.[i]);
        lrs.push(rates());
        return drive === "step" ? scheduler.getEpochValues(t) : scheduler.getUpdateValues(t);
      });
      return { lrs, values };
    });
  }, cases);
}

const classNames = {
  step: "StepLRScheduler",
  multistep: "MultiStepLRScheduler",
  cosine: "CosineLRScheduler",
  tanh: "TanhLRScheduler",
  poly: "PolyLRScheduler",
};

// Documented differences from timm, and cases about errors and resuming: the package's own tests hold these.
const ELSEWHERE =
  /-decay-t-zero$|-noise-range-(empty|reversed|one)$|-unsorted$|-negative-t|-cycle-mul-|^p-step-063-out-of-order$/;

describe("in Chromium", () => {
  beforeEach((context) => {
    if (browser === null) context.skip(reason);
  });

  test.each(Object.entries(classNames))("%s gives timm's numbers, bit for bit", async (scheduler, name) => {
    const cases = readCases(scheduler).filter(
      (golden) => !ELSEWHERE.test(golden.id) && golden.raises === undefined && golden.resume === undefined,
    );
    expect(cases.length).toBeGreaterThan(20);
    const replays = await replayInPage(
      cases.map((golden) => ({
        name,
        // timm stores noise_std and ignores it.
        options: { ...camelKeys(golden.kwargs), ...(golden.noise ? { noiseStd: 1 } : {}) },
        groups: golden.groups.map((group) => camelKeys(group) as Record<string, number>),
        golden,
      })),
    );
    cases.forEach(({ id, lrs, values }, i) => {
      expect({ id, lrs: replays[i]?.lrs }).toEqual({ id, lrs });
      if (values) expect({ id, values: replays[i]?.values }).toEqual({ id, values });
    });
  });

  test("the random numbers are PyTorch's, bit for bit", async () => {
    const { draws } = readGolden<{ draws: { seed: string; randn3: number[]; rand: number }[] }>(
      "scheduler/torch_draws.json",
    );
    // The generator takes the low 32 bits; a seed past 2^53 is a bigint to begin with.
    const seeds = draws.map(({ seed }) => Number(BigInt.asUintN(32, BigInt(seed))));
    const drawn = await page.evaluate((all) => {
      const { TorchGenerator } = globalThis as unknown as PageGlobals;
      return all.map((seed) => {
        const normal = new TorchGenerator(seed);
        return {
          randn3: [normal.normal(), normal.normal(), normal.normal()],
          rand: new TorchGenerator(seed).uniform(),
        };
      });
    }, seeds);
    expect(drawn).toEqual(draws.map(({ randn3, rand }) => ({ randn3, rand })));
    expect(draws.length).toBe(300);
  });

  test("the console stays silent", () => {
    expect(complaints).toEqual([]);
  });
});

describe("the built scheduler", () => {
  test("imports nothing but its own modules", () => {
    const imports = modules.flatMap((file) =>
      ts
        .preProcessFile(readFileSync(join(dist, file), "utf8"), true, true)
        .importedFiles.map(({ fileName }) => fileName),
    );
    expect(imports).not.toEqual([]);
    expect(imports.filter((name) => !/^\.\.?\/[\w./-]+\.js$/.test(name))).toEqual([]);
  });

  // 12.8 kB hold all schedulers and their correctly rounded arithmetic; one more schedule is some 300 bytes.
  test("is at most 14 kB minified and compressed", async () => {
    const built = await build({
      logLevel: "silent",
      configFile: false,
      build: { write: false, lib: { entry: join(dist, "index.js"), formats: ["es"] }, minify: true },
    });
    const [output] = [built].flat();
    if (output === undefined || !("output" in output)) throw new Error("no bundle");
    const [{ code }] = output.output;
    expect(gzipSync(code).length).toBeLessThan(14_000);
  });
});
