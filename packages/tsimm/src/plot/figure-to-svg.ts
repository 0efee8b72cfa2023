/** Draws figures in Node. */
import { parseHTML } from "linkedom";
import { drawFigure } from "./draw-figure.ts";
import type { Figure } from "./figure.ts";

/**
 * Draws a figure as a self-contained SVG document.
 *
 * @param figure - What to draw.
 * @returns SVG text, 800 pixels wide; the same figure gives the same text.
 * @throws RangeError if the figure has no panel.
 * @example
 * const svg = figureToSvg({
 *   title: "Two points",
 *   xLabel: "epoch",
 *   panels: [{ yLabel: "loss", series: [{ label: "train", points: [[0, 2.3], [1, 1.7]] }] }],
 * });
 * svg.includes("Two points"); // => true
 */
export function figureToSvg(figure: Figure): string {
  return drawFigure(figure, parseHTML("<html></html>").document);
}
