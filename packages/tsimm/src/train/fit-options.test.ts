import { StepLRScheduler } from "@tsimm/scheduler";
import { expect, test } from "vitest";
import { createModel } from "../models/registry.ts";
import { createOptimizer } from "../optim/create-optimizer.ts";
import { ModelEma } from "../optim/ema.ts";
import { createEngine } from "../runtime/create-engine.ts";
import { classification } from "../task/classification.ts";
import { countedLoader, countedRun, countedUpdater, scoring } from "./counted-run.fixture.ts";
import { fit } from "./fit.ts";
import type { FitOptions } from "./fit-options.ts";

const engine = await createEngine();
const model = createModel("test_resnet", { numClasses: 2 });
const optimizer = createOptimizer({ opt: "sgd", lr: 0.1, weightDecay: 0, momentum: 0 }, model);
const names =
  "updater, engine, model, optimizer, average, clipGrad, clipMode, mean, std, threads, loader, validation, task, epochs, schedule, listeners, signal, gradAccumSteps, mixing, mixingOffEpoch, seed, valInterval, metric, recoveryInterval, logInterval, resume, erasing, frozen, unfreezeAt, onOutputs";
const cure = "pass engine, model and optimizer, or an updater";

const mixings: readonly [mixing: object, message: string][] = [
  [{ mixup: -1 }, "mixup must be a finite number >= 0, got -1"],
  [{ mixup: Number.POSITIVE_INFINITY }, "mixup must be a finite number >= 0, got Infinity"],
  [{ cutmix: Number.NaN }, "cutmix must be a finite number >= 0, got NaN"],
  [{ mixup: "0.2" }, "mixup must be a finite number >= 0, got 0.2"],
  [{ mixupProb: 2 }, "mixupProb must be a number in [0, 1], got 2"],
  [
    { cutmixMinmax: [0.8, 0.2] },
    "cutmixMinmax must be two numbers in [0, 1], the smaller first, got [0.8,0.2]",
  ],
  [{ cutmixMinmax: 0.3 }, "cutmixMinmax must be two numbers in [0, 1], the smaller first, got 0.3"],
];

type Refused = readonly [name: string, changes: object, error: Error];

const refused: readonly Refused[] = [
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
      'fit: mixing: option must be one of mixup, cutmix, cutmixMinmax, mixupProb, mixupSwitchProb, mixupMode, got "mixUp"; did you mean "mixup"?',
    ),
  ],
  ...mixings.map(
    ([mixing, message]): Refused => [
      `mixing ${JSON.stringify(mixing)}`,
      { mixing },
      new RangeError(`fit: mixing: ${message}`),
    ],
  ),
  [
    "an engine that is a promise",
    { updater: undefined, engine: Promise.resolve(engine), model, optimizer },
    new TypeError("fit: engine must have a function load, got a promise without it; await createEngine"),
  ],
  [
    "an updater that is none",
    { updater: {} },
    new TypeError("fit: updater must have a function update, got object without it; await createUpdater"),
  ],
  [
    "an updater whose store is none",
    { updater: { ...countedUpdater(), store: {} } },
    new TypeError(
      "fit: updater.store must have a function read, got object without it; take that of createUpdater, or leave it out",
    ),
  ],
  [
    "a task that is a definition",
    { task: classification },
    new TypeError("fit: task must have a function targets, got object without it; make it by createTask"),
  ],
  [
    "a schedule by its name",
    { schedule: "step" },
    new TypeError(
      "fit: schedule must have a function step, got string without it; take the scheduler of what createScheduler returns",
    ),
  ],
  [
    "a schedule over another optimizer",
    { schedule: new StepLRScheduler({ paramGroups: [{ lr: 1 }] }, { decayT: 1 }) },
    new RangeError(
      "fit: schedule must be over groups of the optimizer, got one over those of another; make it from this optimizer",
    ),
  ],
  [
    "a length that is no count",
    { loader: { ...countedLoader({}), length: 1.5 } },
    new RangeError("fit: length of loader must be an integer >= 1, got 1.5"),
  ],
  [
    "a size that is none",
    { loader: { ...countedLoader({}), inputSize: undefined } },
    new RangeError("fit: inputSize of loader must be [C, H, W], integers >= 1, got undefined"),
  ],
  [
    "a validation of another size",
    { validation: { ...countedLoader({}), inputSize: [3, 8, 2], input: "float32" } },
    new RangeError(
      `fit: validation must give images as loader does, uint8 [${countedLoader({}).inputSize.join(", ")}], got float32 [3, 8, 2]; make both loaders for one size`,
    ),
  ],
  [
    "a validation of no number of images",
    { validation: { ...countedLoader({}), samples: undefined } },
    new RangeError("fit: samples of validation must be an integer >= 1, got undefined"),
  ],
  ...[{}, { state: {}, kept: [] }, { progress: {} }, "runs/first"].map(
    (resume): Refused => [
      `resume ${JSON.stringify(resume)}`,
      { resume },
      new TypeError(
        "fit: resume must be a state with the progress of a run, got one without it; take the state of what readTrainingState returns, or the progress of what fit returns as { progress }",
      ),
    ],
  ),
  [
    "a metric that is no text",
    { metric: null },
    new RangeError('fit: metric must be one of loss, score (scoring), got "null"'),
  ],
  [
    "an average of another model",
    {
      ...{ updater: undefined, engine, model, optimizer },
      ...{ task: classification.create({ outputNames: ["cat", "dog"] }) },
      average: new ModelEma(createModel("test_resnet", { numClasses: 2 })),
    },
    new RangeError(
      "createUpdater: average must be of the model test_resnet, got one of another; make it by new ModelEma(model)",
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
