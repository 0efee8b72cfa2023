/** The interface of a gradient rule. */
import type { Arithmetic } from "../graph/arithmetic.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Attributes, Value } from "../graph/graph.ts";

/** A node whose inputs' gradients are wanted. */
export interface GradientContext {
  readonly op: string;
  /** Name of the node. */
  readonly name: string;
  readonly attributes: Attributes;
  /** null stands for an absent optional input. */
  readonly inputs: readonly (Value | null)[];
  /** null stands for an absent optional output. */
  readonly outputs: readonly (Value | null)[];
  /** The first output. */
  readonly output: Value;
  /** Gradients of the loss by the outputs, each of its output's shape; null: the loss does not depend on it. */
  readonly gradients: readonly (Value | null)[];
  /** Gradient of the loss by the first output, of its shape. */
  readonly gradient: Value;
  /** Whether the gradient of input `index` is wanted. */
  wants(index: number): boolean;
  /** Extends the graph. */
  readonly builder: GraphBuilder;
  /** The arithmetic of `builder`. */
  readonly math: Arithmetic;
  /** Input `index`; throws where it is absent. */
  input(index: number): Value;
}

/**
 * Yields the gradients of a node's inputs, each of its input's shape, as new nodes.
 *
 * Position i holds the gradient of input i; null or nothing: the input has none, such as a shape.
 * Nodes that nothing reads are dropped by {@link GraphBuilder.build}.
 */
export type GradientRule = (context: GradientContext) => readonly (Value | null)[];
