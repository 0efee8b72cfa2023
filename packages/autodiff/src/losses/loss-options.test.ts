/** Errors of the factories of losses. */
import { expect, test } from "vitest";
import { GraphBuilder } from "../graph/builder.ts";
import { type BinaryCrossEntropyOptions, binaryCrossEntropy } from "./binary-cross-entropy.ts";
import { huber, smoothL1 } from "./huber.ts";
import type { Loss } from "./loss.ts";
import { type SoftmaxCrossEntropyOptions, softmaxCrossEntropy } from "./softmax-cross-entropy.ts";

function built(loss: Loss): unknown {
  const builder = new GraphBuilder("loss");
  return loss.build(builder, builder.input("z", "float32", [2, 3]), builder.input("q", "float32", [2, 3]));
}

test.each<[string, () => unknown, string]>([
  [
    "a negative weight",
    () => softmaxCrossEntropy({ classWeights: [1, -1, 2] }),
    "softmaxCrossEntropy: classWeights must be finite numbers >= 0, one of them > 0, got [1, -1, 2]",
  ],
  [
    "weights that are all 0",
    () => binaryCrossEntropy({ classWeights: [0, 0, 0] }),
    "binaryCrossEntropy: classWeights must be finite numbers >= 0, one of them > 0, got [0, 0, 0]",
  ],
  [
    "a weight that is no number",
    () => softmaxCrossEntropy({ classWeights: [1, Number.NaN, 2] }),
    "softmaxCrossEntropy: classWeights must be finite numbers >= 0, one of them > 0, got [1, NaN, 2]",
  ],
  [
    "weights of another number of classes",
    () => built(softmaxCrossEntropy({ classWeights: [1, 2] })),
    "softmaxCrossEntropy: classWeights must have one entry per class, 3, got 2",
  ],
  [
    "positive weights of another number of classes",
    () => built(binaryCrossEntropy({ posWeight: [1, 2] })),
    "binaryCrossEntropy: posWeight must have one entry per class, 3, got 2",
  ],
  [
    "a positive weight of 0",
    () => binaryCrossEntropy({ posWeight: 0 }),
    "binaryCrossEntropy: posWeight must be a finite number > 0 or one per class, got 0",
  ],
  [
    "no positive weight",
    () => binaryCrossEntropy({ posWeight: [] }),
    "binaryCrossEntropy: posWeight must be a finite number > 0 or one per class, got []",
  ],
  [
    "an unknown way to normalize",
    () => softmaxCrossEntropy({ normalize: "mean" as "batch" }),
    'softmaxCrossEntropy: normalize must be batch or weights, got "mean"',
  ],
  [
    "a sum over classes that is no boolean",
    () => binaryCrossEntropy({ sumClasses: "yes" as unknown as boolean }),
    'binaryCrossEntropy: sumClasses must be true or false, got "yes"',
  ],
  [
    "an unknown option",
    () => softmaxCrossEntropy({ classWeigths: [1] } as SoftmaxCrossEntropyOptions),
    'softmaxCrossEntropy: option must be one of classWeights, normalize, got "classWeigths"; did you mean "classWeights"?',
  ],
  [
    "another loss's option",
    () => binaryCrossEntropy({ normalize: "batch" } as BinaryCrossEntropyOptions),
    'binaryCrossEntropy: option must be one of sumClasses, posWeight, classWeights, got "normalize"',
  ],
  ["a delta of 0", () => huber({ delta: 0 }), "huber: delta must be a finite number > 0, got 0"],
  [
    "a beta that is no number",
    () => smoothL1({ beta: Number.NaN }),
    "smoothL1: beta must be a finite number > 0, got NaN",
  ],
])("rejects %s", (_, act, message) => {
  expect(act).toThrow(new RangeError(message));
});
