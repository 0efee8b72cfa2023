/** Evaluations whose weights are vectors on a device. */
import type { Graph, Value } from "@tsimm/autodiff";
import { type CompiledGraph, compileGraph } from "./compiled-graph.ts";
import type { UpdateKind } from "./compiled-updates.ts";
import type { HeldTensor } from "./held-tensor.ts";
import type { StateLayout, StateVector } from "./state-layout.ts";
import { averageName, UpdateBuilder } from "./update-builder.ts";

/** Graphs of evaluations, each compiled once: weights and their moving average are fed to the same one. */
export class CompiledEvaluations {
  readonly #layout: StateLayout;
  readonly #kind: Pick<UpdateKind, "device" | "engine">;
  readonly #graphs = new Map<string, CompiledGraph>();

  constructor(layout: StateLayout, kind: Pick<UpdateKind, "device" | "engine">) {
    this.#layout = layout;
    this.#kind = kind;
  }

  /** The graph of a key, with the vectors as inputs. */
  async graph(key: string, make: () => Graph): Promise<CompiledGraph> {
    const known = this.#graphs.get(key);
    if (known !== undefined) return known;
    const compiled = await compileGraph(this.#kind.device, { graph: this.#overVectors(make()), numbers: [] });
    this.#graphs.set(key, compiled);
    return compiled;
  }

  /** Releases all graphs. */
  async close(): Promise<void> {
    const graphs = [...this.#graphs.values()];
    this.#graphs.clear();
    for (const graph of graphs) await graph.close();
  }

  #overVectors(graph: Graph): Graph {
    const update = new UpdateBuilder(graph.name, graph);
    const inputs = new Set(graph.inputs.map(({ name }) => name));
    const values = new Map<string, Value>();
    for (const vector of vectorsOf(this.#layout)) {
      const names = vector.layout.parts.map(({ name }) => name);
      if (!names.some((name) => inputs.has(name))) continue;
      for (const [i, tensor] of update.tensors(vector).entries()) values.set(names[i] ?? "", tensor);
    }
    update.copy(graph, values);
    for (const { name } of graph.outputs) update.builder.output(update.builder.value(name));
    return update.builder.build();
  }
}

/** The vectors that an evaluation reads, by the names of those of the weights themselves. */
export function evaluatedVectors(
  layout: StateLayout,
  vectors: ReadonlyMap<string, HeldTensor>,
  weights: "plain" | "average",
): [string, HeldTensor][] {
  return vectorsOf(layout).flatMap(({ name }): [string, HeldTensor][] => {
    const tensor = vectors.get(weights === "average" ? averageName(name) : name);
    return tensor ? [[name, tensor]] : [];
  });
}

function vectorsOf({ weights, constants, statistics }: StateLayout): readonly StateVector[] {
  return [...weights, ...constants, ...(statistics ? [statistics] : [])];
}
