/** `report.html` of a run: one page that needs nothing else, whatever the names in it are. */
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { fashionMnistMini, openDataset, train } from "tsimm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "./chromium.fixture.ts";
import { colourFolder, tsimm } from "./command-line.fixture.ts";
import { labelledTables } from "./labelled-tables.fixture.ts";

const HOSTILE = "<script>alert(1)<";
const MODEL = {
  model: "test_resnet",
  imgSize: 32,
  batchSize: 6,
  workers: 0,
  threads: 1,
  engine: "native",
} as const;

let root = "";
const page = (run: string) => readFile(join(root, run, "report.html"), "utf8");

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-report-"));
  await colourFolder(join(root, "photos"), { train: 4, val: 3 });
  for (const split of ["train", "val"]) {
    await rename(join(root, "photos", split, "white"), join(root, "photos", split, HOSTILE));
    const image = join(root, "photos", split, HOSTILE, "0.png");
    await rename(image, join(root, "photos", split, HOSTILE, `" onerror="alert(2).png`));
  }
  await train({
    ...MODEL,
    dataDir: join(root, "photos"),
    epochs: 2,
    lr: 0.001,
    output: root,
    experiment: "<i>run",
  });
}, 60_000);
afterAll(() => rm(root, { recursive: true }));

describe("of a classifier", () => {
  test("holds curves, schedule, confusion matrix, mistakes with thumbnails, settings, files", async () => {
    const html = await page("<i>run");
    const titles = [...html.matchAll(/<h2>([^<]*)<\/h2>/g)].map(([, title]) => title);
    expect(titles).toEqual([
      ...["Training", "Confusion matrix", "Accuracy of each class", "Most confident mistakes", "Schedule"],
      ...["Configuration", "Environment", "Files", "How to go on"],
    ]);
    const mistakes = html.match(/<img src="data:image\/webp;base64,[\w+/=]+" alt="[^"<>]*"/g) ?? [];
    const [, right = ""] = /<b>top-1 ([\d.]+) %<\/b> of 12 validation images/.exec(html) ?? [];
    // Epochs count from 0, as in summary.csv.
    const rows = [...html.matchAll(/<tr><td class="number">(\d+)(?: \(best\))?<\/td>/g)].map(
      ([, epoch]) => epoch,
    );
    expect(rows).toEqual(["0", "1"]);
    expect(mistakes).toHaveLength(Math.round(12 * (1 - Number(right) / 100)));
    for (const text of ["--lr</code>", "engine-native", 'href="model.onnx"', "npx tsimm predict photo.jpg"]) {
      expect(html).toContain(text);
    }
  });

  test("needs nothing else, and shows names as text", async () => {
    const html = await page("<i>run");
    expect(html).toContain("&lt;script&gt;alert(1)&lt;");
    expect(html).toContain("<h1>test_resnet on photos</h1>");
    expect(html).not.toMatch(/<script|<i>run|<link|@import|url\(|\ssrc="(?!data:)/);
    const addresses = html.replace(/data:[^"]*/g, "").match(/(?:https?:)?\/\/[\w.-]+/g) ?? [];
    expect([...new Set(addresses)]).toEqual(["http://www.w3.org", "https://github.com"]);
    expect(html.length).toBeLessThan(200_000);
  });

  test("in a browser: no script, no request, as wide as a phone and as a screen", async () => {
    const browser = await launchChromium();
    try {
      const shown = await browser.newPage({ colorScheme: "dark" });
      const seen: string[] = [];
      shown.on("dialog", (dialog) => {
        seen.push(dialog.message());
        return dialog.dismiss();
      });
      shown.on("console", (message) => seen.push(message.text()));
      shown.on("request", (request) => seen.push(request.url().slice(0, 30)));
      const address = pathToFileURL(join(root, "<i>run", "report.html")).href;
      for (const width of [390, 1440]) {
        await shown.setViewportSize({ width, height: 900 });
        await shown.goto(address);
        const wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
        expect(await shown.evaluate(wider)).toBe(0);
      }
      expect(seen.filter((one) => !one.startsWith("data:image/webp") && !address.startsWith(one))).toEqual(
        [],
      );
      expect(await shown.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(14, 17, 22)");
      const pictures = "[...document.images].every((image) => image.complete && image.naturalWidth > 0)";
      await shown.evaluate("document.querySelectorAll('img').forEach((image) => (image.loading = 'eager'))");
      await shown.waitForFunction(pictures);
    } finally {
      await browser.close();
    }
  });

  test("tsimm report writes the same bytes again, and so does the end of a run that is resumed", async () => {
    const [html, path] = [await page("<i>run"), join(root, "<i>run", "report.html")];
    await rm(path);
    expect(await tsimm(["report", "<i>run", "-j", "0"], { cwd: root })).toMatchObject({
      code: 0,
      stdout: "",
    });
    expect((await page("<i>run")) === html).toBe(true);
    await writeFile(path, "");
    // The decoding threads of sources need a build.
    await train({ resume: join(root, "<i>run"), workers: 0 });
    expect((await page("<i>run")) === html).toBe(true);
  });

  test("tsimm report of what is no run says so; without its images it leaves out what needs them", async () => {
    const refused = await tsimm(["report", "photos"], { cwd: root });
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining("tsimm: report: <run> must be the folder of a run"),
    ]);
    const moved = await tsimm(["report", "<i>run", "--data-dir", "nowhere", "-o", "less.html"], {
      cwd: root,
    });
    expect([moved.code, moved.stderr]).toEqual([
      0,
      expect.stringContaining("WARNING: the report has no confusion matrix and no mistakes"),
    ]);
    const html = await readFile(join(root, "less.html"), "utf8");
    expect(html).toContain("<h2>Accuracy of each class</h2>");
    expect(html).not.toContain("<h2>Confusion matrix</h2>");
  });
});

test.each([
  ["labels", "multi-label", ["Average precision of each label", "Worst answers"]],
  ["numbers", "regression", ["MAE of each output", "Largest errors"]],
] as const)("of %s", async (table, task, sections) => {
  await mkdir(join(root, table), { recursive: true });
  await labelledTables(join(root, table));
  const dataDir = join(root, table, `${table}.csv`);
  await train({ ...MODEL, task, dataDir, epochs: 1, output: join(root, table), experiment: "run" });
  const html = await page(`${table}/run`);
  for (const title of sections) expect(html).toContain(`<h2>${title}</h2>`);
  expect(html.match(/<img /g)?.length).toBeGreaterThan(3);
});

test("a run without validation has one too; --no-report has none; a report that cannot be written fails no run", async () => {
  const dataDir = join(root, "photos");
  await train({ ...MODEL, dataDir, valSplit: "", epochs: 1, output: root, experiment: "blind" });
  expect(await page("blind")).toContain("trained for 1 epochs without validation");
  const { files } = await train({
    ...MODEL,
    dataDir,
    report: false,
    epochs: 1,
    output: root,
    experiment: "none",
  });
  expect(files).not.toContain("report.html");
  await rm(join(root, "blind", "report.html"));
  await mkdir(join(root, "blind", "report.html"));
  const warnings: string[] = [];
  const warned = {
    name: "warnings",
    on: (event: { type: string; text?: string }) =>
      void (event.type === "warning" && warnings.push(event.text ?? "")),
  };
  await train({ resume: join(root, "blind") }, { listeners: [warned] });
  expect(warnings.at(-1)).toMatch(/^report\.html could not be written: /);
});

test("images of a caller's that have no files have thumbnails", async () => {
  const [training, validation] = await Promise.all(
    ["train", "validation"].map((split) => openDataset({ dataDir: fashionMnistMini, split })),
  );
  if (training === undefined || validation === undefined) throw new Error("no images");
  const few = (dataset: typeof training, count: number) => ({
    ...dataset,
    samples: dataset.samples.slice(0, count),
  });
  const { source: _, ...held } = few(validation, 30);
  const dataset = { training: few(training, 60), validation: held };
  await train({ ...MODEL, epochs: 1, output: root, experiment: "own" }, { dataset });
  expect((await page("own")).match(/<img /g)?.length).toBeGreaterThan(5);
});
