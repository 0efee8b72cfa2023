/** Sizes and places in a figure, in pixels. */
import { wrapLabel } from "./end-labels.ts";
import type { Figure, Panel } from "./figure.ts";
import { xDomainOf, xTicksOf, yTicksOf } from "./panel-ticks.ts";
import { tickLabels } from "./tick-label.ts";

/** Size of text. */
export const FONT_SIZE = 13;
/** Height of a line of text. */
export const LINE_HEIGHT = 16;
/** Width of a character of a label, on average. */
export const CHARACTER: number = FONT_SIZE * 0.6;
/** Height below a panel that the ticks and the label of the x axis take. */
export const X_AXIS_HEIGHT = 36;

const TITLE = { height: 41, line: 22, character: 9.4, left: 16 };
const MARGIN = { top: 33, bottom: 14, left: 70, right: 24 };
/** Above a panel without a label. */
const BARE_TOP = 14;
/** Below this width margins are smaller. */
const NARROW = 560;
const NARROW_LEFT = 56;
/** Least width between the axes beside which labels stand at the ends of lines; else they stand above. */
const BESIDE = 220;
/** Intervals of an axis, at most, and least pixels of one. */
const INTERVALS = { x: 10, y: 6, yOfSeveral: 5 };
const LEAST_INTERVAL = { x: 46, y: 28 };
const LEAST_PLOT_HEIGHT = 60;
/** From one label above the lines to the next. */
const LEGEND_GAP = 16;

/** Positions of the parts of a figure. */
export interface FigureLayout {
  readonly width: number;
  readonly height: number;
  readonly titleLines: readonly { readonly text: string; readonly y: number }[];
  /** x at the left and right edge. */
  readonly xDomain: readonly [number, number];
  readonly xTicks: readonly number[];
  readonly left: number;
  readonly right: number;
  readonly panels: readonly PanelLayout[];
}

/** Positions of the parts of a panel, from its own top. */
export interface PanelLayout {
  readonly panel: Panel;
  /** From the top of the figure. */
  readonly offset: number;
  /** Upper and lower edge between the axes. */
  readonly top: number;
  readonly bottom: number;
  readonly yTicks: readonly number[];
  /** Labels above the lines; null: at their ends. */
  readonly legend: readonly LegendLabel[] | null;
}

/** A label above the lines. */
export interface LegendLabel {
  /** Place of its line among the panel's. */
  readonly series: number;
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

/** Options of a layout. */
export interface LayoutOptions {
  readonly width: number;
  /** null: as high as the panels are by themselves. */
  readonly height: number | null;
  readonly titled: boolean;
}

/** Places everything in a figure of at least one panel. */
export function layOut(figure: Figure, { width, height, titled }: LayoutOptions): FigureLayout {
  const { panels } = figure;
  const isNarrow = width < NARROW;
  const titleLines = titled && figure.title !== "" ? wrapTitle(figure.title, width) : [];
  const head = titleLines.length === 0 ? 0 : TITLE.height + (titleLines.length - 1) * TITLE.line;
  const most = panels.length > 1 ? INTERVALS.yOfSeveral : INTERVALS.y;
  const leastLeft = isNarrow ? NARROW_LEFT : MARGIN.left;
  const beside = MARGIN.right + labelWidth(figure);
  const hasLegend = width - leastLeft - beside < BESIDE;
  const right = width - (hasLegend ? MARGIN.right : beside);
  const legends = panels.map(({ series }) =>
    hasLegend
      ? legendOf(
          series.map(({ label }) => label),
          width,
        )
      : null,
  );
  const tops = panels.map(({ yLabel }, i) => {
    const rows = new Set(legends[i]?.map(({ y }) => y)).size;
    return (yLabel === "" ? BARE_TOP : MARGIN.top) + rows * LINE_HEIGHT;
  });
  const fixed = tops.reduce((sum, top) => sum + top + MARGIN.bottom, head + X_AXIS_HEIGHT);
  const plotHeight =
    height === null
      ? panels.length === 1
        ? 276
        : 150
      : Math.max(LEAST_PLOT_HEIGHT, Math.floor((height - fixed) / panels.length));
  const intervals = Math.max(2, Math.min(most, Math.floor(plotHeight / LEAST_INTERVAL.y)));
  const yTicks = panels.map((panel) => yTicksOf(panel, intervals));
  const left = isNarrow ? Math.max(leastLeft, ...yTicks.map((ticks) => 14 + widest(ticks))) : leastLeft;
  let offset = head;
  const placed = panels.map((panel, i): PanelLayout => {
    const top = tops[i] ?? 0;
    const one = { panel, offset, top, bottom: top + plotHeight };
    offset += one.bottom + MARGIN.bottom;
    const legend = legends[i] ?? null;
    return { ...one, yTicks: yTicks[i] ?? [], legend: legend && lowered(legend, panel.yLabel === "") };
  });
  const xDomain = xDomainOf(figure);
  return {
    width,
    height: height === null ? offset + X_AXIS_HEIGHT : Math.max(height, offset + X_AXIS_HEIGHT),
    titleLines,
    xDomain,
    xTicks: readableTicks(xDomain, figure.xScale ?? "linear", right - left),
    left,
    right,
    panels: placed,
  };
}

function wrapTitle(title: string, width: number): { text: string; y: number }[] {
  const lines = wrapLabel(title, Math.floor((width - 2 * TITLE.left) / TITLE.character));
  return lines.map((text, i) => ({ text, y: 29 + i * TITLE.line }));
}

function labelWidth({ panels }: Figure): number {
  const lines = panels.flatMap(({ series }) => series.flatMap(({ label }) => wrapLabel(label)));
  return Math.min(240, Math.max(0, ...lines.map((line) => line.length)) * CHARACTER);
}

/** Labels from left to right, in as many rows as they need; y is the base line from the first row's top. */
function legendOf(labels: readonly string[], width: number): LegendLabel[] {
  const placed: LegendLabel[] = [];
  const room = width - 2 * TITLE.left;
  let [x, row] = [0, 0];
  for (const [series, label] of labels.entries()) {
    if (label === "") continue;
    for (const text of wrapLabel(label, Math.floor(room / CHARACTER))) {
      const size = text.length * CHARACTER;
      if (x > 0 && x + size > room) [x, row] = [0, row + 1];
      placed.push({ series, text, x: TITLE.left + x, y: row * LINE_HEIGHT });
      x += size + LEGEND_GAP;
    }
  }
  return placed;
}

/** The legend stands below the panel's label. */
function lowered(legend: readonly LegendLabel[], isBare: boolean): LegendLabel[] {
  return legend.map((label) => ({ ...label, y: label.y + (isBare ? 10 : 32) }));
}

function widest(ticks: readonly number[]): number {
  return Math.max(0, ...tickLabels(ticks).map((label) => label.length)) * CHARACTER;
}

/** As many ticks as there are labels that do not touch each other. */
function readableTicks(domain: readonly [number, number], scale: "linear" | "log", width: number): number[] {
  let most = Math.max(1, Math.min(INTERVALS.x, Math.floor(width / LEAST_INTERVAL.x)));
  for (; most > 1; most--) {
    const ticks = xTicksOf(domain, scale, most);
    if (ticks.length < 2 || ticks.length * (widest(ticks) + 6) <= width + widest(ticks)) return ticks;
  }
  return xTicksOf(domain, scale, 1);
}
