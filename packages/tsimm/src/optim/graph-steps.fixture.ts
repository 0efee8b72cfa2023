/** An optimizer whose updates are run as a graph, its state in the same arrays as that of the loop. */
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
  readonly clipGrad?: number | null;
  readonly clipMode?: ClipMode;
  /** Names of parameters that `agc` leaves alone. */
  readonly unclipped?: ReadonlySet<string>;
}

/** Updates by a graph. */
export interface GraphSteps {
  /** The graph, serialized. */
  readonly model: Uint8Array;
  /** What an update feeds. */
  feeds(): Record<string, Tensor>;
  /** One update of every parameter, each of which has a gradient; returns the norm of the gradients before clipping. */
  step(): Promise<number>;
  close(): Promise<void>;
}

/** A vector of the state, and the arrays that it is made of. */
interface StateVector {
  readonly name: string;
  readonly layout: VectorLayout;
  readonly tensors: readonly Float32Array[];
}

/** Compiles the updates of an optimizer for an engine. */
export async function graphSteps(
  engine: Engine,
  anyOptimizer: Optimizer,
  { clipGrad = null, clipMode = "norm", unclipped = new Set() }: GraphStepOptions = {},
): Promise<GraphSteps> {
  const optimizer = optimizerOnDevice("graphSteps", anyOptimizer);
  const { definition, paramGroups } = optimizer;
  const scalarsOf = (step: number) =>
    paramGroups.flatMap((group, i) =>
      Object.entries(definition.graph?.scalars(group, step) ?? {}).map(
        ([name, value]) => [`${i}.${name}`, value] as const,
      ),
    );
  const builder = new GraphBuilder("update");
  const scalars = scalarInputs(
    builder,
    "scalars",
    scalarsOf(1).map(([name]) => name),
  );
  const state: StateVector[] = [];
  const input = (vector: StateVector) => {
    state.push(vector);
    return builder.input(vector.name, "float32", vector.layout.shape);
  };
  const groups = paramGroups.map((group, i) => {
    const layouts = groupLayouts(definition, group);
    const { params } = group;
    const data = input({ name: `${i}.data`, layout: layouts.data, tensors: params.map(({ data }) => data) });
    const slots = Object.entries(layouts.slots).map(([slot, layout]) => {
      const tensors = params.flatMap((parameter) => {
        const array = optimizer.slotsOf(parameter, group)[slot];
        return array ? [array] : [];
      });
      return [slot, input({ name: `${i}.${slot}`, layout, tensors })] as const;
    });
    const grad = builder.input(`${i}.grad`, "float32", layouts.data.shape);
    const own = Object.entries(scalars).filter(([name]) => name.startsWith(`${i}.`));
    return {
      ...{ group, layouts, data, grad, vectors: vectorGraph(builder, layouts.data) },
      slots: Object.fromEntries(slots),
      scalars: Object.fromEntries(own.map(([name, value]) => [name.slice(`${i}.`.length), value])),
    };
  });
  const { grads, norm, clippedNorm } = clipGraph(builder, groups, { clipGrad, clipMode, unclipped });
  for (const [i, group] of groups.entries()) {
    const grad = grads[i] ?? group.grad;
    const updated = groupUpdate(builder, { ...group, definition, grad, gradNorm: clippedNorm });
    builder.output(updated.data, `${i}.data.next`);
    for (const [slot, value] of Object.entries(updated.slots)) builder.output(value, `${i}.${slot}.next`);
  }
  builder.output(norm, "norm");
  const model = encodeModel(builder.build());
  const session = await engine.load(model);
  const feeds = () => {
    const values = scalarsOf(optimizer.steps + 1).map(([, value]) => value);
    const gradients = groups.map(({ group, layouts: { data: layout } }, i) => {
      const tensors = group.params.map(({ grad }) => grad ?? new Float32Array());
      return [`${i}.grad`, float32([...layout.shape], packVector(layout, tensors))] as const;
    });
    const vectors = state.map(
      ({ name, layout, tensors }) => [name, float32([...layout.shape], packVector(layout, tensors))] as const,
    );
    return { scalars: float32([values.length], values), ...Object.fromEntries([...gradients, ...vectors]) };
  };
  return {
    ...{ model, feeds },
    async step() {
      const outputs = await session.run(feeds());
      for (const { name, layout, tensors } of state) {
        unpackVector(layout, floats(outputs[`${name}.next`]), tensors);
      }
      optimizer.countStep();
      return floats(outputs["norm"])[0] ?? Number.NaN;
    },
    close: () => session.close(),
  };
}

function floats(tensor: Tensor | undefined): Float32Array {
  if (tensor?.data instanceof Float32Array) return tensor.data;
  throw new TypeError("graphSteps: an output is missing");
}
