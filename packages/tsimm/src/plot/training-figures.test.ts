import { expect, test } from "vitest";
import { curvesFigure, learningRateFigure } from "./training-figures.ts";

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
  expect(curvesFigure(rates.map((lr, epoch) => row(epoch, lr))).rules).toEqual([3.5, 5.5]);
});

test("curves mark neither a rise nor a rate that falls all the time", () => {
  const rates = [0.1, 0.1, 0.2, 0.19, 0.18, 0.17];
  expect(curvesFigure(rates.map((lr, epoch) => row(epoch, lr))).rules).toEqual([]);
});

test("curves leave out what was never measured", () => {
  const panels = curvesFigure([row(0, 0.1)]).panels;
  expect(panels.map(({ yLabel, series }) => [yLabel, series.map(({ label }) => label)])).toEqual([
    ["loss", ["train"]],
    ["learning rate", [""]],
  ]);
});
