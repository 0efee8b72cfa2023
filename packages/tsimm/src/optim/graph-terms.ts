/** Terms that the graphs of several optimizers have. */
import type { Arithmetic, Value } from "@tsimm/autodiff";
import { type CorrectedDecayOption, decayShare } from "./corrected-decay.ts";
import type { ParamGroup } from "./optimizer.ts";
import type { UpdateGraphContext } from "./optimizer-graph.ts";

type Context = Pick<UpdateGraphContext<unknown, unknown>, "math" | "group" | "data" | "grad" | "scalar">;

/** Numbers that {@link penalized} and {@link shrunk} take. */
export function decayScalars(
  group: Pick<ParamGroup, "lr" | "initialLr" | "weightDecay"> & Partial<CorrectedDecayOption>,
): { readonly decay: number; readonly keep: number } {
  const share = decayShare({ correctedWeightDecay: false, ...group });
  return { decay: group.weightDecay, keep: 1 - share };
}

/** The gradient with an L2 penalty: g + wd·p. */
export function penalized({ math, group, data, grad, scalar }: Context): Value {
  return group.weightDecay === 0 ? grad : math.add(grad, math.mul(data, scalar("decay")));
}

/** The weights after decoupled decay: p (1 - lr·wd), of {@link decayShare}. */
export function shrunk({ math, group, data, scalar }: Context): Value {
  return group.weightDecay === 0 ? data : math.mul(data, scalar("keep"));
}

/**
 * A running mean, β·mean + (1 - β)·x, as mean + (1 - β)(x - mean), for β below 0.5 as x - β(x - mean): in float32 the two
 * weights would not add up to 1.
 *
 * @param difference - x - mean, where it is at hand.
 * @see PyTorch `lerp`
 */
export function runningMean(
  math: Arithmetic,
  mean: Value,
  x: Value,
  beta: number,
  difference: Value = math.sub(x, mean),
): Value {
  return beta < 0.5
    ? math.sub(x, math.mul(difference, beta))
    : math.add(mean, math.mul(difference, 1 - beta));
}

/**
 * What is added to a denominator, not 0: the zeros that fill up rows of vectors stay numbers. Smaller numbers are 0 to
 * some devices.
 */
export function nonZero(eps: number): number {
  return Math.max(eps, 1e-30);
}

/** Mean of the squares of each tensor of a vector, [tensors]. */
export function meanSquares(
  { builder, math, vectors }: Pick<UpdateGraphContext<unknown, unknown>, "builder" | "math" | "vectors">,
  vector: Value,
): Value {
  const counts = vectors.layout.parts.map(({ shape }) => shape.reduce((product, size) => product * size, 1));
  const perCount = Float32Array.from(counts, (count) => 1 / count);
  const factors = builder.constant({ dtype: "float32", shape: [counts.length], data: perCount });
  return math.mul(vectors.sumSquares(vector), factors);
}
