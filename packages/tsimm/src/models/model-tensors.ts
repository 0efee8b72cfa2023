/** Parameters and running statistics of a model, made from what its layers declare. */
import { keyedRandom } from "../random/keyed-random.ts";
import type { BatchNormalizationDeclaration, Declarations } from "./layers/layers.ts";
import type { BatchNormalizationState, Buffer, Model, Parameter } from "./model.ts";

/** The part of a model that holds numbers. */
export type ModelTensors = Pick<Model, "parameters" | "buffers" | "state" | "batchNormalizations">;

/**
 * Makes the tensors of a model, with initial values.
 *
 * @param seed - Each tensor has a random stream of its own, keyed by its name.
 * @param old - Tensors to take over instead, by name.
 */
export function createTensors(
  declarations: Declarations,
  seed: number,
  old: ReadonlyMap<string, Parameter | Buffer>,
): ModelTensors {
  const parameters = declarations.parameters.map(({ name, shape, initialize }): Parameter => {
    const kept = old.get(name);
    if (kept !== undefined && "grad" in kept) return kept;
    return { name, shape, data: initialize(shape, keyedRandom(seed, "init", name)), grad: null };
  });
  const batchNormalizations = declarations.batchNormalizations.map((one) => createStatistics(one, old));
  const buffers = batchNormalizations.flatMap(statisticsBuffers);
  const byName = new Map([...parameters, ...buffers].map((tensor) => [tensor.name, tensor]));
  const state = declarations.order.flatMap((name) => byName.get(name) ?? []);
  return { parameters, buffers, state, batchNormalizations };
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

/** Names of the running statistics of a module, in state-dict order. */
export function bufferNames(module: string): string[] {
  return ["running_mean", "running_var", "num_batches_tracked"].map((name) => `${module}.${name}`);
}
