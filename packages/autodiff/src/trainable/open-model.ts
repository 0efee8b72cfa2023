/** An ONNX file, what of it is trained, and what of it is apart. */

import type { Tensor, Value } from "../graph/graph.ts";
import { formatShape } from "../graph/shapes/shape-rule.ts";
import { didYouMean } from "../nearest-name.ts";
import type { GraphProto, ModelProto, NodeProto } from "../onnx/generated/onnx_pb.ts";
import { nodesBefore } from "../onnx/graph-from-proto.ts";
import type { BatchNormalizations } from "./batch-normalizations.ts";
import { type Batch, batchOf, fixedBatch, withBatch } from "./batch-size.ts";
import { checkTrainableOptions } from "./check-options.ts";
import type { Choice } from "./choice.ts";
import { type FrozenPart, type Split, splitFrozen } from "./frozen-part.ts";
import { type FileChanges, readModel, type SavedFiles } from "./read-model.ts";
import type { Separated } from "./shared-tensors.ts";
import type { TrainableOptions } from "./trainable-options.ts";

/** A model with the user's choices. */
export interface OpenModel {
  /** As in the file. */
  readonly model: ModelProto;
  /** Its graph in execution order, a tensor for each part. */
  readonly graph: GraphProto;
  readonly opset: number;
  readonly logits: string;
  readonly separated: Separated;
  readonly choice: Choice;
  readonly norms: BatchNormalizations;
  /** The file with the numbers of its messages, in the types and places that they came in. */
  write(trained: ReadonlySet<string>, changes?: FileChanges): SavedFiles;
  /** The last linear layer; absent: none was found. */
  readonly head?: { readonly features: string; readonly tensors: readonly string[] };
  /**
   * The model for a number of samples.
   *
   * @param shapes - Of its inputs; absent: those of the options.
   */
  forBatch(batchSize: number | undefined, shapes?: Readonly<Record<string, readonly number[]>>): BatchedModel;
}

/** A model for a number of samples. */
export interface BatchedModel {
  readonly batch: Batch;
  /** Absent: training graphs hold the whole model. */
  readonly frozen?: FrozenPart;
  /**
   * What a training graph holds, and its batch.
   *
   * @param frozenValues - What the frozen part yields.
   */
  rest(frozenValues: Readonly<Record<string, Tensor>> | undefined): {
    readonly graph: GraphProto;
    readonly batch: Batch;
  };
}

/**
 * Reads a file and the options of `trainable`.
 *
 * @throws TypeError or RangeError as `trainable` does, but for operators behind trained weights.
 */
export function openModel(bytes: Uint8Array, options: TrainableOptions): OpenModel {
  checkTrainableOptions(options);
  const { inputs = {}, batchNorm = "frozen" } = options;
  const read = readModel(bytes, options);
  const { model, opset, logits } = read;
  checkInputs(read.graph, inputs);
  const { graph, separated, choice, norms } = read;
  checkLogits(graph, logits);
  const isBatchNormalization = ({ opType }: NodeProto) => opType === "BatchNormalization";
  if (batchNorm === "train" && !nodesBefore(graph, [logits]).nodes.some(isBatchNormalization)) {
    throw new RangeError(
      'trainable: batchNorm must be "frozen" for a model without BatchNormalization nodes before the logits, got "train"; exporters fold them into convolutions: export the model for training, or leave batchNorm out',
    );
  }

  return {
    ...{ model, graph, opset, logits, separated, choice, norms },
    ...(read.head && { head: read.head }),
    write: read.write,
    forBatch(batchSize, given = inputs) {
      const batch = batchOf(graph, { inputs: given, full: options.batchSize, batchSize });
      const { size, fixed, names } = batch;
      const split = splitFrozen(
        { model, graph, opset },
        {
          logits,
          sized: fixed === undefined ? withBatch(graph, batch) : graph,
          shapes: batch.shapes,
          isTrained: choice.isTrained,
          isInTraining: (node) =>
            batchNorm === "train" && isBatchNormalization(node) && !norms.isHeld({ inputs: node.input }),
        },
      );
      if (!split) return { batch, rest: () => ({ graph, batch }) };
      if (fixed === undefined || size === undefined) {
        return {
          batch,
          frozen: split.part,
          rest: (values) => ({ graph: split.rest(values), batch: { ...batch, size: undefined } }),
        };
      }
      return inRuns(split, { ...batch, names: new Set([...names, ...split.part.outputs]) }, fixed, size);
    },
  };
}

/** A model whose frozen part the file makes for a fixed number of samples: it runs several times for a step. */
function inRuns(split: Split, batch: Batch, fixed: number, size: number): BatchedModel {
  const { part } = split;
  const { opType, name } = split.first;
  const inputs = part.inputs.map((input): Value => {
    const [, ...rest] = input.shape;
    return batch.names.has(input.name) ? { ...input, shape: [size, ...rest] } : input;
  });
  return {
    batch,
    frozen: {
      ...part,
      inputs,
      runs: {
        count: Math.ceil(size / fixed),
        inputs: part.inputs,
        samples: size,
        filled: size % fixed !== 0,
      },
    },
    rest(values) {
      const graph = split.rest(values);
      for (const output of part.outputs) {
        const shape = split.shapeOf(output, values);
        if (shape[0] === fixed) continue;
        throw fixedBatch(
          batch,
          `"${output}", which the frozen ${opType} "${name}" leads to, has shape ${formatShape(shape)}, no row for each sample; export the model with an open batch size`,
        );
      }
      return { graph, batch };
    },
  };
}

function checkInputs({ input }: GraphProto, inputs: Readonly<Record<string, readonly number[]>>): void {
  for (const name of Object.keys(inputs)) {
    if (input.some((given) => given.name === name)) continue;
    const names = input.map((given) => given.name);
    throw new RangeError(
      `trainable: inputs must be named as in the model, ${names.join(", ")}, got "${name}"${didYouMean(name, names)}`,
    );
  }
}

function checkLogits(graph: GraphProto, logits: string): void {
  if (graph.node.some(({ output }) => output.includes(logits))) return;
  const names = graph.node.flatMap(({ output }) => output);
  throw new RangeError(
    `trainable: logits must name a value that the model computes, got "${logits}"${didYouMean(logits, names)}`,
  );
}
