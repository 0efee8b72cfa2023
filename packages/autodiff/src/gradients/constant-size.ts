/** A limit to the constants that gradient rules build. */
import { describe } from "../graph/shapes/shape-rule.ts";
import type { GradientContext } from "./gradient-rule.ts";

/** 256 MB of float32; a file of a few bytes can ask for any number. */
const largest = 2 ** 26;

/**
 * Throws where a rule would build a constant that no memory holds, such as the matrix of an interpolation to 10^9 pixels.
 *
 * @param elements - What it would have.
 */
export function limitConstant(context: Pick<GradientContext, "op" | "name">, elements: number): void {
  if (elements <= largest) return;
  throw new RangeError(
    `${describe(context)}: the gradient must need constants of at most ${largest} elements, got ${elements}; freeze what lies before it`,
  );
}
