/** Masks of dropout and drop path. */
import { elementCount, float32, type Tensor } from "@tsimm/autodiff";
import type { RandomStream } from "../random/keyed-random.ts";

/**
 * Draws a mask: each element is 1 / keep with probability `keep`, else 0, so that its mean is 1.
 *
 * @param keep - In (0, 1].
 */
export function drawMask(shape: readonly number[], keep: number, random: RandomStream): Tensor {
  const values = new Float32Array(elementCount(shape));
  for (let i = 0; i < values.length; i++) values[i] = random.uniform() < keep ? 1 / keep : 0;
  return float32(shape, values);
}
