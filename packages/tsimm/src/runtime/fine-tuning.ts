/** Training of any ONNX model on an engine. */
import {
  elementCount,
  type FixedTensor,
  type FrozenPart,
  frozenPart,
  type Graph,
  type Tensor,
  type TensorData,
  type TrainableOptions,
  type TrainableParameter,
  type TrainingGraph,
  trainable,
  trainableOptionNames,
  type Value,
} from "@tsimm/autodiff";
import type { Parameter } from "../models/model.ts";
import { checkOptionNames } from "../option-names.ts";
import { arrays } from "./arrays.ts";
import type { Engine } from "./engine.ts";
import { checkFinite, firstNotFinite } from "./first-not-finite.ts";
import { createFrozenSession, type PreparedPart } from "./frozen-session.ts";
import { createTrainingSession, type StepResult, type TrainingSession } from "./training-session.ts";

/** Options of {@link createFineTuning}. */
export interface FineTuningOptions extends Omit<TrainableOptions, "frozenValues"> {
  /** Threads of the engine, an integer >= 1; absent: all cores. */
  readonly threads?: number;
}

/** An ONNX model in training. */
export interface FineTuning {
  /** What is trained: for an optimizer, which changes `data` in place. */
  readonly parameters: readonly TrainableParameter[];
  /** The float32 tensors of the file that are not trained, and why. */
  readonly fixed: readonly FixedTensor[];
  /** One line for a log: how much is trained, and how much is not and why. */
  readonly summary: string;
  /** That of the logits, for a whole batch. */
  readonly targetShape: readonly number[];
  /**
   * Forward and backward pass. Writes every parameter's `grad`; parameters stay as they are, and must until the promise
   * settles.
   *
   * A smaller batch, such as the last one of an epoch, runs too: feeds and target for the first samples alone, where the
   * loss is the mean over these. Its size is compiled when it comes first.
   *
   * @param feeds - The model's inputs by name, of the types in the file and the shapes that the options or the file
   * give.
   * @param target - float32, of the shape `targetShape`: probabilities of the classes for `softmax-cross-entropy` and
   * `binary-cross-entropy`, the numbers to come near to for `mse`, `l1` and `huber`.
   * @throws RangeError for a feed that does not fit or is not finite, with the name of the first tensor that is to blame
   * for a loss that is not; `grad` is of no use then, running statistics are as before.
   */
  run(feeds: Readonly<Record<string, TensorData>>, target: Float32Array): Promise<StepResult>;
  /**
   * The file with the weights of this moment: every name, shape, operator and open dimension as it was, beside tensors
   * that `trainable` of `@tsimm/autodiff` has separated.
   */
  save(): Uint8Array<ArrayBuffer>;
  /** Releases the native memory; nothing runs afterwards. */
  close(): Promise<void>;
}

/**
 * Prepares an ONNX model for training, whoever made it.
 *
 * @param bytes - An `.onnx` file, opset 7 to 21, weights inside.
 * @throws TypeError or RangeError as `trainable` of `@tsimm/autodiff` does.
 * @example
 * const builder = new GraphBuilder("a file of somebody else");
 * const x = builder.input("x", "float32", [1, 2]);
 * const w = builder.constant(float32([3, 2], [1, 2, 3, 4, 5, 6]), "w");
 * builder.output(builder.op("Gemm", [x, w], { transB: int(1) }), "y");
 *
 * const net = await createFineTuning(await createEngine(), encodeModel(builder.build()));
 * net.summary; // => "1 tensor with 6 elements is trained"
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
  const { threads, ...rest } = checkedOptions(options);
  const part = frozenPart(bytes, rest);
  const frozen = part && (await createFrozenSession(engine, part, threads));
  const start = async () => {
    const prepared = part && (await frozen?.prepare(part));
    const model = trainable(bytes, { ...rest, ...(prepared && { frozenValues: prepared.values }) });
    const { parameters, runningStatistics } = model;
    const state = { parameters, runningStates: runningStatistics };
    const load = async (
      step: TrainingGraph,
      part?: FrozenPart,
      prepared?: PreparedPart,
    ): Promise<LoadedStep> => {
      const session = await createTrainingSession(engine, { step, ...state }, { threads });
      const made = new Set([...parameters.map(({ name }) => name), ...(part?.outputs ?? []), step.target]);
      const inputs = step.graph.inputs.filter(({ name }) => !made.has(name));
      return { step, inputs, session, ...(part && prepared && { part, prepared }) };
    };
    return { model, load, whole: await load(model.step, part, prepared) };
  };
  const { model, load, whole } = await start().catch(async (error) => {
    await frozen?.close();
    throw error;
  });
  const { parameters, fixed, summary, save } = model;
  const targetShape = targetShapeOf(whole);
  /** The last smaller batch. */
  let smaller: LoadedStep | undefined;

  async function stepFor(target: Float32Array): Promise<LoadedStep> {
    const [batch = 1, ...rest] = targetShape;
    const samples = target.length / elementCount(rest);
    if (!(Number.isInteger(samples) && samples >= 1 && samples < batch)) return whole;
    if (smaller && targetShapeOf(smaller)[0] === samples) return smaller;
    const previous = smaller;
    smaller = undefined;
    await previous?.session.close();
    const part = model.frozenFor(samples);
    const prepared = part && (await frozen?.prepare(part));
    smaller = await load(model.stepFor(samples, prepared?.values), part, prepared);
    return smaller;
  }

  return {
    parameters,
    fixed,
    summary,
    targetShape,
    async run(feeds, target) {
      const { step, inputs, session, part, prepared } = await stepFor(target);
      const all = new Map([...(part?.inputs ?? []), ...inputs].map((input) => [input.name, input]));
      const given: Record<string, Tensor> = {};
      for (const input of all.values()) given[input.name] = checkedFeed(input, feeds[input.name]);
      const goal = { name: step.target, dtype: "float32", shape: targetShapeOf({ step }) } as const;
      const tensors: Record<string, Tensor> = { [step.target]: checkedFeed(goal, target) };
      const features = (await prepared?.run(given)) ?? {};
      for (const { name } of inputs) if (given[name]) tensors[name] = given[name];
      const result = await session.run({ ...tensors, ...features });
      if (!Number.isFinite(result.loss)) throw diverged(result.loss, features, step.graph, parameters);
      return result;
    },
    save,
    async close() {
      await smaller?.session.close();
      await whole.session.close();
      await frozen?.close();
    },
  };
}

/** A training graph for one batch size on the engine. */
interface LoadedStep {
  readonly step: TrainingGraph;
  /** Those of the model that it reads. */
  readonly inputs: readonly Value[];
  readonly session: TrainingSession;
  /** What runs before. */
  readonly part?: FrozenPart;
  readonly prepared?: PreparedPart;
}

function targetShapeOf({ step }: Pick<LoadedStep, "step">): readonly number[] {
  return step.graph.values.get(step.target)?.shape ?? [];
}

/** `trainable` checks its own options. */
function checkedOptions(options: FineTuningOptions): FineTuningOptions {
  const names = Object.fromEntries([...trainableOptionNames, "threads"].map((name) => [name, true]));
  checkOptionNames<object>("createFineTuning", options, names);
  const { threads } = options;
  if (threads !== undefined && typeof threads !== "number") {
    throw new TypeError(`createFineTuning: threads must be an integer >= 1, got ${JSON.stringify(threads)}`);
  }
  if (threads !== undefined && !(Number.isSafeInteger(threads) && threads >= 1)) {
    throw new RangeError(`createFineTuning: threads must be an integer >= 1, got ${threads}`);
  }
  return options;
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
  checkFinite("FineTuning.run", `"${name}"`, data);
  return { dtype, shape, data };
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
