import type { Value } from "../../graph/graph.ts";
import type { Window2d } from "../../graph/shapes/window.ts";

/** A convolution of which the gradient by the filters is wanted. */
export interface ConvGradient {
  /** Gradient by its output, float32 [B, K, Ho, Wo]. */
  readonly gradient: Value;
  /** Its input, float32 [B, C, H, W]. */
  readonly x: Value;
  readonly window: Window2d;
  /** [K, C/groups, R, S]. */
  readonly weightShape: readonly number[];
  readonly groups: number;
}
