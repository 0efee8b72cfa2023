/** The graphs of an optimizer's updates on a device, each compiled when it is first needed. */
import { type Graph, lower, lowerGraph } from "@tsimm/autodiff";
import type { ClipMode } from "../../optim/clip.ts";
import { groupGraphKey } from "../../optim/group-update.ts";
import type { Engine, EngineDevice } from "../../runtime/engine.ts";
import type { TrainingProgram } from "../../runtime/training-program.ts";
import { type CompiledGraph, compileGraph } from "./compiled-graph.ts";
import type { OptimizerOnDevice, StateLayout } from "./state-layout.ts";
import {
  accumulationGraph,
  applicationGraph,
  fusedGraph,
  type UpdateGraph,
  type UpdatePlan,
} from "./update-graph.ts";

/** What updates are made of. */
export interface UpdateKind {
  readonly engine: Pick<Engine, "lowering" | "maxTensorBytes" | "fewBytes">;
  readonly device: EngineDevice;
  readonly optimizer: OptimizerOnDevice;
  readonly clipGrad: number | null;
  readonly clipMode: ClipMode;
  readonly hasAverage: boolean;
  /** Names of the weights that adaptive clipping leaves alone: the classifier's. */
  readonly unclipped: ReadonlySet<string>;
}

type GraphKind = "fused" | "accumulation" | "application";

/** Kinds of graphs, each of which is compiled once for a program. */
const builders: Readonly<Record<GraphKind, (plan: UpdatePlan) => UpdateGraph>> = {
  fused: fusedGraph,
  accumulation: accumulationGraph,
  application: applicationGraph,
};

/** Graphs of the updates of a layout. */
export class CompiledUpdates<Batch> {
  readonly #kind: UpdateKind;
  readonly #layout: StateLayout;
  readonly #whole: TrainingProgram<Batch>;
  readonly #graphs = new Map<TrainingProgram<Batch>, Map<string, CompiledGraph>>();
  readonly #plans = new Map<TrainingProgram<Batch>, UpdatePlan>();
  /** Built at once, so that a node that the device cannot run is refused before anything runs. */
  readonly #fused: UpdateGraph;
  /** Text that changes when the optimizer needs other graphs. */
  readonly #key: string;

  /**
   * @param whole - Program of whole batches.
   * @throws RangeError for a node that the device cannot run.
   */
  constructor(layout: StateLayout, whole: TrainingProgram<Batch>, kind: UpdateKind) {
    this.#layout = layout;
    this.#kind = kind;
    this.#whole = whole;
    this.#key = graphKey(kind.optimizer, layout);
    this.#fused = this.#build(whole, "fused");
  }

  /** Whether the options of the optimizer are still those that the graphs were made for. */
  get fits(): boolean {
    return graphKey(this.#kind.optimizer, this.#layout) === this.#key;
  }

  /** What the graphs of a program compute. */
  plan(program: TrainingProgram<Batch>): UpdatePlan {
    const known = this.#plans.get(program);
    if (known !== undefined) return known;
    const { optimizer, clipGrad, clipMode, hasAverage, unclipped } = this.#kind;
    const plan = {
      step: program.step,
      layout: this.#layout,
      ...{ optimizer, hasAverage, clipGrad, clipMode, unclipped },
    };
    this.#plans.set(program, plan);
    return plan;
  }

  /** A graph of a program, compiled if it is not yet; those of whole batches and of the last other program are kept. */
  async graph(program: TrainingProgram<Batch>, kind: GraphKind): Promise<CompiledGraph> {
    if (program !== this.#whole) {
      for (const other of [...this.#graphs.keys()]) {
        if (other !== program && other !== this.#whole) await this.#drop(other);
      }
    }
    const graphs = this.#graphs.get(program) ?? new Map<string, CompiledGraph>();
    this.#graphs.set(program, graphs);
    const known = graphs.get(kind);
    if (known !== undefined) return known;
    const built = kind === "fused" && program === this.#whole ? this.#fused : this.#build(program, kind);
    const compiled = await compileGraph(this.#kind.device, built);
    graphs.set(kind, compiled);
    return compiled;
  }

  /** Releases all graphs. */
  async close(): Promise<void> {
    for (const program of [...this.#graphs.keys()]) await this.#drop(program);
  }

  /** The whole graph is lowered, the optimizer's nodes too. */
  #build(program: TrainingProgram<Batch>, kind: GraphKind): UpdateGraph {
    const { lowering = "generic", maxTensorBytes: maxBytes, fewBytes } = this.#kind.engine;
    const { graph, numbers } = builders[kind](this.plan(program));
    const lowered: Graph =
      kind === "application"
        ? lowerGraph(graph, lowering)
        : lower({ ...program.step, graph }, lowering, { maxBytes, fewBytes }).graph;
    return { graph: lowered, numbers };
  }

  async #drop(program: TrainingProgram<Batch>): Promise<void> {
    const graphs = this.#graphs.get(program);
    this.#graphs.delete(program);
    this.#plans.delete(program);
    for (const graph of graphs?.values() ?? []) await graph.close();
  }
}

function graphKey(optimizer: OptimizerOnDevice, { weights }: StateLayout): string {
  const joined = weights.flatMap(({ group, params }) => {
    const own = optimizer.paramGroups[group];
    return own ? params.map((parameter) => optimizer.joinedAt?.(parameter, own) ?? 0) : [];
  });
  return [...optimizer.paramGroups.map(groupGraphKey), joined.join()].join("\n");
}
