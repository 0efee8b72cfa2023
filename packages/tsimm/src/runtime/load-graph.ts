/** Loads a graph without gradients into an engine. */
import { encodeModel, type Graph, lowerGraph } from "@tsimm/autodiff";
import type { Engine, LoadOptions, Session } from "./engine.ts";

/**
 * Lowers a graph for an engine and loads it.
 *
 * @throws RangeError for a node that the engine cannot run; Error if it refuses the graph.
 */
export function loadGraph(
  engine: Engine,
  graph: Graph,
  { threads }: Pick<LoadOptions, "threads"> = {},
): Promise<Session> {
  const model = encodeModel(lowerGraph(graph, engine.lowering ?? "generic"));
  return engine.load(model, threads === undefined ? {} : { threads });
}
