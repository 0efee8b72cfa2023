import { arithmetic } from "../graph/arithmetic.ts";
import { elementCount } from "../graph/tensor.ts";
import type { Loss } from "./loss.ts";

/** loss = mean over all n elements of (z - q)^2. dz = 2 (z - q) / n. */
export const meanSquaredError: Loss = (builder, logits, target) => {
  const math = arithmetic(builder);
  const count = elementCount(logits.shape);
  const difference = math.sub(logits, target);
  const squares = math.mul(difference, difference);
  return {
    loss: math.div(math.sum(squares, [...logits.shape.keys()]), count),
    gradient: math.mul(difference, 2 / count),
  };
};
