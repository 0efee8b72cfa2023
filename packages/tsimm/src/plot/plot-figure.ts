/** Draws figures as live SVG elements in any DOM: a browser's, or linkedom's in Node. */
import { checkOptionNames } from "../option-names.ts";
import type { Figure } from "./figure.ts";
import { FONT_SIZE, layOut } from "./figure-layout.ts";
import { FIGURE_THEMES, type FigureTheme, type FigureThemeName } from "./figure-theme.ts";
import { type PanelScale, plotPanel, xScaleOf } from "./plot-panel.ts";

/** Options of `drawFigure` and {@link plotFigure}. */
export interface FigureOptions {
  /** Pixels, >= 240; below 560 margins are smaller, and below some 300 labels stand above the lines. Absent: 800. */
  readonly width?: number;
  /** Pixels, at least what titles and axes need; absent: 400 with one panel, every further one adds less. */
  readonly height?: number;
  /** Absent: `light`. `page` takes its colours from CSS variables, see {@link FIGURE_THEMES}. */
  readonly theme?: FigureThemeName | FigureTheme;
  /** false: the title is the accessible name only, e.g. as the page has a heading. Absent: true. */
  readonly titled?: boolean;
}

/** A figure in a page, with what it takes to find values under a pointer. */
export interface PlottedFigure {
  readonly element: SVGSVGElement;
  readonly width: number;
  readonly height: number;
  readonly x: FigureScale;
  /** From top to bottom. */
  readonly panels: readonly FigurePanel[];
}

/** An axis: values and pixels in the element's coordinates, from its top left corner. */
export interface FigureScale {
  /** Values at the edges, from left to right or from bottom to top. */
  readonly domain: readonly [number, number];
  /** The pixel of a value. */
  apply(value: number): number;
  /** The value of a pixel. */
  invert(pixel: number): number;
}

/** A panel's place in the element. */
export interface FigurePanel {
  readonly y: FigureScale;
  /** Edges between the axes. */
  readonly frame: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  };
  /** Colour of each line. */
  readonly colors: readonly string[];
}

const SVG = "http://www.w3.org/2000/svg";
const LEAST_WIDTH = 240;

/**
 * Draws a figure as an element that stays in the page; cheap enough for every frame of an animation.
 *
 * @param figure - What to draw.
 * @param document - The DOM to draw with.
 * @param options - Size, theme, title.
 * @returns The element, `role="img"` with the title as its name, and its scales.
 * @throws RangeError if the figure has no panel, for a width or height out of range, or an unknown theme.
 * @example
 * import { parseHTML } from "linkedom";
 * const figure = learningRateFigure([{ label: "step", rates: [0.1, 0.1, 0.01] }]);
 * const { document } = parseHTML("<html></html>"); // a page has its own
 * const { x, panels } = plotFigure(figure, document, { width: 390, theme: "page" });
 * x.domain; // => [0, 3]
 * panels[0].y.domain; // => [0, 0.1]
 */
export function plotFigure(figure: Figure, document: Document, options: FigureOptions = {}): PlottedFigure {
  const plotted = figureElement("plotFigure", figure, document, options);
  plotted.element.setAttribute("role", "img");
  plotted.element.setAttribute("aria-label", figure.title);
  return plotted;
}

/** The element without a name. */
export function figureElement(
  where: string,
  figure: Figure,
  document: Document,
  options: FigureOptions,
): PlottedFigure {
  checkOptionNames(where, options, { width: true, height: true, theme: true, titled: true });
  const { width = 800, height = null, theme: wanted = "light", titled = true } = options;
  if (!(figure.panels.length > 0)) {
    throw new RangeError(`${where}: figure.panels must hold at least one panel, got none`);
  }
  if (!(width >= LEAST_WIDTH && width < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`${where}: width must be a number >= ${LEAST_WIDTH}, got ${width}`);
  }
  if (height !== null && !(height > 0 && height < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`${where}: height must be a number > 0, got ${height}`);
  }
  const layout = layOut(figure, { width, height, titled });
  const theme = themeOf(where, wanted);
  const svg = document.createElementNS(SVG, "svg");
  setAttributes(svg, {
    xmlns: SVG,
    width,
    height: layout.height,
    viewBox: `0 0 ${width} ${layout.height}`,
    fill: theme.ink,
    "font-family": "Inter, system-ui, sans-serif",
    "font-size": FONT_SIZE,
  });
  const append = (name: string, attributes: Record<string, string | number>) => {
    const element = document.createElementNS(SVG, name);
    setAttributes(element, attributes);
    svg.append(element);
    return element;
  };
  append("rect", { width, height: layout.height, fill: theme.paper });
  for (const { text, y } of layout.titleLines) {
    append("text", { x: 16, y, "font-size": 17, "font-weight": 700 }).textContent = text;
  }
  const x = xScaleOf(figure, layout);
  const panels = layout.panels.map((place) => {
    const { panel, offset, legend, yTicks } = place;
    const colors = panel.series.map(
      ({ color }, i) => color ?? theme.palette[i % theme.palette.length] ?? theme.ink,
    );
    const { element, y } = plotPanel(place, { figure, document, theme, layout, x, colors });
    element.querySelector("style")?.remove();
    append("g", { transform: `translate(0,${offset})`, "text-anchor": "middle" }).append(
      ...element.childNodes,
    );
    for (const label of legend ?? []) {
      const look = { fill: colors[label.series] ?? theme.ink, "font-weight": 700 };
      append("text", { x: label.x, y: offset + label.y, ...look }).textContent = label.text;
    }
    const { left, right } = layout;
    const frame = { left, right, top: offset + place.top, bottom: offset + place.bottom };
    return { y: lowered(y, offset, [yTicks[0] ?? 0, yTicks.at(-1) ?? 1]), frame, colors };
  });
  return { element: svg, width, height: layout.height, x: { ...x, domain: layout.xDomain }, panels };
}

function themeOf(where: string, theme: FigureThemeName | FigureTheme): FigureTheme {
  if (typeof theme !== "string") return theme;
  if (Object.hasOwn(FIGURE_THEMES, theme)) return FIGURE_THEMES[theme];
  throw new RangeError(
    `${where}: theme must be one of ${Object.keys(FIGURE_THEMES).join(", ")}, or colours, got ${JSON.stringify(theme)}`,
  );
}

/** The scale of a panel that lies so many pixels below the top. */
function lowered(
  { apply, invert }: PanelScale,
  offset: number,
  domain: readonly [number, number],
): FigureScale {
  return { domain, apply: (value) => apply(value) + offset, invert: (pixel) => invert(pixel - offset) };
}

function setAttributes(element: Element, attributes: Record<string, string | number>): void {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}
