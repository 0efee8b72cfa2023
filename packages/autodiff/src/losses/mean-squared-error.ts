import { arithmetic } from "../graph/arithmetic.ts";
import { elementCount } from "../graph/tensor.ts";
import type { Loss } from "./loss.ts";

/**
 * Mean squared error.
 *
 * loss = mean over all n elements of (z - q)^2. dz = 2 (z - q) / n.
 *
 * @returns A loss of outputs and targets of any one shape.
 * @example
 * const builder = new GraphBuilder("loss");
 * const z = builder.input("output", "float32", [4, 1]);
 * const q = builder.input("target", "float32", [4, 1]);
 * meanSquaredError().build(builder, z, q).loss.shape; // => []
 * @see PyTorch `torch.nn.MSELoss`
 */
export function meanSquaredError(): Loss {
  return {
    build(builder, logits, target) {
      const math = arithmetic(builder);
      const count = elementCount(logits.shape);
      const difference = math.sub(logits, target);
      const squares = math.mul(difference, difference);
      return {
        loss: math.div(math.sum(squares, [...logits.shape.keys()]), count),
        gradient: math.mul(difference, 2 / count),
      };
    },
  };
}
