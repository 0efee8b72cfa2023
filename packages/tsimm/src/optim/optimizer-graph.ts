/** The update of an optimizer as nodes of a graph, for training state that stays on a device. */
import type { Arithmetic, GraphBuilder, Value } from "@tsimm/autodiff";
import type { ParamGroup } from "./optimizer.ts";
import type { VectorGraph } from "./vector-graph.ts";

/**
 * A group of parameters in a graph: its tensors lie in one vector, a float32 value of the shape [rows, width], so that a
 * rule that works element by element takes a few nodes for all of them.
 */
export interface UpdateGraphContext<O, S> {
  readonly builder: GraphBuilder;
  /** The arithmetic of `builder`. */
  readonly math: Arithmetic;
  /** Its options, except `lr` and `weightDecay`, may be constants of the graph. */
  readonly group: ParamGroup & O;
  /** The vector of the weights before the update. */
  readonly data: Value;
  /** The vector of the gradients after clipping. */
  readonly grad: Value;
  /** Norm of all gradients of all groups after clipping, a float32 scalar. */
  readonly gradNorm: Value;
  /** A vector of the tensors' slots per slot; one that no tensor has is absent. */
  readonly slots: { readonly [K in keyof S]: Value };
  /** Tensors, and sums per tensor, of the vectors of weights and gradients. */
  readonly vectors: VectorGraph;
  /** The same for the vectors of slots, which hold only tensors that have the slot. */
  readonly slotVectors: { readonly [K in keyof S]: VectorGraph };
  /**
   * A number that {@link OptimizerGraph.scalars} gives, a float32 scalar.
   *
   * @throws RangeError if it gives none of that name.
   */
  scalar(name: string): Value;
}

/** State after an update. */
export interface UpdatedValues<S> {
  readonly data: Value;
  readonly slots: { readonly [K in keyof S]: Value };
}

/** The update of a group of parameters as nodes of a graph. */
export interface OptimizerGraph<O, S> {
  /**
   * Numbers of an update that the graph takes as inputs; computed in float64, so that schedules and bias corrections are
   * exact. Their names are the same in every update.
   *
   * @param step - Number of this update, from 1, of those that the parameters are part of.
   * @param joined - Updates before the first of them; absent: 0.
   */
  scalars(group: ParamGroup & O, step: number, joined?: number): Readonly<Record<string, number>>;
  /** Adds the update. The graph holds as long as options other than `lr` and `weightDecay` do, and `weightDecay` is 0 or not. */
  build(context: UpdateGraphContext<O, S>): UpdatedValues<S>;
}
