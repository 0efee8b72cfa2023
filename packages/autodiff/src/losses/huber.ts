import { arithmetic } from "../graph/arithmetic.ts";
import { elementCount } from "../graph/tensor.ts";
import type { Loss } from "./loss.ts";

/**
 * loss = mean over all n elements of d^2 / 2 where |d| <= 1, else |d| - 1/2; d = z - q.
 *
 * That is c (d - c / 2), c = d limited to [-1, 1]. dz = c / n.
 */
export const huber: Loss = (builder, logits, target) => {
  const math = arithmetic(builder);
  const count = elementCount(logits.shape);
  const difference = math.sub(logits, target);
  const limited = builder.op("Clip", [difference, math.constant(-1), math.constant(1)]);
  const each = math.mul(limited, math.sub(difference, math.mul(limited, 0.5)));
  return {
    loss: math.div(math.sum(each, [...logits.shape.keys()]), count),
    gradient: math.div(limited, count),
  };
};
