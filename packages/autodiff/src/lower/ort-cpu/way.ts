/** Ways to compute the same. */
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import type { ConvShapes } from "./conv-shapes.ts";

/** A way to compute a convolution or a gradient of it. */
export interface Way<Given> {
  /** Whether it serves these shapes. */
  serves(shapes: ConvShapes): boolean;
  /** Adds the nodes and returns the result. */
  build(builder: GraphBuilder, shapes: ConvShapes, given: Given): Value;
}

/** Values that the ways may read. */
export interface ConvValues {
  /** float32 [B, C, H, W]. */
  readonly x: Value;
  /** float32 [K, C/groups, R, S]. */
  readonly w: Value;
  /** [K]; null: there is none. */
  readonly bias: Value | null;
  /** Gradient by y, float32 [B, K, Ho, Wo]. */
  readonly dy: Value;
  /** What each window of all images sees, float32 [groups, C/groups R S, B Ho Wo]; computed once for all who ask. */
  joinedColumns(): Value;
}
