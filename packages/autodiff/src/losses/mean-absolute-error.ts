import { arithmetic } from "../graph/arithmetic.ts";
import { elementCount } from "../graph/tensor.ts";
import type { Loss } from "./loss.ts";

/**
 * Mean absolute error.
 *
 * loss = mean over all n elements of |z - q|. dz = sign(z - q) / n, 0 where they are equal.
 *
 * @returns A loss of outputs and targets of any one shape.
 * @example
 * const builder = new GraphBuilder("loss");
 * const z = builder.input("output", "float32", [4, 1]);
 * const q = builder.input("target", "float32", [4, 1]);
 * meanAbsoluteError().build(builder, z, q).loss.shape; // => []
 * @see PyTorch `torch.nn.L1Loss`
 */
export function meanAbsoluteError(): Loss {
  return {
    build(builder, logits, target) {
      const math = arithmetic(builder);
      const count = elementCount(logits.shape);
      const difference = math.sub(logits, target);
      return {
        loss: math.div(math.sum(math.unary("Abs", difference), [...logits.shape.keys()]), count),
        gradient: math.div(math.unary("Sign", difference), count),
      };
    },
  };
}
