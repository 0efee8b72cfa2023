/** A training graph on an engine: parameters go in, gradients come out, running statistics follow. */
import { encodeModel, lower, type Tensor } from "@tsimm/autodiff";
import type { Engine } from "./engine.ts";
import { checkedEngineWays } from "./engine-ways.ts";
import type { RunningState, TrainingProgram, TrainingPrograms } from "./training-program.ts";

/** What a step yields beside the gradients. */
export interface StepResult {
  /** Mean over the batch. */
  readonly loss: number;
  /** [B, numClasses], before the update. */
  readonly logits: Float32Array;
}

/** Training programs on an engine. */
export interface TrainingSession<Batch> {
  /**
   * Writes every parameter's `grad` (null until then) and, where the loss is finite, updates the running statistics.
   *
   * @param keys - Integers that tell this step from all others, for masks.
   */
  run(batch: Batch, keys?: readonly number[]): Promise<StepResult>;
  /** Releases the native memory, that of the programs too. */
  close(): Promise<void>;
}

/**
 * Loads the program of whole batches; that of smaller ones is loaded when one comes, and the last one kept.
 *
 * @param threads - Absent: all cores.
 */
export async function createTrainingSession<Batch>(
  engine: Engine,
  programs: TrainingPrograms<Batch>,
  threads: number | undefined,
): Promise<TrainingSession<Batch>> {
  const { whole: program } = programs;
  const whole = await load(engine, program, threads).catch(async (error) => {
    await programs.close();
    throw error;
  });
  /** The last smaller batch. */
  let smaller: LoadedProgram<Batch> | undefined;

  async function loadedFor(batch: Batch): Promise<LoadedProgram<Batch>> {
    const wanted = await programs.programFor(batch);
    if (wanted === whole.program) return whole;
    if (smaller?.program === wanted) return smaller;
    const previous = smaller;
    smaller = undefined;
    await previous?.close();
    smaller = await load(engine, wanted, threads);
    return smaller;
  }

  return {
    async run(batch, keys) {
      const { program, compute } = await loadedFor(batch);
      const feeds = await program.feeds(batch, keys);
      const result = await compute(feeds);
      const { explainLoss } = program;
      if (explainLoss && !Number.isFinite(result.loss)) throw explainLoss(result.loss, feeds);
      return result;
    },
    async close() {
      await smaller?.close();
      await whole.close();
      await programs.close();
    },
  };
}

/** A training graph on the engine. */
interface LoadedProgram<Batch> {
  readonly program: TrainingProgram<Batch>;
  compute(feeds: Readonly<Record<string, Tensor>>): Promise<StepResult>;
  close(): Promise<void>;
}

/** Lowers a training graph for an engine and loads it. */
async function load<Batch>(
  engine: Engine,
  program: TrainingProgram<Batch>,
  threads: number | undefined,
): Promise<LoadedProgram<Batch>> {
  const { parameters, runningStates } = program;
  const step = lower(program.step, engine.lowering ?? "generic", {
    choices: await checkedEngineWays(engine),
  });
  const session = await engine.load(encodeModel(step.graph), threads === undefined ? {} : { threads });
  const states = new Map(runningStates.map((state) => [state.module, state]));
  return {
    program,
    async compute(feeds) {
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
