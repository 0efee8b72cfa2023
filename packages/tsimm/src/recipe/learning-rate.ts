/** The learning rate when none is given: timm's rule for the batch size. */
import { findOptimizer, isOptimizer } from "../optim/optimizers.ts";
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
 * The scaling is the optimizer's own where none is asked for. A rate of 0 counts as not given, as in timm.
 */
export function learningRate(
  args: Pick<
    TrainArguments,
    "lr" | "lrBase" | "lrBaseSize" | "lrBaseScale" | "opt" | "batchSize" | "gradAccumSteps"
  >,
): LearningRate {
  if (args.lr !== null && args.lr !== 0) return { lr: args.lr, explanation: null };
  const scale = args.lrBaseScale === "" ? ownScale(args.opt) : args.lrBaseScale;
  const globalBatch = args.batchSize * args.gradAccumSteps;
  const ratio = globalBatch / args.lrBaseSize;
  const lr = args.lrBase * (scale === "sqrt" ? Math.sqrt(ratio) : ratio);
  const explanation = `Learning rate (${lr}) calculated from base learning rate (${args.lrBase}) and effective global batch size (${globalBatch}) with ${scale} scaling.`;
  return { lr, explanation };
}

/** The scaling of an optimizer's definition; an unknown name is an error elsewhere. */
function ownScale(opt: string): "sqrt" | "linear" {
  if (!isOptimizer(opt)) return "linear";
  return findOptimizer("learningRate", opt).definition.lrScaling ?? "linear";
}
