import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { drawFigure } from "./draw-figure.ts";
import type { Figure } from "./figure.ts";
import { FIGURE_THEMES } from "./figure-theme.ts";
import { type FigureOptions, plotFigure } from "./plot-figure.ts";
import { curvesFigure, learningRateFigure } from "./training-figures.ts";

const { document } = parseHTML("<html></html>");
const step = Array.from({ length: 90 }, (_, t) => 0.05 * 0.1 ** Math.floor(t / 30));
const cosine = Array.from({ length: 90 }, (_, t) => 0.025 * (1 + Math.cos((Math.PI * (t % 45)) / 45)));
const { panels, ...head } = learningRateFigure(
  [
    { label: "StepLRScheduler", rates: step },
    { label: "cosine", rates: cosine },
  ],
  { title: "Learning rate by step and cosine annealing" },
);
const events = [
  { x: 30, y: 0.005, label: "decay" },
  { x: 45, y: 0.05, label: "restart" },
  { x: 60, y: 5e-4, label: "decay", color: "#d55e00" },
  { x: 400, y: 0.01, label: "outside" },
];
const figure: Figure = { ...head, panels: panels.map((panel) => ({ ...panel, events })), rules: [30, 60] };
const one = learningRateFigure([{ label: "step", rates: step }]);
const curves = curvesFigure(
  [0, 1, 2].map((epoch) => ({ epoch, trainLoss: 2 - epoch / 2, lr: 0.1, validation: { loss: 2, top1: 50 } })),
);
const drawings: Readonly<Record<string, { figure: Figure; options: FigureOptions }>> = {
  "narrow-with-events": { figure, options: { width: 320 } },
  "dark-with-events": { figure, options: { width: 640, height: 300, theme: "dark" } },
  "narrow-curves": { figure: curves, options: { width: 390, theme: "page", titled: false } },
};

test.each(Object.entries(drawings))("draws %s as before", async (name, { figure, options }) => {
  await expect(drawFigure(figure, document, options)).toMatchFileSnapshot(`figures/${name}.svg`);
});

describe("a narrow figure", () => {
  const { element } = plotFigure(figure, document, { width: 320 });
  const texts = [...element.querySelectorAll("text")];

  test("has labels above its lines, within its width", () => {
    const labels = texts.filter(({ textContent }) => ["StepLRScheduler", "cosine"].includes(textContent));
    const frame = plotFigure(figure, document, { width: 320 }).panels[0]?.frame;
    expect(labels.map((label) => Number(label.getAttribute("y")) < Number(frame?.top))).toEqual([true, true]);
    expect(Number(frame?.right) - Number(frame?.left)).toBeGreaterThan(220);
  });

  test("has text of 13 pixels and more, and its ticks do not touch", () => {
    const sizes = [...element.querySelectorAll("[font-size]")].map((one) =>
      Number(one.getAttribute("font-size")),
    );
    expect(Math.min(13, ...sizes)).toBe(13);
    const ticks = element.querySelector('[aria-label="x-axis tick label"]')?.textContent;
    expect(ticks).toBe("020406080");
  });
});

describe("the scales of a plotted figure", () => {
  test.each([320, 800])("find values under pixels, %d wide", (width) => {
    const { x, panels: plotted } = plotFigure(curves, document, { width });
    expect(x.domain).toEqual([0, 3]);
    expect(plotted.map(({ y }) => y.domain)).toEqual([
      [1, 2],
      [0, 50],
      [0, 0.1],
    ]);
    for (const { y, frame, colors } of plotted) {
      expect([x.apply(0), x.apply(3), y.apply(y.domain[1]), y.apply(y.domain[0])]).toEqual([
        ...[frame.left, frame.right, frame.top, frame.bottom],
      ]);
      expect(y.invert(y.apply(0.07))).toBeCloseTo(0.07, 12);
      expect(colors[0]).toBe("#0072b2");
    }
    expect(x.invert(x.apply(1.25))).toBeCloseTo(1.25, 12);
  });

  test("x stays where the figure says, y includes what the panel says", () => {
    const higher = one.panels.map((panel) => ({ ...panel, yIncludes: [0.2] }));
    const framed: Figure = { ...one, xDomain: [10, 40], panels: higher };
    const { x, panels: plotted, element } = plotFigure(framed, document);
    expect([x.domain, plotted[0]?.y.domain]).toEqual([
      [10, 40],
      [0, 0.2],
    ]);
    expect(element.querySelector("clipPath")).not.toBeNull();
  });
});

test("an element is an image with a name, as high as asked for", () => {
  const { element, height } = plotFigure(one, document, { titled: false, height: 240 });
  expect([element.getAttribute("role"), element.getAttribute("aria-label"), height]).toEqual([
    "img",
    "Learning rate",
    240,
  ]);
  expect(element.textContent).not.toContain("Learning rate");
});

test("a line has the width and the dots that it asks for", () => {
  const thin: Figure = {
    title: "losses",
    xLabel: "epoch",
    panels: [
      {
        yLabel: "loss",
        series: [
          {
            label: "",
            points: [
              [0, 1],
              [1, 2],
              [2, 3],
            ],
            strokeWidth: 1.25,
            marker: "dot",
          },
          {
            label: "",
            points: [
              [0, 3],
              [1, 1],
              [2, 2],
            ],
          },
        ],
      },
    ],
  };
  const { element } = plotFigure(thin, document);
  const lines = [...element.querySelectorAll('[aria-label="line"]')];
  expect(lines.map((line) => line.getAttribute("stroke-width"))).toEqual(["1.25", "2.25"]);
  expect(lines.map((line) => line.querySelectorAll("marker").length)).toEqual([1, 0]);
});

test("lines on each other take turns in dashes, or the last one covers the others", () => {
  const line = { label: "", points: [0, 1, 2].map((x): [number, number] => [x, 1]) };
  const equal: Figure = { title: "", xLabel: "", panels: [{ yLabel: "", series: [line, line] }] };
  const dashes = (figure: Figure) =>
    plotFigure(figure, document).element.querySelectorAll('[aria-label="line"][stroke-dasharray]').length;
  expect([dashes(equal), dashes({ ...equal, overlaps: "cover" })]).toEqual([2, 0]);
});

test("the theme of a page is variables only", () => {
  const { element } = plotFigure(figure, document, { theme: "page" });
  const colors = [...element.querySelectorAll("[fill], [stroke]")].flatMap((each) =>
    ["fill", "stroke"].flatMap((name) => each.getAttribute(name) ?? []),
  );
  expect(colors).toContain("var(--figure-series-2, #d55e00)");
  expect([...new Set(colors)].filter((color) => !color.startsWith("var(--figure-"))).toEqual([
    ...["none", "#d55e00"],
  ]);
});

/** Contrast of two colours, from 1 to 21. @see WCAG 2.2, "contrast ratio" */
function contrast(one: string, other: string): number {
  const [high, low] = [one, other].map(luminance).sort((a, b) => b - a);
  return (Number(high) + 0.05) / (Number(low) + 0.05);
}

function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255);
  const linear = [r, g, b].map((c = 0) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * Number(linear[0]) + 0.7152 * Number(linear[1]) + 0.0722 * Number(linear[2]);
}

test("text and lines of the dark theme have the contrast of readable text", () => {
  const { ink, paper, palette, axis } = FIGURE_THEMES.dark;
  for (const color of [ink, axis, ...palette]) expect(contrast(color, paper)).toBeGreaterThan(4.5);
});

test.each([
  [{ width: 100 }, "plotFigure: width must be a number >= 240, got 100"],
  [{ width: Number.NaN }, "plotFigure: width must be a number >= 240, got NaN"],
  [{ height: 0 }, "plotFigure: height must be a number > 0, got 0"],
  [{ theme: "blue" }, 'plotFigure: theme must be one of light, dark, page, or colours, got "blue"'],
  [
    { wdith: 3 },
    'plotFigure: option must be one of width, height, theme, titled, got "wdith"; did you mean "width"?',
  ],
])("refuses %o", (options, message) => {
  expect(() => plotFigure(one, document, options as FigureOptions)).toThrow(new RangeError(message));
});
