/** Parts of a run without mathematics: losses and metrics follow from the number of updates, for tests of the loop. */
import { createSchedulerV2 } from "@tsimm/scheduler";
import type { Batch, Loader } from "../data/batch.ts";
import { createTiny } from "../models/tiny.fixture.ts";
import { createOptimizer } from "../optim/create-optimizer.ts";
import { ModelEma } from "../optim/ema.ts";
import type { Task } from "../task/task.ts";
import type { UpdateBatch, Updater } from "../update/updater.ts";
import type { TrainingEvent } from "./events.ts";
import { fit } from "./fit.ts";
import type { FitLoopOptions } from "./fit-options.ts";
import type { Listener } from "./listener.ts";

/** Options of {@link countedUpdater}. */
export interface CountedOptions {
  /** With a moving average. */
  readonly average?: boolean;
  /** Loss of an update, by the updates before it; absent: 1 / (updates + 1). */
  readonly loss?: (updates: number) => number;
  /** Score of an evaluation, by the updates before it; absent: their number. */
  readonly score?: (updates: number) => number;
}

/** An updater whose only weight is the number of updates. */
export interface CountedUpdater extends Updater {
  /** Batches of each update so far. */
  readonly calls: readonly (readonly UpdateBatch[])[];
  readonly isClosed: boolean;
}

/** An updater that counts. Its evaluation gives [1 / score, score] of every image. */
export function countedUpdater({
  average: isAveraged = false,
  loss = (updates) => 1 / (updates + 1),
  score = (updates) => updates,
}: CountedOptions = {}): CountedUpdater {
  const model = createTiny();
  const optimizer = createOptimizer({ opt: "sgd", lr: 0.5, weightDecay: 0, momentum: 0 }, model);
  const average = isAveraged ? new ModelEma(model, { decay: 0.5, warmup: false }) : null;
  const calls: (readonly UpdateBatch[])[] = [];
  let isClosed = false;
  if (model.parameters[0]) model.parameters[0].data[0] = 0;
  return {
    ...{ model, optimizer, average, calls },
    get isClosed() {
      return isClosed;
    },
    async update(batches, { update }) {
      calls.push(batches);
      if (model.parameters[0]) model.parameters[0].data[0] = update + 1;
      average?.update(update + 1);
      return { loss: loss(update), gradNorm: 2 };
    },
    async createEvaluation(weights) {
      const state = weights === "average" && average !== null ? average.state : model.state;
      const updates = score(Number(state[0]?.data[0] ?? 0));
      return {
        run: async (_, count) =>
          Float32Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? 1 / updates : updates)),
        outputs: async () => ({}),
        close: async () => {},
      };
    },
    async close() {
      isClosed = true;
    },
  };
}

/** Means of a model's two outputs are the metrics `loss` and `score`. */
export const scoring: Task = {
  ...{ name: "scoring", outputNames: [..."abcdefghij"], loss: "softmaxCrossEntropy" as never, settings: {} },
  ...{ raisesLoss: [], metric: "score", outputMetric: null },
  metrics: [
    { name: "loss", label: "loss", logLabel: "Loss", unit: "", better: "lower", panel: "loss" },
    { name: "score", label: "score", unit: "", better: "higher", panel: "score" },
  ],
  targets: (labels, mixed) => Float32Array.of(...labels, ...(mixed?.labels ?? [])),
  createMeter() {
    let images = 0;
    const sums = { loss: 0, score: 0 };
    const means = () => ({ loss: sums.loss / images, score: sums.score / images });
    return {
      get images() {
        return images;
      },
      add(outputs) {
        for (let i = 0; i < outputs.length; i += 2) {
          images++;
          sums.loss += outputs[i] ?? 0;
          sums.score += outputs[i + 1] ?? 0;
        }
        return { loss: outputs[0] ?? 0, score: outputs[1] ?? 0 };
      },
      means,
      result: means,
      byOutput: () => [{ label: "score", images, value: means().score }],
    };
  },
  describe: () => [],
};

/** Options of {@link countedLoader}. */
export interface CountedLoaderOptions {
  /** Batches that it says it has. */
  readonly length?: number;
  /** Batches that come. */
  readonly gives?: number;
}

/** A loader of batches of two images of one pixel; the labels of a batch are its epoch and its index. */
export function countedLoader({ length = 3, gives = length }: CountedLoaderOptions = {}): Loader {
  return {
    ...{ batchSize: 2, inputSize: [3, 1, 1], length, samples: 2 * length },
    async *batches(epoch, firstBatch = 0) {
      for (let index = firstBatch; index < gives; index++) {
        const batch: Batch = {
          images: Uint8Array.of(0, 0, 0, 255, 255, 255),
          labels: Int32Array.of(epoch, index),
          ...{ size: 2, waited: 0.25 },
        };
        yield batch;
      }
    },
  };
}

/** A listener that keeps copies of what it hears, as another thread would get them. */
export function recorder(name = "recorder"): Listener & { readonly events: TrainingEvent[] } {
  const events: TrainingEvent[] = [];
  return { name, events, on: (event) => void events.push(structuredClone(event)) };
}

/** Events as lines, without times. */
export function lines(events: readonly TrainingEvent[]): string {
  return events
    .map(({ type, ...rest }) => {
      const text = JSON.stringify(rest, (key, value) => {
        if (key === "seconds") return undefined;
        if (key === "metrics" && Array.isArray(value)) return value.map(({ name }) => name);
        if (key === "metric" && typeof value === "object" && value !== null) return value.name;
        return typeof value === "number" ? Number(value.toPrecision(4)) : value;
      });
      return `${type} ${text.replaceAll('"', "")}`;
    })
    .join("\n");
}

/** Changes of {@link countedRun}. */
export type Changes = Partial<FitLoopOptions> & {
  readonly counted?: CountedOptions;
  readonly plateau?: boolean;
};

/** Options of a run of two epochs of three updates. */
export function countedRun({ counted, plateau = false, ...changes }: Changes = {}) {
  const updater = countedUpdater(counted);
  const schedule = plateau
    ? createSchedulerV2(updater.optimizer, {
        ...{ sched: "plateau", plateauMode: "max", warmupEpochs: 0, patienceEpochs: 0, decayRate: 0.5 },
      }).scheduler
    : null;
  return {
    ...{ updater, loader: countedLoader(), task: scoring, epochs: 2, schedule },
    ...changes,
  };
}

/** Trains; a listener at the end keeps the events. */
export async function trainCounted(changes: Changes = {}) {
  const heard = recorder();
  const given = countedRun(changes);
  const run = fit({ ...given, listeners: [...(changes.listeners ?? []), heard] });
  const [result] = await Promise.allSettled([run]);
  return { ...given, run, result, events: heard.events };
}

/** A validation of two images. */
export const validation: Loader = countedLoader({ length: 1 });

/** A listener of one function. */
export const listener = (on: Listener["on"], name = "x"): Listener => ({ name, on });
