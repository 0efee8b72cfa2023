import sharp from "sharp";
import { expect, test } from "vitest";
import { svgToPng } from "./svg-to-png.ts";

const svg = (text: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20" font-family="Inter"><rect width="60" height="20" fill="#fff"/><text x="2" y="15">${text}</text></svg>`;

const pixels = (png: Buffer) => sharp(png).greyscale().raw().toBuffer();

test("the picture has the scale times the SVG's size", async () => {
  const { width, height, format } = await sharp(await svgToPng(svg("rate"), 3)).metadata();
  expect({ width, height, format }).toEqual({ width: 180, height: 60, format: "png" });
});

test("text leaves ink, another text other ink", async () => {
  const [rate, epoch, nothing] = await Promise.all(
    ["rate", "epoch", ""].map(async (text) => pixels(await svgToPng(svg(text)))),
  );
  expect(Math.min(...(rate ?? []))).toBeLessThan(64);
  expect(rate).not.toEqual(epoch);
  expect(new Set(nothing)).toEqual(new Set([255]));
});

test.each([0, -1, Number.NaN])("a scale of %d is refused", async (scale) => {
  await expect(svgToPng(svg(""), scale)).rejects.toThrow(
    new RangeError(`svgToPng: scale must be a number > 0, got ${scale}`),
  );
});
