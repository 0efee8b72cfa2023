/** Training programs of an ONNX model, whoever made it. */
import {
  elementCount,
  type FrozenPart,
  frozenPart,
  type Graph,
  type Tensor,
  type TensorData,
  type Trainable,
  type TrainableOptions,
  type TrainableParameter,
  type TrainingGraph,
  trainable,
  type Value,
} from "@tsimm/autodiff";
import type { Buffer, Parameter } from "../models/model.ts";
import { arrays } from "./arrays.ts";
import type { Engine } from "./engine.ts";
import { checkFinite, firstNotFinite } from "./first-not-finite.ts";
import { createFrozenSession, type PreparedPart } from "./frozen-session.ts";
import type { TrainingProgram, TrainingPrograms } from "./training-program.ts";

/** Inputs of an ONNX model, and the target of the loss. */
export interface FeedBatch {
  /** The model's inputs by name, of the types in the file and the shapes that its options or the file give. */
  readonly feeds: Readonly<Record<string, TensorData>>;
  /** What the loss takes, float32 [B, ...]. */
  readonly targets: Float32Array;
}

/** The training programs of an ONNX model. */
export interface OnnxPrograms extends TrainingPrograms<FeedBatch> {
  /** Of the graph in the file. */
  readonly name: string;
  readonly parameters: readonly TrainableParameter[];
  /** What training changes: parameters, then running statistics as `<node>.running_mean` and `<node>.running_var`. */
  readonly state: readonly (Parameter | Buffer)[];
  readonly model: Trainable;
  /** Of the target of a whole batch. */
  readonly targetShape: readonly number[];
}

/**
 * Prepares the training graphs of an ONNX model; what is frozen in it and no training graph can hold runs on the engine
 * before each step.
 *
 * @param threads - Of the frozen part; absent: all cores.
 */
export async function programsOfOnnx(
  engine: Engine,
  bytes: Uint8Array,
  options: Omit<TrainableOptions, "frozenValues">,
  threads: number | undefined,
): Promise<OnnxPrograms> {
  const part = frozenPart(bytes, options);
  const frozen = part && (await createFrozenSession(engine, part, threads));
  const start = async () => {
    const prepared = part && (await frozen?.prepare(part));
    const model = trainable(bytes, { ...options, ...(prepared && { frozenValues: prepared.values }) });
    return { model, whole: programOfStep(model, model.step, part && prepared && { part, prepared }) };
  };
  const { model, whole } = await start().catch(async (error) => {
    await frozen?.close();
    throw error;
  });
  const targetShape = targetShapeOf(whole.step);
  /** The last smaller batch. */
  let smaller: { readonly samples: number; readonly program: TrainingProgram<FeedBatch> } | undefined;
  return {
    ...{ name: whole.name, parameters: model.parameters, state: stateOf(model), model, whole, targetShape },
    async programFor({ targets }) {
      const [batch = 1, ...rest] = targetShape;
      const samples = targets.length / elementCount(rest);
      if (!(Number.isInteger(samples) && samples >= 1 && samples < batch)) return whole;
      if (smaller?.samples === samples) return smaller.program;
      const part = model.frozenFor(samples);
      const prepared = part && (await frozen?.prepare(part));
      const step = model.stepFor(samples, prepared?.values);
      smaller = { samples, program: programOfStep(model, step, part && prepared && { part, prepared }) };
      return smaller.program;
    },
    close: async () => frozen?.close(),
  };
}

function stateOf({ parameters, runningStatistics }: Trainable): readonly (Parameter | Buffer)[] {
  const statistics = runningStatistics.flatMap(({ module, runningMean, runningVar }): Buffer[] => [
    { name: `${module}.running_mean`, shape: [runningMean.length], data: runningMean },
    { name: `${module}.running_var`, shape: [runningVar.length], data: runningVar },
  ]);
  return [...parameters, ...statistics];
}

/** What runs before a step. */
interface FrozenRun {
  readonly part: FrozenPart;
  readonly prepared: PreparedPart;
}

function programOfStep(
  { parameters, runningStatistics }: Trainable,
  step: TrainingGraph,
  frozen: FrozenRun | undefined,
): TrainingProgram<FeedBatch> {
  const { inputs: before = [], outputs = [] } = frozen?.part ?? {};
  const made = new Set([...parameters.map(({ name }) => name), ...outputs, step.target]);
  const inputs = step.graph.inputs.filter(({ name }) => !made.has(name));
  const all = new Map([...before, ...inputs].map((input) => [input.name, input]));
  const goal: Value = { name: step.target, dtype: "float32", shape: targetShapeOf(step) };
  return {
    name: step.graph.name,
    ...{ step, parameters, runningStates: runningStatistics },
    async feeds({ feeds, targets }) {
      const given: Record<string, Tensor> = {};
      for (const input of all.values()) given[input.name] = checkedFeed(input, feeds[input.name]);
      const tensors: Record<string, Tensor> = { [step.target]: checkedFeed(goal, targets) };
      const features = await frozen?.prepared.run(given);
      for (const { name } of inputs) if (given[name]) tensors[name] = given[name];
      return { ...tensors, ...features };
    },
    explainLoss(loss, feeds) {
      const features = outputs.flatMap((name) => (feeds[name] ? [[name, feeds[name]] as const] : []));
      return diverged(loss, features, step.graph, parameters);
    },
  };
}

function targetShapeOf({ graph, target }: TrainingGraph): readonly number[] {
  return graph.values.get(target)?.shape ?? [];
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
  features: readonly (readonly [name: string, tensor: Tensor])[],
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
  for (const [name, { data }] of features) {
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
