/** The interface of a loss: a function that extends a graph. */
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";

/** Values that a loss adds to a graph. */
export interface LossGraph {
  /** float32 scalar. */
  readonly loss: Value;
  /** Gradient of the loss by the logits, float32, of their shape; absent: derived by the gradient rules. */
  readonly gradient?: Value;
}

/**
 * Extends a graph by a loss, and its gradient where a formula is better than the chain rule.
 *
 * @param builder - Holds both values; {@link arithmetic} shortens formulas.
 * @param logits - Output of the model, float32, e.g. [B, C].
 * @param target - float32, of the same shape.
 */
export type LossFunction = (builder: GraphBuilder, logits: Value, target: Value) => LossGraph;

/**
 * A loss, and its demands on a model.
 *
 * @example
 * // Focal loss: mean over images and classes of (1 - p)^2 (-log p), p the probability of the true answer.
 * const focal: Loss = {
 *   containsActivation: true,
 *   build(builder, logits, target) {
 *     const math = arithmetic(builder);
 *     const sign = math.sub(math.mul(target, 2), 1);
 *     const surprise = math.unary("Softplus", math.unary("Neg", math.mul(logits, sign)));
 *     const missed = math.sub(1, math.unary("Exp", math.unary("Neg", surprise)));
 *     const each = math.mul(math.mul(missed, missed), surprise);
 *     return { loss: math.div(math.sum(each, [0, 1]), elementCount(logits.shape)) };
 *   },
 * };
 * const builder = new GraphBuilder("linear");
 * const x = builder.input("x", "float32", [4, 2]);
 * const w = builder.input("w", "float32", [2, 3]);
 * builder.output(builder.op("MatMul", [x, w]), "logits");
 * trainingGraph(builder.build(), { parameters: ["w"], loss: focal }).gradients.get("w"); // => "w.grad"
 */
export interface Loss {
  /** Whether logits must be rows, [B, C]; absent: they may have any shape. */
  readonly ofRows?: boolean;
  /** Whether the loss contains a classifier's softmax or sigmoid, so that it reads what enters them; absent: no. */
  readonly containsActivation?: boolean;
  readonly build: LossFunction;
}
