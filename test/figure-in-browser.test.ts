/** A browser draws the same figures as Node. */
import { fileURLToPath } from "node:url";
import { parseHTML } from "linkedom";
import { type Figure, figureToSvg, learningRateFigure } from "tsimm";
import { build } from "vite";
import { expect, test } from "vitest";
import { launchChromium } from "./chromium.fixture.ts";
import { required } from "./required.fixture.ts";

const entry = fileURLToPath(new URL("../packages/tsimm/dist/plot/draw-figure.js", import.meta.url));
const browser = await required("browser", launchChromium);

const figure = learningRateFigure([
  { label: "a < b", rates: [0.1, 0.1, 0.05, 0.05, 0.025] },
  { label: "gap", rates: [0.1, null, 0.02, 0.01, 0.01], dashed: true },
]);

test.skipIf(browser === null)("Chromium and linkedom draw a figure alike", async () => {
  // On coarser screens Plot moves everything by half a pixel, to draw sharp lines.
  const page = await browser?.newPage({ deviceScaleFactor: 2 });
  await page?.addScriptTag({ content: await bundle() });
  const drawn = await page?.evaluate((data) => {
    const { plot } = globalThis as unknown as {
      plot: { drawFigure(figure: Figure, document: Document): string };
    };
    return plot.drawFigure(data, document);
  }, figure);
  await browser?.close();
  expect(elements(drawn ?? "")).toEqual(elements(figureToSvg(figure)));
});

/** `draw-figure.js` and what it imports as a classic script that sets `plot`. */
async function bundle(): Promise<string> {
  const lib = { entry, formats: ["iife" as const], name: "plot" };
  const [built] = [
    await build({ logLevel: "silent", configFile: false, build: { write: false, lib } }),
  ].flat();
  if (built === undefined || !("output" in built)) throw new Error("nothing was bundled");
  return built.output[0].code;
}

/** Every element with its attributes, whose order has no meaning, and its text. */
function elements(svg: string): unknown[] {
  const { document } = parseHTML(`<html><body>${svg}</body></html>`);
  return [...document.querySelectorAll("svg, svg *")].map(
    ({ localName, attributes, children, textContent }) => ({
      name: localName,
      attributes: Object.fromEntries([...attributes].map(({ name, value }) => [name, value])),
      text: children.length === 0 ? textContent : null,
    }),
  );
}
