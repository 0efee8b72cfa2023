/** Draws figures as SVG in any DOM: a browser's, or linkedom's in Node. */
import * as Plot from "@observablehq/plot";
import { printable } from "../text/printable.ts";
import type { Figure, Panel, Series } from "./figure.ts";
import { PALETTE } from "./palette.ts";
import { spread } from "./spread.ts";
import { tickLabel } from "./tick-label.ts";

const WIDTH = 800;
const TITLE_HEIGHT = 41;
const PANEL_MARGIN = { top: 33, bottom: 14, left: 70 };
const X_AXIS_HEIGHT = 36;
const FONT_SIZE = 13;
const Y_TICKS = 5;
const LABEL_GAP = 16;
const INK = "#1f2937";
const GRID = "#e5e7eb";

/**
 * Draws a figure.
 *
 * @param figure - What to draw.
 * @param document - The DOM to draw with.
 * @returns A self-contained SVG document, 800 pixels wide: no style sheet, no script, coordinates rounded
 *   to three digits. One panel makes it 400 high, every further panel adds less.
 * @throws RangeError if the figure has no panel.
 * @example
 * import { parseHTML } from "linkedom";
 * const figure = learningRateFigure([{ label: "step", rates: [0.1, 0.1, 0.01] }]);
 * const { document } = parseHTML("<html></html>"); // a page has its own
 * drawFigure(figure, document) === figureToSvg(figure); // => true
 */
export function drawFigure(figure: Figure, document: Document): string {
  const { title, panels } = figure;
  if (!(panels.length > 0))
    throw new RangeError("drawFigure: figure.panels must hold at least one panel, got none");
  const plotHeight = panels.length === 1 ? 276 : 150;
  const panelHeight = PANEL_MARGIN.top + plotHeight + PANEL_MARGIN.bottom;
  const height = TITLE_HEIGHT + panels.length * panelHeight + X_AXIS_HEIGHT;

  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  setAttributes(svg, {
    xmlns: "http://www.w3.org/2000/svg",
    width: WIDTH,
    height,
    viewBox: `0 0 ${WIDTH} ${height}`,
    fill: INK,
    "font-family": "Inter, system-ui, sans-serif",
    "font-size": FONT_SIZE,
  });
  const append = (name: string, attributes: Record<string, string | number>) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    setAttributes(element, attributes);
    svg.append(element);
    return element;
  };
  append("title", {}).textContent = title;
  append("rect", { width: WIDTH, height, fill: "#ffffff" });
  append("text", { x: 16, y: 29, "font-size": 17, "font-weight": 700 }).textContent = title;

  const frame = { xDomain: extent(panels.flatMap(finitePoints).map(([x]) => x)), right: labelWidth(panels) };
  panels.forEach((panel, i) => {
    const last = i === panels.length - 1;
    const drawn = drawPanel(panel, figure, document, { ...frame, plotHeight, withXAxis: last });
    drawn.querySelector("style")?.remove();
    const group = append("g", {
      transform: `translate(0,${TITLE_HEIGHT + i * panelHeight})`,
      "text-anchor": "middle",
    });
    group.append(...drawn.childNodes);
  });
  roundNumbers(svg);
  // XML has no other control characters than line breaks and tabs.
  return `${svg.outerHTML.replace(/[^\n\t]+/g, (text) => printable(text))}\n`;
}

interface Frame {
  readonly xDomain: readonly [number, number];
  readonly right: number;
  readonly plotHeight: number;
  readonly withXAxis: boolean;
}

function drawPanel(panel: Panel, figure: Figure, document: Document, frame: Frame): Element {
  const log = panel.yScale === "log";
  const values = finitePoints(panel).map(([, y]) => y);
  if (panel.fromZero && !log) values.push(0);
  const yDomain = extent(values);
  const largest = Math.max(...yDomain.map(Math.abs));
  const bottom = PANEL_MARGIN.top + frame.plotHeight;
  const scales = {
    x: { type: "linear", domain: frame.xDomain, axis: null },
    y: { type: log ? "log" : "linear", domain: yDomain, nice: Y_TICKS, axis: null },
  } as const;
  const layout = {
    document,
    width: WIDTH,
    height: bottom + (frame.withXAxis ? X_AXIS_HEIGHT + PANEL_MARGIN.bottom : PANEL_MARGIN.bottom),
    marginTop: PANEL_MARGIN.top,
    marginBottom: frame.withXAxis ? X_AXIS_HEIGHT + PANEL_MARGIN.bottom : PANEL_MARGIN.bottom,
    marginLeft: PANEL_MARGIN.left,
    marginRight: frame.right,
    ...scales,
  };
  const y = Plot.plot({ ...layout, marks: [] }).scale("y");
  const text = { fill: INK, fontSize: FONT_SIZE };
  const ticks = { tickSize: 0, tickPadding: 8, label: null, ...text };
  const grid = { stroke: GRID, strokeOpacity: 1 };
  const xTicks = xTickOptions(frame.xDomain);
  return Plot.plot({
    ...layout,
    marks: [
      Plot.gridY({ ...grid, ticks: Y_TICKS }),
      Plot.gridX({ ...grid, ...xTicks }),
      Plot.axisY({ ...ticks, ticks: Y_TICKS, tickFormat: (tick) => tickLabel(tick, log ? tick : largest) }),
      frame.withXAxis ? Plot.axisX({ ...ticks, ...xTicks, tickFormat: (tick) => tickLabel(tick) }) : null,
      Plot.frame({ anchor: "bottom", stroke: "#9ca3af" }),
      Plot.ruleX(figure.rules ?? [], { stroke: "#9ca3af", strokeDasharray: "3,4" }),
      Plot.text([panel.yLabel], {
        frameAnchor: "top-left",
        dx: 16 - PANEL_MARGIN.left,
        dy: -25,
        fontWeight: 700,
        ...text,
      }),
      frame.withXAxis
        ? Plot.text([figure.xLabel], { frameAnchor: "bottom", dy: 42, fontWeight: 700, ...text })
        : null,
      ...panel.series.map((series, i) => drawLine(series, color(series, i), log)),
      ...drawLabels(panel, (value) => y?.apply(value) ?? 0),
    ],
  });
}

function drawLine(series: Series, stroke: string, log: boolean): Plot.Markish {
  const points = series.points.map(([x, y]) => [x, y === null || (log && y <= 0) ? Number.NaN : y]);
  const alone = points.filter(([, y]) => Number.isFinite(y)).length === 1;
  return Plot.line(points, {
    stroke,
    strokeWidth: 2.25,
    strokeLinejoin: "round",
    curve: series.curve ?? "linear",
    ...(series.dashed ? { strokeDasharray: "7,5" } : {}),
    // A line of one point would be invisible.
    ...(alone ? { marker: "dot" } : {}),
  });
}

/** Labels at the ends of the lines, moved apart where the lines end close to each other. */
function drawLabels(panel: Panel, toPixels: (y: number) => number): Plot.Markish[] {
  const ends = panel.series.flatMap((series, i) => {
    const end = finitePoints({ ...panel, series: [series] }).at(-1);
    return series.label === "" || end === undefined
      ? []
      : [{ label: series.label, y: end[1], fill: color(series, i) }];
  });
  const wanted = ends.map(({ y }) => toPixels(y));
  const places = spread(wanted, LABEL_GAP);
  return ends.map(({ label, y, fill }, i) =>
    Plot.text([label], {
      y: [y],
      frameAnchor: "right",
      textAnchor: "start",
      dx: 8,
      dy: (places[i] ?? 0) - (wanted[i] ?? 0),
      fill,
      fontSize: FONT_SIZE,
      fontWeight: 700,
    }),
  );
}

function color(series: Series, index: number): string {
  return series.color ?? PALETTE[index % PALETTE.length] ?? INK;
}

function finitePoints(panel: Panel): [x: number, y: number][] {
  return panel.series.flatMap(({ points }) =>
    points.flatMap(([x, y]): [number, number][] =>
      y !== null && Number.isFinite(y) && !(panel.yScale === "log" && y <= 0) ? [[x, y]] : [],
    ),
  );
}

/** Smallest and largest value; a range of no length is widened, as an axis needs one. */
function extent(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  if (low < high) return [low, high];
  return low === 0 ? [0, 1] : [low - Math.abs(low) / 2, high + Math.abs(high) / 2];
}

/** Epochs and updates are whole numbers: no ticks between them. */
function xTickOptions([low, high]: readonly [number, number]): { ticks: number } | { interval: number } {
  return high - low <= 10 ? { interval: 1 } : { ticks: 10 };
}

function labelWidth(panels: readonly Panel[]): number {
  const longest = Math.max(...panels.flatMap(({ series }) => series.map(({ label }) => label.length)));
  return 24 + Math.min(240, longest * FONT_SIZE * 0.6);
}

function setAttributes(element: Element, attributes: Record<string, string | number>): void {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}

function roundNumbers(svg: Element): void {
  for (const element of svg.querySelectorAll("*")) {
    for (const { name, value } of [...element.attributes]) {
      const rounded = value.replace(/-?\d+\.\d{4,}/g, (number) => String(Number(Number(number).toFixed(3))));
      if (rounded !== value) element.setAttribute(name, rounded);
    }
  }
}
