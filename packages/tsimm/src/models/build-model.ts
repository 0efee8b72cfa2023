/** Makes a model of an architecture: its layers are walked once for the tensors and again for each graph. */
import type { Architecture } from "./architecture.ts";
import { forwardWalk, type OutIndices, type Walk } from "./forward-walk.ts";
import { type GlobalPool, type Head, mapPools } from "./layers/classifier.ts";
import type { BatchNormSettings } from "./layers/layers.ts";
import type { Buffer, ForwardGraphOptions, Model, Parameter, PretrainedConfig } from "./model.ts";
import { createTensors, type ModelTensors } from "./model-tensors.ts";

export type { Architecture } from "./architecture.ts";

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
  /** Settings of every batch normalization; absent: its own. */
  readonly batchNorms?: BatchNormSettings;
  /** Places of the feature maps that the model yields instead of logits; absent: it is a classifier. */
  readonly outIndices?: OutIndices;
}

/**
 * Makes a model with initial weights of an architecture that has no name in the registry.
 *
 * @throws RangeError for a value out of range.
 * @example
 * import { buildModel } from "tsimm";
 * import { classify, conv, flatten, globalPool, imageNet, relu } from "tsimm/layers";
 *
 * const architecture = {
 *   ...{ name: "one", inChans: 1, numFeatures: 8, pretrainedCfg: imageNet, classifier: "fc" },
 *   forwardFeatures: (layers, images) => relu(layers, conv(layers, "conv", images, { channels: 8, kernel: 3 })),
 *   forwardHead(layers, x, head) {
 *     const pooled = flatten(layers, globalPool(layers, x, head.globalPool));
 *     return classify(layers, "fc", pooled, head, { dropModule: "drop" });
 *   },
 * };
 * const model = buildModel(architecture, { numClasses: 3, seed: 42 });
 * model.parameters.map(({ name, shape }) => `${name} ${shape}`);
 * // => ["conv.weight 8,1,3,3", "fc.weight 3,8", "fc.bias 3"]
 */
export function buildModel(architecture: Architecture, options: BuildOptions): Model {
  const { name, inChans, numFeatures, pretrainedCfg, classifier, noWeightDecay = [] } = architecture;
  const { layerOf = () => null, smallestUsefulInput } = architecture;
  const isLast = ({ name }: { readonly name: string }) =>
    [classifier, architecture.secondClassifier].some((module) => name.startsWith(`${module}.`));
  const { seed } = options;
  let { batchNorms = {} } = options;
  const outIndices = options.outIndices === "all" ? lastMaps(architecture) : options.outIndices;
  const defaultOutput = outIndices === undefined ? "logits" : "maps";
  let head = headOf(architecture, outIndices === undefined ? options : { ...options, numClasses: 0 });
  const graphOf = (graphHead: Head) => (graphOptions: ForwardGraphOptions) =>
    forwardWalk(
      architecture,
      graphHead,
      { ...graphOptions, output: graphOptions.output ?? defaultOutput },
      outIndices,
      batchNorms,
    );
  const model = {
    ...{ name, inChans, numFeatures, pretrainedCfg, classifier, noWeightDecay, layerOf },
    ...(smallestUsefulInput === undefined ? {} : { smallestUsefulInput }),
    ...parts(declare(pretrainedCfg, graphOf(head), batchNorms), head, seed, new Map()),
    forwardGraph: (graphOptions: ForwardGraphOptions) => graphOf(head)(graphOptions).graph,
    getClassifier: () => model.parameters.filter(isLast),
    resetClassifier(numClasses: number, globalPool: GlobalPool = head.globalPool) {
      const next = headOf(architecture, { ...head, numClasses, globalPool });
      const kept = model.state.filter((tensor) => !isLast(tensor));
      const byName = new Map(kept.map((tensor) => [tensor.name, tensor]));
      const walk = declare(pretrainedCfg, graphOf(next), batchNorms);
      checkShapes(name, globalPool, walk, byName);
      Object.assign(model, parts(walk, next, seed, byName));
      head = next;
    },
    splitBatchNorms(splits: number) {
      if (!(Number.isSafeInteger(splits) && splits >= 2)) {
        throw new RangeError(`${name}.splitBatchNorms: splits must be an integer >= 2, got ${splits}`);
      }
      batchNorms = { ...batchNorms, splits };
      const byName = new Map(model.state.map((tensor) => [tensor.name, tensor]));
      Object.assign(model, parts(declare(pretrainedCfg, graphOf(head), batchNorms), head, seed, byName));
      for (const tensor of model.state) {
        if (!byName.has(tensor.name)) copyTensor(byName.get(tensor.name.replace(AUXILIARY, "")), tensor);
      }
    },
  };
  return model;
}

/** Part of the names of the tensors of a batch normalization's further splits. */
const AUXILIARY = /\.aux_bn\.\d+(?=\.)/;

function copyTensor(from: Parameter | Buffer | undefined, to: Parameter | Buffer): void {
  if (from?.data instanceof Float32Array && to.data instanceof Float32Array) to.data.set(from.data);
  if (from?.data instanceof BigInt64Array && to.data instanceof BigInt64Array) to.data.set(from.data);
}

/** Trainable numbers of a model, without making them. */
export function countParameters(architecture: Architecture, options: BuildOptions): number {
  const { pretrainedCfg } = architecture;
  const { declarations } = declare(pretrainedCfg, (graphOptions) =>
    forwardWalk(architecture, headOf(architecture, options), graphOptions, undefined, options.batchNorms),
  );
  const sizes = declarations.parameters.map(({ shape }) => shape.reduce((n, size) => n * size, 1));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Places of the maps that `featuresOnly` alone yields. */
function lastMaps({ mapCount }: Architecture): OutIndices {
  return mapCount === undefined ? "all" : Array.from({ length: mapCount }, (_, index) => index - mapCount);
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

function declare(
  { inputSize: [, height, width] }: PretrainedConfig,
  graphOf: (options: ForwardGraphOptions) => Walk,
  { splits = 1 }: BatchNormSettings = {},
): Walk {
  return graphOf({ batchSize: splits, height, width, training: true });
}

type Parts = ModelTensors & Pick<Model, "numClasses" | "masks" | "featureInfo">;

/** All of a model that its head has a say in, old tensors kept where there are some of the same name. */
function parts(
  { graph, declarations }: Walk,
  { numClasses }: Head,
  seed: number,
  old: ReadonlyMap<string, Parameter | Buffer>,
): Parts {
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const maps = declarations.stages.filter(({ module }) => outputs.has(module));
  return {
    numClasses,
    ...createTensors(declarations, seed, old),
    masks: declarations.masks,
    featureInfo: (maps.length > 0 ? maps : declarations.stages).map(({ module, channels, reduction }) => ({
      module,
      channels,
      reduction,
    })),
  };
}

/** Tensors that a new head reads, and the old one had, must be of the same shape. */
function checkShapes(
  model: string,
  globalPool: GlobalPool,
  { declarations }: Walk,
  old: ReadonlyMap<string, Parameter | Buffer>,
): void {
  for (const { name, shape } of declarations.parameters) {
    const kept = old.get(name)?.shape ?? shape;
    if (kept.join() === shape.join()) continue;
    throw new RangeError(
      `${model}: globalPool must be one for ${name} of shape [${kept.join(", ")}], got "${globalPool}", ` +
        `which needs [${shape.join(", ")}]; create the model with it`,
    );
  }
}
