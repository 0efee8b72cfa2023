import { describe, expect, test } from "vitest";
import type { Figure, Series } from "./figure.ts";
import { figureToSvg } from "./figure-to-svg.ts";
import { svgToPng } from "./svg-to-png.ts";
import { curvesFigure, learningRateFigure } from "./training-figures.ts";

const stepRate = (decayRate: number) =>
  Array.from({ length: 50 }, (_, t) => 1e-4 * decayRate ** Math.floor(t / 5));
const panel = (series: Series[]): Figure => ({
  title: "A figure",
  xLabel: "epoch",
  panels: [{ yLabel: "loss", series }],
});
const rows = Array.from({ length: 30 }, (_, epoch) => ({
  epoch,
  trainLoss: 2 / (1 + epoch) + 0.3,
  lr: epoch < 2 ? ([0.01, 0.055][epoch] ?? 0) : 0.1 * 0.1 ** Math.floor(epoch / 10),
  validation: { loss: 1.8 / (1 + epoch) + 0.5, top1: 90 - 50 / (1 + epoch), top5: 99 - 20 / (1 + epoch) },
}));

const figures: Record<string, Figure> = {
  "several-schedules": learningRateFigure(
    [1, 0.8, 0.5].map((decayRate) => ({ label: `decay rate ${decayRate}`, rates: stepRate(decayRate) })),
    { title: "Steps of 5 epochs" },
  ),
  "overlapping-schedules": learningRateFigure([
    { label: "below", rates: stepRate(0.8) },
    { label: "above", rates: stepRate(0.8), dashed: true },
  ]),
  "logarithmic-with-zero": learningRateFigure([{ label: "", rates: [...stepRate(0.5), 0, 1e-4] }], {
    unit: "update",
    yScale: "log",
  }),
  "coinciding-schedules": learningRateFigure([
    { label: "step", rates: [1e-5, 5e-5, ...stepRate(0.5)] },
    { label: "another", rates: [1e-4, 1e-4, ...stepRate(0.5)] },
    { label: "a third", rates: [1e-4, 1e-4, ...stepRate(0.5).slice(0, 30)] },
  ]),
  "long-labels": learningRateFigure(
    [0.8, 0.5].map((decayRate) => ({
      label: `step:warmup-epochs=5,decay-epochs=30,decay-rate=${decayRate}`,
      rates: stepRate(decayRate).map((rate) => 10 * rate),
    })),
  ),
  curves: curvesFigure(rows),
  "curves-without-validation": curvesFigure(rows.map((row) => ({ ...row, validation: null }))),
  "curves-of-a-regression": curvesFigure(
    rows.map((row) => ({
      ...row,
      validation: {
        loss: row.validation.loss,
        mae: 9 / (1 + row.epoch) + 2.25,
        r2: 0.9 - 1.5 / (1 + row.epoch),
      },
    })),
    {
      metrics: [
        { name: "loss", label: "loss", panel: "loss" },
        { name: "mae", label: "MAE", panel: "MAE" },
        { name: "r2", label: "R²", panel: "R²" },
      ],
    },
  ),
  "curves-of-several-labels": curvesFigure(
    rows.map((row) => ({
      ...row,
      validation: { loss: row.validation.loss, map: row.validation.top1, f1: 0.8 * row.validation.top1 },
    })),
    {
      metrics: [
        { name: "loss", label: "loss", panel: "loss" },
        { name: "map", label: "mean average precision", panel: "score (%)" },
        { name: "f1", label: "F1", panel: "score (%)" },
      ],
    },
  ),
  "one-point": panel([{ label: "only", points: [[3, 1.5]] }]),
  "no-point": panel([{ label: "never", points: [[0, null]] }]),
  "gap-and-markup": panel([
    {
      label: "a < b & c",
      points: [
        [0, 1],
        [1, null],
        [2, 3],
        [3, Number.NaN],
        [4, 2],
        [5, 2],
      ],
    },
  ]),
};

describe("figureToSvg", () => {
  test.each(Object.entries(figures))("draws %s as before", async (name, figure) => {
    await expect(figureToSvg(figure)).toMatchFileSnapshot(`figures/${name}.svg`);
  });

  test.each(Object.entries(figures))("writes no number with more than three decimals in %s", (_, figure) => {
    expect(figureToSvg(figure)).not.toMatch(/="[^"]*\d\.\d{4,}/);
  });

  test("draws control characters of a label as escapes, so that the document is XML", async () => {
    const svg = figureToSvg(panel([{ label: "a\u001b[31m\u202eb\ud800", points: [[0, 1]] }]));
    expect(svg).toContain("a\\x1b[31m\\u202eb\\ud800</text>");
    expect((await svgToPng(svg)).subarray(1, 4).toString()).toBe("PNG");
  });

  test("labels of lines that end just before the right edge cover no line that goes on", () => {
    const series = [95, 60, 100].map((end) => ({
      label: `until ${end}`,
      points: [
        [0, 1],
        [end, 1],
      ] as const,
    }));
    const labels = figureToSvg(panel(series)).match(/<text[^>]*transform="[^"]*"[^>]*>until \d+/g) ?? [];
    const [nearly, halfway, last] = labels.map((label) => /translate\(([\d.]+)/.exec(label)?.[1]);
    expect(nearly).toBe(last);
    expect(Number(halfway)).toBeLessThan(Number(last) - 100);
  });

  test("needs a panel", () => {
    expect(() => figureToSvg({ title: "", xLabel: "", panels: [] })).toThrow(
      new RangeError("drawFigure: figure.panels must hold at least one panel, got none"),
    );
  });
});
