/** A training graph on an engine: parameters go in, gradients come out, running statistics follow. */
import { encodeModel, lower, type Tensor, type TrainingGraph, type WayChoices } from "@tsimm/autodiff";
import type { Parameter } from "../models/model.ts";
import type { Engine } from "./engine.ts";

/** What a step yields beside the gradients. */
export interface StepResult {
  /** Mean over the batch. */
  readonly loss: number;
  /** [B, numClasses], before the update. */
  readonly logits: Float32Array;
}

/** Running statistics of a batch normalization. */
export interface RunningState {
  /** Name of its node in the graph. */
  readonly module: string;
  readonly runningMean: Float32Array;
  readonly runningVar: Float32Array;
  /** Weight of a new batch, in [0, 1]. */
  readonly momentum: number;
  /** Batches seen, where that is counted. */
  readonly numBatchesTracked?: BigInt64Array;
}

/** What a training graph changes. */
export interface TrainedState {
  readonly parameters: readonly Parameter[];
  readonly runningStates: readonly RunningState[];
}

/** Options of {@link createTrainingSession}. */
export interface SessionOptions {
  /** Threads of the engine, an integer >= 1; absent: all cores. */
  readonly threads?: number | undefined;
  /** Way of each site to compute, from `tuneTrainingStep`; absent: the fixed ones. */
  readonly ways?: WayChoices | undefined;
}

/** A loaded training graph. */
export interface TrainingSession {
  /** Writes every parameter's `grad` (null until then) and, where the loss is finite, updates the running statistics. */
  run(feeds: Readonly<Record<string, Tensor>>): Promise<StepResult>;
  /** Releases the native memory. */
  close(): Promise<void>;
}

/**
 * Lowers a training graph for an engine and loads it.
 *
 * @param program - The graph, and what it changes.
 * @param options - `threads`, absent: all cores; `ways` of what is lowered, absent: the fixed ones.
 */
export async function createTrainingSession(
  engine: Engine,
  program: TrainedState & { readonly step: TrainingGraph },
  { threads, ways = {} }: SessionOptions,
): Promise<TrainingSession> {
  const { parameters, runningStates } = program;
  const step = lower(program.step, engine.lowering ?? "generic", { choices: ways });
  const session = await engine.load(encodeModel(step.graph), threads === undefined ? {} : { threads });
  const states = new Map(runningStates.map((state) => [state.module, state]));
  return {
    async run(feeds) {
      const all: Record<string, Tensor> = { ...feeds };
      for (const { name, shape, data } of parameters) all[name] = { dtype: "float32", shape, data };
      // The last gradients may be collected while the next ones are computed.
      for (const parameter of parameters) parameter.grad = null;
      const outputs = await session.run(all);
      const output = (name: string | undefined) => floats(outputs, name);
      for (const parameter of parameters) parameter.grad = output(step.gradients.get(parameter.name));
      const [loss = Number.NaN] = output(step.loss);
      // Numbers that are not finite would stay in the running statistics for good.
      for (const { node, mean, variance, count } of Number.isFinite(loss) ? step.batchStatistics : []) {
        const state = states.get(node);
        if (state !== undefined) updateStatistics(state, output(mean), output(variance), count);
      }
      return { loss, logits: output(step.logits) };
    },
    close: () => session.close(),
  };
}

/** The variance of the batch is biased; running statistics take the unbiased one. */
function updateStatistics(
  { runningMean, runningVar, numBatchesTracked, momentum }: RunningState,
  mean: Float32Array,
  variance: Float32Array,
  count: number,
): void {
  const unbiased = count / Math.max(1, count - 1);
  for (let i = 0; i < runningMean.length; i++) {
    runningMean[i] = (1 - momentum) * (runningMean[i] ?? 0) + momentum * (mean[i] ?? 0);
    runningVar[i] = (1 - momentum) * (runningVar[i] ?? 0) + momentum * unbiased * (variance[i] ?? 0);
  }
  if (numBatchesTracked) numBatchesTracked[0] = (numBatchesTracked[0] ?? 0n) + 1n;
}

function floats(outputs: Readonly<Record<string, Tensor>>, name: string | undefined): Float32Array {
  const data = name === undefined ? undefined : outputs[name]?.data;
  if (!(data instanceof Float32Array)) throw new TypeError(`TrainingStep.run: no float32 output "${name}"`);
  return data;
}
