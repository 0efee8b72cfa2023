/** Weights of a file, with what is known of their model. */
import { type ReadWeights, readWeights } from "../checkpoint/read-weights.ts";
import { describeArguments } from "./describe-arguments.ts";

/** The same as {@link readWeights}; a checkpoint of timm's is described by the arguments in it. */
export async function readDescribedWeights(
  path: string,
  options: Parameters<typeof readWeights>[1],
): Promise<ReadWeights> {
  const weights = await readWeights(path, options);
  const { description, args = null } = weights;
  return { ...weights, description: description ?? describeArguments(args) };
}
