/** Optimizers whose updates are run as a graph, their state in the same arrays as that of the loop. */
import { encodeModel, float32, GraphBuilder, type Tensor } from "@tsimm/autodiff";
import type { Engine } from "../runtime/engine.ts";
import { type ClipMode, clipGraph } from "./clip.ts";
import { groupLayouts, groupUpdate } from "./group-update.ts";
import type { Optimizer } from "./optimizer.ts";
import { optimizerOnDevice } from "./optimizer-on-device.ts";
import { scalarInputs, vectorGraph } from "./vector-graph.ts";
import { packVector, unpackVector, type VectorLayout } from "./vector-layout.ts";

/** Options of {@link graphSteps}. */
export interface GraphStepOptions {
  readonly clipGrad?: number;
  readonly clipMode?: ClipMode;
  /** Names of parameters that `agc` leaves alone. */
  readonly unclipped?: ReadonlySet<string>;
}

/** The update of an optimizer in a graph. */
export interface UpdateNodes {
  /** What the next update feeds. */
  feeds(): Record<string, Tensor>;
  /** Takes over the state after an update; returns the norm of the gradients before clipping. */
  store(outputs: Readonly<Record<string, Tensor>>): number;
}

/** A vector of the state, and the arrays that it is made of. */
interface StateVector {
  readonly name: string;
  readonly layout: VectorLayout;
  readonly tensors: readonly Float32Array[];
}

/**
 * Adds the update of an optimizer, each of whose parameters has a gradient.
 *
 * @param prefix - Of the names of inputs and outputs.
 */
export function addUpdate(
  builder: GraphBuilder,
  prefix: string,
  anyOptimizer: Optimizer,
  { clipGrad, clipMode = "norm", unclipped = new Set() }: GraphStepOptions = {},
): UpdateNodes {
  const optimizer = optimizerOnDevice("addUpdate", anyOptimizer);
  const { definition, paramGroups } = optimizer;
  const state: StateVector[] = [];
  const input = (vector: StateVector) => {
    state.push(vector);
    return builder.input(vector.name, "float32", vector.layout.shape);
  };
  const scalarsOf = (group: (typeof paramGroups)[number], step: number) =>
    definition.graph?.scalars(group, step) ?? {};
  const groups = paramGroups.map((group, i) => {
    const name = `${prefix}.${i}`;
    const layouts = groupLayouts(definition, group);
    const weights = group.params.map(({ data }) => data);
    const data = input({ name: `${name}.data`, layout: layouts.data, tensors: weights });
    const slots = Object.entries(layouts.slots).map(([slot, layout]) => {
      const arrays = group.params.map((parameter) => optimizer.slotsOf(parameter, group)[slot]);
      const tensors = arrays.filter((array) => array !== undefined);
      return [slot, input({ name: `${name}.${slot}`, layout, tensors })] as const;
    });
    return {
      ...{ name, group, layouts, data, vectors: vectorGraph(builder, layouts.data) },
      grad: builder.input(`${name}.grad`, "float32", layouts.data.shape),
      slots: Object.fromEntries(slots),
      scalars: scalarInputs(builder, `${name}.scalars`, Object.keys(scalarsOf(group, 1))),
    };
  });
  const clip = { clipGrad: clipGrad ?? null, clipMode, unclipped };
  const { grads, norm, clippedNorm } = clipGraph(builder, groups, clip);
  for (const [i, group] of groups.entries()) {
    const grad = grads[i] ?? group.grad;
    const updated = groupUpdate(builder, { ...group, definition, grad, gradNorm: clippedNorm });
    builder.output(updated.data, `${group.name}.data.next`);
    for (const [slot, value] of Object.entries(updated.slots)) {
      builder.output(value, `${group.name}.${slot}.next`);
    }
  }
  builder.output(norm, `${prefix}.norm`);
  return {
    feeds() {
      const feeds: Record<string, Tensor> = {};
      for (const { name, group, layouts } of groups) {
        const gradients = group.params.map(({ grad }) => grad ?? new Float32Array());
        feeds[`${name}.grad`] = float32(layouts.data.shape, packVector(layouts.data, gradients));
        const scalars = Object.values(scalarsOf(group, optimizer.steps + 1));
        feeds[`${name}.scalars`] = float32([scalars.length], scalars);
      }
      for (const { name, layout, tensors } of state) {
        feeds[name] = float32(layout.shape, packVector(layout, tensors));
      }
      return feeds;
    },
    store(outputs) {
      for (const { name, layout, tensors } of state) {
        unpackVector(layout, floats(outputs[`${name}.next`]), tensors);
      }
      optimizer.countStep();
      return floats(outputs[`${prefix}.norm`])[0] ?? Number.NaN;
    },
  };
}

/** Updates by a graph. */
export interface GraphSteps {
  /** One update of every parameter, each of which has a gradient; returns the norm of the gradients before clipping. */
  step(): Promise<number>;
  close(): Promise<void>;
}

/** Compiles the updates of an optimizer for an engine. */
export async function graphSteps(
  engine: Engine,
  optimizer: Optimizer,
  options: GraphStepOptions = {},
): Promise<GraphSteps> {
  const builder = new GraphBuilder("update");
  const nodes = addUpdate(builder, "optimizer", optimizer, options);
  const session = await engine.load(encodeModel(builder.build()));
  return {
    step: async () => nodes.store(await session.run(nodes.feeds())),
    close: () => session.close(),
  };
}

function floats(tensor: Tensor | undefined): Float32Array {
  if (tensor?.data instanceof Float32Array) return tensor.data;
  throw new TypeError("UpdateNodes: an output is missing");
}
