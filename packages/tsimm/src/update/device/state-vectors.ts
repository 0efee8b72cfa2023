/** Training state of the host as vectors, and back. */
import type { Parameter } from "../../models/model.ts";
import type { ModelEma } from "../../optim/ema.ts";
import type { ParamGroup } from "../../optim/optimizer.ts";
import type { OptimizerSlots } from "../../optim/optimizer-definition.ts";
import { packVector, unpackVector, type VectorLayout } from "../../optim/vector-layout.ts";
import type { StateParts } from "../../state/store.ts";
import type { StateLayout, StateVector } from "./state-layout.ts";
import { averageName, type NamedVector } from "./update-builder.ts";

/** Arrays of training state on the host. */
export interface HostState {
  readonly model: StateParts["model"];
  readonly average: Pick<ModelEma, "state"> | null;
  readonly optimizer: {
    readonly paramGroups: readonly ParamGroup[];
    slotsOf(parameter: Parameter, group: ParamGroup): OptimizerSlots;
  };
}

/** A vector, and the arrays of its tensors on the host. */
interface HostVector extends NamedVector {
  readonly arrays: readonly Float32Array[];
  /** Whether updates leave it as it is. */
  readonly isConstant: boolean;
}

/** A vector of the state, filled from the host. */
export interface PackedVector extends NamedVector {
  readonly data: Float32Array;
}

/** The state of the host, vector by vector. */
export function* packedVectors(layout: StateLayout, state: HostState): Iterable<PackedVector> {
  for (const { name, layout: of, arrays } of hostVectors(layout, state)) {
    yield { name, layout: of, data: packVector(of, arrays) };
  }
}

/** The vectors that updates change. */
export function changedVectors(layout: StateLayout, state: HostState): NamedVector[] {
  return hostVectors(layout, state).filter(({ isConstant }) => !isConstant);
}

/**
 * Copies vectors into the arrays of the host.
 *
 * @param vectors - Elements of each changed vector by its name.
 */
export function unpackVectors(
  layout: StateLayout,
  state: HostState,
  vectors: ReadonlyMap<string, Float32Array>,
): void {
  for (const { name, layout: of, arrays } of hostVectors(layout, state)) {
    const vector = vectors.get(name);
    if (vector !== undefined) unpackVector(of, vector, arrays);
  }
}

function hostVectors({ weights, constants, statistics }: StateLayout, state: HostState): HostVector[] {
  const { model, average, optimizer } = state;
  const vectors: HostVector[] = [];
  const add = (name: string, layout: VectorLayout, arrays: readonly Float32Array[], isConstant = false) => {
    vectors.push({ name, layout, arrays, isConstant });
  };
  const addWithAverage = ({ name, layout, positions }: StateVector, isConstant = false) => {
    add(name, layout, arraysOf(model.state, positions), isConstant);
    if (average !== null) add(averageName(name), layout, arraysOf(average.state, positions));
  };
  for (const vector of weights) {
    addWithAverage(vector);
    const group = optimizer.paramGroups[vector.group];
    if (group === undefined) continue;
    for (const { name, slot, layout, params } of vector.slots) {
      add(
        name,
        layout,
        params.flatMap((parameter) => optimizer.slotsOf(parameter, group)[slot] ?? []),
      );
    }
  }
  for (const vector of constants) addWithAverage(vector, true);
  if (statistics !== null) addWithAverage(statistics);
  return vectors;
}

function arraysOf(state: StateParts["model"]["state"], positions: readonly number[]): Float32Array[] {
  return positions.flatMap((position) => {
    const data = state[position]?.data;
    return data instanceof Float32Array ? [data] : [];
  });
}
