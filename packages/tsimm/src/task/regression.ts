/** Regression: one or more numbers for each image. */
import { type OptionCheck, type OptionChecks, orNull, positive } from "../optim/option-checks.ts";
import { checkOutput } from "./check-outputs.ts";
import { defineTask } from "./define-task.ts";
import type { Labels } from "./labels.ts";
import { mixTargets } from "./mix-targets.ts";
import { type NumberLabels, numberLabels } from "./number-labels.ts";
import { type RegressionLoss, regressionLosses } from "./regression-loss.ts";
import { regressionMeter } from "./regression-meter.ts";
import { resolveStandardization, type Standardization, standardizeOption } from "./standardization.ts";
import type { Metric, TaskDefinition } from "./task.ts";
import { completeTaskOptions } from "./task-options.ts";

const NAME = "regression";

/** Options of the task `regression`. */
export interface RegressionOptions {
  /** Mean squared error, mean absolute error, or the Huber loss; default `mse`. */
  readonly loss: RegressionLoss;
  /** Difference up to which the Huber loss is a square, > 0, in units of the targets; default null: 1. */
  readonly delta: number | null;
  /**
   * Whether targets are (label - mean) / std, so that a fresh net learns them at ordinary rates, whatever their unit;
   * `{ mean, std }`, a number per output: by these. Default null: by the training labels, where they are known.
   */
  readonly standardize: boolean | Standardization | null;
}

const defaults: RegressionOptions = { loss: "mse", delta: null, standardize: null };

const lossNames = Object.keys(regressionLosses);

const lossOption: OptionCheck = {
  text: `one of ${lossNames.join(", ")}`,
  test: (value) => typeof value === "string" && lossNames.includes(value),
};

const checks: OptionChecks<RegressionOptions> = {
  loss: lossOption,
  delta: orNull(positive),
  standardize: standardizeOption,
};

const finite: OptionCheck = { text: "a finite number", test: Number.isFinite };

const error: Metric = {
  ...{ name: "mae", label: "MAE", logLabel: "MAE", unit: "" },
  ...{ better: "lower", best: 0, panel: "mean absolute error" },
};

const metrics: readonly Metric[] = [
  { name: "loss", label: "loss", logLabel: "Loss", unit: "", better: "lower", best: 0, panel: "loss" },
  error,
  { name: "r2", label: "R²", unit: "", better: "higher", best: 1, panel: "R²" },
];

/**
 * One or more numbers for each image: squared, absolute or Huber loss, mean absolute error (`mae`) and R² (`r2`).
 *
 * Labels are float32 [B, outputs]; for one output also [B]. Targets are standardised, so the model's own outputs are in
 * units of the standard deviation from the mean: number = output · std + mean. Both stand in the task's settings, which
 * an exported file carries, `describe` tells numbers in the unit of the labels, and so do `mae` and `r2`. The loss, in
 * training and in evaluation, is of the standardised numbers.
 *
 * @example
 * const task = regression.create({ outputNames: ["age"], trainingLabels: [20, 40] });
 * task.targets(Float32Array.of(50)); // => Float32Array [2]
 * task.describe(Float32Array.of(2), 1); // => [{ label: "age", value: 50 }]
 * task.settings; // => { standardize: { mean: [30], std: [10] } }
 * task.createMeter().add(Float32Array.of(2, 0), Float32Array.of(50, 20)); // => { loss: 0.5, mae: 5 }
 */
export const regression: TaskDefinition<RegressionOptions> = defineTask({
  name: NAME,
  labels: "number",
  fromArguments: { loss: "regressionLoss", delta: "huberDelta" },
  create(context, given = {}) {
    const { loss, delta, standardize } = completeTaskOptions(NAME, { defaults, checks }, given);
    if (delta !== null && loss !== "huber") {
      throw new RangeError(
        `${NAME}: delta must come with the loss huber, got ${delta} with ${loss}; set loss to huber`,
      );
    }
    const { outputNames } = context;
    const width = outputNames.length;
    const kind: NumberLabels = {
      names: outputNames,
      check: finite,
      cure: "give the number, or leave the image out",
    };
    const standardization = resolveStandardization(NAME, standardize, context, kind);
    const scale = standardization ?? { mean: outputNames.map(() => 0), std: outputNames.map(() => 1) };
    const [mean, std] = [Float64Array.from(scale.mean), Float64Array.from(scale.std)];
    const { graph, of } = regressionLosses[loss](delta ?? 1);
    const check = (labels: Labels) => numberLabels(NAME, labels, kind);
    const standardized = (labels: Labels) =>
      Float32Array.from(
        check(labels),
        (label, at) => (label - (mean[at % width] ?? Number.NaN)) / (std[at % width] ?? Number.NaN),
      );
    return {
      name: NAME,
      outputNames,
      loss: graph,
      raisesLoss: [],
      metrics,
      metric: "mae",
      outputMetric: { ...error, panel: "MAE of each output" },
      targets(labels, mixed) {
        const own = standardized(labels);
        return mixed ? mixTargets(NAME, own, standardized(mixed.labels), mixed.lambda) : own;
      },
      createMeter: () => regressionMeter(NAME, { names: outputNames, lossOf: of, scale, check }),
      describe(output, most) {
        checkOutput(NAME, output, width);
        return outputNames
          .map((label, index) => ({
            label,
            value: (output[index] ?? Number.NaN) * (std[index] ?? Number.NaN) + (mean[index] ?? Number.NaN),
          }))
          .slice(0, most);
      },
      answers: { kind: "numbers" },
      settings: { standardize: standardization ?? false },
    };
  },
});
