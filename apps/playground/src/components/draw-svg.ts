/** The figure of the playground as a file; loaded when one is wanted. */
import { drawFigure, learningRateFigure } from "tsimm/plot";
import { calculateCurve } from "../schedule/calculate-curve.ts";
import { curveLabels } from "../schedule/curve-labels.ts";
import { perUpdateCurve } from "../schedule/per-update-curve.ts";
import type { PlaygroundState } from "../schedule/settings.ts";

/** Rates of a curve that are all drawn. */
const MOST = 100_000;

/**
 * The figure that `tsimm schedule -o lr.svg` draws of the same schedules.
 *
 * @param document - The DOM to draw with.
 */
export function drawSvg({ curves, updatesPerEpoch, logScale }: PlaygroundState, document: Document): string {
  const labels = curveLabels(curves);
  const calculated = curves.flatMap((settings, i) => {
    const { curve } = calculateCurve(settings, { updatesPerEpoch });
    if (curve === null) return [];
    const every = curve.length <= MOST && curve.times.length < curve.length;
    const exact = every ? calculateCurve(settings, { updatesPerEpoch, every }).curve : null;
    return [{ label: labels[i] ?? "", scales: settings.groups, curve: exact ?? curve }];
  });
  const unit = calculated.some(({ curve }) => curve.unit === "update") ? "update" : "epoch";
  const series = calculated.flatMap(({ label, scales, curve }) => {
    const { times, length, rates } = unit === "update" ? perUpdateCurve(curve, updatesPerEpoch) : curve;
    return rates.map((ofGroup, group) => ({
      ...{ times, length, rates: [...ofGroup] },
      label: lineLabel(calculated.length > 1 ? label : "", scales[group - 1]?.lrScale),
    }));
  });
  const [only, ...others] = calculated;
  const title = only && others.length === 0 ? `Learning rate: ${only.label}` : "Learning rate";
  const figure = learningRateFigure(series, { unit, title, yScale: logScale ? "log" : "linear" });
  return drawFigure(figure, document);
}

function lineLabel(label: string, lrScale: number | undefined): string {
  return lrScale === undefined ? label : `${label} x ${lrScale}`.trim();
}

/**
 * An SVG document as a PNG, two pixels for each of its own.
 *
 * @throws Error if the browser cannot draw it.
 */
export async function svgToPngBlob(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [2 * image.naturalWidth, 2 * image.naturalHeight];
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error("the browser cannot draw the figure as PNG; download it as SVG"));
      else resolve(blob);
    }, "image/png");
  });
}
