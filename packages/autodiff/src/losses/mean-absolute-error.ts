import { arithmetic } from "../graph/arithmetic.ts";
import { elementCount } from "../graph/tensor.ts";
import type { Loss } from "./loss.ts";

/** loss = mean over all n elements of |z - q|. dz = sign(z - q) / n, 0 where they are equal. */
export const meanAbsoluteError: Loss = (builder, logits, target) => {
  const math = arithmetic(builder);
  const count = elementCount(logits.shape);
  const difference = math.sub(logits, target);
  return {
    loss: math.div(math.sum(math.unary("Abs", difference), [...logits.shape.keys()]), count),
    gradient: math.div(math.unary("Sign", difference), count),
  };
};
