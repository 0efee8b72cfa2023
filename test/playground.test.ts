/** The playground in a real browser: what a hand moves, the page draws, says, copies and saves. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cosineLr, schedulerNames } from "@tsimm/scheduler";
import { parseHTML } from "linkedom";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, describe, expect, test } from "vitest";
import { encodeState } from "../apps/playground/src/schedule/address.ts";
import { parametersOf } from "../apps/playground/src/schedule/parameters.ts";
import type { CurveSettings, SettingValue } from "../apps/playground/src/schedule/settings.ts";
import { exampleStates } from "../apps/playground/src/schedule/states.fixture.ts";
import { tsimm } from "./command-line.fixture.ts";
import { compileBlock } from "./doc-blocks.fixture.ts";
import {
  copied,
  cornersOf,
  download,
  drawn,
  elementsOf,
  type OpenOptions,
  openPlayground,
  openSections,
  type PlaygroundSite,
  rates,
  selectedLine,
  servePlayground,
  slider,
  slideTo,
  type,
} from "./playground.fixture.ts";
import { required } from "./required.fixture.ts";

const folder = fileURLToPath(new URL("golden/playground/", import.meta.url));
const recorded: Record<string, { readonly rates: number[][] }> = JSON.parse(
  await readFile(`${folder}rates.json`, "utf8"),
);

const site: PlaygroundSite | null = await required("Chromium", servePlayground);
afterAll(() => site?.close());

/** Uses an open page, which may neither write to the console nor ask another host. */
async function using<T>(options: OpenOptions, use: (page: Page) => Promise<T>): Promise<T> {
  if (site === null) throw new Error("there is no browser");
  const { page, context, failures } = await openPlayground(site, options);
  try {
    const result = await use(page);
    expect(failures).toEqual([]);
    return result;
  } finally {
    await context.close();
  }
}

const example = (name: string) => {
  const found = exampleStates.find((one) => one.name === name);
  const [settings] = found?.state.curves ?? [];
  if (found === undefined || settings === undefined) throw new Error(`no example ${name}`);
  return { ...found, settings };
};

/** Sets one argument as a hand does, by the kind of its control. */
async function set(page: Page, { sched, args }: CurveSettings, name: string, value: SettingValue) {
  const found = parametersOf(sched, args).find((one) => one.name === name);
  if (found === undefined) throw new Error(`${sched} has no parameter ${name}`);
  const { flag, kind } = found;
  if (kind === "boolean") await page.getByRole("checkbox", { name: flag }).setChecked(value === true);
  else if (kind === "choice") await page.getByLabel(flag, { exact: true }).selectOption(String(value));
  else if (kind === "numbers" && Array.isArray(value)) {
    const add = page.getByRole("button", { name: `Add a number to ${flag}` });
    const remove = page.getByRole("button", { name: /^Remove .* from --decay-milestones/ });
    while ((await remove.count()) < value.length) await add.click();
    while ((await remove.count()) > value.length) await remove.last().click();
    // From the last to the first, so that the list stays in order.
    for (let i = value.length - 1; i >= 0; i--) await type(page, `${flag}, number ${i + 1}`, value[i]);
  } else if (kind === "span" && Array.isArray(value)) {
    await page.getByRole("checkbox", { name: flag, exact: true }).check();
    const [from, to] = value;
    if (to !== undefined) await type(page, `${flag}, to`, to);
    await type(page, `${flag}, from`, from);
  } else if (typeof value === "number") {
    await (name === "epochs" ? slideTo : type)(page, flag, value);
  } else throw new Error(`${flag} cannot be set to ${JSON.stringify(value)}`);
  await drawn(page);
}

/** What the page says, draws and copies are the rates that Python printed. */
async function expectGolden(page: Page, name: string): Promise<void> {
  const rows = await rates(page);
  const golden = recorded[name]?.rates ?? [];
  expect(rows.length).toBe(golden.length);
  for (const [t, row] of golden.entries()) {
    for (const [group, rate] of row.entries()) {
      // Formulas of schedules that timm does not have are of Python's own powers and cosines.
      const difference = Math.abs((rows[t]?.[group] ?? Number.NaN) - rate);
      expect(difference, `t = ${t}, group ${group}`).toBeLessThanOrEqual(1e-15 * rate);
    }
  }
  await expectDrawn(page, rows);
  expect(await printed(await copied(page, "TypeScript"))).toEqual(rows);
  expect(await copied(page, "Python, timm")).toBe(await readFile(`${folder}${name}.py`, "utf8"));
}

/** The corners of the line lie on one straight scale of the rates: what is drawn is what is said. */
async function expectDrawn(page: Page, rows: readonly (readonly number[])[]): Promise<void> {
  const line = cornersOf((await selectedLine(page).getAttribute("d")) ?? "");
  const levels = new Set(line.map(({ y }) => y));
  const all = rows.map(([rate = 0]) => rate);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const ys = [...levels].sort((a, b) => b - a);
  const [bottom = 0, top = 0] = [ys[0], ys.at(-1)];
  const distinct = new Set(all).size;
  // A tenth of a pixel is the finest that a path says; rates nearer than that share a level.
  expect(levels.size).toBeLessThanOrEqual(distinct);
  for (const y of levels) {
    const rate = low + ((bottom - y) / Math.max(1e-9, bottom - top)) * (high - low);
    const nearest = Math.min(...all.map((one) => Math.abs(one - rate)));
    expect(nearest, `a line at ${rate}`).toBeLessThanOrEqual(
      (0.12 * (high - low)) / Math.max(1, bottom - top),
    );
  }
}

/** Lines that copied TypeScript prints. */
async function printed(code: string): Promise<number[][]> {
  const lines: number[][] = [];
  const names = {
    load: () => import("@tsimm/scheduler"),
    check() {},
    console: { log: (_: number, ...values: number[]) => lines.push(values) },
  };
  const body = compileBlock({ code, place: "copied", file: "copied" });
  await new Function(...Object.keys(names), body)(...Object.values(names));
  return lines;
}

describe.skipIf(site === null)("every schedule", () => {
  const byHand = [
    ...["step", "step-noise", "step-groups", "step-updates", "multistep", "cosine-cycles", "poly"],
    ...["plateau-metric", "constant", "linear", "exponential", "onecycle", "wsd", "invsqrt"],
  ];
  // What a control cannot say: noise without an end.
  const byLink = [
    "tanh",
    "step-defaults",
    "multistep-torch",
    "plateau-loss",
    "plateau-absolute",
    "cosine-updates",
  ];

  test("is in the table", () => {
    const tried = new Set([...byHand, ...byLink].map((name) => example(name).settings.sched));
    expect(schedulerNames().filter((name) => !tried.has(name))).toEqual([]);
  });

  test.each(byHand)("%s: slider and fields give the golden rates, code, a link", async (name) => {
    const { settings, state } = example(name);
    const onUpdates = settings.args["schedOnUpdates"] === true;
    await using({}, async (page) => {
      const line = selectedLine(page);
      await page.getByLabel("--sched", { exact: true }).selectOption(settings.sched);
      await drawn(page);
      await openSections(page);
      const before = await line.getAttribute("d");
      for (const [argument, value] of Object.entries(settings.args)) {
        await set(page, settings, argument, value);
      }
      if (onUpdates) await type(page, "--updates-per-epoch", state.updatesPerEpoch);
      for (const [i, { lrScale }] of settings.groups.entries()) {
        await page.getByRole("button", { name: "Add a group" }).click();
        await type(page, `lr_scale of group ${i + 2}`, lrScale);
      }
      if (settings.metric !== null) {
        await page.getByLabel("Numbers, or the text of a summary.csv").fill(settings.metric.join("\n"));
        await drawn(page);
      }
      expect(await line.getAttribute("d")).not.toBe(before);
      await expectGolden(page, name);

      // The link is the state, also after the page was loaded again.
      const shown = { ...state, updatesPerEpoch: onUpdates ? state.updatesPerEpoch : 100 };
      await expect
        .poll(() => decodeURIComponent(new URL(page.url()).hash))
        .toBe(decodeURIComponent(encodeState(shown)));
      const drawing = await line.getAttribute("d");
      await page.reload();
      await expect.poll(() => line.getAttribute("d")).toBe(drawing);
    });
  });

  test.each(byLink)("%s: a link gives the golden rates and code", async (name) => {
    await using({ hash: encodeState(example(name).state).slice(1) }, (page) => expectGolden(page, name));
  });
});

describe.skipIf(site === null)("links", () => {
  test("going back and forward goes through states, and nonsense opens the start", async () => {
    await using({ hash: encodeState(example("cosine").state).slice(1) }, async (page) => {
      const line = selectedLine(page);
      const first = await line.getAttribute("d");
      await page.evaluate(
        (hash) => {
          location.hash = hash;
        },
        encodeState(example("tanh").state),
      );
      await expect.poll(() => line.getAttribute("d")).not.toBe(first);
      const second = await line.getAttribute("d");
      await page.goBack();
      await expect.poll(() => line.getAttribute("d")).toBe(first);
      await page.goForward();
      await expect.poll(() => line.getAttribute("d")).toBe(second);
      await page.evaluate(() => {
        location.hash = "sched=%3Cscript%3E&epochs=1e999&groups=x&metric=%00";
      });
      await expect.poll(() => page.getByLabel("--sched", { exact: true }).inputValue()).toBe("step");
    });
  });
});

describe.skipIf(site === null)("files", () => {
  test("of the page open from a disk, without a server", async () => {
    await using(
      { fromDisk: true, hash: "sched=step&epochs=6&decay-epochs=3&warmup-epochs=0" },
      async (page) => {
        expect(page.url()).toMatch(/^file:/);
        await type(page, "--decay-rate", 0.5);
        expect(await rates(page)).toEqual([0.1, 0.1, 0.1, 0.05, 0.05, 0.05].map((lr) => [lr]));
        await expect.poll(() => page.url()).toContain("decay-rate=.5");
        const { format } = await sharp(await download(page, "Download PNG")).metadata();
        expect(format).toBe("png");
      },
    );
  });

  test("are those of tsimm schedule, and open", async () => {
    const written = await mkdtemp(join(tmpdir(), "tsimm-downloads-"));
    const flags = ["--sched", "cosine", "--epochs", "30", "--lr", "0.1", "--warmup-epochs", "4"];
    // On coarser screens Plot moves everything by half a pixel, to draw sharp lines.
    await using({ hash: "sched=cosine&epochs=30&warmup-epochs=4", density: 2 }, async (page) => {
      for (const ending of ["svg", "csv", "json"]) {
        const bytes = await download(page, `Download ${ending.toUpperCase()}`);
        const { code } = await tsimm(["schedule", ...flags, "-o", `lr.${ending}`], { cwd: written });
        expect(code).toBe(0);
        const file = await readFile(join(written, `lr.${ending}`), "utf8");
        if (ending === "svg") expect(elementsOf(String(bytes))).toEqual(elementsOf(file));
        else expect(String(bytes)).toBe(file);
      }
      const svg = parseHTML(String(await download(page, "Download SVG"))).document.querySelector("svg");
      expect(svg?.querySelectorAll("path").length).toBeGreaterThan(0);
      const png = sharp(await download(page, "Download PNG"));
      const { width, height } = await png.metadata();
      expect([width, height]).toEqual(
        [2, 2].map((scale, i) => scale * Number(svg?.getAttribute(i ? "height" : "width"))),
      );
      // A white page with a line on it.
      const { channels } = await png.stats();
      expect(channels[0]?.mean).toBeGreaterThan(200);
      expect(channels[0]?.stdev).toBeGreaterThan(5);
    });
    await rm(written, { recursive: true });
  });
});

describe.skipIf(site === null)("a stranger", () => {
  test("is warned beside the control that it is about, and a refused value changes no curve", async () => {
    await using({ hash: "sched=step&epochs=30&decay-epochs=10" }, async (page) => {
      const about = (flag: string) => page.getByRole("group", { name: flag, exact: true });
      await type(page, "--decay-epochs", 90);
      await expect.poll(() => about("--decay-epochs").textContent()).toMatch(/never|within|30 epochs/i);
      await type(page, "--decay-epochs", 10);
      await expect.poll(() => about("--decay-epochs").textContent()).not.toMatch(/never|within/i);
      const drawing = await selectedLine(page).getAttribute("d");
      await type(page, "--decay-rate", -1);
      await expect.poll(() => about("--decay-rate").textContent()).toMatch(/decay.?rate must be/i);
      const field = page.getByLabel("--decay-rate, exact value", { exact: true });
      expect(await field.getAttribute("aria-invalid")).toBe("true");
      expect(await selectedLine(page).getAttribute("d")).toBe(drawing);
    });
  });

  test("compares schedules, reads them at the pointer, and removes them", async () => {
    await using({ hash: "sched=step&epochs=30&decay-epochs=10&warmup-epochs=0" }, async (page) => {
      await page.getByRole("button", { name: "+ Compare" }).click();
      await page.getByLabel("--sched", { exact: true }).selectOption("cosine");
      await drawn(page);
      expect(await page.locator("svg .lines path").count()).toBe(2);
      const reader = page.getByRole("slider", { name: "Read the rates at an epoch" });
      await reader.hover();
      const [, epoch = ""] = /epoch (\d+)/.exec((await reader.getAttribute("aria-valuetext")) ?? "") ?? [];
      expect(Number(epoch)).toBeGreaterThan(10);
      const list = page.getByRole("list", { name: "Curves" });
      const rateOf = async (label: string) => {
        const text = await list.getByRole("listitem").filter({ hasText: label }).textContent();
        return Number(/[\d.]+$/.exec(text?.trim() ?? "")?.[0]);
      };
      expect(await rateOf("step")).toBe(0.01);
      expect(await rateOf("cosine")).toBeCloseTo(cosineLr(0.1, { tInitial: 30 })(Number(epoch)), 7);
      await page.getByRole("button", { name: /^Remove step/ }).click();
      await drawn(page);
      expect(await page.locator("svg .lines path").count()).toBe(1);
      expect(await page.getByLabel("--sched", { exact: true }).inputValue()).toBe("cosine");
    });
  });

  test("draws a metric with the pointer, and plateau follows it", async () => {
    await using({ hash: "sched=plateau&epochs=40&patience-epochs=3&warmup-epochs=0" }, async (page) => {
      const never = await selectedLine(page).getAttribute("d");
      const pad = page.getByRole("img", { name: /^Metric:/ });
      await pad.scrollIntoViewIfNeeded();
      const box = await pad.boundingBox();
      if (box === null) throw new Error("the pad is not shown");
      const at = (x: number, y: number) => [box.x + x * box.width, box.y + y * box.height] as const;
      await page.mouse.move(...at(0.01, 0.9));
      await page.mouse.down();
      await page.mouse.move(...at(0.5, 0.3), { steps: 12 });
      await page.mouse.move(...at(0.99, 0.05), { steps: 12 });
      await page.mouse.up();
      await drawn(page);
      // It rises to the end: the rate never drops.
      const rows = await rates(page);
      expect(new Set(rows.map(([rate]) => rate)).size).toBe(1);
      expect(await selectedLine(page).getAttribute("d")).not.toBe(never);
      expect(await printed(await copied(page, "TypeScript"))).toEqual(rows);
      await page.getByRole("button", { name: "Never improves" }).click();
      await drawn(page);
      // What lies after a first stroke has the value of its end.
      await page.mouse.move(...at(0.01, 0.9));
      await page.mouse.down();
      await page.mouse.move(...at(0.5, 0.3), { steps: 12 });
      await page.mouse.up();
      await drawn(page);
      const numbers = await page.getByLabel("Numbers, or the text of a summary.csv").inputValue();
      expect(Number(numbers.split(" ").at(-1))).toBeCloseTo(70, -1);
      await page.getByRole("button", { name: "Never improves" }).click();
      await drawn(page);
      expect(await selectedLine(page).getAttribute("d")).toBe(never);
    });
  });

  test("needs no pointer", async () => {
    await using({}, async (page) => {
      const focused = () =>
        page.evaluate(
          () => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.id ?? "",
        );
      const reached: string[] = [];
      for (let i = 0; i < 60 && reached.at(-1) !== "--decay-epochs"; i++) {
        await page.keyboard.press("Tab");
        reached.push(await focused());
      }
      expect(reached).toContain("Read the rates at an epoch");
      expect(reached).toContain("tsimm-sched");
      const before = await selectedLine(page).getAttribute("d");
      await page.keyboard.press("ArrowRight");
      await drawn(page);
      expect(await selectedLine(page).getAttribute("d")).not.toBe(before);
      const reader = page.getByRole("slider", { name: "Read the rates at an epoch" });
      await reader.focus();
      await page.keyboard.press("End");
      await expect.poll(() => reader.getAttribute("aria-valuetext")).toMatch(/epoch 299\b/);
      await page.keyboard.press("Home");
      await expect.poll(() => reader.getAttribute("aria-valuetext")).toMatch(/epoch 0\b/);
    });
  });
});

test.skipIf(site === null)(
  "a drag through a million updates draws each place, with little work",
  async () => {
    const million = "sched=cosine&sched-on-updates=true&updates-per-epoch=1000&epochs=1000";
    await using({ hash: million }, async (page) => {
      const box = await slider(page, "--lr").boundingBox();
      if (box === null) throw new Error("the slider is not shown");
      const client = await page.context().newCDPSession(page);
      await client.send("Performance.enable");
      const seconds = async () => {
        const { metrics } = await client.send("Performance.getMetrics");
        const parts = ["ScriptDuration", "LayoutDuration", "RecalcStyleDuration"];
        return metrics.reduce((sum, { name, value }) => sum + (parts.includes(name) ? value : 0), 0);
      };
      const move = (share: number) => page.mouse.move(box.x + share * box.width, box.y + box.height / 2);
      await move(0.5);
      await page.mouse.down();
      const before = await seconds();
      const drawings = new Set<string | null>();
      const places = 20;
      for (let i = 0; i < places; i++) {
        await move(0.3 + (0.4 * i) / places);
        await drawn(page);
        // The axis follows the rate, and with it its labels.
        drawings.add(await page.locator("svg .axis").first().textContent());
      }
      const work = ((await seconds()) - before) / places;
      await page.mouse.up();
      expect(drawings.size).toBeGreaterThan(places / 2);
      // bench/playground has frame times; here is room for a busy machine.
      expect(1000 * work).toBeLessThan(33);
    });
  },
);

const axe = await readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

/** What axe finds that is serious or worse, text below 11 px, and whether the page is wider than its window. */
async function faults(page: Page): Promise<unknown[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    const serious = violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join("\n")}`);
    const small: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (parent === null || node.textContent?.trim() === "" || parent.getClientRects().length === 0)
        continue;
      const size = Number.parseFloat(getComputedStyle(parent).fontSize);
      const scale = parent instanceof SVGGraphicsElement ? (parent.getScreenCTM()?.a ?? 1) : 1;
      if (size * scale < 10.99) small.push(`${size * scale} px: ${node.textContent?.trim()}`);
    }
    const { scrollWidth, clientWidth } = document.documentElement;
    const wide = scrollWidth > clientWidth ? [`${scrollWidth} px wide in ${clientWidth} px`] : [];
    return [...serious, ...small, ...wide];
  });
}

describe.skipIf(site === null).each([390, 768, 1440])("%i px wide", (width) => {
  test.each(["light", "dark"] as const)(
    "%s: axe finds nothing serious, all text can be read",
    async (theme) => {
      const hash = "sched=plateau&epochs=30&lr-noise=10,20&groups=0.1&vs=cosine&lr-cycle-limit=3";
      await using({ width, theme, hash }, async (page) => {
        await openSections(page);
        await drawn(page);
        expect(await faults(page)).toEqual([]);
      });
    },
  );
});

test.skipIf(site === null)("sliders and buttons of a phone are 40 px or more", async () => {
  await using({ width: 390 }, async (page) => {
    await openSections(page);
    const small = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>("input[type=range], .button, select, .field, summary")]
        .filter(
          (element) => element.getClientRects().length > 0 && element.getBoundingClientRect().height < 40,
        )
        .map((element) => `${element.outerHTML.slice(0, 120)}: ${element.getBoundingClientRect().height} px`),
    );
    expect(small).toEqual([]);
  });
});
