/** Draws figures as SVG in any DOM: a browser's, or linkedom's in Node. */
import * as Plot from "@observablehq/plot";
import { printable } from "../text/printable.ts";
import { linearTicks, logTicks, roundStep } from "./axis-ticks.ts";
import { placeLabels, wrapLabel } from "./end-labels.ts";
import type { Figure, Panel, Series } from "./figure.ts";
import { PALETTE } from "./palette.ts";
import { type Stretch, sharedStretches } from "./shared-stretches.ts";
import { tickLabels } from "./tick-label.ts";

const WIDTH = 800;
const TITLE_HEIGHT = 41;
const PANEL_MARGIN = { top: 33, bottom: 14, left: 70 };
/** Above a panel without a label. */
const BARE_TOP = 14;
const X_AXIS_HEIGHT = 36;
const FONT_SIZE = 13;
/** Intervals of an axis, at most. */
const INTERVALS = { x: 10, y: 6, yOfSeveral: 5 };
const LINE_HEIGHT = 16;
/** Pixels of a character, on average. */
const CHARACTER = FONT_SIZE * 0.6;
const LABEL_DISTANCE = 8;
/** Pixels to the right edge, below which the label of a line stands in the margin. */
const MARGIN_REACH = 48;
/** Pixels of a colour where lines lie on each other. */
const DASH = 9;
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
  const tops = panels.map(({ yLabel }) => (yLabel === "" ? BARE_TOP : PANEL_MARGIN.top));
  const heights = tops.map((top) => top + plotHeight + PANEL_MARGIN.bottom);
  const height = heights.reduce((sum, one) => sum + one, TITLE_HEIGHT + X_AXIS_HEIGHT);

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
  let y = TITLE_HEIGHT;
  panels.forEach((panel, i) => {
    const withXAxis = i === panels.length - 1;
    const drawn = drawPanel(panel, figure, document, { ...frame, top: tops[i] ?? 0, plotHeight, withXAxis });
    drawn.querySelector("style")?.remove();
    const group = append("g", { transform: `translate(0,${y})`, "text-anchor": "middle" });
    group.append(...drawn.childNodes);
    y += heights[i] ?? 0;
  });
  roundNumbers(svg);
  // XML has no other control characters than line breaks and tabs.
  return `${svg.outerHTML.replace(/[^\n\t]+/g, (text) => printable(text))}\n`;
}

interface Frame {
  readonly xDomain: readonly [number, number];
  readonly right: number;
  readonly top: number;
  readonly plotHeight: number;
  readonly withXAxis: boolean;
}

function drawPanel(panel: Panel, figure: Figure, document: Document, frame: Frame): Element {
  const { xDomain, right, top, plotHeight, withXAxis } = frame;
  const log = panel.yScale === "log";
  const yTicks = yTicksOf(panel, figure.panels.length > 1 ? INTERVALS.yOfSeveral : INTERVALS.y);
  const xTicks = figure.xScale === "log" ? innerLogTicks(xDomain) : xTicksOf(xDomain);
  const bottom = withXAxis ? X_AXIS_HEIGHT + PANEL_MARGIN.bottom : PANEL_MARGIN.bottom;
  const scales = {
    x: { type: figure.xScale ?? "linear", domain: xDomain, axis: null },
    y: { type: log ? "log" : "linear", domain: [yTicks[0], yTicks.at(-1)], axis: null },
  } as const;
  const layout = {
    document,
    width: WIDTH,
    height: top + plotHeight + bottom,
    marginTop: top,
    marginBottom: bottom,
    marginLeft: PANEL_MARGIN.left,
    marginRight: right,
    ...scales,
  };
  const [x, y] = (["x", "y"] as const).map((name) => Plot.plot({ ...layout, marks: [] }).scale(name));
  const pixels = {
    ...{ xDomain, width: WIDTH - PANEL_MARGIN.left - right, top, bottom: top + plotHeight },
    toPixels: (value: number) => (log && value <= 0 ? Number.NaN : Number(y?.apply(value))),
    xToPixels: (value: number) => Number(x?.apply(value)),
  };
  const text = { fill: INK, fontSize: FONT_SIZE };
  const axis = { tickSize: 0, tickPadding: 8, label: null, ...text };
  const grid = { stroke: GRID, strokeOpacity: 1 };
  // Of a logarithmic axis its columns are not the figure's.
  const stretches =
    figure.xScale === "log"
      ? panel.series.map(({ points }): Stretch[] => [{ points, count: 1, rank: 0 }])
      : sharedStretches(panel.series, pixels);
  return Plot.plot({
    ...layout,
    marks: [
      Plot.gridY(yTicks, grid),
      Plot.gridX(xTicks, grid),
      Plot.axisY(yTicks, { ...axis, tickFormat: labelOf(yTicks) }),
      withXAxis ? Plot.axisX(xTicks, { ...axis, tickFormat: labelOf(xTicks) }) : null,
      Plot.frame({ anchor: "bottom", stroke: "#9ca3af" }),
      Plot.ruleX(figure.rules ?? [], { stroke: "#9ca3af", strokeDasharray: "3,4" }),
      Plot.text([panel.yLabel], {
        frameAnchor: "top-left",
        dx: 16 - PANEL_MARGIN.left,
        dy: -25,
        fontWeight: 700,
        ...text,
      }),
      withXAxis
        ? Plot.text([figure.xLabel], { frameAnchor: "bottom", dy: 42, fontWeight: 700, ...text })
        : null,
      ...panel.series.flatMap((series, i) =>
        (stretches[i] ?? []).map((stretch) => drawLine(series, stretch, color(series, i), log)),
      ),
      ...drawLabels(panel, pixels),
    ],
  });
}

function labelOf(ticks: readonly number[]): (tick: number) => string {
  const labels = tickLabels(ticks);
  return (tick) => labels[ticks.indexOf(tick)] ?? "";
}

/** A line, or a part of it; where several lie on each other their dashes take turns. */
function drawLine(
  series: Series,
  { points, count, rank }: Stretch,
  stroke: string,
  log: boolean,
): Plot.Markish {
  const drawn = points.map(([x, y]) => [x, y === null || (log && y <= 0) ? Number.NaN : y]);
  const alone = drawn.filter(([, y]) => Number.isFinite(y)).length === 1;
  const turns = { strokeDasharray: `${DASH},${DASH * (count - 1)}`, strokeDashoffset: -DASH * rank };
  return Plot.line(drawn, {
    stroke,
    strokeWidth: 2.25,
    strokeLinejoin: "round",
    curve: series.curve ?? "linear",
    ...(series.dashed ? { strokeDasharray: "7,5" } : {}),
    ...(count > 1 ? turns : {}),
    // A line of one point would be invisible.
    ...(alone ? { marker: "dot" } : {}),
  });
}

interface PanelPixels {
  readonly xDomain: readonly [number, number];
  readonly top: number;
  readonly bottom: number;
  toPixels(y: number): number;
  xToPixels(x: number): number;
}

/** Labels at the ends of the lines, moved apart where they would overlap. */
function drawLabels(
  panel: Panel,
  { xDomain, top, bottom, toPixels, xToPixels }: PanelPixels,
): Plot.Markish[] {
  const [, lastX] = xDomain;
  const ends = panel.series.flatMap((series, i) => {
    const end = finitePoints({ ...panel, series: [series] }).at(-1);
    if (series.label === "" || end === undefined) return [];
    const lines = wrapLabel(series.label);
    // A label across the right edge would cover lines that end a little later.
    const x = xToPixels(lastX) - xToPixels(end[0]) < MARGIN_REACH ? lastX : end[0];
    const left = xToPixels(x) + LABEL_DISTANCE;
    const width = CHARACTER * Math.max(...lines.map((line) => line.length));
    // Lines that go on pass below the label.
    const raised = x < lastX ? LINE_HEIGHT * 0.7 : 0;
    const box = {
      left,
      right: left + width,
      center: toPixels(end[1]) - raised,
      height: lines.length * LINE_HEIGHT,
    };
    return [{ ...box, lines, x, y: end[1], fill: color(series, i) }];
  });
  const places = placeLabels(ends, [top - LINE_HEIGHT / 2, bottom + LINE_HEIGHT / 2]);
  return ends.map(({ lines, x, y, fill }, i) =>
    Plot.text([lines.join("\n")], {
      x: [x],
      y: [y],
      textAnchor: "start",
      lineHeight: LINE_HEIGHT / FONT_SIZE,
      dx: LABEL_DISTANCE,
      dy: (places[i] ?? 0) - toPixels(y),
      fill,
      stroke: "#ffffff",
      strokeWidth: 4,
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

function yTicksOf(panel: Panel, most: number): number[] {
  const values = finitePoints(panel).map(([, y]) => y);
  const log = panel.yScale === "log";
  // A flat line has no range of its own; 0 to 100 % fits one at 100 %.
  const isFlat = values.every((value) => value === values[0]);
  if ((panel.fromZero || isFlat) && !log) values.push(0);
  const [low, high] = extent(values);
  if (log) return logTicks(low > 0 ? low : high / 10, high, most);
  return linearTicks(low, high, most);
}

/** Epochs and updates are whole numbers: no ticks between them. */
function xTicksOf([low, high]: readonly [number, number]): number[] {
  const step = roundStep(Math.max(1, (high - low) / INTERVALS.x));
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
}

/** Round numbers inside of a logarithmic axis. */
function innerLogTicks([low, high]: readonly [number, number]): number[] {
  return logTicks(low, high, INTERVALS.x).filter(
    (tick) => tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9),
  );
}

function labelWidth(panels: readonly Panel[]): number {
  const lines = panels.flatMap(({ series }) => series.flatMap(({ label }) => wrapLabel(label)));
  return 24 + Math.min(240, Math.max(0, ...lines.map((line) => line.length)) * CHARACTER);
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
