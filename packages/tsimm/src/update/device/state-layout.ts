/** Layout of training state on a device: which tensor lies in which vector. */
import { elementCount } from "@tsimm/autodiff";
import type { Parameter } from "../../models/model.ts";
import { groupLayouts } from "../../optim/group-update.ts";
import type { ParamGroup } from "../../optim/optimizer.ts";
import type { OptimizerDefinition } from "../../optim/optimizer-definition.ts";
import { type VectorLayout, vectorLayout } from "../../optim/vector-layout.ts";
import type { TrainingProgram } from "../../runtime/training-program.ts";
import type { StateParts } from "../../state/store.ts";

/** The definition of an optimizer, with a graph, and its groups. */
export interface OptimizerOnDevice {
  readonly definition: OptimizerDefinition;
  readonly paramGroups: readonly ParamGroup[];
  /** Updates before the first one of a parameter of a group; absent: none. */
  joinedAt?(parameter: Parameter, group: ParamGroup): number;
}

/** Tensors of the model's state in a vector. */
export interface StateVector {
  /** Unique among vectors. */
  readonly name: string;
  readonly layout: VectorLayout;
  /** Position of each tensor in `model.state`. */
  readonly positions: readonly number[];
}

/** Weights that an optimizer changes. */
export interface WeightVector extends StateVector {
  /** Position of the optimizer's group that they are of. */
  readonly group: number;
  /** Updates of the optimizer before the first one of these weights. */
  readonly joined: number;
  readonly params: readonly Parameter[];
  readonly slots: readonly SlotVector[];
}

/** A slot of the optimizer for tensors of a vector. */
export interface SlotVector {
  /** Unique among vectors. */
  readonly name: string;
  /** Name of the slot, e.g. `exp_avg`. */
  readonly slot: string;
  readonly layout: VectorLayout;
  /** Those of the weights that have it. */
  readonly params: readonly Parameter[];
}

/** Running statistics: the mean of each batch normalization, then the variances. */
export interface StatisticsVector extends StateVector {
  readonly normalizations: readonly {
    /** Name of its node in the graph. */
    readonly module: string;
    /** Weight of a new batch, in [0, 1]. */
    readonly momentum: number;
  }[];
}

/** The vectors of training state. */
export interface StateLayout {
  readonly weights: readonly WeightVector[];
  /** What updates leave as it is. */
  readonly constants: readonly StateVector[];
  /** null: there are none. */
  readonly statistics: StatisticsVector | null;
}

/** Elements of the largest vector of several tensors: 128 MiB, which every WebGPU device binds to a kernel. */
const longest = 2 ** 25;

/**
 * Lays out the state that a training program changes.
 *
 * @param longestVector - Elements of the largest vector of several tensors.
 */
export function stateLayout(
  model: StateParts["model"],
  optimizer: OptimizerOnDevice,
  { step, runningStates }: Pick<TrainingProgram, "step" | "runningStates">,
  longestVector: number = longest,
): StateLayout {
  const { definition, paramGroups } = optimizer;
  const positions = new Map(model.state.map((tensor, position) => [tensor.data, position]));
  const vectorOf = (name: string, tensors: readonly StateTensor[]): StateVector => ({
    name,
    layout: vectorLayout(tensors.map(({ name, shape }) => ({ name, shape }))),
    positions: tensors.map(({ name, data }) => {
      const position = positions.get(data);
      if (position !== undefined) return position;
      throw new RangeError(`createUpdater: optimizer must be over tensors of ${model.name}, got "${name}"`);
    }),
  });
  const weights: WeightVector[] = [];
  for (const [index, group] of paramGroups.entries()) {
    const trained = group.params.filter(({ name }) => step.gradients.has(name));
    const joinedAt = (parameter: Parameter) => optimizer.joinedAt?.(parameter, group) ?? 0;
    for (const joined of new Set(trained.map(joinedAt))) {
      const together = trained.filter((parameter) => joinedAt(parameter) === joined);
      for (const chunk of chunked(together, longestVector)) {
        const vector = vectorOf(`weights.${weights.length}`, chunk);
        const slots = slotVectors(vector.name, definition, { ...group, params: chunk });
        weights.push({ ...vector, group: index, joined, params: chunk, slots });
      }
    }
  }
  const normalizations = runningStates.filter(({ module }) =>
    step.batchStatistics.some(({ node }) => node === module),
  );
  const arrays = [
    ...normalizations.map(({ runningMean }) => runningMean),
    ...normalizations.map(({ runningVar }) => runningVar),
  ];
  const tensors = arrays.flatMap((array) => model.state.filter(({ data }) => data === array));
  const statistics =
    normalizations.length === 0 ? null : { ...vectorOf("statistics", tensors), normalizations };
  const changed = new Set(
    [...weights, ...(statistics ? [statistics] : [])].flatMap(({ positions }) => positions),
  );
  const constants = chunked(
    model.state.filter(({ data }, position) => data instanceof Float32Array && !changed.has(position)),
    longestVector,
  ).map((chunk, i) => vectorOf(`constants.${i}`, chunk));
  return { weights, constants, statistics };
}

type StateTensor = StateParts["model"]["state"][number];

function slotVectors(name: string, definition: OptimizerDefinition, group: ParamGroup): SlotVector[] {
  return Object.entries(groupLayouts(definition, group).slots).map(([slot, layout]) => {
    const names = new Set(layout.parts.map((part) => part.name));
    return {
      ...{ name: `${name}.${slot}`, slot, layout },
      params: group.params.filter((parameter) => names.has(parameter.name)),
    };
  });
}

/** Runs of tensors of at most so many elements together, or of one. */
function chunked<T extends { readonly shape: readonly number[] }>(
  tensors: readonly T[],
  limit: number,
): T[][] {
  const chunks: T[][] = [];
  let length = 0;
  for (const tensor of tensors) {
    // Each tensor begins a row, of at most 1024 elements.
    const size = Math.ceil(elementCount(tensor.shape) / 1024) * 1024;
    const last = chunks.at(-1);
    if (last !== undefined && length + size <= limit) {
      last.push(tensor);
      length += size;
    } else {
      chunks.push([tensor]);
      length = size;
    }
  }
  return chunks;
}
