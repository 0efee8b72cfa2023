/** Walks an architecture's layers: a forward graph, and the tensors that it needs. */
import { type Graph, GraphBuilder } from "@tsimm/autodiff";
import type { Architecture } from "./architecture.ts";
import type { Head } from "./layers/classifier.ts";
import { type BatchNormSettings, type Declarations, Layers } from "./layers/layers.ts";
import type { ForwardGraphOptions } from "./model.ts";
import { bufferNames } from "./model-tensors.ts";

/** Places among a model's feature maps, from the finest, negative from the coarsest. */
export type OutIndices = readonly number[] | "all";

/** A forward graph, and what its layers declare. */
export interface Walk {
  readonly graph: Graph;
  readonly declarations: Declarations;
}

/**
 * Builds a forward graph.
 *
 * @param outIndices - Which feature maps are outputs when `output` is `maps`; absent: all.
 * @param batchNorms - Settings of every batch normalization.
 * @throws RangeError for a size or place out of range.
 */
export function forwardWalk(
  architecture: Architecture,
  head: Head,
  { batchSize, height, width, training, output = "logits" }: ForwardGraphOptions,
  outIndices: OutIndices | undefined,
  batchNorms?: BatchNormSettings,
): Walk {
  const { name, inChans } = architecture;
  for (const [option, value] of Object.entries({ batchSize, height, width })) {
    if (!(Number.isInteger(value) && value >= 1)) {
      throw new RangeError(`${name}.forwardGraph: ${option} must be an integer >= 1, got ${value}`);
    }
  }
  const builder = new GraphBuilder(name);
  const layers = new Layers(builder, training, batchNorms);
  const images = builder.input("input", "float32", [batchSize, inChans, height, width]);
  const features = architecture.forwardFeatures(layers, images);
  const { declarations } = layers;
  switch (output) {
    case "logits":
      builder.output(architecture.forwardHead(layers, features, head), output);
      return { graph: builder.build(), declarations };
    case "preLogits":
      builder.output(architecture.forwardHead(layers, features, { ...head, numClasses: 0 }), output);
      break;
    case "features":
      builder.output(features, output);
      break;
    case "maps":
      for (const { module, value } of stagesAt(name, declarations.stages, outIndices)) {
        builder.output(value, module);
      }
  }
  return reached(builder.build(), declarations);
}

/** The stages at these places; all without places. */
function stagesAt<T>(name: string, stages: readonly T[], outIndices: OutIndices | undefined): T[] {
  if (outIndices === undefined || outIndices === "all") return [...stages];
  return outIndices.map((index) => {
    const stage = stages.at(index);
    if (stage !== undefined && Number.isInteger(index)) return stage;
    throw new RangeError(
      `${name}: outIndices must be integers from ${-stages.length} to ${stages.length - 1}, got ${index}`,
    );
  });
}

/** Leaves out the inputs, and what is declared for them, on which no output depends. */
function reached(graph: Graph, declarations: Declarations): Walk {
  const used = new Set(["input", ...graph.nodes.flatMap(({ inputs }) => inputs)]);
  const ofUsed = ({ module }: { readonly module: string }) => used.has(`${module}.weight`);
  const batchNormalizations = declarations.batchNormalizations.filter(ofUsed);
  const buffers = new Set(batchNormalizations.flatMap((one) => bufferNames(one.module)));
  return {
    graph: { ...graph, inputs: graph.inputs.filter(({ name }) => used.has(name)) },
    declarations: {
      ...declarations,
      batchNormalizations,
      parameters: declarations.parameters.filter(({ name }) => used.has(name)),
      masks: declarations.masks.filter(({ name }) => used.has(name)),
      order: declarations.order.filter((name) => used.has(name) || buffers.has(name)),
    },
  };
}
