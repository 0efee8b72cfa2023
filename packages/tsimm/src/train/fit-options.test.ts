import { expect, test } from "vitest";
import { createModel } from "../models/registry.ts";
import { createOptimizer } from "../optim/create-optimizer.ts";
import { createEngine } from "../runtime/create-engine.ts";
import { countedLoader, countedRun, scoring } from "./counted-run.fixture.ts";
import { fit } from "./fit.ts";
import type { FitOptions } from "./fit-options.ts";

const engine = await createEngine();
const model = createModel("test_resnet", { numClasses: 2 });
const optimizer = createOptimizer({ opt: "sgd", lr: 0.1, weightDecay: 0, momentum: 0 }, model);
const names =
  "updater, engine, model, optimizer, average, clipGrad, clipMode, mean, std, threads, loader, validation, task, epochs, schedule, listeners, signal, gradAccumSteps, mixing, mixingOffEpoch, seed, valInterval, metric, recoveryInterval, logInterval, resume";
const cure = "pass engine, model and optimizer, or an updater";

const refused: readonly [name: string, changes: object, error: Error][] = [
  [
    "an unknown option",
    { epoch: 1 },
    new RangeError(`fit: option must be one of ${names}, got "epoch"; did you mean "epochs"?`),
  ],
  [
    "nothing to update with",
    { updater: undefined },
    new TypeError(`fit: engine must be given, got undefined; ${cure}`),
  ],
  [
    "an engine alone",
    { updater: undefined, engine },
    new TypeError(`fit: model must be given, got undefined; ${cure}`),
  ],
  [
    "no optimizer",
    { updater: undefined, engine, model },
    new TypeError(`fit: optimizer must be given, got undefined; ${cure}`),
  ],
  [
    "no engine",
    { updater: undefined, engine: null, model, optimizer },
    new TypeError(`fit: engine must be given, got null; ${cure}`),
  ],
  [
    "parts beside an updater",
    { clipGrad: 1 },
    new TypeError(
      "fit: clipGrad must be absent beside an updater, got one; pass it to what makes the updater",
    ),
  ],
  ["no loader", { loader: undefined }, new TypeError("fit: loader must be given, got undefined")],
  ["a loader that is null", { loader: null }, new TypeError("fit: loader must be given, got null")],
  ["no task", { task: undefined }, new TypeError("fit: task must be given, got undefined")],
  [
    "an empty loader",
    { loader: countedLoader({ length: 0 }) },
    new RangeError("fit: loader must have at least one batch, got 0; add images or make batches smaller"),
  ],
  [
    "an empty validation",
    { validation: countedLoader({ length: 0 }) },
    new RangeError("fit: validation must have at least one batch, got 0; add images or make batches smaller"),
  ],
  [
    "no number of epochs",
    { epochs: undefined },
    new RangeError("fit: epochs must be an integer >= 1, got undefined"),
  ],
  ["no epoch", { epochs: 0 }, new RangeError("fit: epochs must be an integer >= 1, got 0")],
  ["half an epoch", { epochs: 0.5 }, new RangeError("fit: epochs must be an integer >= 1, got 0.5")],
  [
    "a count that is null",
    { gradAccumSteps: null },
    new RangeError("fit: gradAccumSteps must be an integer >= 1, got null"),
  ],
  [
    "no accumulation",
    { gradAccumSteps: 0 },
    new RangeError("fit: gradAccumSteps must be an integer >= 1, got 0"),
  ],
  ["a text", { valInterval: "2" }, new RangeError("fit: valInterval must be an integer >= 1, got 2")],
  ["no log line", { logInterval: 0 }, new RangeError("fit: logInterval must be an integer >= 1, got 0")],
  [
    "negative intervals",
    { recoveryInterval: -1 },
    new RangeError("fit: recoveryInterval must be an integer >= 0, got -1"),
  ],
  [
    "a negative epoch",
    { mixingOffEpoch: -1 },
    new RangeError("fit: mixingOffEpoch must be an integer >= 0, got -1"),
  ],
  ["half a seed", { seed: 0.5 }, new RangeError("fit: seed must be a safe integer, got 0.5")],
  [
    "an unknown option of mixing",
    { mixing: { mixUp: 1 } },
    new RangeError(
      'fit: mixing: option must be one of mixup, cutmix, cutmixMinmax, mixupProb, mixupSwitchProb, got "mixUp"; did you mean "mixup"?',
    ),
  ],
  [
    "an unknown metric",
    { metric: "scor" },
    new RangeError('fit: metric must be one of loss, score (scoring), got "scor"; did you mean "score"?'),
  ],
  [
    "a signal that is none",
    { signal: true },
    new TypeError("fit: signal must be an AbortSignal, got boolean"),
  ],
  [
    "one listener for a list",
    { listeners: { name: "x" } },
    new TypeError("fit: listeners must be a list, got object"),
  ],
  [
    "a listener that is none",
    { listeners: [() => {}] },
    new TypeError(
      "fit: listeners[0] must be an object with a name and a function on(event, run), got a function",
    ),
  ],
  [
    "a task of more outputs than the model's",
    { task: { ...scoring, outputNames: [..."abcdefghijk"] } },
    new RangeError(
      "fit: task must have the 10 outputs of tiny, got 11 (scoring); create the model with numClasses 11",
    ),
  ],
  [
    "a task without outputs",
    { task: { ...scoring, outputNames: [] } },
    new RangeError("fit: task must have at least one output, got none (scoring)"),
  ],
];

test.each(refused)("%s is refused", async (_, changes, error) => {
  const given: FitOptions = { ...countedRun(), ...changes };
  await expect(fit(given)).rejects.toThrow(error);
});

test("options that are no object are refused", async () => {
  const given: FitOptions = JSON.parse("null");
  await expect(fit(given)).rejects.toThrow(new TypeError("fit: options must be an object, got null"));
});
