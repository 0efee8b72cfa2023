/** Makes a model of an architecture: its layers are walked once for the tensors and again for each graph. */
import { type Graph, GraphBuilder, type Value } from "@tsimm/autodiff";
import { keyedRandom } from "../random/keyed-random.ts";
import { type Declarations, Layers } from "./layers.ts";
import type {
  BatchNormalizationState,
  Buffer,
  ForwardGraphOptions,
  Model,
  Parameter,
  PretrainedConfig,
} from "./model.ts";

/** An architecture with all its options fixed. */
export interface Architecture {
  readonly name: string;
  readonly numClasses: number;
  readonly inChans: number;
  readonly numFeatures: number;
  readonly pretrainedCfg: PretrainedConfig;
  /** Adds the layers from the normalised images, [B, inChans, H, W], to the logits, [B, numClasses]. */
  forward(layers: Layers, images: Value): Value;
}

/** Weight of a new batch in running statistics. */
const batchNormMomentum = 0.1;

/**
 * Makes a model with initial weights.
 *
 * @param seed - A safe integer; each tensor has a random stream of its own, keyed by its name.
 */
export function buildModel(architecture: Architecture, seed: number): Model {
  const { name, numClasses, inChans, numFeatures, pretrainedCfg } = architecture;
  const declarations = declare(architecture);
  const parameters = declarations.parameters.map(
    ({ name, shape, initialize }): Parameter => ({
      name,
      shape,
      data: initialize(shape, keyedRandom(seed, "init", name)),
      grad: null,
    }),
  );
  const batchNormalizations = declarations.batchNormalizations.map(createStatistics);
  const buffers = batchNormalizations.flatMap(statisticsBuffers);
  return {
    name,
    numClasses,
    inChans,
    numFeatures,
    pretrainedCfg,
    parameters,
    buffers,
    state: inOrder(declarations, parameters, buffers),
    batchNormalizations,
    forwardGraph: (options) => walk(architecture, options).graph,
  };
}

/** Trainable numbers of a model, without making them. */
export function countParameters(architecture: Architecture): number {
  const sizes = declare(architecture).parameters.map(({ shape }) => shape.reduce((n, size) => n * size, 1));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function declare(architecture: Architecture): Declarations {
  const [, height, width] = architecture.pretrainedCfg.inputSize;
  return walk(architecture, { batchSize: 1, height, width, training: false }).declarations;
}

function walk(
  { name, inChans, forward }: Architecture,
  { batchSize, height, width, training }: ForwardGraphOptions,
): { graph: Graph; declarations: Declarations } {
  for (const [option, value] of Object.entries({ batchSize, height, width })) {
    if (!(Number.isInteger(value) && value >= 1)) {
      throw new RangeError(`${name}.forwardGraph: ${option} must be an integer >= 1, got ${value}`);
    }
  }
  const builder = new GraphBuilder(name);
  const layers = new Layers(builder, training);
  const images = builder.input("input", "float32", [batchSize, inChans, height, width]);
  builder.output(forward(layers, images), "logits");
  return { graph: builder.build(), declarations: layers.declarations };
}

function createStatistics({
  module,
  channels,
}: {
  module: string;
  channels: number;
}): BatchNormalizationState {
  return {
    module,
    runningMean: new Float32Array(channels),
    runningVar: new Float32Array(channels).fill(1),
    numBatchesTracked: new BigInt64Array(1),
    momentum: batchNormMomentum,
  };
}

/** In state-dict order; they share the arrays. */
function statisticsBuffers(statistics: BatchNormalizationState): Buffer[] {
  const { module, runningMean, runningVar, numBatchesTracked } = statistics;
  return [
    { name: `${module}.running_mean`, shape: [runningMean.length], data: runningMean },
    { name: `${module}.running_var`, shape: [runningVar.length], data: runningVar },
    { name: `${module}.num_batches_tracked`, shape: [], data: numBatchesTracked },
  ];
}

function inOrder(
  { order }: Declarations,
  parameters: readonly Parameter[],
  buffers: readonly Buffer[],
): (Parameter | Buffer)[] {
  const byName = new Map([...parameters, ...buffers].map((tensor) => [tensor.name, tensor]));
  return order.flatMap((name) => byName.get(name) ?? []);
}
