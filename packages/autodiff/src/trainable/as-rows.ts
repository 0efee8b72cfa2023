/** Logits as a loss over classes reads them. */
import { int } from "../graph/attributes.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";

/** Logits [B, C, 1, 1] as [B, C]: all axes but the first have size 1, or one has not. */
export function asRows(builder: GraphBuilder, logits: Value): Value {
  const wide = logits.shape.slice(1).filter((size) => size !== 1);
  if (logits.shape.length <= 2 || wide.length > 1) return logits;
  return builder.op("Flatten", [logits], { axis: int(1) });
}
