/** A record of a model's answers in a validation: counts by class or label, and the worst mistakes. */
import { type Confusion, confusionMeter, largest } from "../task/confusion.ts";
import { classCounts, type LabelCounts, labelMeter } from "../task/label-scores.ts";
import { softmax } from "../task/logits.ts";
import type { Task } from "../task/task.ts";
import type { BatchOutputs } from "../train/evaluate.ts";

/** An image that the model answers wrongly. */
export interface Mistake {
  /** Index of the image in the data set. */
  readonly index: number;
  /** How wrong it is, > 0: probability of the wrong class, loss of the labels, or mean error in units of the loss. */
  readonly score: number;
  /** Outputs of the model, float32 [outputs]. */
  readonly output: Float32Array;
  /** Label of the image: a class id, or a number for each output. */
  readonly label: number | Float32Array;
}

/** Answers of a validation. */
export interface AnswerRecord {
  readonly images: number;
  /** Of a classifier, unless it has very many classes: answers by class; else null. */
  readonly confusion: Confusion | null;
  /** Of classes or labels: what holds, what the model says; null for numbers. */
  readonly counts: readonly LabelCounts[] | null;
  /** The worst ones first. */
  readonly mistakes: readonly Mistake[];
}

/** Collects an {@link AnswerRecord}. */
export interface AnswerRecorder {
  /** Takes a batch in. */
  add(batch: BatchOutputs): void;
  /** The answers so far. */
  result(): AnswerRecord;
}

/** Options of {@link answerRecorder}. */
export interface AnswerRecorderOptions {
  /** Mistakes to keep, an integer >= 0; absent: none. */
  readonly mistakes?: number;
}

/** Classes beyond which there is no confusion matrix: 64 MiB of counts. */
export const CONFUSION_CLASSES = 4096;

/** Starts a record of the answers to a task. */
export function answerRecorder(
  task: Task,
  { mistakes: most = 0 }: AnswerRecorderOptions = {},
): AnswerRecorder {
  const { outputNames } = task;
  const width = outputNames.length;
  const counter = counterOf(task);
  const scoreOf = scoringOf(task);
  const worst: Mistake[] = [];
  let images = 0;
  const keep = (mistake: Mistake) => {
    const place = worst.findIndex(({ score }) => score < mistake.score);
    worst.splice(place < 0 ? worst.length : place, 0, mistake);
    if (worst.length > most) worst.pop();
  };
  return {
    add(batch) {
      const { outputs, labels, size, indices } = batch;
      counter?.add(batch);
      for (let at = 0; at < size && most > 0; at++) {
        const row = outputs.subarray(at * width, (at + 1) * width);
        const label =
          labels instanceof Int32Array ? (labels[at] ?? 0) : labels.subarray(at * width, (at + 1) * width);
        const score = scoreOf?.(row, label) ?? 0;
        if (!(score > 0) || (worst.length === most && score <= (worst.at(-1)?.score ?? 0))) continue;
        keep({
          index: indices?.[at] ?? images + at,
          ...{ score, output: row.slice(), label: typeof label === "number" ? label : label.slice() },
        });
      }
      images += size;
    },
    result: () => ({
      ...{ images, confusion: null, counts: null, mistakes: [...worst] },
      ...counter?.result(),
    }),
  };
}

interface Counter {
  add(batch: BatchOutputs): void;
  result(): Pick<AnswerRecord, "confusion" | "counts">;
}

function counterOf({ answers, outputNames }: Task): Counter | null {
  if (answers?.kind === "class" && outputNames.length <= CONFUSION_CLASSES) {
    const meter = confusionMeter(outputNames);
    return {
      add: ({ outputs, labels }) => meter.add(outputs, labels),
      result() {
        const confusion = meter.result();
        return { confusion, counts: classCounts(confusion) };
      },
    };
  }
  if (answers?.kind !== "labels") return null;
  const meter = labelMeter(outputNames, answers.threshold);
  return {
    add: ({ outputs, labels }) => meter.add(outputs, labels),
    result: () => ({ confusion: null, counts: meter.result() }),
  };
}

/** How wrong an answer is; 0: it is right. */
type Scoring = (output: Float32Array, label: number | Float32Array) => number;

/** null: a task of somebody else's, of whose outputs nothing is known. */
function scoringOf(task: Task): Scoring | null {
  switch (task.answers?.kind) {
    case "class":
      return (output, label) => {
        const said = largest(output);
        if (said === (typeof label === "number" ? label : largest(label))) return 0;
        return softmax(output)[said] ?? 0;
      };
    case "labels": {
      const logit = Math.log(task.answers.threshold / (1 - task.answers.threshold));
      return (output, label) => {
        if (typeof label === "number") return 0;
        const isRight = label.every((one, index) => one >= 0.5 === (output[index] ?? 0) >= logit);
        return isRight ? 0 : crossEntropy(output, label);
      };
    }
    case "numbers":
      return (output, label) => {
        if (typeof label === "number") return 0;
        const targets = task.targets(label);
        return (
          targets.reduce((sum, target, index) => sum + Math.abs((output[index] ?? 0) - target), 0) /
          targets.length
        );
      };
    default:
      return null;
  }
}

function crossEntropy(output: Float32Array, label: Float32Array): number {
  return output.reduce(
    (sum, logit, index) =>
      sum + Math.max(logit, 0) - logit * (label[index] ?? 0) + Math.log1p(Math.exp(-Math.abs(logit))),
    0,
  );
}
