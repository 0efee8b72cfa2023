/** Convolutions of a training graph and their gradients: places where ONNX Runtime has several ways. */
import type { Derivation } from "../../gradients/derivation.ts";
import type { Graph, Node } from "../../graph/graph.ts";
import type { TrainingGraph } from "../../training-graph.ts";
import { forwardNodes } from "../forward-nodes.ts";
import { type ConvShapes, convShapes, formatConvShapes } from "./conv-shapes.ts";
import { filterWays, fixedFilterWay } from "./filter-ways.ts";
import { fixedForwardWay, forwardWays } from "./forward-ways.ts";
import { fixedInputWay, inputWays } from "./input-ways.ts";

/** What is computed at a site: the convolution, its gradient by the input or that by the filters. */
export type ConvPart = "forward" | "input" | "filters";

/** Part -> its ways; the first is that of the formula. */
export const convWays: {
  readonly forward: typeof forwardWays;
  readonly input: typeof inputWays;
  readonly filters: typeof filterWays;
} = { forward: forwardWays, input: inputWays, filters: filterWays };

/** Values of a convolution y = w * x + bias in a graph, by name; "" for what is absent. */
export interface ConvNames {
  readonly x: string;
  readonly w: string;
  readonly bias: string;
  /** Gradient by y. */
  readonly dy: string;
}

/** One convolution or gradient of it. */
export interface ConvSite {
  /** Name of the node that is the convolution, or the adjoint of one. */
  readonly node: string;
  readonly part: ConvPart;
  readonly names: ConvNames;
  /** Name of the value that is computed. */
  readonly result: string;
  readonly shapes: ConvShapes;
  /** Part and shapes as text. */
  readonly key: string;
  /** Names of the ways that serve these shapes. */
  readonly ways: readonly string[];
  /** The fixed one of them. */
  readonly way: string;
}

/** Every site of a training graph. The gradient of a ConvTranspose by its filters is that of a Conv. */
export function convSites(step: TrainingGraph): readonly ConvSite[] {
  const derivations = new Map(step.derivations.map((derivation) => [derivation.node, derivation]));
  return [...forwardNodes(step)].flatMap((node) => {
    if (node.domain !== "") return [];
    const derivation = derivations.get(node.name);
    if (node.op === "Conv") return sitesOfConv(step.graph, node, derivation);
    return node.op === "ConvTranspose" && derivation
      ? sitesOfConvTranspose(step.graph, node, derivation)
      : [];
  });
}

function sitesOfConv(graph: Graph, node: Node, derivation: Derivation | undefined): ConvSite[] {
  const [x = "", w = "", bias = ""] = node.inputs;
  const [y = ""] = node.outputs;
  const [dy = ""] = derivation?.ofOutputs ?? [];
  const [byInput = "", byFilters = ""] = derivation?.ofInputs ?? [];
  const shapes = shapesIn(graph, node, x, w, y);
  const of = { node: node.name, names: { x, w, bias, dy }, shapes };
  const isTrained = byFilters !== "";
  const all = [
    site(of, "forward", y, fixedForwardWay(shapes, { isTrained, hasBias: bias !== "" })),
    site(of, "input", byInput, fixedInputWay(shapes)),
    site(of, "filters", byFilters, fixedFilterWay(shapes)),
  ];
  return all.filter(({ result }) => result !== "");
}

function sitesOfConvTranspose(graph: Graph, node: Node, derivation: Derivation): ConvSite[] {
  const [dy = "", w = "", bias = ""] = node.inputs;
  const [x = ""] = derivation.ofOutputs;
  const [, byFilters = ""] = derivation.ofInputs;
  if (byFilters === "") return [];
  const shapes = shapesIn(graph, node, x, w, dy);
  const of = { node: node.name, names: { x, w, bias, dy }, shapes };
  return [site(of, "filters", byFilters, fixedFilterWay(shapes))];
}

function site(
  of: Pick<ConvSite, "node" | "names" | "shapes">,
  part: ConvPart,
  result: string,
  way: string,
): ConvSite {
  const serving = Object.entries(convWays[part]).filter(([, { serves }]) => serves(of.shapes));
  const key = `conv ${part} ${formatConvShapes(of.shapes)}`;
  return { ...of, part, result, key, ways: serving.map(([name]) => name), way };
}

function shapesIn({ values }: Graph, { attributes }: Node, x: string, w: string, y: string): ConvShapes {
  const shapeOf = (name: string) => values.get(name)?.shape ?? [];
  return convShapes(shapeOf(x), shapeOf(w), shapeOf(y), attributes);
}
