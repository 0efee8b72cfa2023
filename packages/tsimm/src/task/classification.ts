/** Classification: one class for each image, or a probability for each class. */
import { binaryCrossEntropy, jsdCrossEntropy, type Loss, softmaxCrossEntropy } from "@tsimm/autodiff";
import {
  boolean,
  fraction,
  nonNegative,
  type OptionChecks,
  orNull,
  positive,
} from "../optim/option-checks.ts";
import { accuracyMeter } from "./accuracy-meter.ts";
import { checkOutput } from "./check-outputs.ts";
import { checkClassLabels } from "./class-labels.ts";
import { type ClassWeights, resolveClassWeights } from "./class-weights.ts";
import { defineTask } from "./define-task.ts";
import { denseTargets } from "./dense-targets.ts";
import type { Labels } from "./labels.ts";
import { softmax } from "./logits.ts";
import { mixTargets } from "./mix-targets.ts";
import { namedWeights } from "./named-weights.ts";
import { rankedAnswers } from "./ranked-answers.ts";
import type { Metric, TaskDefinition } from "./task.ts";
import { completeTaskOptions, share } from "./task-options.ts";

const NAME = "classification";

/** Options of the task `classification`, most under timm's names. */
export interface ClassificationOptions {
  /** Label smoothing in [0, 1], of labels that are class ids; default 0. */
  readonly smoothing: number;
  /** Trains with binary cross-entropy, each class on its own, instead of softmax cross-entropy; default false. */
  readonly bceLoss: boolean;
  /** Binary cross-entropy is summed over the classes, not averaged; default false. */
  readonly bceSum: boolean;
  /** Smoothed and mixed targets of binary cross-entropy become 1 above this threshold in [0, 1), else 0; default null: they stay. */
  readonly bceTargetThresh: number | null;
  /** Weight of positive targets in binary cross-entropy, > 0; default null: 1. */
  readonly bcePosWeight: number | null;
  /**
   * Trains with softmax cross-entropy of the first image of each sample, and the Jensen-Shannon divergence of what the model
   * makes of all `augSplits` of them; default false.
   */
  readonly jsdLoss: boolean;
  /** Images of each sample in a batch, the first of every sample first; default 0: one. */
  readonly augSplits: number;
  /**
   * Weights of the classes in the training loss, which stays a mean over images: `balanced`, so that each class weighs the
   * same however often it comes, or by class name; default null: 1 each.
   */
  readonly classWeights: ClassWeights;
}

const defaults: ClassificationOptions = {
  smoothing: 0,
  bceLoss: false,
  bceSum: false,
  bceTargetThresh: null,
  bcePosWeight: null,
  jsdLoss: false,
  augSplits: 0,
  classWeights: null,
};

const checks: OptionChecks<ClassificationOptions> = {
  smoothing: share,
  bceLoss: boolean,
  bceSum: boolean,
  bceTargetThresh: orNull(fraction),
  bcePosWeight: orNull(positive),
  jsdLoss: boolean,
  augSplits: nonNegative,
  classWeights: namedWeights,
};

const accuracy = { unit: "%", better: "higher", best: 100, panel: "accuracy (%)" } as const;

const metrics: readonly Metric[] = [
  { name: "loss", label: "loss", logLabel: "Loss", unit: "", better: "lower", panel: "loss" },
  { name: "top1", label: "top-1", logLabel: "Acc@1", ...accuracy, certainUpTo: 1 },
  { name: "top5", label: "top-5", logLabel: "Acc@5", ...accuracy, certainUpTo: 5 },
];

/**
 * One class for each image: softmax or binary cross-entropy, top-1 and top-5 accuracy.
 *
 * Labels are class ids, or probabilities of the classes (float32 [B, classes], rows that sum to 1), which label
 * smoothing leaves alone. The loss of an evaluation is softmax cross-entropy without smoothing, whatever the training
 * loss, and answers are softmax probabilities.
 *
 * @example
 * const task = classification.create({ outputNames: ["cat", "dog"] }, { smoothing: 0.5 });
 * task.targets(Int32Array.of(1)); // => Float32Array [0.25, 0.75]
 * const meter = task.createMeter();
 * meter.add(Float32Array.of(2, 1, 0, 3), Int32Array.of(0, 0)).top1; // => 50
 * @see timm `train.py`, `timm/loss/binary_cross_entropy.py`
 */
export const classification: TaskDefinition<ClassificationOptions> = defineTask({
  name: NAME,
  labels: "class",
  fromArguments: Object.fromEntries(Object.keys(defaults).map((option) => [option, option])),
  create(context, given = {}) {
    const options = completeTaskOptions(NAME, { defaults, checks }, given);
    const { outputNames } = context;
    const { smoothing, bceTargetThresh } = options;
    const width = outputNames.length;
    // timm compares in float32.
    const threshold = bceTargetThresh === null ? null : Math.fround(bceTargetThresh);
    const dense = (labels: Labels): Float32Array => {
      checkClassLabels(NAME, labels, width);
      return labels instanceof Int32Array ? denseTargets(labels, width, smoothing) : labels.slice();
    };
    return {
      name: NAME,
      outputNames,
      loss: lossOf(options, resolveClassWeights(NAME, options.classWeights, context)),
      raisesLoss: [
        ...(smoothing > 0 ? [`label smoothing ${smoothing}`] : []),
        ...(options.jsdLoss ? ["the Jensen-Shannon divergence"] : []),
      ],
      metrics,
      metric: "top1",
      outputMetric: { ...accuracy, name: "accuracy", label: "accuracy", panel: "accuracy of each class" },
      targets(labels, mixed) {
        const own = dense(labels);
        const targets = mixed ? mixTargets(NAME, own, dense(mixed.labels), mixed.lambda) : own;
        return threshold === null ? targets : targets.map((target) => (target > threshold ? 1 : 0));
      },
      createMeter: () => accuracyMeter(NAME, outputNames),
      describe(output, most) {
        checkOutput(NAME, output, width);
        return rankedAnswers(outputNames, softmax(output), most);
      },
      answers: { kind: "class" },
      settings: {},
    };
  },
});

function lossOf(options: ClassificationOptions, classWeights: readonly number[] | undefined): Loss {
  const { bceLoss, bceSum, bceTargetThresh, bcePosWeight, jsdLoss, augSplits } = options;
  if (jsdLoss) {
    if (bceLoss) throw new RangeError(`${NAME}: jsdLoss must be false beside bceLoss, got true`);
    if (classWeights !== undefined)
      throw new RangeError(`${NAME}: jsdLoss must be false beside classWeights, got true`);
    if (augSplits < 2) {
      throw new RangeError(
        `${NAME}: jsdLoss must come with augSplits of 2 or more, got ${augSplits}; set augSplits to 3`,
      );
    }
    return jsdCrossEntropy({ numSplits: augSplits });
  }
  if (bceLoss) {
    return binaryCrossEntropy({ sumClasses: bceSum, posWeight: bcePosWeight ?? undefined, classWeights });
  }
  for (const [name, value] of Object.entries({ bceSum, bceTargetThresh, bcePosWeight })) {
    if (value === null || value === false) continue;
    throw new RangeError(
      `${NAME}: ${name} must come with bceLoss, got ${value} without it; set bceLoss to true`,
    );
  }
  return softmaxCrossEntropy({ classWeights });
}
