/** What every loss is. */
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";

/**
 * Extends a graph by a loss and its gradient.
 *
 * @param logits - float32, of the shape that the loss takes, e.g. [B, C].
 * @param target - float32, of the same shape.
 * @returns `loss`, a float32 scalar, and its `gradient` by the logits, float32, of their shape.
 */
export type Loss = (
  builder: GraphBuilder,
  logits: Value,
  target: Value,
) => { readonly loss: Value; readonly gradient: Value };
