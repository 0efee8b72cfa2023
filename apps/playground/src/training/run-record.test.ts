import { expect, test } from "vitest";
import { RunRecord } from "./run-record.ts";
import { trainingFigure } from "./training-figure.ts";
import { defaultSettings } from "./training-settings.ts";

const settings = { ...defaultSettings, epochs: 3, lr: 0.1 };

/** A run of two updates an epoch, whose rate falls in epoch 1. */
function trainedRun(): RunRecord {
  const run = new RunRecord({
    ...{ id: 1, color: 0, imagesName: "images", classNames: ["cat", "dog"], settings },
  });
  run.add({ type: "opened", run: 1, numParameters: 10, updatesPerEpoch: 2 });
  for (const [i, rate] of [0.1, 0.1, 0.02].entries()) {
    run.add({
      type: "update",
      run: 1,
      update: i + 1,
      loss: 2 - i,
      rate,
      milliseconds: [900, 10, 12][i] ?? 0,
    });
    if (i !== 1) continue;
    const epoch = { trainLoss: 1.5, loss: 1.2, accuracy: 75, confusion: [3, 1, 1, 3] };
    run.add({ type: "epoch", run: 1, epoch: 0, ...epoch });
    const changed = { ...settings, opt: "sgd", lr: 0.02 };
    run.add({ type: "changed", run: 1, epoch: 1, settings: changed, isNewOptimizer: true });
  }
  return run;
}

test("results of an epoch stand at its end, a rate holds from its update on", () => {
  const run = trainedRun();
  expect(run.losses).toEqual([
    [0.5, 2],
    [1, 1],
    [1.5, 0],
  ]);
  expect(run.rates).toEqual([
    [0, 0.1],
    [0.5, 0.1],
    [1, 0.02],
  ]);
  expect([run.validationLosses, run.validationAccuracies]).toEqual([[[1, 1.2]], [[1, 75]]]);
  expect(run.smoothedLosses[1]?.[1]).toBeCloseTo(1.9, 12);
  expect(run.milliseconds).toBe(12);
});

test("settings that change are kept with their epoch, those of the start are not a change", () => {
  const run = new RunRecord({ id: 1, color: 0, imagesName: "", classNames: [], settings });
  run.add({ type: "changed", run: 1, epoch: 0, settings: { ...settings, lr: 1 }, isNewOptimizer: false });
  expect([run.changes, run.settings.lr]).toEqual([[], 1]);
  expect(trainedRun().changes).toEqual([{ epoch: 1, label: "sgd, lr 0.02", isNewOptimizer: true }]);
});

test("the figure has the present run in front, its changes as rules and its plan dashed", () => {
  const [earlier, front] = [trainedRun(), trainedRun()];
  const figure = trainingFigure([earlier, front], { numEpochs: 3, epoch: 2, rates: [0.01] });
  expect([figure.xDomain, figure.rules]).toEqual([[0, 3], [1]]);
  expect(figure.panels.map(({ yLabel, series }) => [yLabel, series.length])).toEqual([
    ["loss", 4],
    ["accuracy (%)", 3],
    ["learning rate", 3],
  ]);
  const rates = figure.panels[2]?.series ?? [];
  expect(rates[1]).toMatchObject({
    curve: "step-after",
    points: [
      [0, 0.1],
      [1, 0.02],
      [1.5, 0.02],
    ],
  });
  expect(rates[2]).toMatchObject({
    dashed: true,
    points: [
      [2, 0.01],
      [3, 0.01],
    ],
  });
});
