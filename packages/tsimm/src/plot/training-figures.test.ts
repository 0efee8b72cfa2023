import { describe, expect, test } from "vitest";
import { type CurveMetric, type CurveRow, curvesFigure, learningRateFigure } from "./training-figures.ts";

const row = (epoch: number, lr: number) => ({ epoch, trainLoss: 1, lr, validation: null });

test("a rate holds until the end of its epoch", () => {
  const [panel] = learningRateFigure([{ label: "", rates: [0.1, null, 0.01] }]).panels;
  expect(panel?.series[0]?.points).toEqual([
    [0, 0.1],
    [1, null],
    [2, 0.01],
    [3, 0.01],
  ]);
});

test("a schedule of no rates is a line of no points", () => {
  const [panel] = learningRateFigure([{ label: "", rates: [] }]).panels;
  expect(panel?.series[0]?.points).toEqual([]);
});

test("curves mark where a flat rate drops", () => {
  const rates = [0.05, 0.1, 0.1, 0.1, 0.01, 0.01, 0.001];
  expect(curvesFigure(rates.map((lr, epoch) => row(epoch, lr))).rules).toEqual([4, 6]);
});

test("curves mark neither a rise nor a rate that falls all the time", () => {
  const rates = [0.1, 0.1, 0.2, 0.19, 0.18, 0.17];
  expect(curvesFigure(rates.map((lr, epoch) => row(epoch, lr))).rules).toEqual([]);
});

test("a rate drops at the same place in curves and schedule", () => {
  const rates = [0.05, 0.1, 0.1, 0.01];
  const [panel] = learningRateFigure([{ label: "", rates }]).panels;
  const curves = curvesFigure(rates.map((lr, epoch) => row(epoch, lr)));
  expect(curves.panels.at(-1)?.series[0]).toEqual(panel?.series[0]);
  // Epoch 3 is trained between 3 and 4.
  expect(curves.panels[0]?.series[0]?.points.map(([x]) => x)).toEqual([1, 2, 3, 4]);
});

test("curves take rates from between their rows", () => {
  const rates = { times: [0, 0.5, 1, 2.5], rates: [0.02, 0.1, 0.1, 0.01], length: 4 };
  const { panels, rules } = curvesFigure([row(3, 0.01)], { rates });
  expect(panels.at(-1)?.series[0]?.points).toEqual([
    [0, 0.02],
    [0.5, 0.1],
    [1, 0.1],
    [2.5, 0.01],
    [4, 0.01],
  ]);
  expect(rules).toEqual([2.5]);
});

test.each([
  [undefined, ""],
  ["Learning rate: step", ""],
  ["Steps of 5 epochs", "learning rate"],
])("under the title %j the axis is called %j", (title, yLabel) => {
  const options = title === undefined ? {} : { title };
  expect(learningRateFigure([{ label: "", rates: [0.1] }], options).panels[0]?.yLabel).toBe(yLabel);
});

test("curves leave out what was never measured", () => {
  const panels = curvesFigure([row(0, 0.1)]).panels;
  expect(panels.map(({ yLabel, series }) => [yLabel, series.map(({ label }) => label)])).toEqual([
    ["loss", ["train"]],
    ["learning rate", [""]],
  ]);
});

describe("metrics of a task", () => {
  const validated = (validation: Record<string, number>) => [{ ...row(0, 0.1), validation }];
  const drawn = (rows: readonly CurveRow[], metrics: readonly CurveMetric[]) =>
    curvesFigure(rows, { metrics }).panels.map(({ yLabel, series }) => [
      yLabel,
      series.map(({ label, points }) => [label, points.at(-1)?.[1]]),
    ]);
  const loss = { name: "loss", label: "loss", panel: "loss" };

  test("each panel is named once, in the order of the metrics", () => {
    const metrics = [
      loss,
      { name: "mae", label: "MAE", panel: "MAE" },
      { name: "r2", label: "R²", panel: "R²" },
    ];
    expect(drawn(validated({ loss: 2, mae: 0.5, r2: -0.25 }), metrics)).toEqual([
      [
        "loss",
        [
          ["train", 1],
          ["validation", 2],
        ],
      ],
      ["MAE", [["", 0.5]]],
      ["R²", [["", -0.25]]],
      ["learning rate", [["", 0.1]]],
    ]);
  });

  test("metrics of one panel are drawn in one", () => {
    const metrics = [
      { name: "map", label: "mean average precision", panel: "score (%)" },
      loss,
      { name: "f1", label: "F1", panel: "score (%)" },
    ];
    const [, scores] = drawn(validated({ loss: 2, map: 60, f1: 50 }), metrics);
    expect(scores).toEqual([
      "score (%)",
      [
        ["mean average precision", 60],
        ["F1", 50],
      ],
    ]);
  });

  test("what a task does not measure is left out, and what it measures besides is not drawn", () => {
    const metrics = [loss, { name: "mae", label: "MAE", panel: "MAE" }];
    expect(drawn(validated({ loss: 2, top1: 50 }), metrics).map(([panel]) => panel)).toEqual([
      "loss",
      "learning rate",
    ]);
  });
});
