/** The graphs of an update: of one batch; or of one of several batches, and of what follows the last one. */
import type { Graph, TrainingGraph, Value } from "@tsimm/autodiff";
import { type ClipMode, clipGraph } from "../../optim/clip.ts";
import { blendNodes } from "../../optim/ema.ts";
import { groupUpdate } from "../../optim/group-update.ts";
import { concat, vectorGraph } from "../../optim/vector-graph.ts";
import { type VectorLayout, type VectorPart, vectorLayout } from "../../optim/vector-layout.ts";
import { isSmall, numberValues } from "./numbers.ts";
import type { OptimizerOnDevice, StateLayout, WeightVector } from "./state-layout.ts";
import { nextStatistics } from "./statistics-graph.ts";
import { averageName, type NamedVector, UpdateBuilder } from "./update-builder.ts";

/** What the graphs compute. */
export interface UpdatePlan {
  /** Not yet lowered: the graphs are. */
  readonly step: TrainingGraph;
  readonly layout: StateLayout;
  /** With a graph. */
  readonly optimizer: OptimizerOnDevice;
  /** Bound of the gradients, > 0; null: none. */
  readonly clipGrad: number | null;
  readonly clipMode: ClipMode;
  /** Names of weights that `agc` leaves alone. */
  readonly unclipped: ReadonlySet<string>;
  /** Whether there is a moving average. */
  readonly hasAverage: boolean;
}

/** A graph of an update. */
export interface UpdateGraph {
  readonly graph: Graph;
  /** Parts of its vector of numbers. */
  readonly numbers: readonly VectorPart[];
}

/** Outputs that come to the host. */
export const outputs = {
  /** Loss and norm of the gradients before clipping, [2]; the norm alone, [1], where no batch is read. */
  report: "update/report",
  /** Loss of one of several batches, a scalar. */
  loss: "update/loss",
} as const;

/** Numbers that updates are made with, beside those of the optimizer. */
export const numberNames = {
  /** Share of the weights after the update in the moving average. */
  averageShare: "update/average share",
  /** Share of a batch in the mean gradient. */
  batchShare: "update/batch share",
  /** 1, or 0 before the first batch: factor on the sum of the gradients so far. */
  keep: "update/keep",
} as const;

/** Name of a number of the optimizer for weights of a group. */
export function scalarName({ group, joined }: Pick<WeightVector, "group" | "joined">, name: string): string {
  return joined === 0 ? `update/group ${group}/${name}` : `update/group ${group} since ${joined}/${name}`;
}

/** The update of one batch: forward and backward pass, clipping, the optimizer's rule, the moving average. */
export function fusedGraph(plan: UpdatePlan): UpdateGraph {
  const { step } = plan;
  const update = new UpdateBuilder("update", step.graph);
  const numbers = [...applyNumbers(plan), ...stepNumbers(plan)];
  const values = numberValues(update.builder, numbers);
  const { loss, gradients, statistics } = addStep(update, plan, values);
  if (statistics && plan.layout.statistics) update.write(plan.layout.statistics, statistics);
  const gradNorm = addApply(update, plan, { gradients, statistics, values });
  report(update, [loss, gradNorm]);
  return { graph: update.builder.build(), numbers };
}

/** One of several batches: forward and backward pass, and the sum of the gradients' shares. */
export function accumulationGraph(plan: UpdatePlan): UpdateGraph {
  const update = new UpdateBuilder("accumulation", plan.step.graph);
  const { math } = update;
  const { batchShare, keep } = numberNames;
  const numbers = [scalar(batchShare), scalar(keep), ...stepNumbers(plan)];
  const values = numberValues(update.builder, numbers);
  const { loss, gradients, statistics } = addStep(update, plan, values);
  if (statistics && plan.layout.statistics) update.write(plan.layout.statistics, statistics);
  const all = [...gradients.trained, ...gradients.others];
  for (const [i, vector] of sumVectors(plan).entries()) {
    const gradient = all[i];
    if (gradient === undefined) continue;
    const past = math.mul(update.vector(vector), value(values, keep));
    update.write(vector, math.add(past, math.mul(gradient, value(values, batchShare))));
  }
  update.builder.output(loss, outputs.loss);
  return { graph: update.builder.build(), numbers };
}

/** What follows the last of several batches: clipping, the optimizer's rule, the moving average. */
export function applicationGraph(plan: UpdatePlan): UpdateGraph {
  const update = new UpdateBuilder("application");
  const numbers = applyNumbers(plan);
  const values = numberValues(update.builder, numbers);
  const sums = sumVectors(plan).map((vector) => update.vector(vector));
  const trained = sums.slice(0, plan.layout.weights.length);
  const gradients = { trained, others: sums.slice(trained.length) };
  const { statistics } = plan.layout;
  const gradNorm = addApply(update, plan, {
    ...{ gradients, values },
    statistics: statistics && plan.hasAverage ? update.vector(statistics) : null,
  });
  report(update, [gradNorm]);
  return { graph: update.builder.build(), numbers };
}

/** Vectors of summed gradients: of the weights, then of those that the optimizer does not have. */
export function sumVectors({ step, layout }: Pick<UpdatePlan, "step" | "layout">): NamedVector[] {
  return [
    ...layout.weights.map(({ name, layout }) => ({ name: `sum.${name}`, layout })),
    ...otherLayouts(step, layout).map((layout, i) => ({ name: `sum.others.${i}`, layout })),
  ];
}

/** Layouts of gradients of weights that the optimizer does not have. */
function otherLayouts(step: TrainingGraph, { constants }: StateLayout): VectorLayout[] {
  return constants.flatMap(({ layout: { parts } }) => {
    const reached = parts.filter(({ name }) => step.gradients.has(name));
    return reached.length === 0 ? [] : [vectorLayout(reached)];
  });
}

/** Vectors of gradients. */
interface Gradients {
  readonly trained: readonly Value[];
  /** Of weights that the optimizer does not have: their norm counts. */
  readonly others: readonly Value[];
}

interface StepValues {
  readonly loss: Value;
  readonly gradients: Gradients;
  /** Running statistics after the batch; null: there are none. */
  readonly statistics: Value | null;
}

/** Adds the training graph: its parameters come from the vectors, its small inputs from the numbers. */
function addStep(
  update: UpdateBuilder,
  { step, layout }: UpdatePlan,
  numbers: ReadonlyMap<string, Value>,
): StepValues {
  const inputs = new Set(step.graph.inputs.map(({ name }) => name));
  const values = new Map(numbers);
  for (const vector of [...layout.weights, ...layout.constants]) {
    if (!vector.layout.parts.some(({ name }) => inputs.has(name))) continue;
    for (const [i, tensor] of update.tensors(vector).entries()) {
      values.set(vector.layout.parts[i]?.name ?? "", tensor);
    }
  }
  update.copy(step.graph, values);
  const output = (name: string | undefined) => update.builder.value(name ?? "");
  const gradientsOf = (layout: VectorLayout) =>
    update.join(
      { layout },
      layout.parts.map(({ name }) => output(step.gradients.get(name))),
    );
  return {
    loss: output(step.loss),
    gradients: {
      trained: layout.weights.map(({ layout }) => gradientsOf(layout)),
      others: otherLayouts(step, layout).map(gradientsOf),
    },
    statistics: layout.statistics && nextStatistics(update, layout.statistics, step.batchStatistics),
  };
}

interface ApplyValues {
  readonly gradients: Gradients;
  /** After the update; null: there are none, or nobody needs them. */
  readonly statistics: Value | null;
  readonly values: ReadonlyMap<string, Value>;
}

/**
 * Adds clipping, the optimizer's rule and the moving average.
 *
 * @returns Norm of the gradients before clipping, a scalar.
 */
function addApply(
  update: UpdateBuilder,
  plan: UpdatePlan,
  { gradients, statistics, values }: ApplyValues,
): Value {
  const { layout, hasAverage, clipGrad, clipMode, unclipped } = plan;
  const { builder } = update;
  const groups = layout.weights.flatMap((weights, i) => {
    const grad = gradients.trained[i];
    const vectors = vectorGraph(builder, weights.layout);
    return grad ? [{ ...{ weights, vectors, grad }, data: update.vector(weights) }] : [];
  });
  const { others } = gradients;
  const { grads, norm, clippedNorm } = clipGraph(builder, groups, { clipGrad, clipMode, unclipped, others });
  const next: [NamedVector, Value][] = groups.map(({ weights, grad }, i) => [
    weights,
    updatedWeights(update, plan, weights, { grad: grads[i] ?? grad, gradNorm: clippedNorm, values }),
  ]);
  if (!hasAverage) return norm;
  for (const constants of layout.constants) next.push([constants, update.vector(constants)]);
  if (layout.statistics && statistics) next.push([layout.statistics, statistics]);
  for (const [{ name, layout }, data] of next) {
    const vector = { name: averageName(name), layout };
    const share = value(values, numberNames.averageShare);
    update.write(vector, blendNodes(builder, { average: update.vector(vector), data, share }));
  }
  return norm;
}

/** Adds the optimizer's rule for a vector, and writes weights and slots. */
function updatedWeights(
  update: UpdateBuilder,
  { optimizer: { definition, paramGroups } }: UpdatePlan,
  weights: WeightVector,
  given: { readonly grad: Value; readonly gradNorm: Value; readonly values: ReadonlyMap<string, Value> },
): Value {
  const group = paramGroups[weights.group];
  if (group === undefined) throw new RangeError(`createUpdater: there must be a group ${weights.group}`);
  const { grad, gradNorm, values } = given;
  const names = Object.keys(definition.graph?.scalars(group, 1) ?? {});
  const next = groupUpdate(update.builder, {
    ...{ definition, grad, gradNorm, data: update.vector(weights) },
    group: { ...group, params: [...weights.params] },
    layouts: {
      data: weights.layout,
      slots: Object.fromEntries(weights.slots.map(({ slot, layout }) => [slot, layout])),
    },
    slots: Object.fromEntries(weights.slots.map((vector) => [vector.slot, update.vector(vector)])),
    scalars: Object.fromEntries(names.map((name) => [name, value(values, scalarName(weights, name))])),
  });
  update.write(weights, next.data);
  for (const vector of weights.slots) {
    const slot = next.slots[vector.slot];
    if (slot !== undefined) update.write(vector, slot);
  }
  return next.data;
}

/** Numbers that {@link addApply} reads. */
function applyNumbers({ layout, optimizer, hasAverage }: UpdatePlan): VectorPart[] {
  const { definition, paramGroups } = optimizer;
  const names = layout.weights.flatMap((weights) => {
    const group = paramGroups[weights.group];
    const scalars = group && definition.graph?.scalars(group, 1);
    return Object.keys(scalars ?? {}).map((name) => scalarName(weights, name));
  });
  return [...[...new Set(names)].map(scalar), ...(hasAverage ? [scalar(numberNames.averageShare)] : [])];
}

/** Small inputs of the training graph besides the parameters. */
function stepNumbers({ step, layout }: UpdatePlan): VectorPart[] {
  const state = new Set(
    [...layout.weights, ...layout.constants].flatMap(({ layout }) => layout.parts.map(({ name }) => name)),
  );
  return step.graph.inputs.filter((input) => !state.has(input.name) && isSmall(input));
}

function scalar(name: string): VectorPart {
  return { name, shape: [] };
}

function value(values: ReadonlyMap<string, Value>, name: string): Value {
  const found = values.get(name);
  if (found === undefined) throw new RangeError(`createUpdater: there must be a number "${name}"`);
  return found;
}

/** One download for all scalars. */
function report({ builder, math }: UpdateBuilder, scalars: readonly Value[]): void {
  const vectors = scalars.map((scalar) => math.reshape(scalar, [1]));
  builder.output(concat(builder, vectors), outputs.report);
}
