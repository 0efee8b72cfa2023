/** Renders SVG documents, on machines without fonts too. */
import { fileURLToPath } from "node:url";
import type sharp from "sharp";

const FONTS = ["inter-400.ttf", "inter-700.ttf"].map((name) =>
  fileURLToPath(new URL(`../../assets/fonts/${name}`, import.meta.url)),
);

/**
 * Renders an SVG document.
 *
 * @param svg - SVG text with a width and a height, set in the font Inter.
 * @param scale - Pixels per SVG unit, > 0; 2 is sharp on today's screens.
 * @returns The bytes of a PNG file.
 * @throws RangeError if the scale is not > 0.
 * @example
 * const svg = figureToSvg(learningRateFigure([{ label: "step", rates: [0.1, 0.1, 0.01] }]));
 * const png = await svgToPng(svg, 1);
 * png.toString("latin1", 1, 4); // => "PNG"
 */
export async function svgToPng(svg: string, scale = 2): Promise<Buffer> {
  if (!(scale > 0)) throw new RangeError(`svgToPng: scale must be a number > 0, got ${scale}`);
  const { default: render } = await import("sharp");
  registered ??= registerFonts(render);
  await registered;
  return render(Buffer.from(svg), { density: 72 * scale })
    .png({ palette: true })
    .toBuffer();
}

let registered: Promise<void> | null = null;

/** Rendering text from a font file makes fontconfig know the font for the rest of the process. */
async function registerFonts(render: typeof sharp): Promise<void> {
  for (const fontfile of FONTS) {
    await render({ text: { text: "x", font: "Inter", fontfile } })
      .raw()
      .toBuffer();
  }
}
