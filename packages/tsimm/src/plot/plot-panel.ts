/** Draws one panel of a figure with Observable Plot. */
import * as Plot from "@observablehq/plot";
import { placeLabels, wrapLabel } from "./end-labels.ts";
import { placeEventLabels } from "./event-labels.ts";
import type { Figure, FigureEvent, Panel, Series } from "./figure.ts";
import {
  CHARACTER,
  type FigureLayout,
  FONT_SIZE,
  LINE_HEIGHT,
  type PanelLayout,
  X_AXIS_HEIGHT,
} from "./figure-layout.ts";
import type { FigureTheme } from "./figure-theme.ts";
import { finitePoints } from "./panel-ticks.ts";
import { type Stretch, sharedStretches } from "./shared-stretches.ts";
import { tickLabels } from "./tick-label.ts";

const BOTTOM = 14;
const LABEL_DISTANCE = 8;
/** Pixels to the right edge, below which the label of a line stands in the margin. */
const MARGIN_REACH = 48;
/** Pixels of a line. */
const STROKE_WIDTH = 2.25;
/** Pixels of a colour where lines lie on each other. */
const DASH = 9;

/** Values and pixels of an axis. */
export interface PanelScale {
  apply(value: number): number;
  invert(pixel: number): number;
}

/** Context of a panel: document, layout and theme. */
export interface PanelSurroundings {
  readonly figure: Figure;
  readonly document: Document;
  readonly theme: FigureTheme;
  readonly layout: FigureLayout;
  readonly x: PanelScale;
  /** Colour of each line. */
  readonly colors: readonly string[];
}

/** A panel's element and its y scale, in pixels from its own top left corner. */
export interface PlottedPanel {
  readonly element: Element;
  readonly y: PanelScale;
}

/** Draws a panel as it is placed in the layout. */
export function plotPanel(place: PanelLayout, surroundings: PanelSurroundings): PlottedPanel {
  const { figure, document, theme, layout, x, colors } = surroundings;
  const { panel, top, bottom, yTicks } = place;
  const { xTicks, width, left, right } = layout;
  const withXAxis = place === layout.panels.at(-1);
  const isLog = panel.yScale === "log";
  const yDomain = [yTicks[0], yTicks.at(-1)];
  const yScale = { type: isLog ? "log" : "linear", domain: yDomain, range: [bottom, top] } as const;
  const y = scaleOf({ y: yScale });
  const toPixels = (value: number) => (isLog && value <= 0 ? Number.NaN : y.apply(value));
  const text = { fill: theme.ink, fontSize: FONT_SIZE };
  const axis = { tickSize: 0, tickPadding: 8, label: null, ...text };
  const grid = { stroke: theme.grid, strokeOpacity: 1 };
  // Of a logarithmic axis its columns are not the figure's.
  const stretches =
    figure.xScale === "log" || figure.overlaps === "cover"
      ? panel.series.map(({ points }): Stretch[] => [{ points, count: 1, rank: 0 }])
      : sharedStretches(panel.series, { xDomain: layout.xDomain, width: right - left, toPixels });
  const pixels = { top, bottom, left, right, lastX: layout.xDomain[1], toPixels, xToPixels: x.apply };
  const legendRows = new Set(place.legend?.map((label) => label.y)).size;
  const element = Plot.plot({
    document,
    width,
    height: bottom + BOTTOM + (withXAxis ? X_AXIS_HEIGHT : 0),
    marginTop: top,
    marginBottom: BOTTOM + (withXAxis ? X_AXIS_HEIGHT : 0),
    marginLeft: left,
    marginRight: width - right,
    x: { ...xOptions(figure, layout), axis: null },
    y: { ...yScale, axis: null },
    marks: [
      Plot.gridY(yTicks, grid),
      Plot.gridX(xTicks, grid),
      Plot.axisY(yTicks, { ...axis, tickFormat: labelOf(yTicks) }),
      withXAxis ? Plot.axisX(xTicks, { ...axis, tickFormat: labelOf(xTicks) }) : null,
      Plot.frame({ anchor: "bottom", stroke: theme.axis }),
      Plot.ruleX(figure.rules ?? [], { stroke: theme.axis, strokeDasharray: "3,4" }),
      Plot.text([panel.yLabel], {
        frameAnchor: "top-left",
        dx: 16 - left,
        dy: -25 - legendRows * LINE_HEIGHT,
        fontWeight: 700,
        ...text,
      }),
      withXAxis
        ? Plot.text([figure.xLabel], { frameAnchor: "bottom", dy: 42, fontWeight: 700, ...text })
        : null,
      ...panel.series.flatMap((series, i) =>
        (stretches[i] ?? []).map((stretch) =>
          plotLine(series, stretch, {
            stroke: colors[i] ?? theme.ink,
            isLog,
            isCut: figure.xDomain !== undefined,
          }),
        ),
      ),
      ...plotEvents(panel.events ?? [], pixels, theme),
      ...(place.legend === null ? plotLabels(panel, pixels, colors, theme) : []),
    ],
  });
  return { element, y };
}

/** The x axis that all panels share. */
export function xScaleOf(figure: Figure, layout: FigureLayout): PanelScale {
  return scaleOf({ x: xOptions(figure, layout) });
}

function xOptions({ xScale = "linear" }: Figure, { xDomain, left, right }: FigureLayout): Plot.ScaleOptions {
  return { type: xScale, domain: xDomain, range: [left, right] };
}

function scaleOf(options: NonNullable<Parameters<typeof Plot.scale>[0]>): PanelScale {
  const scale = Plot.scale(options);
  return {
    apply: (value) => Number(scale.apply(value)),
    invert: (pixel) => Number(scale.invert?.(pixel)),
  };
}

function labelOf(ticks: readonly number[]): (tick: number) => string {
  const labels = tickLabels(ticks);
  return (tick) => labels[ticks.indexOf(tick)] ?? "";
}

interface LineStyle {
  readonly stroke: string;
  readonly isLog: boolean;
  /** Whether there may be points beyond the edges. */
  readonly isCut: boolean;
}

/** A line, or a part of it; where several lie on each other their dashes take turns. */
function plotLine(
  series: Series,
  { points, count, rank }: Stretch,
  { stroke, isLog, isCut }: LineStyle,
): Plot.Markish {
  const drawn = points.map(([x, y]) => [x, y === null || (isLog && y <= 0) ? Number.NaN : y]);
  const isAlone = drawn.filter(([, y]) => Number.isFinite(y)).length === 1;
  const turns = { strokeDasharray: `${DASH},${DASH * (count - 1)}`, strokeDashoffset: -DASH * rank };
  return Plot.line(drawn, {
    stroke,
    strokeWidth: series.strokeWidth ?? STROKE_WIDTH,
    strokeLinejoin: "round",
    curve: series.curve ?? "linear",
    ...(series.dashed ? { strokeDasharray: "7,5" } : {}),
    ...(count > 1 ? turns : {}),
    // A line of one point would be invisible.
    ...(isAlone || series.marker === "dot" ? { marker: "dot" } : {}),
    ...(isCut ? { clip: true } : {}),
  });
}

interface PanelPixels {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
  readonly lastX: number;
  toPixels(y: number): number;
  xToPixels(x: number): number;
}

/** Labels at the ends of the lines, moved apart where they would overlap. */
function plotLabels(
  panel: Panel,
  { lastX, top, bottom, toPixels, xToPixels }: PanelPixels,
  colors: readonly string[],
  theme: FigureTheme,
): Plot.Markish[] {
  const ends = panel.series.flatMap((series, i) => {
    const end = finitePoints({ ...panel, series: [series] }).findLast(([x]) => x <= lastX);
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
    return [{ ...box, lines, x, y: end[1], fill: colors[i] ?? theme.ink }];
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
      stroke: theme.paper,
      strokeWidth: 4,
      fontSize: FONT_SIZE,
      fontWeight: 700,
    }),
  );
}

/** A dot for each event, with its label where there is room. */
function plotEvents(
  events: readonly FigureEvent[],
  { toPixels, xToPixels, ...frame }: PanelPixels,
  { ink, paper }: FigureTheme,
): Plot.Markish[] {
  const visible = events
    .map((event) => ({ ...event, left: xToPixels(event.x), center: toPixels(event.y) }))
    .filter(({ left, center }) => left >= frame.left && left <= frame.right && Number.isFinite(center))
    .sort((a, b) => a.left - b.left);
  const places = placeEventLabels(
    visible.map(({ left, center, label }) => ({ x: left, y: center, width: label.length * CHARACTER })),
    frame,
  );
  return visible.flatMap(({ x, y, label, color = ink }, i): Plot.Markish[] => {
    const dot = Plot.dot([[x, y]], { r: 4, fill: paper, stroke: color, strokeWidth: 2 });
    const place = places[i] ?? null;
    if (label === "" || place === null) return [dot];
    const { anchor, ...shift } = place;
    const halo = { fill: color, stroke: paper, strokeWidth: 4 };
    return [
      dot,
      Plot.text([label], { x: [x], y: [y], textAnchor: anchor, fontSize: FONT_SIZE, ...shift, ...halo }),
    ];
  });
}
