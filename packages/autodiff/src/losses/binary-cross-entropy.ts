import { arithmetic } from "../graph/arithmetic.ts";
import { elementCount } from "../graph/tensor.ts";
import type { Loss } from "./loss.ts";

/**
 * loss = mean over images and classes of max(z, 0) - z q + log(1 + exp(-|z|)), each class on its own.
 *
 * That is -q log s - (1 - q) log(1 - s), s = sigmoid(z), without overflow. dz = (s - q) / (B C).
 */
export const binaryCrossEntropy: Loss = (builder, logits, target) => {
  const math = arithmetic(builder);
  const count = elementCount(logits.shape);
  const decay = math.unary("Exp", math.unary("Neg", math.unary("Abs", logits)));
  const linear = math.sub(math.unary("Relu", logits), math.mul(logits, target));
  const each = math.add(linear, math.unary("Log", math.add(decay, 1)));
  const probs = math.unary("Sigmoid", logits);
  return {
    loss: math.div(math.sum(each, [...logits.shape.keys()]), count),
    gradient: math.div(math.sub(probs, target), count),
  };
};
