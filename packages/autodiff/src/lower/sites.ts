/** Places of a training graph where an engine has several ways, and graphs to time them by. */
import { arithmetic } from "../graph/arithmetic.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Graph, Value } from "../graph/graph.ts";
import { elementCount, int64 } from "../graph/tensor.ts";
import type { TrainingGraph } from "../training-graph.ts";
import type { LoweringTarget } from "./lower.ts";
import { blockOf } from "./ort-cpu/blocked-channels.ts";
import { type ConvPart, type ConvSite, convSites } from "./ort-cpu/conv-sites.ts";
import { fuseProducts } from "./ort-cpu/fuse-products.ts";
import { siteValue } from "./ort-cpu/site-value.ts";
import type { WayChoices } from "./ort-cpu.ts";

/** Changes when a way of the same name computes something else, or costs something else. */
export const WAYS_VERSION = 1;

/** Ways of a convolution and of its gradient by the filters that share work where both take them. */
export const sharedWays: readonly string[] = ["joined-columns"];

/** A convolution, its gradient by the input or that by the filters, for one set of shapes. */
export interface Site extends Pick<ConvSite, "key" | "part" | "shapes" | "ways" | "way"> {
  /** Nodes of the graph that have these shapes. */
  readonly count: number;
}

/**
 * The distinct sites of a training graph, in the order of the graph; none for a target without a choice.
 *
 * @param options - `block`: channels in a block of the processor's kernels, see {@link blockProbe}; absent: ways that
 * compute in blocks are left out.
 * @example
 * const builder = new GraphBuilder("net");
 * const x = builder.input("input", "float32", [2, 16, 8, 8]);
 * const w = builder.input("weight", "float32", [16, 16, 3, 3]);
 * builder.output(builder.op("GlobalAveragePool", [builder.op("Conv", [x, w])]), "logits");
 * const step = trainingGraph(builder.build(), { parameters: ["weight"], loss: meanSquaredError() });
 * sitesOf(step, "ort-cpu").map(({ key, way }) => `${key}: ${way}`);
 * // => ["conv forward x 2,16,8,8 w 16,16,3,3: convolution", "conv filters x 2,16,8,8 w 16,16,3,3: split-taps"]
 */
export function sitesOf(
  step: TrainingGraph,
  target: LoweringTarget,
  { block = 1 }: { readonly block?: number } = {},
): readonly Site[] {
  const sites = new Map<string, Site>();
  for (const { key, part, shapes, ways: all, way } of target === "ort-cpu" ? convSites(step) : []) {
    const ways = all.filter((name) => (blockOf(name) ?? block) === block);
    sites.set(key, { key, part, shapes, ways, way, count: (sites.get(key)?.count ?? 0) + 1 });
  }
  return [...sites.values()];
}

/**
 * Multiplications and additions of a site for one image.
 *
 * @example
 * const builder = new GraphBuilder("net");
 * const x = builder.input("input", "float32", [2, 16, 8, 8]);
 * const w = builder.input("weight", "float32", [32, 16, 3, 3]);
 * builder.output(builder.op("GlobalAveragePool", [builder.op("Conv", [x, w])]), "logits");
 * const step = trainingGraph(builder.build(), { parameters: ["weight"], loss: meanSquaredError() });
 * const [forward] = sitesOf(step, "ort-cpu");
 * // 3×3 weights for 16 channels, 32 channels of 6×6 pixels.
 * workPerImage(forward) === 2 * (9 * 16) * (32 * 36); // => true
 */
export function workPerImage({ shapes: { w, y } }: Pick<Site, "shapes">): number {
  const [, ...perFilter] = w;
  const [, ...outputs] = y;
  return 2 * elementCount(perFilter) * elementCount(outputs);
}

/** Numbers of a result that a trial yields. */
const SAMPLES = 4096;

/**
 * A graph that computes sites of one convolution, alone; what their ways share is computed once.
 *
 * Its inputs are `x`, `w` and `dy`, as far as they are read; its outputs are samples of each result.
 *
 * @param sites - Of the same convolution.
 * @param choices - As for `lower`; absent: the fixed ways.
 * @param options - `batchSize`: images, in place of those of the sites.
 * @example
 * const builder = new GraphBuilder("net");
 * const x = builder.input("input", "float32", [2, 16, 8, 8]);
 * const w = builder.input("weight", "float32", [16, 16, 3, 3]);
 * builder.output(builder.op("GlobalAveragePool", [builder.op("Conv", [x, w])]), "logits");
 * const step = trainingGraph(builder.build(), { parameters: ["weight"], loss: meanSquaredError() });
 * const [forward] = sitesOf(step, "ort-cpu");
 * const trial = trialGraph([forward], { [forward.key]: "joined-columns" }, { batchSize: 4 });
 * trial.inputs.map(({ name, shape }) => `${name} ${shape}`); // => ["x 4,16,8,8", "w 16,16,3,3"]
 */
export function trialGraph(
  sites: readonly Site[],
  choices: WayChoices,
  { batchSize }: { readonly batchSize: number },
): Graph {
  const builder = new GraphBuilder("trial");
  const inputs = new Map<string, Value>();
  const columns = new Map<string, Value>();
  const math = arithmetic(builder);
  for (const { key, part, shapes: of, way } of sites) {
    const shapes = { ...of, x: [batchSize, ...of.x.slice(1)], y: [batchSize, ...of.y.slice(1)] };
    const shapeOf = { x: shapes.x, w: shapes.w, dy: shapes.y };
    for (const name of reads[part]) {
      if (!inputs.has(name)) inputs.set(name, builder.input(name, "float32", shapeOf[name]));
    }
    const names = { x: "x", w: "w", bias: "", dy: "dy" };
    const value = siteValue(builder, { node: "", part, names, shapes }, choices[key] ?? way, columns);
    const count = elementCount(value.shape);
    const vector = (size: number) => builder.constant(int64([1], [size]));
    const step = Math.max(1, Math.floor(count / SAMPLES));
    const flat = math.reshape(value, [count]);
    builder.output(builder.op("Slice", [flat, vector(0), vector(count), vector(0), vector(step)]), part);
  }
  return fuseProducts(builder.build(), () => true);
}

const reads: Readonly<Record<ConvPart, readonly ("x" | "w" | "dy")[]>> = {
  forward: ["x", "w"],
  input: ["w", "dy"],
  filters: ["x", "dy"],
};
