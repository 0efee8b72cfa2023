/** What a task is: targets, loss, metrics, and how an output is told to a person. */
import type { Loss } from "@tsimm/autodiff";
import type { DefinitionFlag } from "../registry.ts";
import type { Label, Labels } from "./labels.ts";

/** A number that an evaluation yields. */
export interface Metric {
  /** Key in {@link Metrics}, `<prefix>_<name>` in files, `--eval-metric` takes it; lower-case letters and digits. */
  readonly name: string;
  /** For people, e.g. `top-1`. */
  readonly label: string;
  /** In timm's log line of an evaluation batch, e.g. `Acc@1`; absent: not shown there. */
  readonly logLabel?: string;
  readonly unit: "%" | "";
  /** Which of two values is the better one. */
  readonly better: "higher" | "lower";
  /** Best value that it can have, e.g. 100; absent: none. */
  readonly best?: number;
  /** Outputs up to which it has that value whatever the model says, e.g. 5 for top-5; absent: 0. */
  readonly certainUpTo?: number;
  /** Title of the panel of the figure that it is drawn in, or of the list of an output metric, e.g. `accuracy (%)`. */
  readonly panel: string;
}

/** Values of metrics by name; `loss` is always among them. */
export interface Metrics {
  /** Mean loss of the evaluation. */
  readonly loss: number;
  readonly [name: string]: number;
}

/** A metric of the images of one class or output alone. */
export interface OutputMetric {
  /** Name of the class or output. */
  readonly label: string;
  /** Images that it is of. */
  readonly images: number;
  readonly value: number;
}

/** Collects the metrics of an evaluation. */
export interface Meter {
  /** Images so far. */
  readonly images: number;
  /**
   * Takes a batch in.
   *
   * @param outputs - Outputs of the model, float32 [B, outputs].
   * @param labels - Of the same images.
   * @returns The batch's own values of those metrics that are means over images.
   */
  add(outputs: Float32Array, labels: Labels): Metrics;
  /** Means over the images so far; only those metrics that are means over images. */
  means(): Metrics;
  /** All metrics of the images so far; one that does not exist, such as the precision of no image, is NaN. */
  result(): Metrics;
  /** The {@link Task.outputMetric} of each class or output that there are images of; empty without one. */
  byOutput(): readonly OutputMetric[];
}

/** One thing that the model says of an image. */
export interface Answer {
  /** Name of the class or output. */
  readonly label: string;
  /** Probability in [0, 1], or the number itself for a regression. */
  readonly value: number;
}

/** What the values of answers are, and which of them a person is told who does not ask for more. */
export type AnswerKind =
  /** Probabilities of classes that exclude each other: the best one. */
  | { readonly kind: "class" }
  /** Probabilities of labels, each for itself: those of at least the threshold, the best one in any case. */
  | { readonly kind: "labels"; readonly threshold: number }
  /** Numbers: all of them. */
  | { readonly kind: "numbers" };

/** The labels that a batch is mixed with, and the share of its own in (0, 1). */
export interface MixedLabels {
  readonly labels: Labels;
  readonly lambda: number;
}

/** A task with all its options fixed. */
export interface Task {
  /** Name of its {@link TaskDefinition}. */
  readonly name: string;
  /** Names of the classes or outputs, in the order of the model's outputs. */
  readonly outputNames: readonly string[];
  /** Loss of training, a mean over the batch. */
  readonly loss: Loss;
  /** Settings that raise the training loss above that of an evaluation, for the log, e.g. `label smoothing 0.1`. */
  readonly raisesLoss: readonly string[];
  /** Metrics of an evaluation, `loss` first. */
  readonly metrics: readonly Metric[];
  /** Name of the metric that epochs are ranked by unless another is asked for. */
  readonly metric: string;
  /** What {@link Meter.byOutput} gives, with the title of its list as `panel`: `accuracy of each class`; null: nothing. */
  readonly outputMetric: Metric | null;
  /**
   * Targets of the loss.
   *
   * @param labels - Labels of a batch.
   * @param mixed - Labels that the batch was mixed with.
   * @returns float32 [B, outputs].
   * @throws RangeError if a label does not fit the outputs.
   */
  targets(labels: Labels, mixed?: MixedLabels): Float32Array;
  /** Starts an evaluation. */
  createMeter(): Meter;
  /**
   * What an output says of an image: classes best first, numbers in the order of the outputs.
   *
   * @param output - float32 [outputs].
   * @param most - Answers at most.
   */
  describe(output: Float32Array, most: number): Answer[];
  /** What these answers are; absent: numbers. */
  readonly answers?: AnswerKind;
  /** What a file needs, beside the name and the output names, to describe outputs as this task does; JSON values. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** What a task is made from. */
export interface TaskContext {
  /** Names of the classes or outputs. */
  readonly outputNames: readonly string[];
  /** Labels of the training images, where they are known: what follows from how often each class comes. */
  readonly trainingLabels?: readonly Label[];
}

/** A kind of task, by name. */
export interface TaskDefinition<Options extends object = object> {
  /** Name, as `--task` takes it. */
  readonly name: string;
  /** Kind of its labels: a class id, 0 or 1 for each output, a number for each; absent: `class`. */
  readonly labels?: "class" | "multi" | "number";
  /**
   * Options that arguments of training set: option -> argument in camelCase, or several of which one may be given;
   * absent: none.
   */
  readonly fromArguments?: Readonly<Record<string, string | readonly string[]>>;
  /** Flags of its own, by the name of the option that each sets. */
  readonly flags?: Readonly<Record<string, DefinitionFlag>>;
  /**
   * Makes the task.
   *
   * @param context - Outputs, and labels of the training images.
   * @param options - Its options; what is absent has its default. Unknown ones are an error.
   * @throws RangeError for an option out of range, or labels that do not fit.
   */
  create(context: TaskContext, options?: Partial<Options>): Task;
}
