/** Makes a model of an architecture: its layers are walked once for the tensors and again for each graph. */
import { type Graph, GraphBuilder, type Value } from "@tsimm/autodiff";
import { keyedRandom } from "../random/keyed-random.ts";
import type { LayerOf } from "./layer-order.ts";
import { type GlobalPool, type Head, mapPools } from "./layers/classifier.ts";
import {
  type BatchNormalizationDeclaration,
  type Declarations,
  type FeatureInfo,
  Layers,
} from "./layers/layers.ts";
import type {
  BatchNormalizationState,
  Buffer,
  ForwardGraphOptions,
  Model,
  Parameter,
  PretrainedConfig,
} from "./model.ts";

/** An architecture with all its options fixed but those of its {@link Head}. */
export interface Architecture {
  readonly name: string;
  readonly inChans: number;
  /** Width of the pooled features before the classifier. */
  readonly numFeatures: number;
  readonly pretrainedCfg: PretrainedConfig;
  /** Module of the last linear layer, e.g. `fc`. */
  readonly classifier: string;
  /** Pools it can do, its default first; absent: {@link mapPools}. */
  readonly globalPools?: readonly GlobalPool[];
  /** Parameters that never get weight decay though they have two or more dimensions. */
  readonly noWeightDecay?: readonly string[];
  /** For learning rates that fall from layer to layer; absent: all is one layer. */
  readonly layerOf?: LayerOf;
  /** From normalised images, [B, inChans, H, W], to unpooled features: a map [B, C, H, W] or tokens [B, N, D]. */
  forwardFeatures(layers: Layers, images: Value): Value;
  /**
   * From features to logits, [B, numClasses], or to pooled features without classes.
   *
   * @param head - Classes, pooling and dropout, which a model can change after it is made.
   */
  forwardHead(layers: Layers, features: Value, head: Head): Value;
}

/** Places among a model's feature maps, from the finest, negative from the coarsest. */
export type OutIndices = readonly number[] | "all";

/** Options of {@link buildModel}. */
export interface BuildOptions {
  /** Classes, an integer >= 0; 0: no classifier. */
  readonly numClasses: number;
  /** Seed of the initial weights; each tensor has a random stream of its own, keyed by its name. */
  readonly seed: number;
  /** Absent: the architecture's default. */
  readonly globalPool?: GlobalPool;
  /** Dropout before the classifier, in [0, 1). */
  readonly dropRate?: number;
  /** Places of the feature maps that the model yields instead of logits; absent: it is a classifier. */
  readonly outIndices?: OutIndices;
}

/** Makes a model with initial weights. */
export function buildModel(architecture: Architecture, options: BuildOptions): Model {
  const { name, inChans, numFeatures, pretrainedCfg, classifier, noWeightDecay = [] } = architecture;
  const { layerOf = () => null } = architecture;
  const { seed, outIndices } = options;
  const defaultOutput = outIndices === undefined ? "logits" : "maps";
  let head = headOf(architecture, outIndices === undefined ? options : { ...options, numClasses: 0 });
  const graphOf = (graphOptions: ForwardGraphOptions) =>
    walk(architecture, head, { ...graphOptions, output: graphOptions.output ?? defaultOutput }, outIndices);
  const model = {
    ...{ name, inChans, numFeatures, pretrainedCfg, classifier, noWeightDecay, layerOf },
    ...tensors(graphOf, pretrainedCfg, head, seed, new Map()),
    forwardGraph: (graphOptions: ForwardGraphOptions) => graphOf(graphOptions).graph,
    getClassifier: () => model.parameters.filter((parameter) => belongsTo(classifier, parameter)),
    resetClassifier(numClasses: number, globalPool: GlobalPool = head.globalPool) {
      head = headOf(architecture, { ...head, numClasses, globalPool });
      const kept = model.state.filter((tensor) => !belongsTo(classifier, tensor));
      const byName = new Map(kept.map((tensor) => [tensor.name, tensor]));
      Object.assign(model, tensors(graphOf, pretrainedCfg, head, seed, byName));
    },
  };
  return model;
}

/** Trainable numbers of a model, without making them. */
export function countParameters(architecture: Architecture, options: BuildOptions): number {
  const { pretrainedCfg } = architecture;
  const { declarations } = declare(pretrainedCfg, (graphOptions) =>
    walk(architecture, headOf(architecture, options), graphOptions, undefined),
  );
  const sizes = declarations.parameters.map(({ shape }) => shape.reduce((n, size) => n * size, 1));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function headOf(
  { name, globalPools = mapPools }: Architecture,
  { numClasses, globalPool = globalPools[0] ?? "avg", dropRate = 0 }: Omit<BuildOptions, "seed">,
): Head {
  if (!(Number.isInteger(numClasses) && numClasses >= 0)) {
    throw new RangeError(`${name}: numClasses must be an integer >= 0, got ${numClasses}`);
  }
  if (!globalPools.includes(globalPool)) {
    const choices = globalPools.map((pool) => (pool === "" ? '""' : pool)).join(", ");
    throw new RangeError(`${name}: globalPool must be one of ${choices}, got "${globalPool}"`);
  }
  if (globalPool === "" && numClasses > 0) {
    throw new RangeError(`${name}: numClasses must be 0 without pooling, got ${numClasses}; set globalPool`);
  }
  if (!(dropRate >= 0 && dropRate < 1)) {
    throw new RangeError(`${name}: dropRate must be a number >= 0 and < 1, got ${dropRate}`);
  }
  return { numClasses, globalPool, dropRate };
}

interface Walk {
  readonly graph: Graph;
  readonly declarations: Declarations;
}

function declare(
  { inputSize: [, height, width] }: PretrainedConfig,
  graphOf: (options: ForwardGraphOptions) => Walk,
): Walk {
  return graphOf({ batchSize: 1, height, width, training: true });
}

function walk(
  architecture: Architecture,
  head: Head,
  { batchSize, height, width, training, output = "logits" }: ForwardGraphOptions,
  outIndices: OutIndices | undefined,
): Walk {
  const { name, inChans } = architecture;
  for (const [option, value] of Object.entries({ batchSize, height, width })) {
    if (!(Number.isInteger(value) && value >= 1)) {
      throw new RangeError(`${name}.forwardGraph: ${option} must be an integer >= 1, got ${value}`);
    }
  }
  const builder = new GraphBuilder(name);
  const layers = new Layers(builder, training);
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

type Tensors = Pick<
  Model,
  "numClasses" | "parameters" | "buffers" | "state" | "batchNormalizations" | "masks" | "featureInfo"
>;

/** All that a model holds, old tensors kept where there are some of the same name. */
function tensors(
  graphOf: (options: ForwardGraphOptions) => Walk,
  pretrainedCfg: PretrainedConfig,
  { numClasses }: Head,
  seed: number,
  old: ReadonlyMap<string, Parameter | Buffer>,
): Tensors {
  const { graph, declarations } = declare(pretrainedCfg, graphOf);
  const parameters = declarations.parameters.map(({ name, shape, initialize }): Parameter => {
    const kept = old.get(name);
    if (kept !== undefined && "grad" in kept) return kept;
    return { name, shape, data: initialize(shape, keyedRandom(seed, "init", name)), grad: null };
  });
  const batchNormalizations = declarations.batchNormalizations.map((one) => createStatistics(one, old));
  const buffers = batchNormalizations.flatMap(statisticsBuffers);
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const maps = declarations.stages.filter(({ module }) => outputs.has(module));
  const byName = new Map([...parameters, ...buffers].map((tensor) => [tensor.name, tensor]));
  return {
    ...{ numClasses, parameters, buffers, batchNormalizations },
    state: declarations.order.flatMap((name) => byName.get(name) ?? []),
    masks: declarations.masks,
    featureInfo: (maps.length > 0 ? maps : declarations.stages).map(featureInfo),
  };
}

function featureInfo({ module, channels, reduction }: FeatureInfo): FeatureInfo {
  return { module, channels, reduction };
}

function belongsTo(module: string, { name }: { readonly name: string }): boolean {
  return name.startsWith(`${module}.`);
}

function createStatistics(
  { module, channels, momentum }: BatchNormalizationDeclaration,
  old: ReadonlyMap<string, Parameter | Buffer>,
): BatchNormalizationState {
  const [mean, variance, batches] = bufferNames(module).map((name) => old.get(name)?.data);
  return {
    module,
    runningMean: mean instanceof Float32Array ? mean : new Float32Array(channels),
    runningVar: variance instanceof Float32Array ? variance : new Float32Array(channels).fill(1),
    numBatchesTracked: batches instanceof BigInt64Array ? batches : new BigInt64Array(1),
    momentum,
  };
}

/** In state-dict order; they share the arrays. */
function statisticsBuffers(statistics: BatchNormalizationState): Buffer[] {
  const { module, runningMean, runningVar, numBatchesTracked } = statistics;
  const [mean = "", variance = "", batches = ""] = bufferNames(module);
  return [
    { name: mean, shape: [runningMean.length], data: runningMean },
    { name: variance, shape: [runningVar.length], data: runningVar },
    { name: batches, shape: [], data: numBatchesTracked },
  ];
}

function bufferNames(module: string): string[] {
  return ["running_mean", "running_var", "num_batches_tracked"].map((name) => `${module}.${name}`);
}
