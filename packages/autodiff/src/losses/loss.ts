/** What every loss is. */
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";

/**
 * Extends a graph by a loss and its gradient.
 *
 * @param logits - float32 [B, C].
 * @param target - float32 [B, C], dense.
 * @returns `loss`, a float32 scalar, and its `gradient` by the logits, float32 [B, C].
 */
export type Loss = (
  builder: GraphBuilder,
  logits: Value,
  target: Value,
) => { readonly loss: Value; readonly gradient: Value };
