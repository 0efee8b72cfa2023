/** Multi-label classification: any number of labels for each image. */
import { binaryCrossEntropy } from "@tsimm/autodiff";
import { boolean, type OptionCheck, type OptionChecks } from "../optim/option-checks.ts";
import { checkOutput } from "./check-outputs.ts";
import { defineTask } from "./define-task.ts";
import type { Labels } from "./labels.ts";
import { mixTargets } from "./mix-targets.ts";
import { multiLabelMeter } from "./multi-label-meter.ts";
import { type NumberLabels, numberLabels } from "./number-labels.ts";
import { type PosWeight, posWeightOption, resolvePosWeight } from "./pos-weight.ts";
import { rankedAnswers } from "./ranked-answers.ts";
import type { Metric, TaskDefinition } from "./task.ts";
import { completeTaskOptions, share } from "./task-options.ts";

const NAME = "multi-label";

/** Options of the task `multi-label`. */
export interface MultiLabelOptions {
  /** Label smoothing s in [0, 1]: targets become (1 - s) q + s / 2; default 0. */
  readonly smoothing: number;
  /** The loss is summed over the labels, not averaged; default false. */
  readonly sumClasses: boolean;
  /** Weight of positive targets, one for all labels, by label, or `balanced`; default null: 1. */
  readonly posWeight: PosWeight;
  /** Probability in (0, 1) from which on a label counts as predicted in F1; default 0.5. */
  readonly threshold: number;
}

const defaults: MultiLabelOptions = { smoothing: 0, sumClasses: false, posWeight: null, threshold: 0.5 };

const openShare: OptionCheck = {
  text: "a number > 0 and < 1",
  test: (value) => typeof value === "number" && value > 0 && value < 1,
};

const checks: OptionChecks<MultiLabelOptions> = {
  smoothing: share,
  sumClasses: boolean,
  posWeight: posWeightOption,
  threshold: openShare,
};

const percent = { unit: "%", better: "higher", best: 100, panel: "mAP, F1 (%)" } as const;

const metrics: readonly Metric[] = [
  { name: "loss", label: "loss", logLabel: "Loss", unit: "", better: "lower", panel: "loss" },
  { name: "map", label: "mAP", ...percent },
  { name: "f1", label: "F1", ...percent },
];

/**
 * Any number of labels for each image: binary cross-entropy, mean average precision (`map`) and F1 (`f1`).
 *
 * Labels are 0 or 1 for each name, float32 [B, labels]; the loss takes anything between. Mean average precision is the
 * mean over the labels that occur in the evaluation of scikit-learn's `average_precision_score`, F1 the mean over them
 * of F1 at the threshold (macro); both in percent. A soft label counts as positive from 0.5 on. Without any positive
 * label both are NaN. The loss of an evaluation is the mean binary cross-entropy, without weights and smoothing.
 *
 * @example
 * const task = multiLabel.create({ outputNames: ["indoor", "people"] });
 * const meter = task.createMeter();
 * meter.add(Float32Array.of(2, -1, -3, 1), Float32Array.of(1, 0, 0, 1));
 * meter.result().map; // => 100
 * task.describe(Float32Array.of(0, -3), 1); // => [{ label: "indoor", value: 0.5 }]
 */
export const multiLabel: TaskDefinition<MultiLabelOptions> = defineTask({
  name: NAME,
  labels: "multi",
  fromArguments: { sumClasses: "bceSum", posWeight: ["bcePosWeight", "classWeights"] },
  create(context, given = {}) {
    const options = completeTaskOptions(NAME, { defaults, checks }, given);
    const { outputNames } = context;
    const { smoothing, sumClasses, threshold } = options;
    const kind: NumberLabels = {
      names: outputNames,
      check: share,
      cure: "label images with 1 where a label holds, else 0",
    };
    const check = (labels: Labels) => numberLabels(NAME, labels, kind);
    const smooth = (labels: Labels) =>
      Float32Array.from(check(labels), (label) => (1 - smoothing) * label + smoothing / 2);
    return {
      name: NAME,
      outputNames,
      loss: binaryCrossEntropy({
        sumClasses,
        posWeight: resolvePosWeight(NAME, options.posWeight, context, kind),
      }),
      raisesLoss: smoothing > 0 ? [`label smoothing ${smoothing}`] : [],
      metrics,
      metric: "map",
      outputMetric: {
        ...percent,
        ...{ name: "ap", label: "average precision", panel: "average precision of each label" },
      },
      targets(labels, mixed) {
        const own = smooth(labels);
        return mixed ? mixTargets(NAME, own, smooth(mixed.labels), mixed.lambda) : own;
      },
      createMeter: () =>
        multiLabelMeter(NAME, {
          names: outputNames,
          threshold: Math.log(threshold / (1 - threshold)),
          check,
        }),
      describe(output, most) {
        checkOutput(NAME, output, outputNames.length);
        return rankedAnswers(outputNames, Float64Array.from(output, sigmoid), most);
      },
      answers: { kind: "labels", threshold },
      settings: { threshold },
    };
  },
});

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
