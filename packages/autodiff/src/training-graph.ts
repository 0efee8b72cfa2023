/** Turns a forward graph into the graph of one training step. */
import { backward } from "./gradients/backward.ts";
import { type Derivation, derivationsIn } from "./gradients/derivation.ts";
import { arithmetic } from "./graph/arithmetic.ts";
import { readInt } from "./graph/attributes.ts";
import { GraphBuilder } from "./graph/builder.ts";
import type { Graph, Value } from "./graph/graph.ts";
import { formatShape } from "./graph/shapes/shape-rule.ts";
import { elementCount } from "./graph/tensor.ts";
import { type LossName, lossNames, lossOf } from "./losses/index.ts";
import type { Loss, LossFunction } from "./losses/loss.ts";
import { didYouMean } from "./nearest-name.ts";
import { foldBatchNormalization } from "./passes/fold-batch-normalization.ts";
import { poolBeforeRelu } from "./passes/pool-before-relu.ts";

/** Options of {@link trainingGraph}. */
export interface TrainingGraphOptions {
  /** A name, a loss from a factory such as `softmaxCrossEntropy`, or one of your own; default: softmax-cross-entropy. */
  readonly loss?: LossName | Loss | LossFunction;
  /** Name of the output that holds the logits, float32 [B, C] for losses of rows, of any shape for others; absent: the first output. */
  readonly logits?: string;
  /** Names of the inputs to differentiate by; others are frozen. */
  readonly parameters: readonly string[];
  /** Parameters that do not reach the loss: an error (the default), or left out of `gradients`. */
  readonly unreached?: "error" | "skip";
}

const optionNames = ["loss", "logits", "parameters", "unreached"];

/** The statistics of the batch in one batch normalization. */
export interface BatchStatistics {
  /** Name of the BatchNormalization node. */
  readonly node: string;
  /** Output that holds the mean, float32 [C]. */
  readonly mean: string;
  /** Output that holds the biased variance, float32 [C]: squared deviations divided by `count`. */
  readonly variance: string;
  /** Elements behind each entry: B H W. */
  readonly count: number;
}

/** A graph that computes one training step; changing parameters is left to an optimizer. */
export interface TrainingGraph {
  readonly graph: Graph;
  /** Input for the dense target, float32, of the shape of the logits. */
  readonly target: string;
  /** Output that holds the loss, a float32 scalar: the mean over the batch. */
  readonly loss: string;
  /** Output that holds the logits, float32, e.g. [B, C]. */
  readonly logits: string;
  /** Output that holds the gradient of the loss, by parameter. */
  readonly gradients: ReadonlyMap<string, string>;
  /** One entry per batch normalization in training mode, in the order of the graph. */
  readonly batchStatistics: readonly BatchStatistics[];
  /**
   * Which gradients came of which node, from the last node to the first: where {@link lower} puts formulas that an
   * engine runs faster. A lowered graph has none.
   */
  readonly derivations: readonly Derivation[];
}

/**
 * Extends a forward graph by a loss and the gradients of its parameters.
 *
 * @param forward - Any graph of operators with gradient rules; batch normalizations in training mode yield their
 * batch statistics.
 * @throws RangeError if the logits are not float32, or not [B, C] for a loss of rows, a parameter is no float32 input or
 * does not reach the loss, an operator has no gradient rule, or a loss of your own yields values of another type;
 * TypeError for a loss that is none.
 * @example
 * const builder = new GraphBuilder("linear");
 * const x = builder.input("input", "float32", [4, 5]);
 * const w = builder.input("fc.weight", "float32", [3, 5]);
 * builder.output(builder.op("Gemm", [x, w], { transB: int(1) }), "logits");
 * const step = trainingGraph(builder.build(), { parameters: ["fc.weight"] });
 * step.graph.inputs.map((value) => value.name); // => ["input", "fc.weight", "target"]
 * step.gradients.get("fc.weight"); // => "fc.weight.grad"
 */
export function trainingGraph(forward: Graph, options: TrainingGraphOptions): TrainingGraph {
  const {
    loss: given = "softmax-cross-entropy",
    logits: logitsName = forward.outputs[0]?.name,
    parameters,
    unreached = "error",
  } = options;
  for (const name of Object.keys(options)) {
    if (optionNames.includes(name)) continue;
    throw new RangeError(
      `trainingGraph: option must be one of ${optionNames.join(", ")}, got "${name}"${didYouMean(name, optionNames)}`,
    );
  }
  if (unreached !== "error" && unreached !== "skip") {
    throw new RangeError(`trainingGraph: unreached must be error or skip, got ${JSON.stringify(unreached)}`);
  }
  const loss = lossOf(given);
  if (!loss) {
    const known = `trainingGraph: loss must be one of ${lossNames.join(", ")}`;
    if (typeof given === "string") throw new RangeError(`${known}, got "${given}"`);
    throw new TypeError(`${known}, a Loss or its function, got ${JSON.stringify(given)}`);
  }
  const logits = forward.outputs.find((value) => value.name === logitsName);
  if (!logits) throw new RangeError(`trainingGraph: logits must name an output, got "${logitsName}"`);
  if (loss.ofRows && logits.shape.length !== 2) {
    throw new RangeError(
      `trainingGraph: logits must name an output of shape [B, C], got "${logitsName}" of shape ${formatShape(logits.shape)}`,
    );
  }
  if (logits.dtype !== "float32") {
    throw new RangeError(`trainingGraph: logits must be float32, got "${logitsName}" of ${logits.dtype}`);
  }
  const inputs = new Map(forward.inputs.map((value) => [value.name, value]));
  for (const name of parameters) {
    const input = inputs.get(name);
    if (!input) {
      throw new RangeError(`trainingGraph: parameters must name inputs of the graph, got "${name}"`);
    }
    if (input.dtype !== "float32") {
      throw new RangeError(
        `trainingGraph: parameters must be float32, got "${name}" of ${input.dtype}; leave it out`,
      );
    }
  }
  /** A name that the graph does not have yet. */
  const fresh = (name: string): string => (forward.values.has(name) ? fresh(`${name}_`) : name);
  const builder = new GraphBuilder({ ...poolBeforeRelu(foldBatchNormalization(forward)), outputs: [] });
  const target = builder.input(fresh("target"), "float32", logits.shape);
  const computed = lossValues(builder, loss, logits, target);
  const { gradients, derivations } = backward(builder, logits, computed.gradient, parameters);
  const lossOutput = fresh("loss");
  builder.output(computed.loss, lossOutput);
  builder.output(logits);
  const outputNames = new Map<string, string>();
  for (const name of parameters) {
    const value = gradients.get(name);
    if (!value && unreached === "skip") continue;
    if (!value)
      throw new RangeError(`trainingGraph: parameters must reach the loss, got "${name}" that does not`);
    outputNames.set(name, fresh(`${name}.grad`));
    builder.output(value, fresh(`${name}.grad`));
  }
  const batchStatistics = forward.nodes
    .filter((node) => node.op === "BatchNormalization" && readInt(node.attributes, "training_mode", 0) === 1)
    .map(({ name, inputs: [x = ""] }) => {
      const { shape } = builder.value(x);
      const statistics = { node: name, mean: fresh(`${name}.mean`), variance: fresh(`${name}.variance`) };
      builder.output(builder.optionalOutput(name, 1), statistics.mean);
      builder.output(builder.optionalOutput(name, 2), statistics.variance);
      return { ...statistics, count: elementCount(shape) / (shape[1] ?? 1) };
    });
  const graph = builder.build();
  return {
    graph,
    target: target.name,
    loss: lossOutput,
    logits: logits.name,
    gradients: outputNames,
    batchStatistics,
    derivations: derivationsIn(graph, builder, [...derivations, ...computed.derivations]),
  };
}

/** Adds a loss and its gradient by the logits. */
function lossValues(
  builder: GraphBuilder,
  { build }: Loss,
  logits: Value,
  target: Value,
): { readonly loss: Value; readonly gradient: Value; readonly derivations: readonly Derivation[] } {
  const { loss, gradient } = build(builder, logits, target);
  checkType("loss", loss, [], "sum it over all axes");
  if (gradient) {
    checkType("gradient", gradient, logits.shape, "leave it out to have it derived");
    return { loss, gradient, derivations: [] };
  }
  const one = arithmetic(builder).constant(1);
  const { gradients, derivations } = backward(builder, loss, one, [logits.name]);
  const derived = gradients.get(logits.name);
  if (derived) return { loss, gradient: derived, derivations };
  throw new RangeError(
    `trainingGraph: loss must depend on the logits, got "${loss.name}" that does not; compute it from build's second argument`,
  );
}

function checkType(what: string, { dtype, shape }: Value, expected: readonly number[], cure: string): void {
  if (dtype === "float32" && shape.join() === expected.join()) return;
  throw new RangeError(
    `trainingGraph: loss must yield a ${what} of float32 ${formatShape(expected)}, got ${dtype} ${formatShape(shape)}; ${cure}`,
  );
}
