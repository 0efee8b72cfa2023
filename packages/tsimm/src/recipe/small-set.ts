/** Advice for small sets of images, for which ImageNet's defaults are not made. */
import type { TrainArguments } from "./arguments.ts";
import { flagWords } from "./flag-words.ts";
import { isGiven } from "./given.ts";

/** Fewer training images than that are few. */
const FEW = 1000;

/** Settings that decide whether a small set is learnt in a fair time. */
const DECISIVE = ["model", "batchSize", "epochs"];

/**
 * One line of settings for a set of a few hundred images.
 *
 * @param images - Training images.
 * @param given - Explicit arguments; what is among them is not advised on.
 * @returns null for a set that is large enough, or if everything that matters was given.
 */
export function smallSetAdvice(images: number, given: Partial<TrainArguments>): string | null {
  if (images >= FEW || DECISIVE.every((name) => isGiven(given, name))) return null;
  const advised: Partial<TrainArguments> = {
    model: "resnet18",
    ...(isGiven(given, "inputSize") ? {} : { imgSize: 160 }),
    batchSize: Math.max(1, Math.min(16, Math.floor(images / 4))),
    epochs: 50,
    warmupEpochs: 2,
  };
  const left = Object.entries(advised).filter(([name]) => !isGiven(given, name));
  return `The defaults are made for ImageNet, and ${images} training images are few for them; try ${flagWords(Object.fromEntries(left))}`;
}
