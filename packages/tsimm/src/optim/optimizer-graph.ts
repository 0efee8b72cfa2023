/** The update of an optimizer as nodes of a graph, for training state that stays on a device. */
import type { Arithmetic, GraphBuilder, Value } from "@tsimm/autodiff";
import type { ParamGroup } from "./optimizer.ts";

/** A tensor of a group in the group's vector. */
export interface VectorPart {
  /** Of the parameter. */
  readonly name: string;
  readonly shape: readonly number[];
}

/** A group of parameters in a graph: its tensors lie one behind the other in a vector. */
export interface UpdateGraphContext<O, S> {
  readonly builder: GraphBuilder;
  /** The arithmetic of `builder`. */
  readonly math: Arithmetic;
  readonly group: ParamGroup & O;
  /** The tensors, in the order of the vectors. */
  readonly parts: readonly VectorPart[];
  /** Weights before the update, float32 [N]. */
  readonly data: Value;
  /** Gradient after clipping, float32 [N]. */
  readonly grad: Value;
  /** Norm of all gradients of all groups after clipping, a float32 scalar. */
  readonly gradNorm: Value;
  /** Per slot the tensors' slots one behind the other, float32 vectors. */
  readonly slots: { readonly [K in keyof S]: Value };
  /** What {@link OptimizerGraph.scalars} gives, float32 scalars. */
  readonly scalars: Readonly<Record<string, Value>>;
  /** A vector [N] as the tensors of the group. */
  split(vector: Value): readonly Value[];
  /** The tensors of the group, of any shapes of as many elements, as a vector [N]. */
  join(tensors: readonly Value[]): Value;
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
   * @param step - Number of this update, from 1.
   */
  scalars(group: ParamGroup & O, step: number): Readonly<Record<string, number>>;
  /** Adds the update. Options that are no numbers, and whether a number is 0, are fixed in the graph. */
  build(context: UpdateGraphContext<O, S>): UpdatedValues<S>;
}
