/** The page that trains, in a real browser: runs, changes between epochs, images of one's own, and what it downloads. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import sharp from "sharp";
import {
  arrayLoader,
  classification,
  createEngine,
  createModel,
  decodeSafetensors,
  evaluate,
  loadClassifier,
  loadState,
} from "tsimm";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium, processPerPage } from "./chromium.fixture.ts";
import { pageFailures } from "./page-failures.fixture.ts";
import { required } from "./required.fixture.ts";
import { type StaticServer, serveFolder } from "./static-server.fixture.ts";

const root = fileURLToPath(new URL("../apps/playground/", import.meta.url));
const axe = await readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
const camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
const browser = await required("browser", () => launchChromium([...processPerPage, ...camera]));

let folder: string;
let server: StaticServer;
let address: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tsimm-train-page-"));
  const build_ = { outDir: folder, emptyOutDir: true, reportCompressedSize: false };
  await build({ root, configFile: join(root, "vite.config.ts"), logLevel: "error", build: build_ });
  server = await serveFolder(folder, ["/any/path/"]);
  address = `${server.origin}/any/path/train.html`;
}, 120_000);
afterAll(async () => {
  await browser?.close();
  server.close();
  await rm(folder, { recursive: true });
}, 60_000);

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

/** A number of the row, in full. */
async function numberOf(page: Page, id: string): Promise<number> {
  const text = await page.locator(`[data-number="${id}"]`).getAttribute("title");
  return Number(text ?? Number.NaN);
}

async function waitForEpoch(page: Page, least: number): Promise<void> {
  await page.waitForFunction(
    (epochs) => Number(document.querySelector('[data-number="epoch"]')?.getAttribute("title")) >= epochs,
    least,
  );
}

async function set(page: Page, label: string, value: string): Promise<void> {
  const field = page.getByLabel(label, { exact: true });
  if (label === "Optimizer" || label === "Schedule") await field.selectOption(value);
  else await field.fill(value);
  await field.blur();
}

async function download(page: Page, name: string): Promise<Uint8Array> {
  const [file] = await Promise.all([page.waitForEvent("download"), button(page, name).click()]);
  return new Uint8Array(await readFile(await file.path()));
}

/** Serious faults that axe finds. */
async function faults(page: Page): Promise<unknown[]> {
  await page.evaluate(axe);
  const found: unknown = await page.evaluate(
    `axe.run().then(({ violations }) => violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]))`,
  );
  return Array.isArray(found) ? found : [found];
}

/** Size of the smallest text that is seen, in pixels. */
function smallestText(page: Page): Promise<number> {
  return page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let least = Number.POSITIVE_INFINITY;
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (parent === null || node.nodeValue?.trim() === "" || parent.getClientRects().length === 0) continue;
      if (["SCRIPT", "STYLE", "OPTION", "NOSCRIPT", "TITLE"].includes(parent.tagName.toUpperCase())) continue;
      least = Math.min(least, Number.parseFloat(getComputedStyle(parent).fontSize));
    }
    return least;
  });
}

test.skipIf(browser === null)(
  "trains on the built-in images, takes changes at the next epoch, and what it downloads opens",
  { timeout: 240_000 },
  async () => {
    if (browser === null) return;
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(120_000);
    const failures = pageFailures(page);
    await page.goto(`${address}?engine=wasm`);
    await set(page, "Warm-up epochs", "0");
    await set(page, "Epochs", "3");
    await set(page, "Base rate", "0.003");
    await button(page, "Start training").click();
    await page.waitForFunction(() => document.querySelector('[data-number="rate"]')?.getAttribute("title"));
    expect(await page.locator("[data-engine]").textContent()).toMatch(
      /^WebAssembly 1 thread · more threads need a cross-origin isolated page · test_resnet, 373,370 parameters$/,
    );
    expect(await numberOf(page, "rate")).toBe(0.003);

    // Changed in epoch 0, in force in epoch 1.
    await set(page, "Optimizer", "nadamw");
    await set(page, "Base rate", "0.002");
    expect(await page.locator(".pending").textContent()).toContain(
      "Epoch 1 begins with nadamw, lr 0.002. The weights stay.",
    );
    expect(await numberOf(page, "rate")).toBe(0.003);
    await waitForEpoch(page, 1.02);
    expect(await numberOf(page, "rate")).toBeCloseTo(0.0015005, 15); // timm's cosine of 0.002 over 3 epochs, epoch 1
    expect(await page.locator(".live-figure").textContent()).toContain("nadamw, lr 0.002");
    expect(await page.locator(".runs").textContent()).toContain(
      "from epoch 1: nadamw, lr 0.002 (the optimizer begins anew)",
    );

    // Stopped in epoch 1, and gone on with.
    await button(page, "Stop").click();
    await button(page, "Go on").waitFor();
    const stopped = await numberOf(page, "epoch");
    await page.waitForTimeout(500);
    expect(await numberOf(page, "epoch")).toBe(stopped);
    expect(stopped).toBeLessThan(2);
    await set(page, "Schedule", "step");
    await set(page, "Decay epochs", "2");
    await button(page, "Go on").click();
    await waitForEpoch(page, 2.02);
    expect(await numberOf(page, "rate")).toBeCloseTo(0.0004, 15); // timm's step of 0.002, decay 0.2 at epoch 2
    expect(await page.locator(".runs").textContent()).toContain("from epoch 2: step, decay epochs 2");
    await page.getByText("The run is finished").last().waitFor();
    const accuracy = await numberOf(page, "accuracy");
    expect(accuracy).toBeGreaterThan(60); // chance: 10
    expect(await page.locator(".samples .right").count()).toBeGreaterThan(8);
    expect(await page.locator(".classes tbody tr").count()).toBe(10);

    // Both files give the accuracy of the page.
    const { images, labels } = await validationImages();
    const onnx = await download(page, "ONNX");
    const classifier = await loadClassifier(onnx, await createEngine());
    expect(classifier.classNames.slice(0, 3)).toEqual(["bag", "boot", "coat"]);
    expect(classifier.dataConfig).toMatchObject({
      inputSize: [1, 28, 28],
      mean: [0.5],
      std: [0.5],
      cropPct: 1,
    });
    let right = 0;
    for (const [i, label] of labels.entries()) {
      const data = images.subarray(i * 784, (i + 1) * 784);
      const [answer] = await classifier.classify({ width: 28, height: 28, channels: 1, data }, 1);
      right += Number(answer?.label === classifier.classNames[label]);
    }
    await classifier.close();
    expect((100 * right) / labels.length).toBeCloseTo(accuracy, 0);
    const { tensors } = decodeSafetensors(await download(page, "safetensors"));
    const model = createModel("test_resnet", { numClasses: 10, inChans: 1 });
    loadState(model, tensors);
    const loader = arrayLoader({ images, labels, inputSize: [1, 28, 28], batchSize: 100 });
    const task = classification.create({ outputNames: classifier.classNames });
    const normalization = { mean: [0.5], std: [0.5] };
    const { metrics } = await evaluate(model, loader, task, {
      engine: await createEngine(),
      ...normalization,
    });
    expect(metrics["top1"]).toBeCloseTo(accuracy, 0);

    // A second run beside the first.
    await button(page, "Reset").click();
    await button(page, "Start training").click();
    await waitForEpoch(page, 0.05);
    expect(await page.locator(".runs > li").count()).toBe(2);
    await button(page, "Reset").click();
    await page.getByRole("button", { name: "Remove run 1" }).click();
    expect(await page.locator(".runs > li").count()).toBe(1);
    expect(await faults(page)).toEqual([]);
    expect(failures).toEqual([]);
    await page.close();
  },
);

test.skipIf(browser === null)(
  "trains on files and the camera, on a phone",
  { timeout: 240_000 },
  async () => {
    if (browser === null) return;
    const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, colorScheme: "dark" } as const;
    const page = await browser.newPage(phone);
    page.setDefaultTimeout(120_000);
    const failures = pageFailures(page);
    await page.goto(address);
    await page.getByText("Your own").click();
    expect(await page.locator(".state").textContent()).toContain(
      "There must be images to learn from, got none",
    );
    await page.getByLabel("Name of the class").first().fill("dark");
    await page.getByLabel("Name of the class").last().fill("light");
    const files = await Promise.all(
      [0, 1].map((label) => Promise.all(Array.from({ length: 10 }, (_, i) => pngFile(label, i)))),
    );
    await page
      .getByLabel("Add images")
      .first()
      .setInputFiles([
        ...(files[0] ?? []),
        { name: "broken.png", mimeType: "image/png", buffer: Buffer.from("no image") },
      ]);
    await page.getByText("Left out, the browser cannot decode it as an image: broken.png").waitFor();
    expect(await page.locator(".state").textContent()).toContain(
      "at least two classes with images, got one: dark",
    );
    expect(await button(page, "Start training").isDisabled()).toBe(true);
    await page
      .getByLabel("Add images")
      .last()
      .setInputFiles(files[1] ?? []);
    await page.getByText("16 images to learn from, 4 to validate.").waitFor();
    await button(page, "Add a class").click();
    await page.getByLabel("Name of the class").last().fill("camera");
    await denyCameraOnce(page);
    await button(page, "Use camera").last().click();
    await page.getByText("The camera was not allowed: allow it in the address bar").waitFor();
    await button(page, "Close camera").click();
    await button(page, "Use camera").last().click();
    await button(page, "Take 10").click();
    await page.getByText("24 images to learn from, 6 to validate.").waitFor();
    await button(page, "Close camera").click();
    expect(await page.evaluate("camera.getTracks().map(({ readyState }) => readyState)")).toEqual(["ended"]);
    await set(page, "Epochs", "2");
    await button(page, "Start training").click();
    await page.getByText("The run is finished").last().waitFor();

    const tops = await page
      .locator(".numbers > div")
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top));
    expect([tops.length, new Set(tops).size]).toEqual([5, 1]);
    expect(await smallestText(page)).toBeGreaterThanOrEqual(11);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    expect(await faults(page)).toEqual([]);
    expect(failures).toEqual([]);
    await page.close();
  },
);

/** The next camera is refused; the one after that is the global `camera`. */
async function denyCameraOnce(page: Page): Promise<void> {
  await page.evaluate(`{
    const devices = navigator.mediaDevices;
    const open = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async () => {
      devices.getUserMedia = async (wishes) => (globalThis.camera = await open(wishes));
      throw new DOMException("", "NotAllowedError");
    };
  }`);
}

/** The built-in images of validation: uint8 [500, 28, 28] and class ids. */
async function validationImages(): Promise<{ readonly images: Uint8Array; readonly labels: number[] }> {
  const { fashionMnistMini, openDataset } = await import("tsimm");
  const { classNames } = await openDataset({ dataDir: fashionMnistMini, split: "train" });
  const dataset = await openDataset({ dataDir: fashionMnistMini, split: "validation", classNames });
  const images = await Promise.all(
    dataset.samples.map(async (_, index) => {
      const file = await dataset.read(index);
      return file instanceof Uint8Array ? sharp(file).toColourspace("b-w").raw().toBuffer() : file.data;
    }),
  );
  return {
    images: new Uint8Array(Buffer.concat(images)),
    labels: dataset.samples.map(({ label }) => Number(label)),
  };
}

/** An image file, dark or light, each a little different. */
async function pngFile(label: number, index: number) {
  const level = 30 + 160 * label + 4 * index;
  const background = { r: level, g: level, b: level };
  const image = sharp({ create: { width: 40 + index, height: 50, channels: 3, background } });
  return { name: `${index}.png`, mimeType: "image/png", buffer: await image.png().toBuffer() };
}
