/** The learning rate when none is given: timm's rule for the batch size. */
import type { TrainArguments } from "./arguments.ts";

/** A learning rate and how it came about. */
export interface LearningRate {
  readonly lr: number;
  /** Line for the log; null when the rate was given. */
  readonly explanation: string | null;
}

/**
 * `--lr` as given, else `lrBase × ratio` with ratio = global batch / `lrBaseSize`, or its square root.
 *
 * Square-root scaling is the default of optimizers whose lower-cased name contains `ada` or `lamb`. A rate of 0
 * counts as not given, as in timm.
 */
export function learningRate(
  args: Pick<
    TrainArguments,
    "lr" | "lrBase" | "lrBaseSize" | "lrBaseScale" | "opt" | "batchSize" | "gradAccumSteps"
  >,
): LearningRate {
  if (args.lr !== null && args.lr !== 0) return { lr: args.lr, explanation: null };
  const adaptive = /ada|lamb/.test(args.opt.toLowerCase());
  const scale = args.lrBaseScale === "" ? (adaptive ? "sqrt" : "linear") : args.lrBaseScale;
  const globalBatch = args.batchSize * args.gradAccumSteps;
  const ratio = globalBatch / args.lrBaseSize;
  const lr = args.lrBase * (scale === "sqrt" ? Math.sqrt(ratio) : ratio);
  const explanation = `Learning rate (${lr}) calculated from base learning rate (${args.lrBase}) and effective global batch size (${globalBatch}) with ${scale} scaling.`;
  return { lr, explanation };
}
