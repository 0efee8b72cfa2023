/** Ways to compute a convolution or a gradient of it. */
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import { joinedColumnsOf } from "./columns.ts";
import type { ConvShapes } from "./conv-shapes.ts";

/** A way to compute a convolution or a gradient of it. */
export interface Way {
  /** Whether it serves these shapes. */
  serves(shapes: ConvShapes): boolean;
  /** Adds the nodes and returns the result. */
  build(builder: GraphBuilder, shapes: ConvShapes, values: ConvValues): Value;
}

/** Values that ways read. A gradient by the input is computed without x, one by the filters without w. */
export interface ConvValues {
  /** float32 [B, C, H, W]. */
  readonly x: Value;
  /** float32 [K, C/groups, R, S]. */
  readonly w: Value;
  /** Gradient by y = w * x, float32 [B, K, Ho, Wo]. */
  readonly dy: Value;
  /** What each window of all images sees, float32 [groups, C/groups R S, B Ho Wo]; computed once for all who ask. */
  joinedColumns(): Value;
}

/**
 * The values of one convolution.
 *
 * @param nameOf - Name of x, w and dy in the graph.
 */
export function convValues(
  builder: GraphBuilder,
  { window, groups }: ConvShapes,
  nameOf: Readonly<Record<"x" | "w" | "dy", string>>,
): ConvValues {
  let seen: Value | undefined;
  return {
    get x() {
      return builder.value(nameOf.x);
    },
    get w() {
      return builder.value(nameOf.w);
    },
    get dy() {
      return builder.value(nameOf.dy);
    },
    joinedColumns() {
      seen ??= joinedColumnsOf(builder, builder.value(nameOf.x), window, groups);
      return seen;
    },
  };
}
