/** Caution: a step leaves out what goes against the gradient. */
import type { Value } from "@tsimm/autodiff";
import { meanSquares } from "./graph-terms.ts";
import type { UpdateGraphContext } from "./optimizer-graph.ts";
import { boolean, type OptionChecks } from "./option-checks.ts";

/** Option of optimizers that can be cautious. */
export type CautionOption = {
  /** Elements of a step that go against the gradient are left out, and the others grow by as much as went. */
  readonly caution: boolean;
};

/** Check of {@link CautionOption}. */
export const cautionCheck: OptionChecks<CautionOption> = { caution: boolean };

/** Elements that are left over are scaled as if they were at least this share of a tensor. */
const smallestShare = 1e-3;

/** The factor on the elements of a step that are left over, `count` of `length`. */
export function cautionScale(count: number, length: number): number {
  return 1 / Math.max(count / length, smallestShare);
}

/**
 * Makes the step u of a tensor cautious, in place (Liang et al., arXiv:2411.16085).
 *
 * k = share of the elements with u·g > 0; u = u / max(k, 0.001) where u·g > 0, else 0
 *
 * @param step - At least as long as the gradient; only its first elements change.
 * @param grad - The gradient that the step was made of; only read.
 * @see timm `timm/optim/adamw.py`
 */
export function cautious(step: Float32Array, grad: Float32Array): void {
  let count = 0;
  for (let i = 0; i < grad.length; i++) if ((step[i] ?? 0) * (grad[i] ?? 0) > 0) count++;
  const scale = cautionScale(count, grad.length);
  for (let i = 0; i < grad.length; i++) {
    const u = step[i] ?? 0;
    step[i] = u * (grad[i] ?? 0) > 0 ? u * scale : 0;
  }
}

/** {@link cautious} as nodes, for each tensor of the vector of steps. */
export function cautiousNodes(
  context: Pick<UpdateGraphContext<unknown, unknown>, "builder" | "math" | "grad" | "vectors">,
  step: Value,
  grad: Value = context.grad,
): Value {
  const { builder, math, vectors } = context;
  const agrees = math.positive(math.mul(step, grad));
  const shares = meanSquares(context, math.where(agrees, 1, 0));
  const scales = math.div(1, builder.op("Max", [shares, math.constant(smallestShare)]));
  return math.mul(math.where(agrees, step, 0), vectors.spread(scales));
}
