/** A group of parameters on a device: layouts of its vectors, and its update as nodes of a graph. */
import { arithmetic, type GraphBuilder, type Value } from "@tsimm/autodiff";
import type { Parameter } from "../models/model.ts";
import type { ParamGroup } from "./optimizer.ts";
import type { OptimizerDefinition } from "./optimizer-definition.ts";
import type { UpdatedValues } from "./optimizer-graph.ts";
import { type VectorGraph, vectorGraph } from "./vector-graph.ts";
import { type VectorLayout, vectorLayout } from "./vector-layout.ts";

/** Layouts of a group's vectors. Names of parts are those of the parameters. */
export interface GroupLayouts {
  /** Of weights, gradients and averages. */
  readonly data: VectorLayout;
  /** By slot, of the parameters that have it. */
  readonly slots: Readonly<Record<string, VectorLayout>>;
}

/** Layouts of the vectors of a group with at least one parameter. */
export function groupLayouts(
  { createSlots }: Pick<OptimizerDefinition, "createSlots">,
  group: ParamGroup,
): GroupLayouts {
  const slots = new Map<string, { name: string; shape: number[] }[]>();
  for (const parameter of group.params) {
    for (const [slot, { length }] of Object.entries(createSlots(parameter, group))) {
      slots.set(slot, [...(slots.get(slot) ?? []), { name: parameter.name, shape: [length] }]);
    }
  }
  return {
    data: vectorLayout(group.params.map(({ name, shape }: Parameter) => ({ name, shape }))),
    slots: Object.fromEntries([...slots].map(([slot, parts]) => [slot, vectorLayout(parts)])),
  };
}

/** Inputs of {@link groupUpdate}: values of its builder. */
export interface GroupUpdateInputs {
  readonly definition: OptimizerDefinition;
  readonly group: ParamGroup;
  readonly layouts: GroupLayouts;
  /** Vector of the weights. */
  readonly data: Value;
  /** Vector of the gradients after clipping. */
  readonly grad: Value;
  /** Norm of all gradients of all groups after clipping, a scalar. */
  readonly gradNorm: Value;
  /** A vector per slot of the layouts. */
  readonly slots: Readonly<Record<string, Value>>;
  /** A scalar per number that the definition's graph asks for. */
  readonly scalars: Readonly<Record<string, Value>>;
}

/**
 * Adds the update of a group.
 *
 * @returns Vectors of weights and slots after it.
 * @throws Error if the optimizer has no graph. RangeError if the graph gives no vector of the right shape for the weights
 * or for a slot.
 */
export function groupUpdate(
  builder: GraphBuilder,
  inputs: GroupUpdateInputs,
): UpdatedValues<Record<string, Value>> {
  const { definition, group, layouts, data, grad, gradNorm, slots, scalars } = inputs;
  if (definition.graph === undefined) {
    throw new Error(`groupUpdate: definition must have a graph, got "${definition.name}" without`);
  }
  const slotVectors: Record<string, VectorGraph> = {};
  for (const [slot, layout] of Object.entries(layouts.slots))
    slotVectors[slot] = vectorGraph(builder, layout);
  const updated = definition.graph.build({
    ...{ builder, math: arithmetic(builder), group, data, grad, gradNorm, slots, slotVectors },
    vectors: vectorGraph(builder, layouts.data),
    scalar(name) {
      const value = scalars[name];
      if (value !== undefined) return value;
      throw new RangeError(
        `${definition.name}: scalar must be one of ${Object.keys(scalars).join(", ") || "none"}, got "${name}"`,
      );
    },
  });
  checkVector(definition.name, "data", updated.data, layouts.data);
  for (const [slot, layout] of Object.entries(layouts.slots)) {
    checkVector(definition.name, `slot "${slot}"`, updated.slots[slot], layout);
  }
  return updated;
}

function checkVector(name: string, what: string, value: Value | undefined, { shape }: VectorLayout): void {
  if (value?.dtype === "float32" && value.shape.join() === shape.join()) return;
  const got = value === undefined ? "nothing" : `${value.dtype} [${value.shape.join(", ")}]`;
  throw new RangeError(`${name}: graph.build must return ${what}, float32 [${shape.join(", ")}], got ${got}`);
}

/** Text that changes when a group needs another graph: by its parameters and all options that are constants of it. */
export function groupGraphKey({
  params,
  lr: _lr,
  initialLr: _initialLr,
  lrScale: _lrScale,
  ...options
}: ParamGroup): string {
  return JSON.stringify([
    params.map(({ name }) => name),
    { ...options, weightDecay: options.weightDecay !== 0 },
  ]);
}
