/** Training of any ONNX model on an engine. */
import {
  elementCount,
  frozenPart,
  type Graph,
  type Tensor,
  type TensorData,
  type TrainableOptions,
  trainable,
  type Value,
} from "@tsimm/autodiff";
import type { Parameter } from "../models/model.ts";
import { arrays } from "./arrays.ts";
import type { Engine } from "./engine.ts";
import { createFrozenSession } from "./frozen-session.ts";
import { createTrainingSession, type StepResult } from "./training-session.ts";

/** Options of {@link createFineTuning}. */
export interface FineTuningOptions extends TrainableOptions {
  /** Threads of the engine, an integer >= 1; absent: all cores. */
  readonly threads?: number;
}

/** An ONNX model in training. */
export interface FineTuning {
  /** What is trained: for an optimizer, which changes `data` in place. */
  readonly parameters: readonly Parameter[];
  /** That of the logits. */
  readonly targetShape: readonly number[];
  /**
   * Forward and backward pass. Writes every parameter's `grad`; parameters stay as they are, and must until the promise
   * settles.
   *
   * @param feeds - The model's inputs by name, of the types in the file and the shapes that the options or the file
   * give.
   * @param target - float32, of the shape `targetShape`: probabilities of the classes.
   * @throws RangeError for a feed that does not fit or is not finite, and for a loss that is not, with the name of the
   * first tensor that is to blame; only then are `grad` and running statistics of no use.
   */
  run(feeds: Readonly<Record<string, TensorData>>, target: Float32Array): Promise<StepResult>;
  /** The file with the weights of this moment: every name, shape, operator and open dimension as it was. */
  save(): Uint8Array<ArrayBuffer>;
  /** Releases the native memory; nothing runs afterwards. */
  close(): Promise<void>;
}

/**
 * Prepares an ONNX model for training, whoever made it.
 *
 * @param bytes - An `.onnx` file, opset 7 to 21, weights inside.
 * @throws RangeError as `trainable` of `@tsimm/autodiff` does.
 * @example
 * const builder = new GraphBuilder("a file of somebody else");
 * const x = builder.input("x", "float32", [1, 2]);
 * const w = builder.constant(float32([3, 2], [1, 2, 3, 4, 5, 6]), "w");
 * builder.output(builder.op("Gemm", [x, w], { transB: int(1) }), "y");
 *
 * const net = await createFineTuning(await createEngine(), encodeModel(builder.build()));
 * const optimizer = createOptimizerV2(net.parameters, { opt: "sgd", lr: 0.1 });
 * const [input, target] = [{ x: Float32Array.of(1, 1) }, Float32Array.of(1, 0, 0)];
 * const first = await net.run(input, target);
 * optimizer.step();
 * const second = await net.run(input, target);
 * second.loss < first.loss; // => true
 * const bytes = net.save();
 * decodeModel(bytes).graph.initializers.get("w").data[0] > 1; // => true
 * await net.close();
 */
export async function createFineTuning(
  engine: Engine,
  bytes: Uint8Array,
  options: FineTuningOptions = {},
): Promise<FineTuning> {
  const { threads, ...rest } = options;
  const part = frozenPart(bytes, rest);
  const frozen = part && (await createFrozenSession(engine, part, threads));
  const load = async () => {
    const model = trainable(bytes, { ...rest, ...(frozen && { frozenValues: frozen.values }) });
    const state = { parameters: model.parameters, runningStates: model.runningStatistics };
    return {
      ...model,
      session: await createTrainingSession(engine, model.step, model.step.graph, state, threads),
    };
  };
  const { step, parameters, save, session } = await load().catch(async (error) => {
    await frozen?.close();
    throw error;
  });
  const made = new Set([...parameters.map(({ name }) => name), ...(part?.outputs ?? []), step.target]);
  const stepInputs = step.graph.inputs.filter(({ name }) => !made.has(name));
  const inputs = new Map([...(part?.inputs ?? []), ...stepInputs].map((input) => [input.name, input]));
  const targetShape = step.graph.values.get(step.target)?.shape ?? [];
  return {
    parameters,
    targetShape,
    async run(feeds, target) {
      const given: Record<string, Tensor> = {};
      for (const input of inputs.values()) given[input.name] = checkedFeed(input, feeds[input.name]);
      const goal = checkedFeed({ name: step.target, dtype: "float32", shape: targetShape }, target);
      const features = (await frozen?.run(given)) ?? {};
      const all: Record<string, Tensor> = { ...features, [step.target]: goal };
      for (const { name } of stepInputs) if (given[name]) all[name] = given[name];
      const result = await session.run(all);
      if (!Number.isFinite(result.loss)) throw diverged(result.loss, features, step.graph, parameters);
      return result;
    },
    save,
    async close() {
      await frozen?.close();
      await session.close();
    },
  };
}

/** The tensor of a feed, which must have the input's type and size and be finite. */
function checkedFeed({ name, dtype, shape }: Value, data: TensorData | undefined): Tensor {
  const count = elementCount(shape);
  if (data?.length !== count || !(data instanceof arrays[dtype])) {
    const got = data ? `${data.constructor.name} of ${data.length}` : "none";
    throw new RangeError(
      `FineTuning.run: "${name}" must be ${dtype} [${shape.join(", ")}] = ${arrays[dtype].name} of ${count} elements, got ${got}`,
    );
  }
  const at = firstNotFinite(data);
  if (at >= 0) {
    throw new RangeError(`FineTuning.run: "${name}" must be finite, got ${data[at]} at element ${at}`);
  }
  return { dtype, shape, data };
}

/** Position of the first element that is NaN or infinite, or -1. */
function firstNotFinite(data: TensorData): number {
  if (!(data instanceof Float32Array || data instanceof Float64Array)) return -1;
  for (let index = 0; index < data.length; index++) if (!Number.isFinite(data[index])) return index;
  return -1;
}

/** The error of a loss that is not finite: a weight that is none, a NaN among the constants, or numbers too large. */
function diverged(
  loss: number,
  features: Readonly<Record<string, Tensor>>,
  graph: Graph,
  parameters: readonly Parameter[],
): RangeError {
  const subject = `FineTuning.run: loss must be finite, got ${loss}`;
  for (const { name, data } of parameters) {
    const at = firstNotFinite(data);
    if (at >= 0) {
      return new RangeError(
        `${subject}; "${name}" holds ${data[at]} at element ${at}: start again with a lower learning rate or clipped gradients`,
      );
    }
  }
  for (const [name, { data }] of Object.entries(features)) {
    const at = firstNotFinite(data);
    if (at >= 0) {
      return new RangeError(
        `${subject}; the frozen part yields ${data[at]} at element ${at} of "${name}": scale the inputs as the model expects`,
      );
    }
  }
  for (const [name, { data }] of graph.initializers) {
    const at = data instanceof Float32Array ? data.findIndex(Number.isNaN) : -1;
    if (at >= 0) {
      return new RangeError(`${subject}; "${name}" in the file holds NaN at element ${at}: repair the file`);
    }
  }
  return new RangeError(
    `${subject}; the weights are finite, so a node overflows or divides by 0: lower the learning rate, or scale the inputs as the model expects`,
  );
}
