/** Draws figures as SVG documents in any DOM: a browser's, or linkedom's in Node. */
import { printable } from "../text/printable.ts";
import type { Figure } from "./figure.ts";
import { type FigureOptions, figureElement } from "./plot-figure.ts";

/**
 * Draws a figure.
 *
 * @param figure - What to draw.
 * @param document - The DOM to draw with.
 * @param options - Size, theme, title; unknown options are an error.
 * @returns A self-contained SVG document, by default 800 pixels wide and light: no style sheet, no script,
 *   coordinates rounded to three digits. One panel makes it 400 high, every further panel adds less.
 * @throws RangeError if the figure has no panel, for a width or height out of range, or an unknown theme.
 * @example
 * import { parseHTML } from "linkedom";
 * const figure = learningRateFigure([{ label: "step", rates: [0.1, 0.1, 0.01] }]);
 * const { document } = parseHTML("<html></html>"); // a page has its own
 * drawFigure(figure, document) === figureToSvg(figure); // => true
 * drawFigure(figure, document, { width: 390, theme: "dark" }).includes('width="390"'); // => true
 */
export function drawFigure(figure: Figure, document: Document, options: FigureOptions = {}): string {
  const { element } = figureElement("drawFigure", figure, document, options);
  const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
  title.textContent = figure.title;
  element.prepend(title);
  roundNumbers(element);
  // XML has no other control characters than line breaks and tabs.
  return `${element.outerHTML.replace(/[^\n\t]+/g, (text) => printable(text))}\n`;
}

function roundNumbers(svg: Element): void {
  for (const element of svg.querySelectorAll("*")) {
    for (const { name, value } of [...element.attributes]) {
      const rounded = value.replace(/-?\d+\.\d{4,}/g, (number) => String(Number(Number(number).toFixed(3))));
      if (rounded !== value) element.setAttribute(name, rounded);
    }
  }
}
