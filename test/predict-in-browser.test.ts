/** A file that training wrote, in a real browser: the answers that Node gives. */
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import * as tsimm from "tsimm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BundleServer, serveBundle } from "./bundle-server.fixture.ts";
import { launchChromium, processPerPage } from "./chromium.fixture.ts";
import { exported } from "./classifying.fixture.ts";
import { colourFolder, tsimm as command } from "./command-line.fixture.ts";
import { pageFailures } from "./page-failures.fixture.ts";
import { required } from "./required.fixture.ts";

type Classifying = typeof import("./classifying.fixture.ts");

const entry = fileURLToPath(new URL("classifying.fixture.ts", import.meta.url));
const browser = await required("browser", () => launchChromium(processPerPage));

describe.skipIf(browser === null)("in Chromium", () => {
  let root = "";
  let server: BundleServer;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "tsimm-page-"));
    await colourFolder(join(root, "photos"), { train: 8, val: 2 });
    const model = ["--model", "test_resnet", "--img-size", "32", "-b", "8", "-j", "1", "--epochs", "2"];
    const ended = await command(["train", "photos", ...model, "--output", ".", "--experiment", "run"], {
      cwd: root,
    });
    expect(ended.code).toBe(0);
    server = await serveBundle(entry);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await rm(root, { recursive: true });
  });

  test("a model.onnx says of pixels what it says in Node of the image file", async () => {
    if (browser === null) return;
    const file = await readFile(join(root, "run", "model.onnx"));
    const image = await readFile(join(root, "photos", "val", "green", "0.png"));
    const classifier = await tsimm.loadClassifier(file, await tsimm.createEngine("native"));
    const there = await classifier.classify(image, 4);
    await classifier.close();

    const page = await browser.newPage();
    const failures = pageFailures(page);
    await page.goto(server.origin);
    const module = await page.evaluateHandle<Classifying>(`import("${server.module}")`);
    const { data, info } = await sharp(image).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    const here = await module.evaluate(
      async (loaded, { onnx, rgba, width, height }) => {
        const bytes = (text: string) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
        const pixels = new ImageData(Uint8ClampedArray.from(bytes(rgba)), width, height);
        return await loaded.probabilities(await loaded.wasmEngine(), bytes(onnx), pixels);
      },
      {
        ...{ onnx: file.toString("base64"), rgba: data.toString("base64") },
        ...{ width: info.width, height: info.height },
      },
    );
    expect(Object.keys(here)).toEqual(there.map(({ label }) => label));
    for (const { label, prob } of there) {
      expect(Math.abs((here[label] ?? Number.NaN) - prob)).toBeLessThan(1e-4);
    }
    expect(failures).toEqual([]);
    await page.close();
  });

  test("a model is exported with the bytes that Node writes", async () => {
    if (browser === null) return;
    const page = await browser.newPage();
    await page.goto(server.origin);
    const module = await page.evaluateHandle<Classifying>(`import("${server.module}")`);
    const digest = await module.evaluate(async (loaded) => {
      const bytes = Uint8Array.from(loaded.exported());
      return Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
    });
    expect(Buffer.from(digest).toString("hex")).toBe(createHash("sha256").update(exported()).digest("hex"));
    await page.close();
  });
});
