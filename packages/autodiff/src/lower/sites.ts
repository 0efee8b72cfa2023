/** Places of a training graph that ONNX Runtime's CPU provider can compute in several ways. */
import { GraphBuilder } from "../graph/builder.ts";
import type { Graph } from "../graph/graph.ts";
import type { TrainingGraph } from "../training-graph.ts";
import { type ConvPart, type ConvSite, convSites, wayOf } from "./ort-cpu/conv-sites.ts";
import { fuseProducts } from "./ort-cpu/fuse-products.ts";
import { convValues } from "./ort-cpu/way.ts";

/** A place that can be computed in one of several ways: a convolution, its gradient by the input or by the filters. */
export interface LoweringSite {
  /** Part, shapes and attributes as text, e.g. `conv filters x 16,256,10,10 w 256,256,3,3 pads 1,1,1,1`. */
  readonly key: string;
  /** Names of the ways, the formula's first. */
  readonly ways: readonly string[];
  /** The fixed way, taken where no choice names another. */
  readonly way: string;
  /** How often it occurs in the training graph. */
  readonly count: number;
  /**
   * The site alone: a graph of float32 inputs, of `x`, `w` and `dy` those that are read, and one output, `result`.
   *
   * @throws RangeError for a way that is none of the site.
   */
  graph(way: string): Graph;
}

/**
 * The distinct sites of a training graph, in the order of their nodes: what can be timed to find the choices with which
 * {@link lower} makes the fastest graph for `ort-cpu`.
 *
 * Ways that share what they compute on the way are slower alone than together: `joined-columns` of a convolution and of
 * its gradient by the filters.
 *
 * @param step - Not yet lowered.
 * @example
 * const builder = new GraphBuilder("net");
 * const x = builder.input("x", "float32", [8, 3, 6, 6]);
 * const w = builder.input("w", "float32", [4, 3, 3, 3]);
 * builder.output(builder.op("Flatten", [builder.op("Conv", [x, w])]), "logits");
 * const step = trainingGraph(builder.build(), { parameters: ["w"] });
 * sitesOf(step).map(({ key, way }) => `${key}: ${way}`);
 * // => ["conv forward x 8,3,6,6 w 4,3,3,3: convolution", "conv filters x 8,3,6,6 w 4,3,3,3: split-taps"]
 */
export function sitesOf(step: TrainingGraph): readonly LoweringSite[] {
  const counts = new Map<string, number>();
  const distinct = new Map<string, ConvSite>();
  for (const site of convSites(step)) {
    counts.set(site.key, (counts.get(site.key) ?? 0) + 1);
    if (!distinct.has(site.key)) distinct.set(site.key, site);
  }
  return [...distinct.values()].map((site) => ({
    key: site.key,
    ways: site.ways,
    way: site.way,
    count: counts.get(site.key) ?? 0,
    graph: (way) => siteGraph(site, way),
  }));
}

const inputs: Readonly<Record<ConvPart, readonly ("x" | "w" | "dy")[]>> = {
  forward: ["x", "w"],
  input: ["w", "dy"],
  filters: ["x", "dy"],
};

function siteGraph(site: ConvSite, name: string): Graph {
  const { shapes } = site;
  const builder = new GraphBuilder("site");
  const shapeOf = { x: shapes.x, w: shapes.w, dy: shapes.y };
  for (const input of inputs[site.part]) builder.input(input, "float32", shapeOf[input]);
  const values = convValues(builder, shapes, { x: "x", w: "w", dy: "dy" });
  builder.output(wayOf(site, name).build(builder, shapes, values), "result");
  return fuseProducts(builder.build(), () => true);
}
