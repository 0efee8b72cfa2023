/** Inputs that are constants of the graph. */
import type { GradientContext } from "./gradient-rule.ts";

/**
 * The numbers of constant input `index`; undefined where the input is absent.
 *
 * @throws RangeError where the graph does not hold them.
 */
export function constantNumbers(
  { name, inputs, builder }: GradientContext,
  index: number,
): number[] | undefined {
  const given = inputs[index];
  if (!given) return undefined;
  const constant = builder.constantOf(given.name);
  if (!constant) {
    throw new RangeError(
      `node "${name}": input ${index} must be a constant, got the computed value "${given.name}"`,
    );
  }
  return Array.from(constant.data, Number);
}
